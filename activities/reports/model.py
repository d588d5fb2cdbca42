"""What a report says, as frozen values: a heading, and for each street what it has to tell. Words come later (`text.py`).

No person elected, nominated or excluded is named here: units, steps, roles, counts and documents suffice for an office that
follows the work. Days are Beijing days in election time.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from policies.clock import Instant
from policies.finding import Finding
from policies.officework import Period, ReportKind
from policies.pack.schema import Role
from policies.value import Value


class Heading(Value):
    """Which election, under what, and which period; every report carries it."""

    election: str
    title: str
    district: str
    drill: bool
    pack: str
    pack_title: str
    pack_version: str
    pack_sha256: str
    law: str
    period: Period
    since: Instant  # earlier than the period's own where a report before it was missed
    written_at: Instant  # in election time
    written_really_at: Instant
    line: int  # the journal's last line when it was read


class Matter(Value):
    """One gate that waits: whose, for what, from which day to which, and by how many days it is late (0: it is not)."""

    unit: str
    unit_name: str
    gate: str
    title: str
    role: Role
    role_name: str
    superior_name: str
    opens_on: date
    last_day: date | None
    late_by: int
    statutory: bool  # the last day comes from the law: no postponement moves it
    held: bool  # its unit is held: nothing can be decided until it is released


class Coming(Value):
    """A step of the plan that is due and that these units have not reached yet. `first` and `last`: its days for them."""

    step: str
    title: str
    role_name: str
    first: date | None
    last: date
    units: tuple[str, ...]  # names


class Behind(Value):
    """A unit that has not reached steps whose last day by the plan is over: how many, and the first of them.

    A unit that never began has no gate that could become overdue; here it is seen.
    """

    unit_name: str
    begun: bool
    steps: int
    title: str
    role_name: str
    last_day: date


class Posting(Value):
    """A posting whose last whole day lies in the period."""

    unit_name: str
    title: str
    last_day: date


class Done(Value):
    """A gate decided, by how many days late (0: in time)."""

    unit_name: str
    gate: str
    step: str
    title: str
    role_name: str
    at: Instant
    late_by: int


class Returned(Value):
    """A command refused at the door, by which rules."""

    unit_name: str
    title: str
    role_name: str
    rules: tuple[str, ...]
    at: Instant


class Late(Value):
    """A gate whose last day passed in the period: who owes it, and who was told."""

    unit_name: str
    gate: str
    title: str
    owner_name: str
    superior_name: str
    last_day: date
    settled: bool  # decided since


class Vacancy(Value):
    """A committee smaller than the law has it, whose by-election has not begun: whose task that is, by when, and in words."""

    unit: str
    unit_name: str
    street: str
    members: int
    since: date
    last_day: date | None  # None: no clause names one
    owner: Role
    owner_name: str
    superior_name: str
    finding: Finding

    @property
    def late(self) -> bool:
        """Whether the last day has passed."""
        return self.finding.blocks


class News(Value):
    """Anything else that happened, in one Chinese sentence without a full stop."""

    unit_name: str
    at: Instant
    text: str


class Paused(Value):
    """A unit that is held, or was closed as held, by a rule."""

    unit_name: str
    rule: str
    reason: str
    since: date
    closed: bool


class BodyDone(Value):
    """A body in office."""

    unit_name: str
    body_name: str
    seats: int
    open_seats: int


class Stage(Value):
    """How many units stand at a stage."""

    name: str
    units: int


class Pile(Value):
    """What waits for a role: where work piles up."""

    role: Role
    role_name: str
    waiting: int
    overdue: int
    oldest: date  # opened on


class StepDone(Value):
    """A step with the number of gates of it that were decided."""

    step: str
    title: str
    decided: int


# ---------------------------------------------------------------- what each report says of a street


class StreetTasks(Value):
    """周任务清单: what is overdue, due or can be begun in the week, what the plan expects beside that, which postings end."""

    street: str
    name: str
    overdue: tuple[Matter, ...]
    due: tuple[Matter, ...]
    running: tuple[Matter, ...]  # may be decided in the week, due after it or without a last day
    coming: tuple[Coming, ...]
    behind: tuple[Behind, ...]
    postings: tuple[Posting, ...]
    vacancies: tuple[Vacancy, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing stands before this street."""
        planned = self.coming or self.behind or self.postings
        return not (self.overdue or self.due or self.running or planned or self.vacancies)


class StreetDay(Value):
    """日反馈: what was decided, refused, became overdue, was complained of, and else happened."""

    street: str
    name: str
    decided: tuple[Done, ...]
    refused: tuple[Returned, ...]
    overdue: tuple[Late, ...]
    complaints: tuple[News, ...]
    others: tuple[News, ...]
    still_overdue: int
    waiting: int
    not_begun: int  # units

    @property
    def nothing(self) -> bool:
        """零报告: nothing at all came in."""
        return not (self.decided or self.refused or self.overdue or self.complaints or self.others)


class StreetWeek(Value):
    """周末小结: the week's completed steps, bodies and units; everything overdue with owner and superior; what is held."""

    street: str
    name: str
    steps: tuple[StepDone, ...]
    bodies: tuple[BodyDone, ...]
    completed: tuple[str, ...]  # names of units
    overdue: tuple[Matter, ...]
    behind: tuple[Behind, ...]
    paused: tuple[Paused, ...]
    refused: int
    complaints: tuple[News, ...]
    others: tuple[News, ...]
    waiting: int
    vacancies: tuple[Vacancy, ...] = ()

    @property
    def decided(self) -> int:
        """Gates decided in the week."""
        return sum(step.decided for step in self.steps)


class StreetMonth(Value):
    """月末调度: units by stage, what was completed and how late, what was decided, refused and flagged in the month."""

    street: str
    name: str
    units: int
    stages: tuple[Stage, ...]
    completed: int  # so far
    completed_now: int  # in the month
    completed_late: int  # so far, after the plan's last day
    units_late: int  # with something overdue now
    decided: int
    decided_late: int
    refused: int
    flagged: int
    overdue: int  # gates, now
    behind: tuple[Behind, ...]
    paused: tuple[Paused, ...]
    due: tuple[Coming, ...]  # next month, by the plan
    vacancies: tuple[Vacancy, ...] = ()


class TaskList(Value):
    kind: Literal[ReportKind.WEEK_TASKS] = ReportKind.WEEK_TASKS
    streets: tuple[StreetTasks, ...]


class DayReturn(Value):
    """`above`: what came in at the district itself; None when nothing did."""

    kind: Literal[ReportKind.DAY_RETURN] = ReportKind.DAY_RETURN
    streets: tuple[StreetDay, ...]
    above: StreetDay | None = None


class WeekSummary(Value):
    """`refused_above`: commands refused at the district itself."""

    kind: Literal[ReportKind.WEEK_SUMMARY] = ReportKind.WEEK_SUMMARY
    streets: tuple[StreetWeek, ...]
    refused_above: int = 0


class MonthDispatch(Value):
    """`piles`: of the whole election, the largest first. `refused_above`: commands refused at the district itself."""

    kind: Literal[ReportKind.MONTH_DISPATCH] = ReportKind.MONTH_DISPATCH
    streets: tuple[StreetMonth, ...]
    piles: tuple[Pile, ...]
    refused_above: int = 0


Content = Annotated[TaskList | DayReturn | WeekSummary | MonthDispatch, Field(discriminator="kind")]


class OfficeReport(Value):
    """One report: heading and content; the content's kind is the heading's."""

    heading: Heading
    content: Content
