"""`huanjie diff`: two plans side by side, in plain Chinese, with the articles of both where the law decides."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding

from console.output import NO, OK, out, print_json, unusable
from console.packs import Unusable, open_pack
from policies.pack.diff import Difference, Topic, differences
from policies.pack.identity import content_hash
from policies.pack.schema import Pack

HEADINGS = {Topic.NORM: "法律数值", Topic.PLAN: "方案", Topic.BODY: "各组织", Topic.STEP: "步骤、期间和投票办法"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("diff", help="两份方案有何不同：数值（附条文）、步骤、期间、投票办法。")(diff_command)


def diff_command(
    left: Annotated[str, typer.Argument(metavar="方案甲", help="自带方案的名称，或 YAML 文件的路径。")],
    right: Annotated[str, typer.Argument(metavar="方案乙", help="与方案甲相比的另一份。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """Exit 0 when they say the same, 1 when they differ, 2 when either cannot be used (all problems at once)."""
    one, other = open_pack(left), open_pack(right)
    if isinstance(one, Unusable) or isinstance(other, Unusable):
        problems = [problem for each in (one, other) if isinstance(each, Unusable) for problem in each.problems]
        unusable(list(dict.fromkeys(problems)), as_json=as_json)
    found = differences(one, other)
    if as_json:
        print_json(
            {
                "left": {"pack": one.id, "version": one.version, "sha256": content_hash(one)},
                "right": {"pack": other.id, "version": other.version, "sha256": content_hash(other)},
                "differences": [each.model_dump(mode="json") for each in found],
            }
        )
    else:
        _show(one, other, found)
    raise typer.Exit(NO if found else OK)


def _show(one: Pack, other: Pack, found: tuple[Difference, ...]) -> None:
    out.print(f"甲：[bold]{escape(one.title)}[/]（{escape(one.id)} {escape(one.version)}）")
    out.print(f"乙：[bold]{escape(other.title)}[/]（{escape(other.id)} {escape(other.version)}）")
    if not found:
        out.print("没有不同。")
        return
    for topic, heading in HEADINGS.items():
        rows = [each for each in found if each.topic is topic]
        if not rows:
            continue
        out.print(f"\n[bold]{heading}（{len(rows)} 处）[/]")
        for each in rows:
            rule = f" [dim]{escape(each.rule)}[/]" if each.rule else ""
            place = "" if topic in (Topic.NORM, Topic.PLAN) else f" [dim]{escape(each.place)}[/]"
            out.print(f"· {escape(each.title)}{rule}{place}")
            for name, words, source in (("甲", each.left, each.left_source), ("乙", each.right, each.right_source)):
                said = f"{name}：{escape(words)}" + (f" [dim]{escape(source)}[/]" if source else "")
                out.print(Padding(said, (0, 0, 0, 4)))
    out.print(f"\n共 {len(found)} 处不同。")
