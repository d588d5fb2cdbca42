"""Deciding a gate: the form it wants, handing it in, signing second."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer
from rich.markup import escape
from rich.syntax import Syntax

from console.county import (
    JsonOption,
    KeyOption,
    RoleOption,
    TokenOption,
    answered,
    at_county,
    at_registry,
    role_of,
)
from console.output import out, print_json, reason, unusable
from policies.pack.schema import Role

if TYPE_CHECKING:
    from activities.registry import Registry
    from workflows.messages import Form

LARGEST_FILE = 1 << 20

WorkflowArgument = Annotated[
    str, typer.Argument(metavar="流程", help="待办里的“流程”，如 qianshan-2026-S01-U003/party。")
]
GateArgument = Annotated[str, typer.Argument(metavar="环节", help="待办里的“环节”，如 party.slate。")]


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.command("form", help="一个环节要填的表（YAML），照着填好再办理。")(form_command)
    live.command("decide", help="办理一个环节。")(decide_command)
    live.command("countersign", help="会签：作为第二人签署他人已签的办理。")(countersign_command)
    live.command("withdraw-signature", help="撤回本人已签、尚待会签的签字。")(call_back_command)


def chosen_role(role: str | None, *, as_json: bool = False) -> Role | None:
    """The role asked for. Exits 2 when there is none of that name."""
    return None if role is None else role_of(role, as_json=as_json)


def filled_form(file: Path, *, as_json: bool) -> "Form":
    """The form in a YAML or JSON file ("-" is standard input). Exits 2 with everything that is wrong, line by line."""
    from gateway.form import read_form
    from policies.pack.text import read_text

    located, problems = read_text(_content(file, as_json=as_json))
    if located is None:
        unusable([f"{file}：{one}" for one in problems], as_json=as_json)
    form = read_form(located.data)
    if isinstance(form, tuple):
        told = {one.path for one in problems}  # what could not be read is not what it should be either
        problems += [one for one in (located.at(fault.path, fault.message) for fault in form) if one.path not in told]
    if problems or isinstance(form, tuple):
        problems.sort(key=lambda one: (one.line, one.column))
        unusable([f"{file}：{one}" for one in problems], as_json=as_json)
    return form


def _content(file: Path, *, as_json: bool) -> str:
    try:
        raw = typer.get_binary_stream("stdin").read(LARGEST_FILE + 1) if str(file) == "-" else _bytes(file)
        if len(raw) > LARGEST_FILE:
            unusable([f"{file}：超过 {LARGEST_FILE} 字节，不像一张表单"], as_json=as_json)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        unusable([f"{file}：不是 UTF-8 编码的文本，请另存为 UTF-8"], as_json=as_json)
    except (OSError, ValueError) as failed:
        unusable([f"{file}：无法读取（{reason(failed)}）"], as_json=as_json)


def _bytes(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def decide_command(
    workflow: WorkflowArgument,
    gate: GateArgument,
    form: Annotated[Path, typer.Argument(metavar="表单", help="填好的 YAML 或 JSON 文件；- 为标准输入。")],
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit 0 accepted (or signed first), 1 refused by the rules, 2 cannot be taken, 3 no answer."""
    acting = chosen_role(role, as_json=as_json)
    filled = filled_form(form, as_json=as_json)
    sent = key or str(uuid4())
    answer = at_county(lambda county: county.door.decide(token, workflow, gate, filled, acting, sent), as_json=as_json)
    answered(answer, sent, as_json=as_json)


def countersign_command(
    workflow: WorkflowArgument,
    gate: GateArgument,
    show: Annotated[bool, typer.Option("--show", help="只看第一人签了什么，不签字。")] = False,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    acting = chosen_role(role, as_json=as_json)
    if show:

        def read(registry: "Registry") -> None:
            from gateway.door import awaiting

            first = awaiting(registry, workflow, gate)
            if first is None:
                unusable([f"「{gate}」没有等待会签的签字"], as_json=as_json)
            print_json(first.model_dump(mode="json"))

        at_registry(read, as_json=as_json)
        return
    sent = key or str(uuid4())
    answer = at_county(lambda county: county.door.countersign(token, workflow, gate, acting, sent), as_json=as_json)
    answered(answer, sent, as_json=as_json)


def call_back_command(workflow: WorkflowArgument, gate: GateArgument, token: TokenOption = None) -> None:
    """Exit 2 where there is nothing of one's own to take back."""
    at_county(lambda county: county.door.call_back(token, workflow, gate))
    out.print("已撤回签字。")


def form_command(workflow: WorkflowArgument, gate: GateArgument) -> None:
    """The form of a gate that is open, its fields explained, the people it is about filled in."""

    def show(registry: "Registry") -> None:
        from console.live.forms import skeleton
        from gateway.command import unit_of

        open_now = [
            one.task
            for one in registry.standings.inbox(date.max, unit=unit_of(workflow))
            if (one.task.workflow, one.task.gate) == (workflow, gate)
        ]
        if not open_now:
            unusable([f"「{workflow} {gate}」现在没有打开：用 huanjie live inbox 看待办"])
        text = skeleton(registry, open_now[0])
        out.print(Syntax(text, "yaml", word_wrap=True) if out.is_terminal else escape(text), soft_wrap=True)

    at_registry(show)
