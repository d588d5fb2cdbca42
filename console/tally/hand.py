"""`huanjie tally form`: a finished count written as the form that the poll's gate asks for, to be decided with `huanjie live decide`."""

import io
import re
from pathlib import Path
from typing import Annotated

import typer
from ruamel.yaml import YAML

from console.output import out, reason, unusable
from console.tally.files import BookArgument, JsonOption, open_book, refuse
from policies.form import BoxPapers, BoxPapersByKind, KindSheets, Mixed
from policies.tally import Book, HandedIn, TallyRefused, handed_in


def register(tally: typer.Typer) -> None:
    """Add the command to the group."""
    tally.command("form", help="把完成的计票写成直接选举投票环节要填的表，供 huanjie live decide 办理。")(form_command)


def form_command(
    book: BookArgument,
    file: Annotated[Path, typer.Argument(metavar="新文件", help="写到哪里，如 投票.yaml；已有的不覆盖。")],
    mixed: Annotated[
        list[str] | None,
        typer.Option(
            "--mixed",
            metavar="票箱=投票/发出/收回",
            help="与中心会场混合计票的票箱及其人数、张数，如 流动票箱=12/12/11；"
            "各职务分别用票的按选票种类写，如 流动票箱=12/主任票:12/12/委员票:12/11；可重复。",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Exit 0 written, 1 when the count is not finished or not of this sort, 2 when nothing can be written."""
    opened = open_book(book, as_json=as_json)
    papers = _papers(mixed or [], as_json=as_json)
    try:
        handed = handed_in(opened, papers)
    except TallyRefused as refused:
        refuse(refused.findings, as_json=as_json)
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(as_yaml(opened, handed))
    except OSError as failed:
        unusable([f"{file}：无法写入（{reason(failed)}）"], as_json=as_json)
    out.print(f"已写入 {file}；填好标明 null 的各项，用 huanjie live decide 办理。", markup=False, soft_wrap=True)


def as_yaml(book: Book, handed: HandedIn) -> str:
    """The gate's form; what a tally does not know (who is who, by id) is null and explained."""
    data = {
        "kind": "counted",
        "held_on": None if book.poll.date is None else book.poll.date.isoformat(),
        "form": handed.form.model_dump(mode="json"),
        "declared": list(handed.declared),
        "proxies": handed.proxies,
        "roving_boxes": None if handed.mixed is not None else handed.roving_boxes,
        "boxes": [{"box": name, "form": form.model_dump(mode="json")} for name, form in handed.boxes],
        "mixed": None if handed.mixed is None else handed.mixed.model_dump(mode="json"),
        "tellings": [telling.model_dump(mode="json") for telling in handed.tellings],
    }
    text = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 1 << 16
    yaml.dump(data, text)
    names = [f"  - null  # {each.name}（{each.post}）" for each in handed.form.candidates]
    lines = [
        f"# {book.poll.title}：由计票簿写出。把 null 换成要填的内容。",
        "# names：报告单各候选人的人员编号（另选他人的，并在 written_in 写明其人员信息）；roving_boxes：流动票箱数",
        "names:",
        *names,
    ]
    return "\n".join(lines) + "\n" + text.getvalue()


def _papers(mixed: list[str], *, as_json: bool) -> dict[str, Mixed]:
    found: dict[str, Mixed] = {}
    wrong = []
    for each in mixed:
        name, _, rest = each.partition("=")
        papers = _read(rest)
        if not name.strip() or papers is None:
            wrong.append(
                f"“{each}”应写成 票箱=投票人数/发出选票数/收回选票数，如 流动票箱=12/12/11；"
                "各职务分别用票的写成 票箱=投票人数/选票种类:发出/收回/…，如 流动票箱=12/主任票:12/12/委员票:12/11"
            )
        elif name.strip() in found:
            wrong.append(f"“{name.strip()}”写了两次")
        else:
            found[name.strip()] = papers
    if wrong:
        unusable(wrong, as_json=as_json)
    return found


_FIGURE = "([0-9]+)"
_ONE_KIND = re.compile(f"{_FIGURE}/{_FIGURE}/{_FIGURE}")
_BY_KIND = re.compile(f"{_FIGURE}((?:/[^/:]+:{_FIGURE}/{_FIGURE})+)")


def _read(text: str) -> Mixed | None:
    """12/12/11, or 12/主任票:12/12/委员票:12/11; None for anything else."""
    text = text.replace("：", ":")
    if found := _ONE_KIND.fullmatch(text):
        present, issued, collected = map(int, found.groups())
        return BoxPapers(present=present, issued=issued, collected=collected)
    if found := _BY_KIND.fullmatch(text):
        kinds = re.findall(f"/([^/:]+):{_FIGURE}/{_FIGURE}", found[2])
        if len({kind for kind, *_ in kinds}) == len(kinds):
            sheets = [KindSheets(kind=kind, issued=int(out_), collected=int(back)) for kind, out_, back in kinds]
            return BoxPapersByKind(present=int(found[1]), kinds=tuple(sheets))
    return None
