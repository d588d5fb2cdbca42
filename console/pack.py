"""`huanjie pack`: what binds a plan and by which article, confirming transcribed law, and writing a plan of one's own."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding

from console.confirmations import kept_at, read_confirmations, write_confirmations
from console.county import JsonOption
from console.newpack import new_command
from console.output import NO, OK, out, print_json, unusable
from console.packs import Unusable, open_pack
from console.rules import CONFIDENCE
from policies.clock import BEIJING
from policies.law.confirm import Confirmations, fingerprint, to_confirm
from policies.law.layer import Stated
from policies.law.terms import TERMS, shown
from policies.pack.diff import OWN_CHOICE
from policies.pack.schema import Pack

PackArgument = Annotated[str, typer.Argument(metavar="方案", help="自带方案的名称，或 YAML 文件的路径。")]


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    group = typer.Typer(no_args_is_help=True, help="方案：查看适用的法律数值、确认转录的法律、编写自己的方案。")
    group.command("show", help="方案适用的法律数值，逐项写明条文、可信程度和施行日期。")(show_command)
    group.command("confirm", help="与公报核对后，逐项确认转录的法律数值；正式换届前必须做一次。")(confirm_command)
    group.command("new", help="按纸面方案编写一份自己的方案：逐项提问，当场核对，最后整体核对。")(new_command)
    app.add_typer(group, name="pack")


def show_command(pack: PackArgument, as_json: JsonOption = False) -> None:
    """Exit 0, or 2 when the pack cannot be used."""
    opened = _opened(pack, as_json=as_json)
    rows = [
        (norm, term, value, opened.composition.binding.get(norm))
        for norm, term in TERMS.items()
        if (value := getattr(opened.norms, norm)) is not None
    ]
    if as_json:
        print_json(
            {
                "pack": opened.id,
                "law": opened.law.value,
                "layers": [layer.id for layer in opened.layers],
                "norms": [
                    {
                        "norm": norm,
                        "label": term.label,
                        "rule": term.rule(opened.governed, opened.law.value),
                        "value": opened.norms.model_dump(mode="json")[norm],
                        "shown": shown(term, value),
                        "clause": None if stated is None else stated.model_dump(mode="json", exclude={"norm", "value"}),
                    }
                    for norm, term, value, stated in rows
                ],
            }
        )
        return
    out.print(f"[bold]{escape(opened.title)}[/]（{escape(opened.id)}，{opened.law.value} 年法律）")
    if not rows:
        out.print("这份方案没有写明适用的法律层（layers）。")
    for _, term, value, stated in rows:
        out.print(f"· {escape(term.label)}：[bold]{escape(shown(term, value))}[/]", highlight=False)
        if stated is None:
            out.print(Padding(f"[dim]{OWN_CHOICE}[/]", (0, 0, 0, 4)))
            continue
        said = f"{stated.source}（{CONFIDENCE[stated.confidence]}，{stated.effective_from} 起）"
        out.print(Padding(f"[dim]{escape(said)}[/]", (0, 0, 0, 4)))


def confirm_command(
    pack: PackArgument,
    by: Annotated[
        str, typer.Option("--by", metavar="姓名", help="谁核对的（单位和姓名）；不写则只列出未确认的。")
    ] = "",
    against: Annotated[
        str, typer.Option("--against", metavar="文本", help="与哪份文本核对的，如公报的年份、期号、页码。")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="已在纸面上逐项核对过，一次确认全部。")] = False,
    on: Annotated[str, typer.Option("--on", metavar="日期", help="核对的日期，默认今天。")] = "",
    file: Annotated[Path | None, typer.Option("--file", metavar="文件", help="确认记录；默认在换届目录里。")] = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 when every value is confirmed, 1 when some are not, 2 when the input cannot be used. Each yes is kept at once."""
    opened = open_pack(pack)
    problems: list[str] = []
    if isinstance(opened, Unusable):
        problems += opened.problems
    place = file or kept_at()
    kept = read_confirmations(place)
    if isinstance(kept, Unusable):
        problems += kept.problems
    if bool(by.strip()) != bool(against.strip()):
        problems.append("--by（谁核对的）和 --against（与哪份文本核对的）须同时写明")
    if (everything or on) and not by.strip():
        problems.append("--all、--on 只在确认时使用：请写明 --by 和 --against")
    day = _day(on, problems)
    if problems or isinstance(opened, Unusable) or isinstance(kept, Unusable):
        unusable(problems, as_json=as_json)
    if by.strip():
        kept = _confirmed(opened, kept, place, by.strip(), against.strip(), day, everything=everything)
    _report(opened, kept, place, as_json=as_json)
    raise typer.Exit(NO if kept.unconfirmed(opened.composition) else OK)


def _confirmed(
    opened: Pack, kept: Confirmations, place: Path, by: str, against: str, day: date, *, everything: bool
) -> Confirmations:
    waiting = kept.unconfirmed(opened.composition)
    if everything:
        kept = kept.adding(waiting, by=by, on=day, compared_with=against)
        write_confirmations(place, kept)
        return kept
    for number, stated in enumerate(waiting, 1):
        out.print(f"\n{number}/{len(waiting)} {_line(stated)}", highlight=False, markup=False)
        out.print(Padding(escape(f"“{stated.quote}”"), (0, 0, 0, 4)))
        if typer.confirm("与公报一致？", default=False):
            kept = kept.adding((stated,), by=by, on=day, compared_with=against)
            write_confirmations(place, kept)
    return kept


def _report(opened: Pack, kept: Confirmations, place: Path, *, as_json: bool) -> None:
    waiting, every = kept.unconfirmed(opened.composition), to_confirm(opened.composition)
    if as_json:
        print_json(
            {
                "pack": opened.id,
                "file": str(place),
                "confirmed": len(every) - len(waiting),
                "unconfirmed": [
                    {
                        "layer": one.layer,
                        "norm": one.norm,
                        "shown": shown(TERMS[one.norm], one.value),
                        "article": one.article,
                        "quote": one.quote,
                        "sha256": fingerprint(one),
                    }
                    for one in waiting
                ],
            }
        )
        return
    for stated in waiting:
        out.print(f"未确认 {_line(stated)}", highlight=False, markup=False)
    out.print(f"须确认 {len(every)} 项，已确认 {len(every) - len(waiting)} 项，未确认 {len(waiting)} 项。")
    if waiting:
        out.print("核对公报后用 --by 姓名 --against 公报期号 确认；确认之前不得用于正式换届。")


def _line(stated: Stated) -> str:
    term = TERMS[stated.norm]
    return f"{term.label}：{shown(term, stated.value)}（{stated.place}）"


def _opened(pack: str, *, as_json: bool) -> Pack:
    opened = open_pack(pack)
    if isinstance(opened, Unusable):
        unusable(opened.problems, as_json=as_json)
    return opened


def _day(on: str, problems: list[str]) -> date:
    today = datetime.now(BEIJING).date()
    if not on:
        return today
    try:
        day = date.fromisoformat(on)
    except ValueError:
        problems.append(f"--on 应为日期，如 2026-03-01，不能是“{on}”")
        return today
    if day > today:
        problems.append(f"--on 不能晚于今天（{today}）：{day}")
    return day
