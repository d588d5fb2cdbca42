"""V21: relatives elected together: the higher post stays, in one post more votes; the next by votes moves up, equals vote again."""

from collections.abc import Callable, Sequence
from itertools import groupby

from policies.finding import Finding, Severity
from policies.kinship import KinGraph, KinPath
from policies.law.norms import Norms
from policies.people import Post
from policies.rule import Confidence, Rule, declare
from policies.rules.village.kin import relative
from policies.value import Value

V21 = declare(
    Rule(
        id="V21",
        title="当选成员任职回避",
        text="当选成员之间有应回避的亲属关系的，留任其中职务最高的；职务相同的，留任得票最多的；票数也相同的，继续投票；"
        "缺额由达到当选票数的其他人按得票多少依次递补。亲属范围：浙江为夫妻、父母子女、兄弟姐妹，上海为夫妻、直系亲属，2025年法为近亲属。",
        on_failure="只留任一人，缺额依次递补",
        source="浙江省办法第三十一条：“留任其中职务最高的人员；职务相同的，留任得票数最多的人员；职务相同、票数相同的，应当继续组织投票”；"
        "上海市办法第二条；《村民委员会组织法》（2025）第八条：“村民委员会成员实行近亲属回避”",
        confidence=Confidence.VERIFIED,
        article="8（2025）",
        enforced=(
            "residents.poll",
            "residents.announcement",
            "byelection.candidates",
        ),
    )
)
_Kin = Callable[[str, str], KinPath | None]
RANKS = (Post.CHAIR, Post.DEPUTY_CHAIR)  # every other post is that of a member


class Winner(Value):
    """Somebody (id) with enough votes for a post."""

    person: str
    post: Post
    votes: int


class Yielding(Value):
    """A winner who goes because `stays`, kin by `path`, has the higher post or more votes."""

    winner: Winner
    stays: str
    path: KinPath


class Staying(Value):
    """Who is on the committee after V21.

    `again`: relatives with the same post and as many votes, voted on again; `pending`: lower relatives of theirs, whose
    place the re-vote decides. Nobody moves up before it is held: apply the rule again with its votes. `tied`: equal in
    votes for moving up, voted on again among themselves.
    """

    members: tuple[Winner, ...]
    yielding: tuple[Yielding, ...] = ()
    moved_up: tuple[Winner, ...] = ()
    again: tuple[Winner, ...] = ()
    tied: tuple[Winner, ...] = ()
    pending: tuple[Winner, ...] = ()


def relatives_elected(elected: Sequence[Winner], passed: Sequence[Winner], graph: KinGraph, norms: Norms) -> Staying:
    """V21 applied: highest post first, then most votes; each seat that falls free goes to the next who passed for that post.

    `passed` are the others with enough votes (over half, or in the further vote a third), whom only the number of seats
    kept out; the order is theirs by votes. A seat nobody may take stays free. `norms.members_kin` None: nothing happens.
    """
    circle = norms.members_kin
    if circle is None:
        return Staying(members=tuple(elected))

    def kin(a: str, b: str) -> KinPath | None:
        return relative(circle, graph, a, b)

    staying: list[Winner] = []
    yielding: list[Yielding] = []
    again: list[Winner] = []
    pending: list[Winner] = []
    for _, equals in groupby(sorted(elected, key=_standing), key=_standing):
        tier: list[Winner] = []
        for winner in equals:
            over = next(((one, path) for one in staying if (path := kin(winner.person, one.person))), None)
            if over is None:
                tier.append(winner)
            else:
                yielding.append(Yielding(winner=winner, stays=over[0].person, path=over[1]))
        # Whose relative waits for a vote waits too, and so do the relatives among his equals, whoever is named first.
        while waiting := [one for one in tier if any(kin(one.person, other.person) for other in (*again, *pending))]:
            pending += waiting
            tier = [one for one in tier if one not in waiting]
        split = [one for one in tier if any(kin(one.person, other.person) for other in tier)]
        again += split
        staying += [one for one in tier if one not in split]
    moved_up, tied = ([], []) if again else _next(yielding, passed, staying, kin)
    return Staying(
        members=tuple(sorted([*staying, *moved_up], key=_standing)),
        yielding=tuple(yielding),
        moved_up=tuple(moved_up),
        again=tuple(again),
        tied=tuple(tied),
        pending=tuple(pending),
    )


