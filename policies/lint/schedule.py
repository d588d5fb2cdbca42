"""Whether a plan's dates can hold at all, and the latest lawful day of everything that must be posted before the poll."""

from datetime import date, timedelta

from policies.calendar import Calendar, CalendarUnknown
from policies.law.terms import TERMS
from policies.lint.dates import lists_voters
from policies.lint.norms import posts
from policies.pack.schema import Body, BodyId, Pack, Step
from policies.rules.residents import V6, VOTERS_LIST_DAYS
from policies.timetable import timetable
from policies.timetable.build import distance
from policies.timetable.windows import bounds, poll_of
from policies.value import Value

BEFORE_THE_POLL = (
    "voters_list_days",
    "candidate_list_days",
    "self_nominated_days",
    "venue_days",
    "declining_days",
    "proxy_notice_days",
    "proxy_published_days",
)


class Deadline(Value):
    """The latest lawful day of one posting or notice: for the first and for the last poll day of the plan.

    `planned` is the last day that the plan itself leaves for it (its timetable), None where the plan has no such step.
    """

    title: str
    days: int
    rule: str
    source: str
    first: date
    last: date
    step: str | None = None
    planned: date | None = None


class Schedule(Value):
    """`feasible`: every constraint of the plan as executed can be kept at once; `conflicts` says why not.

    `poll_opens` and `poll_closes` are None where the plan gives no poll day; there are no deadlines then.
    """

    feasible: bool
    conflicts: tuple[str, ...] = ()
    poll_opens: date | None = None
    poll_closes: date | None = None
    deadlines: tuple[Deadline, ...] = ()


def schedule(pack: Pack, calendar: Calendar) -> Schedule:
    """The plan's schedule as it is executed (its resolutions applied)."""
    table = timetable(pack, calendar, resolved=True)
    executed = pack.as_executed()
    body = next((one for one in executed.bodies if one.id is BodyId.RESIDENTS), None)
    poll = poll_of(body) if body else None
    opens, closes = bounds(poll) if poll else (None, None)
    opens = opens or (table.slot(poll.id).earliest if poll else None)
    closes = closes or (table.slot(poll.id).latest if poll else None)
    found: list[Deadline] = []
    if body is not None and poll is not None and opens is not None and closes is not None:
        planned = {slot.step: slot.latest for slot in table.slots}
        found = [
            *_by_norm(executed, body, opens, closes, planned),
            *_by_gap(executed, poll, calendar, opens, closes, planned),
        ]
    return Schedule(
        feasible=table.feasible,
        conflicts=tuple(finding.message for finding in table.findings),
        poll_opens=opens,
        poll_closes=closes,
        deadlines=tuple(found),
    )


def _by_norm(pack: Pack, body: Body, opens: date, closes: date, planned: dict[str, date | None]) -> list[Deadline]:
    found = []
    for norm in BEFORE_THE_POLL:
        days: int | None = getattr(pack.norms, norm)
        term = TERMS[norm]
        rule, source = term.rule(pack.governed, pack.law.value), "方案自定"
        stated = pack.composition.binding.get(norm)
        if stated is not None:
            source = stated.place
        elif norm == "voters_list_days" and days is None and any(lists_voters(step) for step in body.steps):
            days, rule, source = VOTERS_LIST_DAYS, V6.id, V6.source  # a plan without layers that has such a list
        if days is None:
            continue
        step = next((one for one in body.steps if _answers(one, norm)), None)
        found.append(
            Deadline(
                title=term.label,
                days=days,
                rule=rule,
                source=source,
                first=opens - timedelta(days=days),
                last=closes - timedelta(days=days),
                step=step.id if step else None,
                planned=planned.get(step.id) if step else None,
            )
        )
    return found


def _answers(step: Step, norm: str) -> bool:
    return lists_voters(step) if norm == "voters_list_days" else posts(step) == norm


def _by_gap(
    pack: Pack, poll: Step, calendar: Calendar, opens: date, closes: date, planned: dict[str, date | None]
) -> list[Deadline]:
    """What the plan itself demands before the poll."""
    found = []
    for gap in poll.gaps:
        if gap.at_least is None:
            continue
        try:
            first, last = (date.fromordinal(distance(calendar, gap).latest(day.toordinal())) for day in (opens, closes))
        except CalendarUnknown:
            continue
        found.append(
            Deadline(
                title=f"{pack.step(gap.after).title}（方案规定）",
                days=gap.at_least,
                rule=gap.rule,
                source=f"方案：“{gap.text}”",
                first=first,
                last=last,
                step=gap.after,
                planned=planned.get(gap.after),
            )
        )
    return found
