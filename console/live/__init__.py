"""`huanjie live`: a county's elections on a Temporal server, from bringing it up to reading its journal."""

import typer

from console.live import decide, look, manage, readiness, serve, steer, term, upgrade


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    live = typer.Typer(
        invoke_without_command=True, help="正式运行（或在服务器上演练）：启动、开始换届、待办、办理、进度。"
    )
    serve.register(live)
    manage.register(live)
    look.register(live)
    readiness.register(live)
    decide.register(live)
    steer.register(live)
    term.register(live)
    upgrade.register(live)
    app.add_typer(live, name="live")
