"""What the checker remembers of a unit while it is open, and nothing of it once it has closed."""

from collections.abc import Callable, Iterator
from typing import Any

from simulation.checker.days import Days
from simulation.checker.kin import Kin
from simulation.checker.plan import BODIES, COMMUNITY, STEPS, VILLAGE
from simulation.checker.report import Invariant
from simulation.checker.tally import Tally

Json = dict[str, Any]
Flag = Callable[..., None]


class Gate:
    """One gate: opened for a role until a last day, then decided once. `settled` is what a later step waits for."""

    __slots__ = (
        "before",
        "decided",
        "examined",
        "failed",
        "key",
        "last_day",
        "limit",
        "opens",
        "overdue",
        "reminded",
        "role",
        "round",
        "stale",
        "step",
    )

    def __init__(self, key: str, step: str, round_: int, role: str, opens: str, last_day: str | None) -> None:
        self.key = key
        self.step = step
        self.round = round_
        self.role = role
        self.opens = opens  # the first day it may be decided
        self.last_day = last_day  # as stated when it was opened
        self.limit = last_day  # as moved since by postponement or hold
        self.before: frozenset[str] = frozenset()  # who was up for review when the gate was opened
        self.decided = ""  # the day
        self.failed = ""  # why it does not count, or empty
        self.examined = False  # a level of review: who passed it counts, not when it was done
        self.stale = False  # an earlier step was done again since
        self.reminded = False
        self.overdue = False


class Poll:
    """One poll as handed in, waiting to be settled, and its outcome recomputed."""

    __slots__ = ("gate", "held_on", "ids", "names", "next", "outcome", "passed", "round", "step", "void", "votes")

    def __init__(self, gate: str, step: str, round_: int, held_on: str) -> None:
        self.gate = gate
        self.step = step
        self.round = round_
        self.held_on = held_on
        self.ids: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self.votes: dict[str, int] = {}
        self.passed: frozenset[str] = frozenset()
        self.outcome: Tally | None = None  # None when the figures cannot be recomputed
        self.void = ("", "")  # rule and reason why it cannot count, whatever its votes: only a failed poll may say so
        self.next: str | None = None


