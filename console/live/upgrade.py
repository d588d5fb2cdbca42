"""Moving running elections to a new version of the program, after it has been shown that they can go on under it."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from console.county import JsonOption, at_county
from console.output import NO, out, print_json

if TYPE_CHECKING:
    from live.county import County
    from live.versions import Unfit


def register(live: typer.Typer) -> None:
    """Add the command to the group."""
    live.command("upgrade", help="升级之后：核对进行中的换届能否在新版本上接着办，再一并移过来。")(upgrade_command)


def upgrade_command(
    check: Annotated[bool, typer.Option("--check", help="只核对，不移动。")] = False, as_json: JsonOption = False
) -> None:
    """Exit 0 when every running election goes on under this version, 1 when one could not: then nothing was moved."""

    async def upgrade(county: "County") -> "tuple[tuple[Unfit, ...], int]":
        from live.versions import make_current, move, this_version, unfit_for

        version = this_version()
        unfit = await unfit_for(county.client)
        if unfit or check:
            return unfit, 0
        await make_current(county.client, version)
        return (), await move(county.client, version)

    unfit, moved = at_county(upgrade, as_json=as_json)
    if as_json:
        print_json({"moved": moved, "unfit": [{"workflow": one.workflow, "reason": one.reason} for one in unfit]})
    elif unfit:
        out.print("[bold red]不能升级[/]：以下流程不能在新版本上接着办，请用原版本把它们办完。")
        for one in unfit:
            out.print(f"  {escape(one.workflow)}：{escape(one.reason)}", highlight=False, soft_wrap=True)
    else:
        out.print("可以升级。" if check else f"已把 {moved} 个进行中的流程移到新版本。")
    raise typer.Exit(NO if unfit else 0)
