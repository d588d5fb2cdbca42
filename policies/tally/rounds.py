"""Links a further vote, or a re-vote among the tied, to the poll before it: who may stand, and for how many seats.

「另行选举的，第一次投票未当选的人员得票多的为候选人」 (village 2018 article 15, 2025 article 18; community 2025 article 19). How
many of them stand the law leaves open, so only passing over somebody with more votes is asked about, as a warning: he may
have declined.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from policies.counting import NextStep, Verdict, count
from policies.finding import Finding
from policies.form.contradictions import of_kind
from policies.form.values import Candidate, ResultForm
from policies.names import unspaced
from policies.tally.catalogue import entry_finding
from policies.tally.merge import Entrant, entrant_of

STEPS = {NextStep.FURTHER_VOTE: "另行选举", NextStep.REVOTE_TIED: "再次投票"}


def link_problems(
    first: ResultForm, second: ResultForm, held: Mapping[str, str] = MappingProxyType({})
) -> list[Finding]:
    """F.21–F.25, W.21: everything in which the second poll does not follow from the first, both complete forms of one ballot.

    `held` gives by name the posts won on other ballots of the first poll: who has one takes no seat of this ballot, in
    neither round. Where posts were voted on apart, each kind of ballot follows from the one with its posts.
    """
    if first.kinds:
        return list(_apart(first, second))
    verdict = count(first, held)
    step = verdict.next if verdict.valid else None
    if step not in STEPS:
        return [entry_finding("F.21", {"why": _why(verdict), "step": "另行选举或者再次投票"}, figure=_why(verdict))]
    found = list(_heads(first, second, step))
    if step is NextStep.REVOTE_TIED:
        return found + list(_revote(first, second, verdict))
    elsewhere = {unspaced(name) for name in held}
    return found + list(_further(first, second, verdict, elsewhere))


def _apart(first: ResultForm, second: ResultForm) -> Iterator[Finding]:
    """Each kind of ballot of the second poll by the kind of the first that has its posts."""
    elected = {each.kind: each.verdict.elected for each in count(first).kinds}
    for part in second.parts():
        posts = part.form.seats_by_post().keys()
        own = next((each for each in first.parts() if posts and posts <= each.form.seats_by_post().keys()), None)
        if own is None:
            words = {"what": "选票种类", "first": "、".join(elected), "second": "、".join(posts) or "未按职务填写"}
            yield entry_finding("F.22", words, figure=words["second"], bound=words["first"])
            continue
        held = won_elsewhere(elected, own.kind)
        yield from (of_kind(own.kind, each) for each in link_problems(own.form, part.form, held))


def won_elsewhere(elected: Mapping[str, Sequence[str]], kind: str) -> dict[str, str]:
    """By name, the other kind of ballot on which somebody was elected; `elected` gives names by kind."""
    return {name: other for other, names in elected.items() if other != kind for name in names}


def _why(verdict: Verdict) -> str:
    if verdict.valid is None:
        return "还不能判定"
    return "名额已满，或者名额依法空缺" if verdict.valid else "无效，应当重新组织"


def _heads(first: ResultForm, second: ResultForm, step: NextStep) -> Iterator[Finding]:
    pairs = [
        ("选举机构", first.body.label, second.body.label),
        ("投票方式", first.mode.label, second.mode.label),
        ("适用法律", first.law.value, second.law.value),
    ]
    unlike = [pair for pair in pairs if pair[1] != pair[2]]
    if first.date is not None and second.date is not None and second.date < first.date:
        unlike.append(("投票日", first.date.isoformat(), second.date.isoformat()))
    due = 2 if step is NextStep.FURTHER_VOTE else first.round
    if second.round != due:
        unlike.append(("投票轮次", str(first.round), f"{second.round}（应为 {due}）"))
    for what, one, other in unlike:
        yield entry_finding("F.22", {"what": what, "first": one, "second": other}, figure=other, bound=one)


def _further(first: ResultForm, second: ResultForm, verdict: Verdict, elsewhere: set[str]) -> Iterator[Finding]:
    elected = {unspaced(name) for name in verdict.elected} | elsewhere
    before = {entrant_of(each): each for each in first.candidates}
    unelected = {key: each for key, each in before.items() if key.name not in elected}
    listed = {entrant_of(each): each for each in second.candidates if not each.write_in}
    for key in listed:
        if key not in unelected:
            why = "前一次已经当选" if key.name in elected else "前一次没有得票记录"
            yield entry_finding("F.23", {"name": key.name, "why": why, "step": "另行选举"}, figure=key.name)
    yield from _passed_over(unelected, listed)
    if second.total_seats is not None and second.total_seats != verdict.open_seats:
        words: dict[str, object] = {"seats": second.total_seats, "open": verdict.open_seats}
        yield entry_finding("F.25", words, figure=second.total_seats, bound=verdict.open_seats)


def _passed_over(unelected: dict[Entrant, Candidate], listed: dict[Entrant, Candidate]) -> Iterator[Finding]:
    """W.21: unelected people with more votes for the same post than somebody who is a candidate now."""
    standing = [(key, unelected[key].votes or 0) for key in listed if key in unelected]
    for key, each in unelected.items():
        rivals = [(votes, rival.name) for rival, votes in standing if rival.post == key.post]
        if key in listed or not rivals or (each.votes or 0) <= min(rivals)[0]:
            continue
        less, name = min(rivals)
        words = {"name": key.name, "votes": each.votes, "listed": name, "less": less}
        yield entry_finding("W.21", words, figure=each.votes, bound=less)


def _revote(first: ResultForm, second: ResultForm, verdict: Verdict) -> Iterator[Finding]:
    tied = {unspaced(name) for name in verdict.tied}
    listed = {entrant_of(each).name for each in second.candidates if not each.write_in}
    for name in sorted(listed - tied):
        words = {"name": name, "why": "前一次并非票数相等的人", "step": "再次投票"}
        yield entry_finding("F.23", words, figure=name)
    for name in sorted(tied - listed):
        yield entry_finding("F.24", {"name": name}, figure=name)
    at_stake = _seats_at_stake(first, verdict)
    if second.total_seats is not None and at_stake is not None and second.total_seats != at_stake:
        seats: dict[str, object] = {"seats": second.total_seats, "open": at_stake}
        yield entry_finding("F.25", seats, figure=second.total_seats, bound=at_stake)


def _seats_at_stake(first: ResultForm, verdict: Verdict) -> int | None:
    """Seats that the tied compete for: what the contests with a tie have left.

    None where posts share their seats, or one person stands for two posts: the answer does not say which of them he has.
    """
    contests = first.contests()
    names = [candidate.name for contest in contests for _, candidate in contest.entrants]
    if len(set(names)) < len(names) or any(contest.pooled or contest.seats is None for contest in contests):
        return None
    elected, tied = set(verdict.elected), set(verdict.tied)
    standing = [({candidate.name for _, candidate in contest.entrants}, contest.seats or 0) for contest in contests]
    return sum(seats - len(people & elected) for people, seats in standing if people & tied)
