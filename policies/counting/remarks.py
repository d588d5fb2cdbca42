"""What a careful reader would add to the verdict: unaccounted ballots, a short list, a wrong denominator.

None of these changes whether the poll is valid or who is elected.
"""

from collections.abc import Iterator

from policies.arithmetic import at_least
from policies.counting.filling import Filling
from policies.counting.regime import Regime
from policies.finding import Finding, Severity
from policies.form.problems import label_of, problem
from policies.form.values import Body, Mode, Papers, ResultForm, Sex
from policies.rule import Law, law_in_force
from policies.rules.polls import (
    MAJORITY,
    P5,
    R25_8,
    R25_18,
    TWO_THIRDS,
    V1,
    V8,
    V25_18,
    margin_short,
    no_woman,
    village_assembly_floor,
    wrong_denominator,
)


def remarks_on_form(form: ResultForm, counted: Papers, margin: int | None) -> Iterator[Finding]:
    """Remarks that hold whatever the verdict: the law's version, the ballots' way, the list's length.

    `margin` is the closest result in votes, None when it is not known.
    """
    if form.date is not None and law_in_force(form.date) is not form.law:
        due = law_in_force(form.date)
        words = {"law": form.law.value, "date": form.date.isoformat(), "due": due.value}
        yield problem("F.303", words, severity=Severity.WARNING, figure=form.law.value, bound=due.value)
    if form.by_ballot:
        yield from _papers_accounted(form, counted, margin)
    if form.round == 1:
        yield from _list_lengths(form)


def remarks_on_result(
    form: ResultForm, counted: Papers, rules: Regime, filling: Filling, needed: int
) -> Iterator[Finding]:
    """Remarks on a valid poll's outcome; `needed` is the number of votes that elected."""
    if filling.elected:
        yield from rules.notes
        yield from _women(form, filling)
    elif form.body is not Body.PARTY_PLENARY:
        yield from rules.notes
    if rules.mark.share is MAJORITY and form.by_ballot:
        yield from _near_misses(form, counted, rules, needed)
    if form.body is Body.SUPERVISORY and form.law is Law.OF_2018 and form.mode is Mode.REPRESENTATIVES:
        roll, present = form.roll or 0, form.present or 0
        if present < TWO_THIRDS.needed(roll):
            yield village_assembly_floor(present, roll)


def _papers_accounted(form: ResultForm, counted: Papers, margin: int | None) -> Iterator[Finding]:
    ballots = form.ballots
    if ballots is None:
        return
    unstated = [
        path for path, n in form.figures() if n is None and path.startswith("ballots.") and path != "ballots.collected"
    ]
    if unstated:
        labels = "、".join(label_of(form, path) for path in unstated)
        yield problem("F.302", {"labels": labels}, severity=Severity.INFO, figure="、".join(unstated))
    issued, collected, present = ballots.issued, counted.collected, form.present
    if issued is not None and present is not None and issued > present:
        words: dict[str, object] = {"issued": issued, "present": present}
        yield problem("F.305", words, severity=Severity.WARNING, figure=issued, bound=present)
    if issued is not None and form.roll is not None and issued > form.roll:
        words = {"issued": issued, "roll": form.roll}
        yield problem("F.306", words, severity=Severity.WARNING, figure=issued, bound=form.roll)
    if collected is None:
        return
    if present is not None and collected < present:
        words = {"present": present, "collected": collected, "gap": present - collected}
        yield problem("F.304", words, severity=Severity.INFO, figure=collected, bound=present)
    if issued is not None and issued > collected:
        yield _unreturned(issued, collected, margin)
    yield from _unlisted_votes(form, counted)


def _unreturned(issued: int, collected: int, margin: int | None) -> Finding:
    gap = issued - collected
    decisive = margin is not None and gap >= margin
    if margin is None:
        said = ""
    elif decisive:
        said = f"，不少于最小票差 {margin} 票，足以影响结果"
    else:
        said = f"，少于最小票差 {margin} 票，不影响结果"
    words = {"issued": issued, "collected": collected, "gap": gap, "margin": said}
    severity = Severity.WARNING if decisive else Severity.INFO
    return problem("F.307", words, severity=severity, figure=gap, bound=margin)


def _unlisted_votes(form: ResultForm, counted: Papers) -> Iterator[Finding]:
    """With one seat every marked ballot names one person: the rest went to somebody not listed, or against."""
    contests = form.contests()
    votes = [candidate.votes for candidate in form.candidates]
    blank = form.ballots.blank if form.ballots is not None else None
    if len(contests) != 1 or contests[0].seats != 1 or None in votes or counted.valid is None or blank is None:
        return
    gap = counted.valid - blank - sum(n for n in votes if n is not None)
    if gap > 0:
        yield problem("F.308", {"gap": gap}, severity=Severity.INFO, figure=gap, bound=0)


def _list_lengths(form: ResultForm) -> Iterator[Finding]:
    """P5, and 「候选人的名额应当多于应选名额」 (village 2018 art. 15, 2025 art. 18; community 2025 art. 18)."""
    match form.body, form.law:
        case Body.PARTY, _:
            rule = P5
        case Body.VILLAGE, law:
            rule = V8 if law is Law.OF_2018 else V25_18
        case Body.RESIDENTS, Law.OF_2025:
            rule = R25_18
        case _:
            return
    for contest in form.contests():
        listed = sum(not candidate.write_in for _, candidate in contest.entrants)
        if contest.seats is None or not listed:
            continue  # without a list (self-nomination, open write-in) no list can be too short
        needed = contest.seats + (at_least((1, 5), contest.seats) if rule is P5 else 1)
        if listed < needed:
            yield margin_short(rule, listed, contest.seats, needed, contest.post or "")


def _women(form: ResultForm, filling: Filling) -> Iterator[Finding]:
    """V1, and the community's article 8 since 2026; silent while anyone's sex is not stated."""
    if form.body is Body.VILLAGE:
        rule = V1
    elif form.body is Body.RESIDENTS and form.law is Law.OF_2025:
        rule = R25_8
    else:
        return
    if all(each.sex is Sex.MALE for each in filling.elected):
        yield no_woman(rule, len(filling.elected), form.total_seats or 0)


def _near_misses(form: ResultForm, counted: Papers, rules: Regime, needed: int) -> Iterator[Finding]:
    smaller = ((counted.collected, "收回选票"), (counted.valid, "有效票"))
    for candidate in form.candidates:
        votes = candidate.votes
        if votes is None or votes >= needed:
            continue
        for whole, name in smaller:
            if whole is not None and votes >= MAJORITY.needed(whole):
                yield wrong_denominator(rules.mark, candidate.name, votes, needed, name, whole)
                break
