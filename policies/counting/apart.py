"""Posts voted on apart, each kind of ballot with papers of its own: judged kind by kind, and what comes of them together.

Who wins a higher post goes on to the next by votes below; a kind in which somebody wins who may still win a higher post
waits for that one. More ballots of one kind than voters void that kind only: its posts are voted on again, the others stand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from policies.arithmetic import total
from policies.counting.verdict import Denominator, Denominators, KindVerdict, NextStep, Verdict
from policies.finding import Finding, Severity
from policies.form.contradictions import of_kind
from policies.form.problems import label_of, problem
from policies.form.values import Part, ResultForm
from policies.names import unspaced
from policies.rules.polls import V16

WANTED = "F.301"
D = TypeVar("D", bound=Denominator)
Count = Callable[[ResultForm, Mapping[str, str]], Verdict]


def count_apart(
    parts: Sequence[Part],
    count: Count,
    held: Mapping[str, str],
    settled: Callable[[str, Verdict], Verdict] = lambda _, verdict: verdict,
) -> dict[str, Verdict]:
    """Each kind's verdict by its name; `parts` from the highest post down. `held`: posts won elsewhere, by name.

    `settled` may say more of a kind's verdict before the kinds below are asked.
    """
    taken = {unspaced(name): post for name, post in held.items()}
    found: dict[str, Verdict] = {}
    open_above: dict[str, set[str]] = {}
    for part in parts:
        names = [each.name for each in part.form.candidates]
        verdict = count(part.form, {name: taken[unspaced(name)] for name in names if unspaced(name) in taken})
        verdict = settled(part.kind, _waiting(verdict, open_above))
        found[part.kind] = verdict
        open_above[part.kind] = _may_still_win(part.form, verdict)
        if verdict.valid:
            posts = {each.name: each.post or "" for each in reversed(part.form.candidates)}
            taken |= {unspaced(name): posts[name] for name in verdict.elected}
    return found


def together(form: ResultForm, verdicts: Mapping[str, Verdict]) -> Verdict:
    """The whole form's verdict: not decided while one kind is not; void when every kind is."""
    parts = {part.kind: part for part in form.parts()}
    all_of = list(verdicts.values())
    kinds = tuple(
        KindVerdict(kind=kind, posts=tuple(parts[kind].form.seats_by_post()), verdict=verdict)
        for kind, verdict in verdicts.items()
    )
    shares = Denominators(
        quorum=_alike(each.denominators.quorum for each in all_of),
        majority=_alike(each.denominators.majority for each in all_of),
        further=_alike(each.denominators.further for each in all_of),
    )
    findings = tuple(dict.fromkeys(_findings(form, parts, verdicts)))
    if any(each.valid is None for each in all_of):
        missing = tuple(
            dict.fromkeys(parts[kind].named(path) for kind, each in verdicts.items() for path in each.missing)
        )
        return Verdict(valid=None, denominators=shares, missing=missing, findings=findings, kinds=kinds)
    return Verdict(
        valid=any(each.valid for each in all_of),
        elected=tuple(name for each in all_of for name in each.elected),
        open_seats=total(each.open_seats for each in all_of),
        next=_next(all_of),
        tied=tuple(name for each in all_of for name in each.tied),
        denominators=shares,
        findings=findings,
        kinds=kinds,
    )


def _next(verdicts: Sequence[Verdict]) -> NextStep | None:
    """What follows first: whoever is tied, or whose ballot was void, is voted on again before anybody stands further."""
    steps = {each.next for each in verdicts}
    if all(each.valid is False for each in verdicts):
        return NextStep.NEW_POLL
    if NextStep.REVOTE_TIED in steps:
        return NextStep.REVOTE_TIED
    return NextStep.REVOTE_VOID if NextStep.NEW_POLL in steps else next(iter(steps - {None}), None)


def _findings(form: ResultForm, parts: Mapping[str, Part], verdicts: Mapping[str, Verdict]) -> Iterator[Finding]:
    """What every kind says alike once, the rest with its kind in front; a figure that is wanted by its name on the whole form."""
    common = [
        each
        for each in next(iter(verdicts.values())).findings
        if each.rule != WANTED and all(each in verdict.findings for verdict in verdicts.values())
    ]
    yield from common
    for kind, verdict in verdicts.items():
        for each in verdict.findings:
            if each.rule == WANTED:
                path = parts[kind].named(str(each.value))
                words = {"path": path, "label": label_of(form, path)}
                yield problem(WANTED, words, severity=each.severity, figure=path)
            elif each not in common:
                yield of_kind(kind, each)


def _alike(shares: Iterable[D | None]) -> D | None:
    """The share that all kinds are measured by; None where each has its own."""
    stated = list(shares)
    return stated[0] if all(each == stated[0] for each in stated) else None


def _waiting(verdict: Verdict, open_above: Mapping[str, set[str]]) -> Verdict:
    """Nobody is elected here who may still win a higher post: then this kind waits for that one."""
    ours = {unspaced(name) for name in (*verdict.elected, *verdict.tied)}
    waits = tuple(kind for kind, names in open_above.items() if ours & names)
    if not verdict.valid or not waits:
        return verdict
    said = tuple(
        V16.finding(
            f"“{kind}”还没有结果，其中有人同时在这里达到票数，须先确定“{kind}”的当选人。",
            value=kind,
            severity=Severity.WARNING,
            remedy="先完成前一种选票的计票。",
        )
        for kind in waits
    )
    return Verdict(valid=None, denominators=verdict.denominators, missing=waits, findings=said + verdict.findings)


def _may_still_win(form: ResultForm, verdict: Verdict) -> set[str]:
    if verdict.valid is False:
        return set()
    names = [each.name for each in form.candidates] if verdict.valid is None else verdict.tied
    return {unspaced(name) for name in names}
