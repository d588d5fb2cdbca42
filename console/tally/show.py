"""How a tally looks to people and to programs: where each box stands, what is wrong with it, and the poll's answer.

Until both entries are in, nobody is shown a figure of the first: the second teller enters what is on paper.
"""

from typing import Any

from rich.markup import escape
from rich.table import Table

from console.count import STEPS, VERDICTS, show_findings, show_shares
from console.output import out
from policies.tally import (
    WHOLE_POLL,
    Book,
    KindResult,
    Result,
    consecutive,
    differences,
    findings,
    in_words,
    unexplained,
)


def box_record(book: Book, box: str) -> dict[str, Any]:
    """Where one box stands, as plain data."""
    tally = book.tally(box)
    entries = tally.current.entries
    unlike = differences(entries[0].sheet, entries[1].sheet) if len(entries) == 2 else []
    return {
        "box": box,
        "state": tally.state.value,
        "count": len(tally.counts),
        "tellers": [entry.teller for entry in entries],
        "differences": [
            {"cell": each.cell, "first": in_words(each.first), "second": in_words(each.second)} for each in unlike
        ],
        "findings": [each.model_dump(mode="json") for each in (*findings(book.poll, tally), *consecutive(tally))],
        "unexplained": list(dict.fromkeys(each.rule for each in unexplained(book.poll, tally))),
        "corrections": [
            {"teller": entry.teller, **each.model_dump(mode="json")} for entry in entries for each in entry.corrections
        ],
        "explanations": [each.model_dump(mode="json") for each in tally.explanations],
        "recounts": [each.model_dump(mode="json") for each in tally.recounts],
        "accepted_by": tally.acceptances[-1].by if tally.sheet is not None else None,
    }


def show_box(book: Book, box: str) -> None:
    """The same for people."""
    tally = book.tally(box)
    entries = tally.current.entries
    tellers = "、".join(entry.teller for entry in entries) or "—"
    times = f"（第 {len(tally.counts)} 次清点）" if len(tally.counts) > 1 else ""
    out.print(f"“{escape(box)}”{times}：{tally.state.label}；录入人：{escape(tellers)}。", soft_wrap=True)
    if len(entries) == 2:
        unlike = differences(entries[0].sheet, entries[1].sheet)
        if unlike:
            table = Table(title=f"两次录入有 {len(unlike)} 格不同", title_justify="left")
            for heading in ("格子", f"首录（{entries[0].teller}）", f"复录（{entries[1].teller}）"):
                table.add_column(escape(heading), overflow="fold")
            for each in unlike:
                table.add_row(escape(each.cell), escape(in_words(each.first)), escape(in_words(each.second)))
            out.print(table)
    show_findings([*findings(book.poll, tally), *consecutive(tally)])
    waiting = list(dict.fromkeys(each.rule for each in unexplained(book.poll, tally)))
    if waiting:
        out.print(f"待说明的提醒：{'、'.join(waiting)}（huanjie tally explain）。", soft_wrap=True)


def show_boxes(book: Book) -> None:
    """One line a box."""
    table = Table(title=escape(book.poll.title), title_justify="left")
    for heading in ("票箱", "状态", "清点", "录入人", "错误", "待说明", "确认人"):
        table.add_column(heading, overflow="fold")
    for tally in (*book.boxes, book.summary):
        wrong = sum(each.blocks for each in (*findings(book.poll, tally), *consecutive(tally)))
        accepted = tally.acceptances[-1].by if tally.sheet is not None else ""
        table.add_row(
            escape(tally.box),
            tally.state.label,
            str(len(tally.counts)),
            escape("、".join(entry.teller for entry in tally.current.entries)),
            str(wrong or ""),
            "、".join(dict.fromkeys(each.rule for each in unexplained(book.poll, tally))),
            escape(accepted),
        )
    out.print(table)


def result_record(result: Result) -> dict[str, Any]:
    """The poll's answer as plain data; each kind's verdict has the keys of `huanjie count --json`."""
    return {
        "final": result.final,
        "waiting": list(result.waiting),
        "kinds": [_kind_record(kind) for kind in result.kinds],
        "findings": [each.model_dump(mode="json") for each in result.findings],
        "unexplained": [each.model_dump(mode="json") for each in result.unexplained],
    }


def _kind_record(kind: KindResult) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        "form": kind.form.model_dump(mode="json"),
        "spellings": {name: list(others) for name, others in kind.spellings.items()},
        "verdict": None if kind.verdict is None else kind.verdict.answer(),
        "recall": None if kind.recall is None else kind.recall.model_dump(mode="json"),
        "ranking": [each.model_dump(mode="json") for each in kind.ranking],
        "findings": [each.model_dump(mode="json") for each in kind.findings],
    }


def show_result(result: Result) -> None:
    """The same for people."""
    for kind in result.kinds:
        _show_kind(kind)
    if result.findings:
        out.print("[bold red]各票箱合计与汇总不符[/]")
        show_findings(result.findings)
    if result.unexplained:
        numbers = "、".join(dict.fromkeys(each.rule for each in result.unexplained))
        out.print(f"待说明的提醒：{numbers}（huanjie tally explain 计票簿 {WHOLE_POLL}）。", soft_wrap=True)
    if result.waiting:
        out.print(f"[yellow]尚待确认的票箱（其数字按未填计）：[/]{escape('、'.join(result.waiting))}", soft_wrap=True)
    out.print("[bold green]可以宣布[/]" if result.final else "[bold yellow]还不能宣布[/]")


def _show_kind(kind: KindResult) -> None:
    out.rule(escape(kind.kind), align="left")
    table = Table(show_header=False, box=None, pad_edge=False)
    found = list(kind.findings)
    if kind.verdict is not None:
        verdict = kind.verdict
        out.print(VERDICTS[verdict.valid])
        table.add_row("当选", escape("、".join(verdict.elected)) or ("未定" if verdict.valid is None else "（无）"))
        if verdict.tied:
            table.add_row("票数相等", escape("、".join(verdict.tied)))
        if verdict.next is not None:
            table.add_row("下一步", STEPS[verdict.next])
        found = [*verdict.findings, *found]
    elif kind.recall is not None:
        recall = kind.recall
        out.print(VERDICTS[recall.valid].replace("选举", "罢免投票"))
        if recall.valid:
            table.add_row("罢免通过", escape("、".join(recall.removed)) or "（无）")
            table.add_row("罢免未通过", escape("、".join(recall.kept)) or "（无）")
        found = [*recall.findings, *found]
    else:
        out.print("推荐投票（不适用法定人数和过半数规则）")
        for each in kind.ranking:
            place = "未定" if each.place is None else f"第 {each.place}"
            votes = "未填" if each.votes is None else f"{each.votes} 票"
            table.add_row(place, escape(f"{each.name}（{each.post}）" if each.post else each.name), votes)
    for name, others in kind.spellings.items():
        table.add_row("写法合并", escape(f"{name} ← {'、'.join(others)}"))
    out.print(table)
    answer = kind.verdict or kind.recall
    if answer is not None:
        show_shares(answer.denominators)
    show_findings(found)