def told(staying: Staying, graph: KinGraph, *, rule: Rule = V21, step: str | None = None) -> list[Finding]:
    """V21 for the people who must announce it: who goes and why, who moves up, and what must be voted on again."""
    found = [
        rule.finding(
            f"{graph.name(one.winner.person)}（{one.winner.post.label}，{one.winner.votes} 票）与 {graph.name(one.stays)} 有亲属关系"
            f"（{one.path.text}），由职务较高或者得票较多的 {graph.name(one.stays)} 留任；{graph.name(one.winner.person)} 不再任职（{rule.id}）。",
            value=one.path.text,
            limit=graph.name(one.stays),
            severity=Severity.WARNING,
            step=step,
        )
        for one in staying.yielding
    ]
    for one in staying.moved_up:
        message = f"{graph.name(one.person)}（{one.post.label}，{one.votes} 票）按得票多少递补（{rule.id}）。"
        found.append(rule.finding(message, value=one.person, severity=Severity.INFO, step=step))
    for many, why in ((staying.again, "有亲属关系，职务和票数均相同"), (staying.tied, "得票相同，不能确定递补人选")):
        if many:
            names = "、".join(graph.name(one.person) for one in many)
            message = f"{names} {why}（{many[0].votes} 票）；请就其再次投票，不得抽签（{rule.id}）。"
            found.append(
                rule.finding(
                    message, value=names, severity=Severity.WARNING, remedy="再次投票，得票多的留任", step=step
                )
            )
    return found


def relatives_declared(
    declared: Sequence[Winner], graph: KinGraph, norms: Norms, *, rule: Rule = V21, step: str | None = None
) -> list[Finding]:
    """V21: a list of members to be announced in which two are relatives: one finding a pair."""
    circle = norms.members_kin
    if circle is None:
        return []
    found = []
    for place, one in enumerate(declared):
        for other in declared[place + 1 :]:
            path = relative(circle, graph, one.person, other.person)
            if path is not None:
                message = f"{graph.name(one.person)} 与 {graph.name(other.person)} 有亲属关系（{path.text}），不得同时任职；请按任职回避办理（{rule.id}）。"
                found.append(rule.finding(message, value=path.text, limit="二人只留一人", step=step))
    return found


def _standing(winner: Winner) -> tuple[int, int]:
    return RANKS.index(winner.post) if winner.post in RANKS else len(RANKS), -winner.votes


def _next(
    yielding: Sequence[Yielding], passed: Sequence[Winner], seated: Sequence[Winner], kin: _Kin
) -> tuple[list[Winner], list[Winner]]:
    moved_up: list[Winner] = []
    tied: list[Winner] = []
    for post in dict.fromkeys(one.winner.post for one in yielding):
        free = len([one for one in yielding if one.winner.post is post])
        waiting = sorted((one for one in passed if one.post is post), key=_standing)
        while free and waiting:
            taken = [*seated, *moved_up, *tied]
            waiting = [one for one in waiting if not any(_clash(one, other, kin) for other in taken)]
            equal = [one for one in waiting if one.votes == waiting[0].votes]
            related = any(kin(one.person, other.person) for one in equal for other in equal if one is not other)
            if len(equal) > free or related:
                tied += equal
                break
            moved_up += equal
            free -= len(equal)
            waiting = waiting[len(equal) :]
    return moved_up, tied


def _clash(one: Winner, other: Winner, kin: _Kin) -> bool:
    return one.person == other.person or kin(one.person, other.person) is not None
