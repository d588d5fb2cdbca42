"""`huanjie tally`: a poll counted in several boxes by several tellers, from the empty sheets to the announced result."""

import typer

from console.tally import enter, hand, look, mend


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    tally = typer.Typer(no_args_is_help=True)
    enter.register(tally)
    mend.register(tally)
    look.register(tally)
    hand.register(tally)
    app.add_typer(tally, name="tally", help="多人计票：分票箱双人录入、核对、更正、复点、确认、汇总判定。")
