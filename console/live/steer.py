"""Steering and what people report: hold, release, postpone, move a drill's clock; complaint, appeal, objection, withdrawal."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from console.county import JsonOption, KeyOption, RoleOption, TokenOption, answered, at_county
from console.live.decide import chosen_role
from console.output import unusable

if TYPE_CHECKING:
    from gateway.command import Answer, Message, Verb
    from live.county import County
    from policies.authority import Signature

PlaceArgument = Annotated[
    str, typer.Argument(metavar="范围", help="换届、街道或单位的编号；届内的罢免、补选写流程的编号。")
]
BodyArgument = Annotated[str, typer.Argument(metavar="流程", help="如 qianshan-2026-S01-U003/party。")]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="理由", help="写进日志。")]


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.command("hold", help="暂停一个单位、街道或整场换届。")(hold_command)
    live.command("release", help="解除暂停。")(release_command)
    live.command("postpone", help="推迟：计划期限顺延若干天，法定期限不变。")(postpone_command)
    live.command("move", help="演练：把时间向前拨到某一时刻，各单位同时拨动。")(move_command)
    live.command("complain", help="登记一件举报。")(complain_command)
    live.command("appeal", help="登记一件申诉。")(appeal_command)
    live.command("object", help="登记一件对选民名单的异议。")(object_command)
    live.command("withdraw", help="登记退出候选或放弃当选。")(withdraw_command)


def send(
    workflow: str,
    verb: "Verb",
    sign: "Callable[[Signature], Message]",
    token: str | None,
    role: str | None,
    key: str,
    as_json: bool,
    then: "Callable[[County], Awaitable[None]] | None" = None,
) -> "Answer":
    """Send one message, do what follows once it is accepted, tell the answer and return it.

    Refused exits 1, a message that cannot be filled in 2.
    """
    from pydantic import ValidationError

    from gateway.wording import faults

    acting, sent = chosen_role(role, as_json=as_json), key or str(uuid4())

    async def done(county: "County") -> "Answer":
        answer = await county.door.send(token, workflow, verb, sign, acting, sent)
        if then is not None and answer.accepted:
            await then(county)
        return answer

    try:
        answer = at_county(done, as_json=as_json)
    except ValidationError as error:
        unusable(
            [f"{_SAID.get(str(one.path[0]), one.path[0])}：{one.message}" for one in faults(error)], as_json=as_json
        )
    answered(answer, sent, as_json=as_json)
    return answer


_SAID = {
    "rule": "规则（--rule）",
    "reason": "理由（--reason）",
    "days": "天数",
    "to": "时刻",
    "id": "编号（--number）",
    "about": "环节",
    "text": "内容（--text）",
    "handler": "承办人（--handler）",
    "person": "人员编号",
    "grounds": "理由（--grounds）",
    "departed": "离任人员（--left）",
    "document": "文号（--document）",
}
"""The words of the command line for what a message calls by another name."""


def hold_command(
    place: PlaceArgument,
    reason: ReasonOption,
    rule: Annotated[str, typer.Option("--rule", metavar="规则", help="依据的规则编号，如 X4。")] = "X4",
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Hold

    send(place, Verb.HOLD, lambda by: Hold(rule=rule, reason=reason, by=by), token, role, key, as_json)


def release_command(
    place: PlaceArgument,
    reason: ReasonOption,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Release

    send(place, Verb.RELEASE, lambda by: Release(reason=reason, by=by), token, role, key, as_json)


def postpone_command(
    place: PlaceArgument,
    days: Annotated[int, typer.Argument(metavar="天数", min=1, max=180)],
    reason: ReasonOption,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Postponement

    send(place, Verb.POSTPONE, lambda by: Postponement(days=days, reason=reason, by=by), token, role, key, as_json)


def move_command(
    election: Annotated[str, typer.Argument(metavar="换届编号")],
    to: Annotated[str, typer.Argument(metavar="时刻", help="北京时间，如 2021-03-01 或 2021-03-01T09:00。")],
    reason: ReasonOption = "演练",
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`; a live election refuses (O7)."""
    from gateway.command import Verb
    from policies.clock import BEIJING
    from workflows.messages import Move

    try:
        instant = datetime.fromisoformat(to)
    except ValueError:
        unusable([f"时刻“{to}”不能用：应如 2021-03-01 或 2021-03-01T09:00"], as_json=as_json)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)
    send(election, Verb.MOVE, lambda by: Move(to=instant, reason=reason, by=by), token, role, key, as_json)


def complain_command(
    workflow: BodyArgument,
    about: Annotated[str, typer.Argument(metavar="环节", help="举报所涉的环节，如 party.publicity。")],
    text: Annotated[str, typer.Option("--text", metavar="内容")],
    number: Annotated[str, typer.Option("--number", metavar="编号", help="举报件的编号。")],
    channel: Annotated[
        str, typer.Option("--channel", metavar="渠道", help="电话、来信、举报箱、来访或网络；不填即未写明。")
    ] = "",
    handler: Annotated[str, typer.Option("--handler", metavar="承办人", help="由谁查核；结论由其签名。")] = "",
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from policies.grievance import Channel
    from workflows.messages import Complaint

    known = {word: one for one in Channel for word in (one.label, one.value)}
    if channel and channel not in known:
        said = "、".join(one.label for one in Channel)
        unusable([f"渠道“{channel}”不认识（--channel），可用的有：{said}"], as_json=as_json)

    send(
        workflow,
        Verb.COMPLAIN,
        lambda by: Complaint(
            id=number, about=about, text=text, by=by, channel=known.get(channel), handler=handler.strip()
        ),
        token,
        role,
        key,
        as_json,
    )


def appeal_command(
    workflow: BodyArgument,
    person: Annotated[str, typer.Argument(metavar="人员编号")],
    grounds: Annotated[str, typer.Option("--grounds", metavar="理由")],
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Appeal

    send(workflow, Verb.APPEAL, lambda by: Appeal(person=person, grounds=grounds, by=by), token, role, key, as_json)


def object_command(
    workflow: BodyArgument,
    about: Annotated[str, typer.Argument(metavar="何人", help="漏列、错列的人。")],
    text: Annotated[str, typer.Option("--text", metavar="内容")],
    number: Annotated[str, typer.Option("--number", metavar="编号", help="异议的编号。")],
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Objection

    send(
        workflow,
        Verb.OBJECT,
        lambda by: Objection(id=number, about=about, text=text, by=by),
        token,
        role,
        key,
        as_json,
    )


def withdraw_command(
    workflow: BodyArgument,
    person: Annotated[str, typer.Argument(metavar="人员编号")],
    reason: ReasonOption,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import Withdrawal

    send(workflow, Verb.WITHDRAW, lambda by: Withdrawal(person=person, reason=reason, by=by), token, role, key, as_json)
