"""All checks over one pack, and what its resolutions answer: the linter's whole answer, in the order of the plan."""

from typing import NamedTuple

from policies.calendar import Calendar
from policies.finding import Figure, Severity
from policies.lint import dates, law2025, live, norms, organization, polls, women
from policies.lint.context import Check, Context, Found
from policies.pack.schema import Absolute, Pack, Resolution, Step
from policies.rule import BOOK, Law
from policies.rules.timetable import RESOLUTION
from policies.timetable.windows import bounds
from policies.value import Value

CHECKS: tuple[Check, ...] = (
    *dates.CHECKS,
    *organization.CHECKS,
    *polls.CHECKS,
    *women.CHECKS,
    *law2025.CHECKS,
    *norms.CHECKS,
    *live.CHECKS,
)


class LintFinding(Value):
    """One defect of a plan. `id` stays the same as long as the plan keeps its step ids; `resolved`: a decision answers it."""

    id: str
    rule: str
    severity: Severity
    step: str | None
    message: str
    value: Figure
    limit: Figure
    source: str
    resolved: bool


def lint(pack: Pack, calendar: Calendar, law: Law | None = None) -> tuple[LintFinding, ...]:
    """Every defect of the plan under a law (None: the law the pack names), errors and warnings alike, in the plan's order.

    A resolution answers a finding by rule and place. One that sets values must end the defect when they are executed; one
    made under the 2018 laws never answers a clause of 2025.
    """
    chosen = law or pack.law
    answered = [_answer(one, pack) for one in run(Context(pack, calendar, chosen))]
    executed = run(Context(pack.as_executed(), calendar, chosen))
    remaining = {one.id for one in executed if one.curable}
    found = [_reported(one, by, stays=one.id in remaining) for one, by in answered]
    known = {one.id for one in found}
    found += [_new(one) for one in executed if one.id not in known]
    found += [_resolution_problem(pack, one) for one in outside(pack)]
    return tuple(sorted(found, key=lambda one: _place(pack, one)))


def run(context: Context) -> list[Found]:
    """What every check says about a pack as it stands, one finding an id."""
    found: dict[str, Found] = {}
    for check in CHECKS:
        for one in check(context):
            found.setdefault(one.id, one)
    return list(found.values())


def _answer(one: Found, pack: Pack) -> tuple[Found, Resolution | None]:
    rule = BOOK.get(one.finding.rule)
    if rule is not None and rule.law_version is Law.OF_2025 and pack.law is Law.OF_2018:
        return one, None
    place = one.finding.step or one.place
    answers = [r for r in pack.resolutions if r.answers(rule=one.finding.rule, step=place, finding=one.id)]
    return one, next((r for r in answers if r.finding), answers[0] if answers else None)


def _sets_values(resolution: Resolution) -> bool:
    values = (resolution.window, resolution.ballot, resolution.committee, resolution.publicity_days, resolution.clear)
    return any(value is not None for value in values) or bool(resolution.windows)


def _reported(one: Found, by: Resolution | None, *, stays: bool) -> LintFinding:
    if by is None:
        return _lint_finding(one, one.finding.message, resolved=False)
    decision = f"处理：{by.decision}（{by.decided_by}）"
    if one.curable and stays and _sets_values(by):
        return _lint_finding(one, f"{one.finding.message}{decision}但照此执行，问题仍在。", resolved=False)
    return _lint_finding(one, f"{one.finding.message}{decision}", resolved=True)


def _new(one: Found) -> LintFinding:
    message = f"按处理决定执行后出现新的问题：{one.finding.message}"
    return _lint_finding(one, message, resolved=False).model_copy(update={"id": f"{one.id}:executed"})


def _lint_finding(one: Found, message: str, *, resolved: bool) -> LintFinding:
    finding = one.finding
    return LintFinding(
        id=one.id,
        rule=finding.rule,
        severity=finding.severity,
        step=finding.step,
        message=message,
        value=finding.value,
        limit=finding.limit,
        source=finding.source,
        resolved=resolved,
    )


class Outside(NamedTuple):
    """A step whose executed window leaves the window the plan gives it."""

    step: Step
    executed: Absolute


def outside(pack: Pack) -> list[Outside]:
    """T8: steps that the resolutions move out of the plan's own window (a window missing there cannot be left)."""
    found = []
    for step in (step for body in pack.as_executed().bodies for step in body.steps):
        window = step.window
        opens, closes = bounds(pack.step(step.id))
        if not isinstance(window, Absolute) or window == pack.step(step.id).window:
            continue
        early = opens and ((window.from_ or window.to or opens) < opens)
        late = closes and ((window.to or window.from_ or closes) > closes)
        if early or late:
            found.append(Outside(step, window))
    return found


def _resolution_problem(pack: Pack, one: Outside) -> LintFinding:
    executed = dates.span(one.executed.from_, one.executed.to)
    written = dates.span(*bounds(pack.step(one.step.id)))
    message = f"处理决定把「{one.step.title}」定在 {executed}，超出方案原定的 {written}；决定只能收窄，不能改期。"
    finding = RESOLUTION.finding(message, value=executed, limit=written, step=one.step.id)
    return _lint_finding(Found(finding), message, resolved=False)


def _place(pack: Pack, one: LintFinding) -> tuple[int, int, str]:
    order = {
        step.id: (number, index) for number, body in enumerate(pack.bodies) for index, step in enumerate(body.steps)
    }
    bodies = {body.id.value: number for number, body in enumerate(pack.bodies)}
    if one.step in order:
        return *order[one.step or ""], one.id
    place = one.id.split(":")[1]
    return bodies.get(place, -1), -1, one.id
