"""The catalogue as people read it: a table line for each number, and the page docs/tally.md that is generated from it."""

from typing import NamedTuple

from policies.tally.catalogue import CATALOGUE, LABELS
from policies.tally.values import BOX_FIELDS, KIND_FIELDS, ROW_FIELDS

LEVELS = {"错误": "没有解决以前不得确认", "提醒": "须有人具名说明"}


class Line(NamedTuple):
    """One check: number, level, what it looks at, what must hold, what it says, what to do, and on what grounds."""

    number: str
    level: str
    scope: str
    formula: str
    text: str
    remedy: str
    law: str


def lines() -> list[Line]:
    """Every check, in the order of its number, the names of figures in place of their values."""
    return [
        Line(
            number=number,
            level="错误" if number.startswith("F.") else "提醒",
            scope=entry.scope.label,
            formula=str(entry.formula),
            text=entry.text.format_map(_Names()),
            remedy=entry.remedy.format_map(_Names()),
            law=entry.law,
        )
        for number, entry in CATALOGUE.items()
    ]


class _Names(dict[str, str]):
    """Fills a text with what stands there instead of a value: a figure's name where it is one, 〈…〉 where it is not."""

    def __missing__(self, key: str) -> str:
        return f"〈{LABELS.get(key, _WORDS.get(key, key))}〉"


_WORDS = {
    "names": "名称",
    "label": "数字名称",
    "sum": "合计",
    "stated": "汇总",
    "what": "事项",
    "values": "各数",
    "post": "职务",
    "name": "姓名",
    "box": "票箱",
    "why": "原因",
    "step": "投票",
    "first": "前一次",
    "second": "后一次",
    "seats": "名额",
    "open": "空缺",
    "into": "姓名",
    "by": "办理人",
    "teller": "计票人",
    "tellers": "计票人",
    "cell": "格子",
    "now": "现数",
    "was": "原数",
    "known": "可填内容",
    "cells": "格子",
    "numbers": "编号",
    "other": "另一姓名",
    "listed": "候选人",
    "less": "票数",
    "count": "次数",
    "entries": "人数",
}


def as_markdown() -> str:
    """The page docs/tally.md."""
    rows = "\n".join(f"| {' | '.join(cell.replace('|', '｜') for cell in line)} |" for line in lines())
    figures = "\n".join(
        f"| {where} | `{field}` | {LABELS[field]} |"
        for where, fields in (("票箱", BOX_FIELDS), ("每种选票", KIND_FIELDS), ("每人", ROW_FIELDS))
        for field in fields
    )
    return _PAGE.format(rows=rows, figures=figures)


