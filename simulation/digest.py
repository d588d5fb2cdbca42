"""The figures of a report, gathered line by line from journal records; nothing of a unit is kept once it has closed.

Digests of districts rehearsed apart add up: `merge` takes the next one in. Everything here is read from the journal alone.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from activities.journal import CLOSED, DISTRICT_OPENED
from workflows.setting import Setting

PREPARATION = "prep"
HANDOVER = ".handover"
_DAY = timedelta(days=1)
_TIME = len("2021-04-26T09:00:00")
TOP_DELAYS = 3
"""So many of a unit's overdue gates are named among the reasons why it is late."""


@dataclass(frozen=True)
class Limits:
    """The last day the plan allows for each body, and for everything; postponements move them."""

    bodies: Mapping[str, date]
    everything: date


def limits_of(setting: Setting) -> Limits:
    """Read them from the plan as executed: a body's outer limit, else the last day of its steps' windows."""
    bodies: dict[str, date] = {}
    for body in setting.pack.bodies:
        ends = [slot.window_end for step in body.steps if (slot := setting.slots.get(step.id)) and slot.window_end]
        last = body.outer_limit or max(ends, default=None)
        if last is not None and body.id.value != PREPARATION:
            bodies[body.id.value] = last
    return Limits(bodies, setting.pack.completed_by)


@dataclass(frozen=True)
class Delay:
    """One gate decided after its last day: how many days late, by whom."""

    gate: str
    role: str
    days: int


@dataclass(frozen=True)
class Trouble:
    """A unit that was held, or that finished after a limit: where it stands, and the facts that explain it."""

    unit: str
    name: str
    street: str
    district: str
    held_by: str  # rule id; empty for a unit that finished late
    reason: str  # of the hold
    completed_on: str
    missed: tuple[tuple[str, str, str], ...] = ()  # (what, limit, done): bodies and handovers after their last day
    delays: tuple[Delay, ...] = ()  # the gates that were overdue longest

    @property
    def held(self) -> bool:
        """True for a unit that never finished."""
        return bool(self.held_by) or not self.completed_on


@dataclass
class _Unit:
    """What is remembered of a unit while it is open."""

    name: str
    street: str
    district: str
    shift: int = 0
    open: dict[str, tuple[str, str, str | None, int]] = field(
        default_factory=dict
    )  # gate → (at, role, last day, shift)
    followed_by: dict[str, str | None] = field(default_factory=dict)  # poll → what its last outcome asks for
    delays: list[Delay] = field(default_factory=list)
    missed: list[tuple[str, str, str]] = field(default_factory=list)


class _Inbox:
    """What each role of one district has before it, and the most it had on each day; gates not open yet do not count."""

    def __init__(self, peaks: dict[tuple[str, str], int]) -> None:
        self._peaks = peaks
        self._day = ""
        self._waiting: Counter[str] = Counter()
        self._later: dict[str, Counter[str]] = {}  # day → role → gates that open then

    def comes_to(self, day: str) -> None:
        """Time passes: what opens by now is waiting, and what was left over waits on."""
        if day <= self._day:
            return
        if not self._day:
            self._day = day
        passing = date.fromisoformat(self._day)
        while self._day < day:
            passing += _DAY
            self._day = passing.isoformat()
            self._waiting.update(self._later.pop(self._day, {}))
            for role in self._waiting:
                self._mark(role, self._day)

    def takes(self, role: str, opens: str) -> None:
        """A gate is put before a role, now or on a day to come."""
        if opens > self._day:
            self._later.setdefault(opens, Counter())[role] += 1
        else:
            self._waiting[role] += 1
            self._mark(role, self._day)

    def loses(self, role: str, opens: str) -> None:
        """A gate that opened on a day is decided."""
        if opens > self._day:
            self._later[opens][role] -= 1
        else:
            self._waiting[role] -= 1

    def _mark(self, role: str, day: str) -> None:
        waiting = self._waiting[role]
        if waiting > self._peaks.get((role, day), 0):
            self._peaks[role, day] = waiting


