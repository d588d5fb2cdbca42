"""Within the term: beginning the recall of a member, or a by-election for vacant posts; recording that a member left."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from console.county import JsonOption, KeyOption, RoleOption, TokenOption
from console.live.steer import send
from console.output import err, out, unusable
from policies.people import Post

if TYPE_CHECKING:
    from gateway.command import Answer, Message, Verb
    from live.county import County
    from policies.authority import Signature
    from workflows.messages import ByElectionCall, DepartureCall, RecallCall

UnitArgument = Annotated[str, typer.Argument(metavar="单位", help="单位编号，如 qianshan-2026-S01-U003。")]
ELECTED = (Post.CHAIR, Post.DEPUTY_CHAIR, Post.WOMEN_MEMBER, Post.COMMITTEE_MEMBER)
"""The posts of a committee, which a by-election may fill."""


def register(live: typer.Typer) -> None:
    """Add the commands to the group."""
    live.command("recall", help="届内：对一名在任的村（居）民委员会成员启动罢免。")(recall_command)
    live.command("departure", help="届内：登记一名成员离任（辞职、死亡等，罢免以外的）。")(departure_command)
    live.command("by-election", help="届内：对出缺的村（居）民委员会职务启动补选。")(by_election_command)


def recall_command(
    unit: UnitArgument,
    person: Annotated[str, typer.Argument(metavar="人员编号", help="被提出罢免的成员；一人一件。")],
    entitled: Annotated[
        int, typer.Option("--entitled", metavar="人数", min=1, help="有选举权的村（居）民数；户代表投票的，户数。")
    ],
    representatives: Annotated[
        int, typer.Option("--representatives", metavar="人数", min=0, help="村（居）民代表数。")
    ],
    registered: Annotated[
        int,
        typer.Option(
            "--registered", metavar="人数", min=0, help="登记参加投票的人数；户代表投票的，户数；居民代表投票的不写。"
        ),
    ] = 0,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import RecallCall

    def call(by: "Signature") -> "RecallCall":
        return RecallCall(
            person=person, entitled=entitled, registered=registered, representatives=representatives, by=by
        )

    _told(_begun(unit, Verb.RECALL, call, token, role, key, as_json), as_json=as_json)


def departure_command(
    unit: UnitArgument,
    person: Annotated[str, typer.Argument(metavar="人员编号", help="离任的成员；一人登记一次。")],
    because: Annotated[
        str,
        typer.Option(
            "--because",
            metavar="原因",
            help="辞职、死亡、丧失行为能力、被判处刑罚、连续两次被评议不称职或者当选无效。罢免用 recall。",
        ),
    ],
    on: Annotated[
        str,
        typer.Option("--on", metavar="日期", help="职务终止之日，如 2026-09-01；辞职的，写会议审议通过之日。"),
    ],
    document: Annotated[
        str, typer.Option("--document", metavar="文号", help="会议记录、判决书或者证明的编号，不写内容。")
    ],
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from policies.departure import Ground
    from workflows.messages import DepartureCall

    known = {word: ground for ground in Ground for word in (ground.label, ground.value)}
    problems = []
    if because not in known:
        said = "、".join(ground.label for ground in Ground)
        problems.append(f"原因“{because}”不能用（--because），可用的有：{said}")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        problems.append(f"日期“{on}”不能用（--on）：应如 2026-09-01")
    if problems:
        unusable(problems, as_json=as_json)

    def call(by: "Signature") -> "DepartureCall":
        return DepartureCall(person=person, ground=known[because], on=day, document=document, by=by)

    answer = _begun(unit, Verb.DEPARTURE, call, token, role, key, as_json)
    if answer.accepted and not as_json:
        out.print(
            f"已登记；用 huanjie live where 换届编号 --unit {unit} 看是否须补选。", highlight=False, soft_wrap=True
        )


def by_election_command(
    unit: UnitArgument,
    posts: Annotated[
        list[str],
        typer.Option("--post", metavar="职务", help="要补选的职务，一个名额写一次：主任、副主任、妇女委员、委员。"),
    ],
    left: Annotated[
        list[str] | None,
        typer.Option("--left", metavar="编号=原因", help="罢免以外已经离任的成员，如 P12=辞职；一人写一次。"),
    ] = None,
    since: Annotated[
        str, typer.Option("--since", metavar="日期", help="出缺之日，如 2026-09-01；不写的，按罢免通过之日或者今天。")
    ] = "",
    representatives: Annotated[
        int, typer.Option("--representatives", metavar="人数", min=0, help="居民代表数；由居民代表投票的必写。")
    ] = 0,
    token: TokenOption = None,
    role: RoleOption = None,
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Exit codes as for `decide`."""
    from gateway.command import Verb
    from workflows.messages import ByElectionCall, Departure

    known = {word: post for post in ELECTED for word in (post.label, post.value)}
    problems = [
        f"职务“{one}”不能补选（--post），可用的有：{'、'.join(post.label for post in ELECTED)}"
        for one in posts
        if one not in known
    ]
    gone = [one.partition("=") for one in left or ()]
    problems += [
        f"“{''.join(parts)}”不能用（--left）：应为 编号=原因，如 P12=辞职"
        for parts in gone
        if not (parts[0].strip() and parts[2].strip())
    ]
    try:
        vacant_since = date.fromisoformat(since) if since else None
    except ValueError:
        problems.append(f"日期“{since}”不能用（--since）：应如 2026-09-01")
    if problems:
        unusable(problems, as_json=as_json)
    vacant = tuple(known[one] for one in posts)

    def call(by: "Signature") -> "ByElectionCall":
        departed = tuple(Departure(person=person.strip(), reason=why.strip()) for person, _, why in gone)
        return ByElectionCall(
            vacant=vacant, departed=departed, vacant_since=vacant_since, representatives=representatives, by=by
        )

    _told(_begun(unit, Verb.BY_ELECTION, call, token, role, key, as_json), as_json=as_json)


def _begun(
    unit: str,
    verb: "Verb",
    call: "Callable[[Signature], Message]",
    token: str | None,
    role: str | None,
    key: str,
    as_json: bool,
) -> "Answer":
    """Send it; the office's reports, which ended with the election, are due again once it is accepted."""

    async def reported(county: "County") -> None:
        from temporalio.service import RPCError

        from live.schedules import ensure_schedules

        place = county.registry.elections.place(unit)
        assert place is not None
        running = county.registry.elections.running_clock(place.election)
        try:
            await ensure_schedules(county.client, place.election, running)
        except RPCError as error:  # what was asked is done all the same
            err.print(
                f"周任务清单等报表的日程没有恢复（{error.status.name}）：请原样再执行一次 huanjie live start，不会重复开始。",
                soft_wrap=True,
            )

    return send(unit, verb, call, token, role, key, as_json, reported)


def _told(answer: "Answer", *, as_json: bool) -> None:
    """Which workflow was begun, and where its first gate waits."""
    if answer.receipt is not None and not as_json:
        unit = answer.receipt.gate.partition("/")[0]
        out.print(
            f"流程「{answer.receipt.gate}」已启动；用 huanjie live inbox --unit {unit} 看待办。",
            highlight=False,
            soft_wrap=True,
        )