_PAGE = """# 多人计票

本页由 `python -m docs.generate` 根据 `policies/tally/` 生成，请勿手工修改。

一次投票分几个票箱清点，每个票箱一份计票单，由两个人各自独立录入，逐格比对；全部票箱确认以后合并，与汇总表核对，再按选票种类
（主任票、副主任票、委员票）分别判定。只记人数和票数，任何地方都不记谁投了谁。

## 怎么办理
```
huanjie tally open 选举登记.yaml 计票簿.json               # 建立计票簿
huanjie tally template 计票簿.json 中心会场 中心会场.xlsx    # 生成空白计票单，候选人已印好
huanjie tally enter 计票簿.json 首录.xlsx --by 甲某         # 首录
huanjie tally enter 计票簿.json 复录.xlsx --by 乙某         # 另一人独立复录；不一致的逐格列出
huanjie tally correct 计票簿.json 中心会场 主任票/收回选票数 --was 312 --now 321 --by 乙某 --why 看错两位
huanjie tally explain 计票簿.json 中心会场 W.04 --by 丙某 --why 三人领票后离场
huanjie tally recount 计票簿.json 中心会场 --by 丙某 --why 有人当场提出异议
huanjie tally accept 计票簿.json 中心会场 --by 丙某         # 确认
huanjie tally name 计票簿.json 委员票 委员 李小名 --into 李小明 --by 丙某 --why 逐张核对为同一人
huanjie tally status 计票簿.json                            # 各票箱办到哪一步
huanjie tally result 计票簿.json                            # 汇总、核对、判定
huanjie tally result 第二次.json --after 第一次.json        # 另行选举、再次投票：与前一次核对
huanjie tally form 计票簿.json 投票.yaml                    # 写出投票环节要填的表（huanjie live decide）
huanjie tally form 计票簿.json 投票.yaml --mixed 流动票箱=12/12/11   # 与中心会场混合计票的箱：投票人数/发出/收回
huanjie tally form 计票簿.json 投票.yaml --mixed 流动票箱=12/主任票:12/11/委员票:12/12   # 各职务分别用票的：按选票种类
huanjie tally catalogue                                     # 下面的目录
```
退出码：0 可以；1 不可以（被退回、两录不一致、选举无效、与汇总不符）；2 文件不能用（全部问题一次列出）；3 还不能判定。

- 同一人不得两次录入同一票箱；候选人不得录入。首录以后、复录以前，不显示首录的数字。
- 更正只能由原录入人更正自己的录入；原数、新数、姓名、理由、时间都留底，两份录入随即重新比对。
- 重新清点过的票箱，连续两次清点结果相同才可确认；以前各次清点留底。
- 错误（F）没有解决不得确认；提醒（W）须具名说明，数字变了要重新说明。
- 没有填写、0、约数是三回事：没有填写的和约数都不参加计算，判定需要而没有的，回答“不能判定”并指明缺什么。
- 汇总表作为名为“汇总表”的一份录入（同样双人录入），逐格与各票箱合计核对。
- 另选他人按写法逐一列行；同一人的不同写法由专人具名合并，各种写法留底。
- 各职务分别用票的（主任票、副主任票、委员票），每种选票有自己的发出、收回、有效、无效、空白票数：投票人数只有一个，过半数以投票
  人数为分母，另行选举的三分之一以该种选票的收回数为分母；某种选票多于投票人数的，只有这种选票无效，就其职务重新投票；当选主任的
  不再占委员名额。`huanjie tally form` 把各种选票一并写入报告单的 `kinds`，`huanjie count` 的报告单也可以这样填。
- 不足三十人投票的票箱不单独计票：开箱后先与中心会场的选票混合，选举登记里与中心会场合为一个票箱（W.13）。

## 选举登记
```yaml
title: 某村第十二届村民委员会选举
body: village            # party、party_plenary、residents、village、supervisory、village_supervisory
mode: voters             # members、plenary、representatives、households、voters、show_of_hands
date: 2026-03-28         # 适用哪年的法律由投票日决定，也可以写明 law: 2018
purpose: election        # election 选举、recall 罢免、recommendation 推荐（不适用法定人数和过半数）
round: 1                 # 另行选举填 2
rolls: {{registered: 812}} # 全场名册：entitled 有选举权、registered 登记参加选举、due 应到会；流动票箱没有自己的名册
surplus_voids: poll      # 某票箱票多于人时：poll 只看全场合计、box 该票箱无效（依本省规定）；不写则遇到时不能判定
boxes:
  - {{name: 中心会场, kind: venue}}
  - {{name: 流动票箱, kind: roving}}
kinds:
  - {{name: 主任票, seats: {{主任: 1}}, printed: [张三, 李四]}}
  - {{name: 委员票, seats: {{委员: 3}}, printed: [{{name: 王五, sex: 女}}, 赵六, 孙七, 周八]}}
```

## 计票单上的数字
计票单可以是 `template` 生成的 Excel，也可以是同样内容的 YAML 或 JSON（`box`、下列各项、`kinds`，每种选票有 `kind` 和 `rows`）。

| 位置 | 项目 | 名称 |
|---|---|---|
{figures}

## 核对目录
编号固定，不再改作他用。等式和不等式只在怎样补填都不能成立时才算不成立。单张报告单自身的矛盾（F.201 至 F.213）在每个票箱的每种
选票上同样核对，见 `huanjie count`。

| 编号 | 级别 | 范围 | 应当成立 | 内容 | 处理 | 依据 |
|---|---|---|---|---|---|---|
{rows}
"""