@dataclass
class Digest:
    """Figures that add up. Days are ISO text; a step is a gate's key without its round."""

    units: int = 0
    completed: int = 0
    late: int = 0
    held: int = 0
    lines: int = 0
    further_votes: int = 0  # valid polls for seats that the one before left open
    revotes: int = 0  # valid polls among those who tied in the one before
    failed_polls: int = 0
    open_seats: int = 0  # left open at the end of a body
    facts: Counter[str] = field(default_factory=Counter)  # by kind
    findings: Counter[tuple[str, str]] = field(default_factory=Counter)  # (rule, how it was met)
    done: Counter[tuple[str, str]] = field(default_factory=Counter)  # (body, day) → units whose body is in office
    queues: dict[tuple[str, str], int] = field(
        default_factory=dict
    )  # (role, day) → most gates at once, in one district
    waits: Counter[tuple[str, int]] = field(default_factory=Counter)  # (step, hours from open to decided)
    overdue: Counter[str] = field(default_factory=Counter)  # role → gates decided or left after their last day
    overdue_steps: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    first_day: str = ""
    last_day: str = ""

    @property
    def on_time(self) -> int:
        """Units that finished in order and within every limit of the plan."""
        return self.completed - self.late

    def findings_by_rule(self) -> dict[str, int]:
        """Every finding, however it was met, by its rule."""
        total: Counter[str] = Counter()
        for (rule, _), count in self.findings.items():
            total[rule] += count
        return dict(sorted(total.items()))

    def merge(self, other: "Digest") -> None:
        """Add another digest's figures to these."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, Counter):
                mine.update(value)
            elif isinstance(value, dict):  # districts have queues of their own: the longest counts, not the sum
                for key, longest in value.items():
                    mine[key] = max(mine.get(key, 0), longest)
            elif isinstance(value, list):
                mine.extend(value)
            elif isinstance(value, int):
                setattr(self, name, mine + value)
        days = [day for day in (self.first_day, other.first_day) if day]
        self.first_day = min(days, default="")
        self.last_day = max(self.last_day, other.last_day)


WITHIN_THE_TERM = ("recall", "byelection", "departure")
REFUSED, OVERDUE, POLL_FAILED, EXCLUDED, HELD = "refused", "overdue", "poll_failed", "excluded", "held"
HOW = (REFUSED, OVERDUE, POLL_FAILED, EXCLUDED, HELD)
"""How a rule made itself felt: at the door, by the clock, at the count, in a review, or by holding the unit."""


class Digester:
    """Takes records in order (the keys of a journal line; `n` and `hash` are not needed) and gathers a digest."""

    def __init__(self, limits: Limits) -> None:
        self.digest = Digest()
        self._limits = limits
        self._units: dict[str, _Unit] = {}
        self._inbox = _Inbox(self.digest.queues)

    def feed(self, record: Mapping[str, Any]) -> None:
        """Take the next record. Raises KeyError for a record that is no journal line."""
        fact, digest = record["fact"], self.digest
        kind = fact["kind"]
        digest.lines += 1
        if kind == CLOSED:
            return
        day = record["at"][:10]
        digest.facts[kind] += 1
        if not digest.first_day:
            digest.first_day = day
        if day > digest.last_day:
            digest.last_day = day
        if kind == DISTRICT_OPENED:
            self._inbox = _Inbox(digest.queues)
        if record["body"] in WITHIN_THE_TERM:  # after the election: only that it happened is counted
            return
        self._inbox.comes_to(day)
        handler = _HANDLERS.get(kind)
        if handler is not None:
            handler(self, record, fact)

    # ------------------------------------------------------------ units and bodies

    def _unit_opened(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        self.digest.units += 1
        self._units[record["unit"]] = _Unit(fact["unit"]["name"], record["street"], record["district"])

    def _body_completed(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        body, day, unit = record["body"], record["at"][:10], self._units[record["unit"]]
        self.digest.done[body, day] += 1
        self.digest.open_seats += fact["open_seats"]
        limit = self._limits.bodies.get(body)
        if limit is not None and day > (moved := _moved(limit, unit.shift)):
            unit.missed.append((body, moved, day))

    def _postponed(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        if record["body"] == PREPARATION:  # the unit and its running body both say so: counted once
            self._units[record["unit"]].shift += fact["days"]

    def _unit_closed(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        unit = self._units.pop(record["unit"])
        completed, digest = fact["completed_on"] or "", self.digest
        if completed and completed > (moved := _moved(self._limits.everything, unit.shift)):
            unit.missed.append(("", moved, completed))
        if not completed:
            digest.held += 1
        else:
            digest.completed += 1
            digest.late += bool(unit.missed)
        if not completed or unit.missed:
            worst = sorted(unit.delays, key=lambda delay: (-delay.days, delay.gate))[:TOP_DELAYS]
            digest.troubles.append(
                Trouble(
                    unit=record["unit"],
                    name=unit.name,
                    street=unit.street,
                    district=unit.district,
                    held_by=fact["held_by"],
                    reason=fact["reason"],
                    completed_on=completed,
                    missed=tuple(unit.missed),
                    delays=tuple(worst),
                )
            )

    # ------------------------------------------------------------ gates

    def _gate_opened(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        """A gate may stand in the inbox before its first day; it is waited for from that day on."""
        unit, at = self._units[record["unit"]], record["at"]
        first = fact.get("opens_on") or ""
        if first > at[:10]:
            at = f"{first}T00:00:00{at[_TIME:]}"
        unit.open[fact["gate"]] = (at, fact["role"], fact["last_day"], unit.shift)
        self._inbox.takes(fact["role"], at[:10])

    def _decided(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        unit, digest, gate = self._units[record["unit"]], self.digest, fact["gate"]
        opened = unit.open.pop(gate, None)
        if opened is None:
            return
        at, role, last_day, shift = opened
        now = record["at"]
        self._inbox.loses(role, at[:10])
        waited = datetime.fromisoformat(now) - datetime.fromisoformat(at)
        digest.waits[step_of(gate), max(int(waited.total_seconds() // 3600), 0)] += 1
        limit = last_day and (last_day if _fixed(gate) else _moved(last_day, unit.shift - shift))
        if limit and now[:10] > limit:
            late = (date.fromisoformat(now[:10]) - date.fromisoformat(limit)).days
            unit.delays.append(Delay(gate, role, late))
            if step_of(gate).endswith(HANDOVER):
                unit.missed.append((step_of(gate), limit, now[:10]))

    def _overdue(self, _record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        self.digest.overdue[fact["owner"]] += 1
        self.digest.overdue_steps[step_of(fact["gate"])] += 1
        self.digest.findings[fact["rule"], OVERDUE] += 1

    # ------------------------------------------------------------ rules

    def _refused(self, _record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        self._all(fact["findings"], REFUSED)

    def _poll_failed(self, _record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        self.digest.failed_polls += 1
        self._all(fact["findings"], POLL_FAILED)

    def _poll_settled(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        """A settled poll is a further vote, or a re-vote among the tied, when the one before it at this step asked for it."""
        before, step = self._units[record["unit"]].followed_by, step_of(fact["gate"])
        self.digest.further_votes += before.get(step) == "further_vote"
        self.digest.revotes += before.get(step) == "revote_tied"
        before[step] = fact["next"]

    def _excluded(self, _record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        self.digest.findings[fact["rule"], EXCLUDED] += 1

    def _held(self, record: Mapping[str, Any], fact: Mapping[str, Any]) -> None:
        if record["body"] == PREPARATION:  # the unit and its running body both say so: counted once
            self.digest.findings[fact["rule"], HELD] += 1

    def _all(self, findings: Iterable[Mapping[str, Any]], how: str) -> None:
        for finding in findings:
            self.digest.findings[finding["rule"], how] += 1


def digest_of(records: Iterable[Mapping[str, Any]], limits: Limits) -> Digest:
    """The digest of a whole journal or a part of one."""
    digester = Digester(limits)
    for record in records:
        digester.feed(record)
    return digester.digest


def step_of(gate: str) -> str:
    """A gate's step: its key without the round; complaints and appeals are one step each."""
    return gate.partition("#")[0].partition(":")[0]


def _fixed(gate: str) -> bool:
    """Gates whose last day comes from the law or from a complaint's own term: no postponement moves them."""
    return gate.startswith(("complaint:", "appeal:")) or step_of(gate).endswith((HANDOVER, ".announcement"))


def _moved(day: date | str, days: int) -> str:
    if not days:
        return str(day)
    given = day if isinstance(day, date) else date.fromisoformat(day)
    return (given + timedelta(days=days)).isoformat()


_HANDLERS: dict[str, Callable[[Digester, Mapping[str, Any], Mapping[str, Any]], None]] = {
    "unit_opened": Digester._unit_opened,
    "unit_closed": Digester._unit_closed,
    "body_completed": Digester._body_completed,
    "gate_opened": Digester._gate_opened,
    "decided": Digester._decided,
    "overdue": Digester._overdue,
    "refused": Digester._refused,
    "excluded": Digester._excluded,
    "held": Digester._held,
    "postponed": Digester._postponed,
    "poll_failed": Digester._poll_failed,
    "poll_settled": Digester._poll_settled,
}
