"""Who is elected, recomputed from raw counts in integers: the checker's own arithmetic, no code shared with counting."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from simulation.checker.plan import CHAIR_POSTS, DEPUTY_POSTS


class Unreadable(ValueError):  # noqa: N818 - it reads as what is wrong
    """A figure the verdict needs is not stated or is not a count; the text names it."""


class Tally(NamedTuple):
    """A poll recomputed. `failed` is the rule it fell short of, or empty; `elected`, `tied` are places on the form."""

    failed: str
    why: str
    elected: tuple[int, ...]
    passed: frozenset[int]  # enough votes, whether or not a seat was left
    tied: tuple[int, ...]
    open_seats: int
    seats: int
    void: tuple[int, ...] = ()  # those printed on a kind of ballot that is void while another stands


def count_of(holder: Mapping[str, Any], key: str, label: str) -> int:
    """A count that must be stated. Raises Unreadable."""
    value = holder.get(key)
    if type(value) is not int or value < 0:
        raise Unreadable(f"“{label}”应为不小于0的整数，记录为{value!r}")
    return value


def votes_of(form: Mapping[str, Any]) -> list[int]:
    """Everybody's votes, in the form's order. Raises Unreadable."""
    votes = [candidate.get("votes") for candidate in form["candidates"]]
    for candidate, figure in zip(form["candidates"], votes, strict=True):
        if type(figure) is not int or figure < 0:
            raise Unreadable(f"“{candidate.get('name')}得票”应为不小于0的整数，记录为{figure!r}")
    return votes


def seats_of(form: Mapping[str, Any]) -> int:
    """Seats in all. Raises Unreadable."""
    seats = form.get("seats")
    if isinstance(seats, dict):
        return sum(count_of(seats, post, f"应选名额.{post}") for post in seats)
    return count_of(form, "seats", "应选名额")


def by_kind(form: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], list[int]]]:
    """Each kind of ballot as a sheet of its own, the chair's first, with its candidates' places on the whole form."""
    kinds = form.get("kinds") or ()
    if not kinds:
        return [(form, list(range(len(form["candidates"]))))]
    parts: list[tuple[Mapping[str, Any], list[int]]] = []
    for kind in sorted(kinds, key=lambda kind: min(map(_rank_of, kind["posts"]))):
        places = [i for i, one in enumerate(form["candidates"]) if one.get("post") in kind["posts"]]
        seats = {post: n for post, n in form["seats"].items() if post in kind["posts"]}
        own = {"ballots": kind["ballots"], "seats": seats, "candidates": [form["candidates"][i] for i in places]}
        parts.append(({**form, **own, "kinds": ()}, places))
    return parts


def _rank_of(post: str) -> int:
    return 0 if post in CHAIR_POSTS else 1 if post in DEPUTY_POSTS else 2


def contests(form: Mapping[str, Any]) -> list[tuple[int, list[int]]]:
    """The seats that are contested apart and the places on the form of those who contest them. Raises Unreadable."""
    seats, candidates = form.get("seats"), form["candidates"]
    everybody = list(range(len(candidates)))
    posts = [candidate.get("post") for candidate in candidates]
    if isinstance(seats, dict):
        if len(seats) == 1:
            return [(seats_of(form), everybody)]
        ranked = sorted(seats, key=_rank_of)
        return [(count_of(seats, post, post), [i for i in everybody if posts[i] == post]) for post in ranked]
    total = seats_of(form)
    chairs = sorted({post for post in posts if post in CHAIR_POSTS})
    if not chairs or len(set(posts)) == 1:
        return [(total, everybody)]
    found = [(1, [i for i in everybody if posts[i] == post]) for post in chairs]
    return [*found, (total - len(chairs), [i for i in everybody if posts[i] not in CHAIR_POSTS])]


_QUORUM_RULE = {"supervisory": "S2", "women": "W5"}
_THIRD_OF_CAST = frozenset(
    {"residents.poll", "residents.runoff", "women.poll"}
)  # a further vote: most votes, a third of the ballots cast


def shortfall(step: str, form: Mapping[str, Any], law: str) -> tuple[str, str]:
    """The rule whose quorum a poll misses, and why; two empty texts when enough came. Raises Unreadable."""
    roll, present = count_of(form, "roll", "应到人数"), count_of(form, "present", "到会人数")
    if step.startswith("party."):
        if 5 * present < 4 * roll:
            return "P7", f"应到{roll}人，到会{present}人，不足五分之四（需{-(-4 * roll // 5)}人）"
    elif step == "residents.poll" and law == "2025" and form.get("mode") == "representatives":
        if 3 * present <= 2 * roll:
            return "R5", f"居民代表{roll}人，投票{present}人，未超过三分之二（需{2 * roll // 3 + 1}人）"
    elif form.get("body") == "village_supervisory" and form.get("mode") != "voters":
        if 3 * present < 2 * roll:
            return "V26", f"应到{roll}，到会{present}，不足三分之二（需{-(-2 * roll // 3)}）"
    elif step == "supervisory.vote" and law == "2025" and form.get("mode") in ("show_of_hands", "representatives"):
        if 3 * present < 2 * roll:
            return "S2", f"居民代表{roll}人，到会{present}人，不足三分之二（需{-(-2 * roll // 3)}人）"
    elif 2 * present <= roll:
        rule = "V26" if form.get("body") == "village_supervisory" else _QUORUM_RULE.get(step.partition(".")[0], "R5")
        return rule, f"应到{roll}人，参加{present}人，未超过半数（需{roll // 2 + 1}人）"
    return "", ""


def tally(step: str, form: Mapping[str, Any], law: str) -> Tally:
    """Recompute a poll, each kind of ballot by its own papers. Raises Unreadable when a figure it needs is missing."""
    seats = seats_of(form)
    rule, why = shortfall(step, form, law)
    if rule:
        return Tally(rule, why, (), frozenset(), (), seats, seats)
    parts = by_kind(form)
    present = count_of(form, "present", "到会人数")
    elected: list[int] = []
    passed: set[int] = set()
    tied: list[int] = []
    taken: set[str] = set()  # who holds a higher post stands for no other
    void: list[int] = []
    for part, at in parts:
        if len(parts) > 1 and surplus_of(part):
            void += [at[i] for i, one in enumerate(part["candidates"]) if not one.get("write_in")]
            continue
        enough = _passed(step, part, present)
        passed |= {at[i] for i in enough}
        won, equal = _filled(part, enough, taken)
        elected += [at[i] for i in won]
        tied += [at[i] for i in equal]
    return Tally("", "", tuple(elected), frozenset(passed), tuple(tied), seats - len(elected), seats, tuple(void))


def sheets(form: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The sheets of each kind of ballot that a form, or a box's papers, tells of; one kind has no name."""
    kinds = form.get("kinds") or ()
    if kinds:
        return [(kind["kind"], kind.get("ballots", kind)) for kind in kinds]
    return [("", form.get("ballots", form))]


