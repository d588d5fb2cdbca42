"""From votes to seats, contest by contest: who passes, who is cut off, who is tied, and which figure is wanting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from policies.finding import Finding, Severity
from policies.form.problems import problem
from policies.form.values import Candidate, Contest, Papers, ResultForm
from policies.rules.polls import Clause, tied_at_cut, two_posts

UNNAMED_POST = "未注明职务"


@dataclass
class Filling:
    """How the seats of a form are filled; meaningful only when `missing` is empty and the poll valid."""

    elected: list[Candidate] = field(default_factory=list)
    tied: list[Candidate] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    margin: int | None = None  # the fewest votes whose change would change who is elected


def fill(
    form: ResultForm,
    counted: Papers,
    needed: int | None,
    tie: Clause,
    held: Mapping[str, str] = MappingProxyType({}),
) -> Filling:
    """Fill every contest of a form that does not contradict itself. `held`: posts that people have won on other ballots.

    `needed` is the number of votes that elects; None while its denominator is not stated: then only the missing figures
    are gathered. A vote that is not stated is asked for unless it could not reach `needed` however it were completed.
    """
    filling = Filling()
    taken = dict(held)
    for contest in form.contests():
        passing = _passing(contest, counted, needed, filling, taken)
        if contest.seats is None:
            filling.missing += _unstated_seats(form, contest)
        elif needed is not None:
            winners = _winners(contest, contest.seats, passing, filling, tie)
            taken.update((each.name, each.post or UNNAMED_POST) for each in winners)
            _narrow(filling, contest, contest.seats, winners, needed)
    return filling


def _passing(
    contest: Contest, counted: Papers, needed: int | None, filling: Filling, taken: dict[str, str]
) -> list[Candidate]:
    """Those who reach `needed`, most votes first (equal ones in the form's order), without holders of a higher post."""
    reach = _reach(contest, counted)
    passing: dict[str, Candidate] = {}
    for place, candidate in contest.entrants:
        votes = candidate.votes
        if votes is None:
            if needed is None or reach is None or reach >= needed:
                filling.missing.append(f"candidates[{place}].votes")
        elif needed is not None and votes >= needed:
            held = passing[candidate.name].post if candidate.name in passing else taken.get(candidate.name)
            if candidate.name in passing or candidate.name in taken:
                kept = held or UNNAMED_POST
                filling.findings.append(two_posts(candidate.name, kept, candidate.post or UNNAMED_POST))
            else:
                passing[candidate.name] = candidate
    return sorted(passing.values(), key=lambda candidate: -(candidate.votes or 0))


def _reach(contest: Contest, counted: Papers) -> int | None:
    """The most votes an unstated candidate of this contest can have; None when nothing limits it."""
    if counted.cap is None:
        return None
    if contest.seats is None:
        return counted.cap
    marks_left = contest.seats * counted.cap - sum(candidate.votes or 0 for _, candidate in contest.entrants)
    return min(counted.cap, marks_left)


def _winners(contest: Contest, seats: int, passing: list[Candidate], filling: Filling, tie: Clause) -> list[Candidate]:
    """The elected of one contest (P13, V18): most votes first; those tied at the cut-off wait for a re-vote."""
    if contest.pooled:
        if not _shared_out(contest, seats, passing, filling):
            return []
        passing = sorted(passing, key=lambda candidate: contest.posts.index(candidate.post))  # the higher post first
    winners = passing[:seats]
    if len(passing) > seats and passing[seats].votes == passing[seats - 1].votes:
        at_cut = passing[seats].votes or 0
        winners = [each for each in passing if (each.votes or 0) > at_cut]
        tied = [each for each in passing if each.votes == at_cut]
        filling.tied += tied
        filling.findings.append(tied_at_cut(tie, [each.name for each in tied], at_cut, seats - len(winners)))
    filling.elected += winners
    return winners


def _shared_out(contest: Contest, seats: int, passing: list[Candidate], filling: Filling) -> bool:
    """Whether several posts can share one number of seats without knowing each one's part; asks for the parts if not.

    Each post has a seat at least, so no post can have more than what the others leave.
    """
    named = [post or UNNAMED_POST for post in contest.posts]
    most = seats - (len(contest.posts) - 1)
    fits = len(passing) <= seats and all(sum(each.post == post for each in passing) <= most for post in contest.posts)
    if fits:
        filling.findings.append(problem("F.309", {"posts": "、".join(named)}, severity=Severity.WARNING, figure=seats))
    else:
        filling.missing += [f"seats.{post}" for post in named]
    return fits


def _unstated_seats(form: ResultForm, contest: Contest) -> list[str]:
    path = f"seats.{contest.post}" if isinstance(form.seats, dict) else "seats"
    return [path]


def _narrow(filling: Filling, contest: Contest, seats: int, winners: list[Candidate], needed: int) -> None:
    lost = [each.votes for _, each in contest.entrants if each.votes is not None and each not in winners]
    gaps: list[int] = []
    if winners:
        lowest = winners[-1].votes or 0
        gaps.append(lowest - needed + 1)
        if lost and len(winners) == seats:
            gaps.append(max(lowest - max(lost), 0))
    if lost and len(winners) < seats:
        gaps.append(abs(needed - max(lost)))
    if gaps:
        filling.margin = min(gaps) if filling.margin is None else min(filling.margin, *gaps)