class Body:
    """One body's election so far."""

    __slots__ = (
        "appeals",
        "cleared",
        "complaints",
        "completed",
        "corrections",
        "displaced",
        "done",
        "elected",
        "excluded",
        "excluded_at",
        "gates",
        "latest",
        "listed",
        "listed_on",
        "men",
        "name",
        "nominees",
        "officers",
        "opened",
        "other",
        "passing",
        "pending",
        "polls",
        "posted",
        "reviewed_on",
        "stops",
        "successors",
        "upheld",
        "withdrawn",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.opened = False
        self.completed = False
        self.gates: dict[str, Gate] = {}
        self.done: set[str] = set()  # steps already seen to be done, until a further round puts that in doubt
        self.latest: dict[str, Gate] = {}  # the last round of each step
        self.nominees: dict[str, str] = {}  # person → post
        self.passing: set[str] = set()  # nominees nobody has failed, excluded or lost
        self.excluded: dict[str, str] = {}  # person → reviewer
        self.excluded_at: dict[str, str] = {}  # person → the review that did it, kept after an appeal
        self.cleared: dict[str, set[str]] = {}  # level of review → who passed it
        self.other: dict[str, Gate] = {}  # complaints and appeals
        self.complaints: set[str] = set()
        self.upheld: set[str] = set()  # complaints found true
        self.corrections: dict[str, str] = {}  # complaint → step that its finding stopped or declared void
        self.stops: dict[str, str] = {}  # complaint → the only step that may go on before it is put right
        self.appeals: set[str] = set()
        self.listed: set[str] = set()  # on the latest list to be voted on, whoever moved up included
        self.listed_on = ""
        self.men: set[str] = set()  # nominated for the women's federation all the same
        self.reviewed_on = ""  # the last day a level of review was signed
        self.posted: dict[str, str] = {}  # posting → its last whole day
        self.pending: Poll | None = None
        self.polls: list[Poll] = []
        self.elected: dict[str, int | None] = {}  # by the body's main poll, whoever moved up included
        self.officers: dict[str, int] = {}  # by the plenary
        self.successors: set[str] = set()
        self.withdrawn: set[str] = set()
        self.displaced: set[str] = set()  # elected, and gave way to a near relative

    def gate(self, key: str) -> Gate | None:
        """The gate with this key: of the procedure, or of a complaint or an appeal."""
        return self.gates.get(key) or self.other.get(key)

    def every_gate(self) -> Iterator[Gate]:
        """All its gates, those of complaints and appeals last."""
        yield from self.gates.values()
        yield from self.other.values()


class Direct:
    """A vote by those registered so far: the roll, the objections still open, where and by whom the vote is taken."""

    __slots__ = (
        "acting",
        "added",
        "households",
        "objections",
        "poll_day",
        "posted_on",
        "posts",
        "proxies",
        "proxies_on",
        "registered",
        "removed",
        "roll",
        "roving",
        "sitting",
        "staff",
        "stations",
        "vacant",
        "voters",
    )

    def __init__(self) -> None:
        self.poll_day = ""
        self.registered = 0
        self.households = 0  # of the registered voters
        self.posted_on = ""
        self.voters: int | None = None  # on the list as first published
        self.objections: dict[str, str] = {}  # number → the day of receipt
        self.added = self.removed = 0
        self.roll = 0
        self.stations: set[str] = set()
        self.staff: set[str] = set()
        self.posts: dict[str, str] = {}  # person → the post stood for on the last ballot
        self.proxies = 0
        self.proxies_on = ""  # the day they were published
        self.roving: dict[str, int] = {}  # box → its users
        self.acting: Json | None = None  # the form that names who acts, until that is told
        self.sitting: dict[str, tuple[str, int]] = {}  # a by-election: who is in office, with post and votes
        self.vacant: dict[str, int] | None = None  # a by-election's seats by post; None: the whole committee's


class Unit:
    """One unit: its figures, bodies, kin, and what is still open."""

    __slots__ = (
        "at",
        "bodies",
        "brief",
        "chair",
        "committee",
        "current",
        "delegates",
        "deputy",
        "direct",
        "gates",
        "held_since",
        "id",
        "kin",
        "left",
        "moves",
        "order",
        "published",
        "redone",
        "reserves",
        "seated",
        "street",
        "trained",
        "troubles",
        "was_held",
    )

    def __init__(self, id_: str, street: str, brief: Json) -> None:
        self.id = id_
        self.street = street
        self.brief = brief
        self.order = VILLAGE if brief.get("village") is not None else COMMUNITY
        self.bodies = {name: Body(name) for name in BODIES}
        self.current = ""  # the body open now
        self.gates = 0
        self.kin = Kin()
        self.seated: dict[str, set[str]] = {}  # person → bodies
        self.delegates: int | None = None
        self.direct = Direct()
        self.committee: list[str] = []
        self.reserves: list[str] = []
        self.chair = self.deputy = ""
        self.held_since = ""
        self.was_held = False
        self.moves: set[tuple[str, int]] = set()
        self.at: dict[str, str] = {}  # body → when its last fact was
        self.redone: set[str] = set()  # steps that a complaint declared void: done again by themselves
        self.troubles: set[str] = set()  # difficulties assessed and not accepted as removed
        self.published = ""  # the day the leaving-office audit was published
        self.left: int | None = None  # persons left by the last round of screening
        self.trained: set[str] = set()  # who passed the election committee's training


class District:
    """One district: its days and law, the units still open, and the figures its closing fact must repeat."""

    __slots__ = (
        "acting",
        "bodies",
        "closed",
        "completed",
        "days",
        "done",
        "enrolled",
        "held",
        "law",
        "name",
        "omitted",
        "pilots",
        "stated",
        "steps",
        "units",
    )

    def __init__(
        self,
        name: str,
        days: Days,
        law: str,
        stated: int | None,
        omitted: frozenset[str] = frozenset(),
        steps: frozenset[str] = frozenset(),
        acting: str | None = None,
    ) -> None:
        self.name = name
        self.acting = (
            acting  # who acts in a village without chair and deputies: "chosen", "most_votes", None: no law says
        )
        self.steps = steps  # of this district's plan
        self.omitted = omitted  # steps that this district's plan leaves out
        self.bodies = tuple(name for name in BODIES[1:] if not omitted.issuperset(STEPS[name]))  # those it elects
        self.pilots = 0  # pilot units opened
        self.days = days
        self.law = law
        self.stated = stated
        self.units: dict[str, Unit] = {}
        self.done: set[str] = set()
        self.enrolled: dict[str, str] = {}  # person on a village's roll by name → the village
        self.completed = 0
        self.held = 0
        self.closed = False


class Context:
    """The line under examination, handed to every rule: whose it is, when, and where to report."""

    __slots__ = ("at", "body", "day", "district", "law", "report", "unit")

    def __init__(self, report: Flag) -> None:
        self.report = report
        self.at = ""
        self.day = ""
        self.law = "2018"
        self.district: District = District("", Days(), "2018", None)
        self.unit: Unit = Unit("", "", {})
        self.body: Body = self.unit.bodies["prep"]

    def flag(self, invariant: Invariant, rule: str, message: str, gate: str = "") -> None:
        """Report a violation at this line."""
        self.report(invariant, rule, message, gate)
