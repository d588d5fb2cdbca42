"""What the live commands share: settings, a county opened, and every failure told once, in Chinese, with its exit code."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from rich.markup import escape

from console.output import NO, UNDECIDED, err, out, print_json, unusable
from policies.pack.schema import Role

if TYPE_CHECKING:
    from gateway.command import Answer
    from live.county import County
    from live.settings import CountySettings

T = TypeVar("T")

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]
TokenOption = Annotated[
    str | None,
    typer.Option(
        "--token", metavar="令牌", envvar="HUANJIE_TOKEN", show_envvar=True, help="本人的个人令牌；最好放在环境变量里。"
    ),
]
RoleOption = Annotated[
    str | None, typer.Option("--role", metavar="职责", help="以哪项职责办理（有多项职责时），如 street_committee。")
]
KeyOption = Annotated[
    str, typer.Option("--key", metavar="编号", help="请求编号：同一编号重复提交只生效一次。没有答复时用原编号重试。")
]


def settings() -> "CountySettings":
    """The county's settings from the environment. Exits 2 when they cannot be used."""
    from pydantic import ValidationError

    from gateway.wording import faults
    from live.settings import CountySettings

    try:
        return CountySettings()
    except ValidationError as error:
        unusable(
            [f"设置 HUANJIE_{str(one.path[0]).upper() if one.path else ''}：{one.message}" for one in faults(error)]
        )


def role_of(role: str, *, as_json: bool = False) -> Role:
    """The role of that name. Exits 2 when there is none."""
    if role not in tuple(Role):
        unusable([f"没有“{role}”这项职责；可用的有：{'、'.join(Role)}"], as_json=as_json)
    return Role(role)


def at_county(act: Callable[["County"], Awaitable[T]], *, as_json: bool = False) -> T:
    """Open the county, do something there, and close it. Whatever fails is told and ends the command."""
    from live.county import county

    async def opened() -> T:
        async with county(settings()) as place:
            return await act(place)

    return guarded(lambda: asyncio.run(opened()), as_json=as_json)


def at_registry(act: Callable[[Any], T], *, as_json: bool = False) -> T:
    """Open the registry alone: what only reads, and what an administrator does, needs no server."""
    from activities.registry import opened_registry

    def opened() -> T:
        with opened_registry(settings().registry_target) as registry:
            return act(registry)

    return guarded(opened, as_json=as_json)


def guarded(act: Callable[[], T], *, as_json: bool = False) -> T:
    """Run it; a failure that a person can do something about becomes a message and an exit code."""
    from activities.registry.errors import RefusedRecordError, RegistryError
    from gateway.carrier import NoAnswer
    from gateway.door import Stranger, Unfit
    from live.connection import ServerUnreachable
    from live.county import CannotStart
    from live.encryption import KeysUnusable, PayloadRefused
    from live.server import ServerProblem
    from live.tls import TransportRefused

    try:
        return act()
    except NoAnswer as error:
        _undecided(f"{error}：是否生效尚不确定，请用同一个请求编号（--key）重试。", as_json=as_json)
    except CannotStart as error:
        unusable(error.problems, as_json=as_json)
    except (KeysUnusable, TransportRefused) as error:
        unusable(error.problems, as_json=as_json)
    except RefusedRecordError as error:
        what = str(error).partition("：")[0]
        unusable([f"{what}：{one}" for one in error.problems], as_json=as_json)
    except (Stranger, Unfit, RegistryError, ServerUnreachable, ServerProblem, PayloadRefused) as error:
        unusable([str(error)], as_json=as_json)


def _undecided(message: str, *, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": {"problems": [message]}})
    err.print(escape(message), soft_wrap=True)
    raise typer.Exit(UNDECIDED)


def answered(answer: "Answer", key: str, *, as_json: bool) -> None:
    """Tell the workflow's answer; exit 1 when it was refused."""
    from gateway.command import Outcome

    findings = answer.findings if answer.receipt is None else answer.receipt.remarks
    if as_json:
        print_json(
            {
                "outcome": answer.outcome.value,
                "key": key,
                "gate": None if answer.receipt is None else answer.receipt.gate,
                "findings": [finding.model_dump(mode="json") for finding in findings],
            }
        )
    else:
        words = {
            Outcome.ACCEPTED: "[green]已受理[/]",
            Outcome.AWAITS_SECOND: "[yellow]已签字，等待另一人会签[/]",
            Outcome.REFUSED: "[bold red]未通过[/]",
            Outcome.CLOSED: "[bold red]未通过[/]",
        }
        out.print(words[answer.outcome], highlight=False)
        for finding in findings:
            out.print(f"  [bold]{escape(finding.rule)}[/] {escape(finding.message)}", highlight=False, soft_wrap=True)
            if finding.remedy:
                out.print(
                    f"     [dim]办法：{escape(finding.remedy)}　依据：{escape(finding.source)}[/]", soft_wrap=True
                )
    if answer.outcome in (Outcome.REFUSED, Outcome.CLOSED):
        raise typer.Exit(NO)


def banner(registry: Any) -> None:
    """Nobody takes a drill for the real thing."""
    if registry.drill:
        out.print("[black on yellow] 演练 [/] 本登记库只用于演练，所示内容均为演练数据。", highlight=False)
