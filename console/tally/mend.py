"""The second half of `huanjie tally`: corrections, explanations, recounts, and spellings brought together, each by name and with a reason."""

from typing import Annotated

import typer
from rich.markup import escape

from console.output import NO, OK, UNUSABLE, out, print_json
from console.tally.files import BookArgument, BoxArgument, ByOption, JsonOption, WhyOption, change, now, refuse
from console.tally.show import box_record, show_box
from policies.form import FormRefused
from policies.lifecycles import BoxState
from policies.tally import (
    ABSENT,
    WHOLE_POLL,
    Book,
    Cell,
    Merging,
    correct,
    explain,
    explain_result,
    in_words,
    read_cell,
    recount,
    with_merging,
)

GONE = in_words(ABSENT)


def register(tally: typer.Typer) -> None:
    """Add the commands to the group."""
    tally.command("correct", help="更正自己录入的一格：原数、新数、是谁、为什么，都留底。")(correct_command)
    tally.command("explain", help="具名说明一条提醒为什么可以保留。")(explain_command)
    tally.command("recount", help="要求重新清点一个票箱；连续两次清点相同才可确认。")(recount_command)
    tally.command("name", help="把另选他人的一种写法并到某人名下：写法都留底。")(name_command)


def correct_command(
    book: BookArgument,
    box: BoxArgument,
    cell: Annotated[
        str, typer.Argument(metavar="格子", help="如“参加投票人数”“主任票/收回选票数”“主任票/主任/张三/得票数”。")
    ],
    was: Annotated[str, typer.Option("--was", metavar="原数", help=f"现在的数；未填写“未填”，没有这一行写“{GONE}”。")],
    now_: Annotated[str, typer.Option("--now", metavar="新数", help=f"改成的数；删去另选他人的一行写“{GONE}”。")],
    by: ByOption,
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when it is corrected (and the entries agree), 1 when refused or the entries differ, 2 for no figure."""
    before, after_ = _cell(was, as_json), _cell(now_, as_json)
    after = change(
        book,
        lambda each: each.step(
            box, lambda tally: correct(tally, cell, was=before, now=after_, by=by.strip(), why=why.strip(), at=now())
        ),
        as_json=as_json,
    )
    _tell(after, box, as_json=as_json)
    raise typer.Exit(NO if after.tally(box).state is BoxState.DIFFERENT else OK)


def explain_command(
    book: BookArgument,
    box: Annotated[str, typer.Argument(metavar="票箱", help="票箱名称；汇总后的提醒写“全场”。")],
    number: Annotated[str, typer.Argument(metavar="编号", help="提醒的编号，如 W.04。")],
    by: ByOption,
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when the warning is answered, 1 when there is none of that number."""
    said = {"by": by.strip(), "why": why.strip()}
    wanted = number.strip().upper()

    def step(each: Book) -> Book:
        if box == WHOLE_POLL:
            return explain_result(each, wanted, at=now(), **said)
        return each.step(box, lambda tally: explain(each.poll, tally, wanted, at=now(), **said))

    after = change(book, step, as_json=as_json)
    if box != WHOLE_POLL:
        _tell(after, box, as_json=as_json)
    elif as_json:
        print_json({"explained": wanted, **said})
    else:
        out.print(f"{wanted} 已由{escape(said['by'])}说明。", soft_wrap=True)


def recount_command(
    book: BookArgument, box: BoxArgument, by: ByOption, why: WhyOption, as_json: JsonOption = False
) -> None:
    """Exit 0 when the box is to be counted again, 1 when it cannot be."""
    after = change(
        book,
        lambda each: each.step(box, lambda tally: recount(tally, by=by.strip(), why=why.strip(), at=now())),
        as_json=as_json,
    )
    _tell(after, box, as_json=as_json)


def name_command(
    book: BookArgument,
    kind: Annotated[str, typer.Argument(metavar="选票", help="选票种类，如“委员票”。")],
    post: Annotated[str, typer.Argument(metavar="职务", help="职务，如“委员”。")],
    spelling: Annotated[str, typer.Argument(metavar="写法", help="选票上写的姓名。")],
    into: Annotated[str, typer.Option("--into", metavar="姓名", help="指的是谁。")],
    by: ByOption,
    why: WhyOption,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when the spelling counts for the person, 1 when that is not possible."""

    def step(each: Book) -> Book:
        return with_merging(
            each,
            Merging(kind=kind, post=post, spelling=spelling, into=into, by=by.strip(), why=why.strip(), at=now()),
        )

    change(book, step, as_json=as_json)
    if as_json:
        print_json({"kind": kind, "post": post, "spelling": spelling, "into": into, "by": by.strip()})
    else:
        said = f"“{spelling}”的票计入“{into}”（{kind}，{post}），由{by.strip()}认定；两种写法均留底。"
        out.print(escape(said), soft_wrap=True)


def _cell(text: str, as_json: bool) -> Cell:
    if text.strip() == GONE:
        return ABSENT
    try:
        return read_cell(text)
    except FormRefused as refused:
        refuse(refused.findings, as_json=as_json, code=UNUSABLE)


def _tell(book: Book, box: str, *, as_json: bool) -> None:
    if as_json:
        print_json(box_record(book, box))
    else:
        show_box(book, box)
