"""Counting: from a result form to who is elected. Integers only; every fraction names its denominator.

Three-valued: a definite failure decides even when figures are missing; otherwise a missing figure that matters makes
the answer 「不能判定」 and is named. No definite answer would be changed by an unstated figure, save the number of
ballots issued, which no clause asks for: stated, it can show a stuffed box; unstated, it is only remarked upon.
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies.counting.apart import count_apart, together
from policies.counting.filling import Filling, fill
from policies.counting.regime import RECALLED, Regime, recall_regime, regime
from policies.counting.remarks import remarks_on_form, remarks_on_result
from policies.counting.verdict import Denominator, Denominators, KindVerdict, NextStep, Quorum, Recall, Verdict
from policies.finding import Finding, Severity
from policies.form.contradictions import contradictions
from policies.form.problems import label_of, problem
from policies.form.values import Body, Papers, ResultForm, papers
from policies.law.norms import Norms
from policies.rules.polls import (
    Share,
    Threshold,
    Whole,
    ballots_surplus,
    fewer_seats_possible,
    quorum_missed,
    seat_stays_empty,
    seats_short,
    vacancies_allowed,
)

__all__ = [
    "RECALLED",
    "Denominator",
    "Denominators",
    "KindVerdict",
    "NextStep",
    "Quorum",
    "Recall",
    "Share",
    "Verdict",
    "count",
    "count_apart",
    "recall",
    "regime",
]


def count(form: ResultForm, held: Mapping[str, str] = MappingProxyType({})) -> Verdict:
    """Check a form and say who is elected (P7–P15, V14–V20, R5, R25-19, S2). Never raises on a well-typed form.

    `held` gives by name the post that somebody has won on a separate, higher ballot of the same poll: it goes on to the
    next by votes here, as between two posts on one form. Posts voted on apart (`kinds`) are judged by their own papers.
    """
    problems = contradictions(form)
    if problems:
        return Verdict(valid=None, findings=tuple(problems))
    if form.kinds:
        return together(form, count_apart(form.parts(), _count, held))
    return _count(form, held)


def _count(form: ResultForm, held: Mapping[str, str]) -> Verdict:
    """The verdict on one kind of ballot that does not contradict itself."""
    rules = regime(form.body, form.mode, form.law, form.round)
    counted = papers(form)
    base = form.present if rules.mark.of is Whole.PRESENT else counted.collected
    needed = None if base is None else rules.mark.share.needed(base)
    filling = fill(form, counted, needed, rules.tie, held)
    margin = None if filling.missing else filling.margin
    shares = _denominators(form, rules, base, needed)
    failures = tuple(_failures(form, rules, counted, margin))
    remarks = tuple(remarks_on_form(form, counted, None if failures else margin))
    if failures:
        return Verdict(
            valid=False,
            open_seats=form.total_seats,
            next=NextStep.NEW_POLL,
            denominators=shares,
            findings=failures + remarks,
        )
    missing = _missing(form, rules, counted, filling)
    if missing or needed is None:
        wanted = _wanted(form, missing)
        return Verdict(valid=None, denominators=shares, missing=missing, findings=wanted + remarks)
    return _outcome(form, rules, counted, filling, shares, needed, remarks)


def recall(form: ResultForm, norms: Norms | None = None) -> Recall:
    """A vote on recalling those whom the form lists, each for himself: enough must vote, and more than half of them in favour.

    `votes` are those for the recall; seats are as many as are proposed (V25, R25-20). The shares are those of `norms`, by
    default the national law's. Raises ValueError for a body outside `RECALLED`.
    """
    rules = recall_regime(form.body, form.mode, form.law, norms)
    problems = contradictions(form)
    if problems:
        return Recall(valid=None, findings=tuple(problems))
    counted = papers(form)
    needed = None if form.present is None else rules.mark.share.needed(form.present)
    shares = _denominators(form, rules, form.present, needed)
    failures = tuple(_failures(form, rules, counted, None))
    if failures:
        return Recall(valid=False, denominators=shares, findings=failures)
    filling = fill(form, counted, needed, rules.tie)
    missing = _missing(form, rules, counted, filling)
    if missing or needed is None:
        return Recall(valid=None, denominators=shares, missing=missing, findings=_wanted(form, missing))
    removed = tuple(each.name for each in filling.elected)
    kept = tuple(each.name for each in form.candidates if each.name not in removed)
    return Recall(valid=True, removed=removed, kept=kept, denominators=shares)


def _wanted(form: ResultForm, missing: tuple[str, ...]) -> tuple[Finding, ...]:
    return tuple(
        problem("F.301", {"path": path, "label": label_of(form, path)}, severity=Severity.WARNING, figure=path)
        for path in missing
    )


def _outcome(
    form: ResultForm,
    rules: Regime,
    counted: Papers,
    filling: Filling,
    shares: Denominators,
    needed: int,
    remarks: tuple[Finding, ...],
) -> Verdict:
    seats = form.total_seats or 0
    short = seats - len(filling.elected)
    findings = list(filling.findings)
    step: NextStep | None = None
    if filling.tied:
        step = NextStep.REVOTE_TIED
    elif short and not rules.last:
        step = NextStep.FURTHER_VOTE
    if short and not filling.tied:
        findings += _shortage(form, rules, len(filling.elected), seats, needed)
    findings += remarks_on_result(form, counted, rules, filling, needed)
    return Verdict(
        valid=True,
        elected=tuple(each.name for each in filling.elected),
        open_seats=short,
        next=step,
        tied=tuple(each.name for each in filling.tied),
        denominators=shares,
        findings=(*findings, *remarks),
    )


def _shortage(form: ResultForm, rules: Regime, elected: int, seats: int, needed: int) -> list[Finding]:
    if form.body in (Body.PARTY, Body.PARTY_PLENARY):
        return [fewer_seats_possible(elected, seats)]
    if not rules.last:
        return [seats_short(rules.short, elected, seats)]
    found = [seat_stays_empty(rules.short, elected, seats, needed)]
    return [*found, vacancies_allowed(elected)] if form.body is Body.VILLAGE else found


def _failures(form: ResultForm, rules: Regime, counted: Papers, margin: int | None) -> list[Finding]:
    """Why the poll is certainly void, all reasons at once; empty when it is valid or when that cannot be said yet."""
    found = list(rules.unlawful)
    roll, present = form.roll, form.present
    if rules.quorum and roll is not None and present is not None and present < rules.quorum.share.needed(roll):
        found.append(quorum_missed(rules.quorum, roll, present, rules.void))
    if not form.by_ballot:
        return found
    least, exact = counted.collected_least, counted.collected is not None
    issued = None if form.ballots is None else form.ballots.issued
    for whole, label in ((present, "参加投票人数"), (issued, "发出选票数")):
        if whole is not None and least > whole:
            found.append(ballots_surplus(rules.surplus, least, whole, label, margin, exact=exact))
    return found


def _missing(form: ResultForm, rules: Regime, counted: Papers, filling: Filling) -> tuple[str, ...]:
    """Figures the verdict needs and the form does not state, in the form's order, each once."""
    wanted: list[str] = []
    if form.roll is None and rules.quorum is not None:
        wanted.append("roll")
    if form.present is None:
        wanted.append("present")
    if form.by_ballot and counted.collected is None:
        wanted.append("ballots.collected")
    seats = [path for path in filling.missing if path.startswith("seats")]
    votes = [path for path in filling.missing if not path.startswith("seats")]
    if form.seats is None:
        seats = ["seats"]
    return tuple(dict.fromkeys([*wanted, *seats, *sorted(votes, key=_place)]))


def _place(path: str) -> int:
    return int(path[path.index("[") + 1 : path.index("]")])


def _denominators(form: ResultForm, rules: Regime, base: int | None, needed: int | None) -> Denominators:
    quorum = None if rules.quorum is None else _quorum(rules.quorum, form.roll, form.present)
    mark = rules.mark
    share = Denominator(
        of=mark.of,
        label=mark.label,
        figure=base,
        share=str(mark.share),
        inclusive=mark.share.inclusive,
        needed=needed,
    )
    if mark.of is Whole.COLLECTED:
        return Denominators(quorum=quorum, further=share)
    return Denominators(quorum=quorum, majority=share)


def _quorum(quorum: Threshold, roll: int | None, present: int | None) -> Quorum:
    return Quorum(
        of=quorum.of,
        label=quorum.label,
        figure=roll,
        share=str(quorum.share),
        inclusive=quorum.share.inclusive,
        needed=None if roll is None else quorum.share.needed(roll),
        reached=present,
    )