def surplus_of(part: Mapping[str, Any]) -> bool:
    """Whether more ballots of a kind came back than people voted, or went out."""
    ballots = part.get("ballots") or {}
    collected, wholes = ballots.get("collected"), (part.get("present"), ballots.get("issued"))
    return type(collected) is int and any(type(whole) is int and collected > whole for whole in wholes)


def _passed(step: str, form: Mapping[str, Any], present: int) -> frozenset[int]:
    votes = votes_of(form)
    if step in _THIRD_OF_CAST and form.get("round") == 2:
        cast = count_of(form.get("ballots") or {}, "collected", "收回选票")
        return frozenset(i for i, n in enumerate(votes) if 3 * n >= cast and n > 0)
    return frozenset(i for i, n in enumerate(votes) if 2 * n > present)


def _filled(form: Mapping[str, Any], passed: frozenset[int], taken: set[str]) -> tuple[list[int], list[int]]:
    """Who has the seats and who is tied at the cut-off, by place; who wins is added to `taken`."""
    elected: list[int] = []
    tied: list[int] = []
    votes = votes_of(form)
    names = [candidate["name"] for candidate in form["candidates"]]
    for places, entrants in contests(form):
        ranked = sorted((i for i in entrants if i in passed and names[i] not in taken), key=lambda i: -votes[i])
        winners = ranked[: max(places, 0)]
        if winners and len(ranked) > places and votes[winners[-1]] == votes[ranked[places]]:
            cut = votes[ranked[places]]
            winners = [i for i in ranked if votes[i] > cut]
            tied += [i for i in ranked if votes[i] == cut]
        elected += winners
        taken.update(names[i] for i in winners)
    return elected, tied


def imbalances(form: Mapping[str, Any]) -> list[str]:
    """Everything in which ballots and votes contradict each other, surplus ballots apart. Raises Unreadable.

    A box has no roll of its own; a poll's is asked for by its quorum.
    """
    wrong: list[str] = []
    present = count_of(form, "present", "到会人数")
    if form.get("roll") is not None and present > count_of(form, "roll", "应到人数"):
        wrong.append(f"到会{present}人多于应到{form['roll']}人")
    return wrong + [each for part, _ in by_kind(form) for each in _papers_wrong(part, present)]


def _papers_wrong(form: Mapping[str, Any], present: int) -> list[str]:
    wrong: list[str] = []
    ballots, candidates = form.get("ballots"), form["candidates"]
    votes = votes_of(form)
    if form.get("mode") == "show_of_hands":
        cap, whole = present, "到会人数"
    else:
        if ballots is None:
            raise Unreadable("投票选举没有选票数")
        collected = count_of(ballots, "collected", "收回选票")
        valid, invalid = count_of(ballots, "valid", "有效票"), count_of(ballots, "invalid", "无效票")
        blank = ballots.get("blank")
        blank = 0 if blank is None else count_of(ballots, "blank", "空白票")
        if valid + invalid != collected:
            wrong.append(f"有效{valid}＋无效{invalid}≠收回{collected}")
        if blank > valid:
            wrong.append(f"空白票{blank}多于有效票{valid}")
        cap, whole = valid - blank, "非空白有效票"
        for seats, entrants in contests(form):
            total = sum(votes[i] for i in entrants)
            if total > seats * cap:
                wrong.append(f"得票合计{total}多于{seats}名×{whole}{cap}")
    for candidate, n in zip(candidates, votes, strict=True):
        if n > cap:
            wrong.append(f"{candidate.get('name')}得{n}票，多于{whole}{cap}")
    return wrong
