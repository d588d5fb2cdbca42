"""Numbered remarks about a result form, each stated once, so that a clerk and a program can name them.

F.1xx: the form cannot be read. F.2xx: it contradicts itself. F.3xx: remarks that leave the verdict alone.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from policies.finding import Figure, Finding, Severity
from policies.form.values import ResultForm


class Problem(NamedTuple):
    """A numbered remark about the form itself; `text` is filled with the offending figures."""

    text: str
    remedy: str


FORM_PROBLEMS: dict[str, Problem] = {
    "F.101": Problem("读不到文件 {path}：{why}。", "核对文件路径和读取权限。"),
    "F.102": Problem("文件不是 UTF-8 文本{where}。", "用 UTF-8 编码另存后再核验。"),
    "F.103": Problem("格式有误：{why}。", "按提示的行号改正；人数、票数只填整数，不清楚的填 null。"),
    "F.104": Problem("“{path}”重复填写{where}。", "同一项只保留一处。"),
    "F.105": Problem("不认识的项目“{path}”{where}。", "删去，或改为格式中规定的名称：{known}。"),
    "F.106": Problem("缺少必填项“{path}”{where}。", "补填：{known}。"),
    "F.107": Problem("“{path}”应为{wanted}，填的是 {value}（{kind}）{where}。", "改为{wanted}；不清楚的数字填 null。"),
    "F.108": Problem("“{path}”不能填 {value}{where}。", "可填：{known}。"),
    "F.201": Problem("“{path}”为负数 {value}。", "人数、票数不得为负，核对原始记录后改正。"),
    "F.202": Problem("{body}不采用“{mode}”方式。", "核对 body 与 mode；{body}可填：{known}。"),
    "F.203": Problem("举手表决没有选票，却填了选票数。", "删去 ballots，或将 mode 改为投票方式。"),
    "F.204": Problem(
        "选票数对不上：收回 {collected}，有效 {valid}，无效 {invalid}（有效＋无效应等于收回）。", "重新清点选票。"
    ),
    "F.205": Problem("空白票 {blank} 张多于{whole} {limit} 张（空白票计入有效票，视为弃权）。", "重新清点选票。"),
    "F.206": Problem("参加投票 {present} 人多于应到（登记） {roll} 人。", "核对签到表和名册。"),
    "F.207": Problem("{name}得 {votes} 票，多于{whole} {limit}。", "重新计票。"),
    "F.208": Problem(
        "{post}得票合计 {sum}，多于应选 {seats} 名×{whole} {cap} = {limit}（每张票所选人数不得多于应选名额）。",
        "重新计票；超选的选票按无效票处理。",
    ),
    "F.209": Problem("{post}{name}列了 {count} 次。", "同一人同一职务只列一行；同名的两人请加以区分。"),
    "F.210": Problem("应选名额“{path}”为 {value}，至少应为 1。", "按批准的职数改正。"),
    "F.211": Problem("没有列出任何候选人或另选人。", "补填 candidates。"),
    "F.212": Problem("候选人职务与应选名额对不上：{why}。", "核对 seats 与各候选人的 post。"),
    "F.213": Problem("选票种类与职务对不上：{why}。", "每种选票写明其职务和自己的选票数；每项职务只在一种选票上。"),
    "F.301": Problem("缺少“{label}”（{path}），无法判定。", "补填后重新核验；不得按 0 处理。"),
    "F.302": Problem("未填{labels}，选票收支无法核对（不影响判定）。", "如有记录，请补填。"),
    "F.303": Problem(
        "按 {law} 年法核验，但投票日 {date} 施行的是 {due} 年法。", "确认适用的法律版本；以投票日施行的法律为准。"
    ),
    "F.304": Problem("参加投票 {present} 人，只收回 {collected} 张选票，相差 {gap}。", "在会议记录中说明去向。"),
    "F.305": Problem("发出选票 {issued} 张多于参加投票 {present} 人。", "核对领票登记，收回多发的选票并记录在案。"),
    "F.306": Problem("发出选票 {issued} 张多于名册 {roll} 人。", "核对领票登记，收回多发的选票并记录在案。"),
    "F.307": Problem("发出 {issued} 张、收回 {collected} 张，{gap} 张未交代{margin}。", "查明去向并记录在案。"),
    "F.308": Problem(
        "另有 {gap} 张有效票未计入任何列名的人。", "属反对、弃权的不必改；另选他人的，应逐一列名（write_in）。"
    ),
    "F.309": Problem(
        "应选名额只填了总数，{posts}各自的名额没有写明；因过半数人数未超过总数，均予列出。",
        "请按职务填写 seats 后再核验。",
    ),
}
"""Every numbered remark about a result form, once: its Chinese text and what to do about it."""

_LABELS = {
    "roll": "应到（登记）人数",
    "present": "到会（参加投票）人数",
    "ballots.issued": "发出选票数",
    "ballots.collected": "收回选票数",
    "ballots.valid": "有效票数",
    "ballots.invalid": "无效票数",
    "ballots.blank": "空白票数",
    "seats": "应选名额",
}


def label_of(form: ResultForm, path: str) -> str:
    """A figure's Chinese name: "ballots.collected" is 收回选票数, "candidates[2].votes" is 某某的得票数."""
    if path.startswith("seats."):
        return f"{path.removeprefix('seats.')}的应选名额"
    if path.startswith("candidates["):
        candidate = form.candidates[int(path[len("candidates[") : path.index("]")])]
        return f"{candidate.name}的得票数"
    if path.startswith("kinds."):
        kind, _, figure = path.removeprefix("kinds.").rpartition(".")
        return f"{kind}的{_LABELS[f'ballots.{figure}']}"
    return _LABELS[path]


def problem(
    number: str,
    words: Mapping[str, object] = MappingProxyType({}),
    *,
    severity: Severity = Severity.ERROR,
    figure: Figure = None,
    bound: Figure = None,
    source: str = "结果报告单填写要求",
) -> Finding:
    """A numbered finding about the form; `words` fill the text and the remedy of `FORM_PROBLEMS[number]`."""
    entry = FORM_PROBLEMS[number]
    return Finding(
        rule=number,
        severity=severity,
        message=entry.text.format_map(words),
        value=figure,
        limit=bound,
        remedy=entry.remedy.format_map(words),
        source=source,
    )
