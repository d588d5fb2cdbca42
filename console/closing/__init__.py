"""`huanjie closing`: what is made when an election is over: statistics before and after, archive, handover."""

import typer

from console.closing import archive, handover, statistics


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    closing = typer.Typer(no_args_is_help=True, help="换届收尾：前后对比统计、归档核对、移交清单。")
    statistics.register(closing)
    archive.register(closing)
    handover.register(closing)
    app.add_typer(closing, name="closing")
