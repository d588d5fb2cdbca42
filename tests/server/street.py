"""A synthetic street, rehearsed on the engine: everything that was sent, answered, written and issued, for a server to match.

The *script* of a street is what its actors sent in the rehearsal: each command with its instant, with how many facts of its
unit the journal held before it, and with the answer. Nothing in the procedure depends on more of an instant than its Beijing
day and whether it is nine o'clock yet, when reminders go out. So election time is cut there: every day into the slot before
nine and the slot from nine on. `tests/server/conductor.py` plays a script, slot by slot.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Any

from pydantic_core import from_json
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.commit import Ledger
from activities.stores import Entry, MemoryStore
from activities.stores.protocol import IssuedPaper
from console.packs import pack_text
from gateway.command import Answer, Answered, Command, Gateway, Verb, unit_of
from policies.authority import Signature
from policies.calendar import Calendar, national_calendar
from policies.clock import BEIJING
from policies.pack.load import load_pack
from policies.pack.schema import Pack, Role
from simulation.actors import Cast
from simulation.actors.scene import office
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.gateway import EngineGateway
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import LEAD_TIME
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.messages import DistrictOutcome, Hold, Release
from workflows.procedure import REMIND_HOUR
from workflows.setting import Setting, install

PACK_ID = "street-2021"
DISTRICT = ""
"""Where a unit's id stands in the journal, the district's own facts have this."""

Postponed = tuple[int, int, str]
"""Which unit of the district (from 0) is postponed by how many days, on which day (ISO), at half past ten."""
Held = tuple[int, str]
"""Which unit (from 0) is held on which day (ISO), from half past eight in the evening until nine, when nobody acts."""


def plan(pack_id: str = PACK_ID) -> tuple[Pack, str, Calendar]:
    """The pack, its text, and the days of its year."""
    text = pack_text(pack_id)
    return load_pack(text, pack_id), text, national_calendar([2021])


# ---------------------------------------------------------------- what was sent


def slot_of(instant: datetime) -> datetime:
    """The beginning of the slot an instant lies in: midnight or nine o'clock, Beijing time."""
    local = instant.astimezone(BEIJING)
    hour = REMIND_HOUR if local.hour >= REMIND_HOUR else 0
    return datetime.combine(local.date(), time(hour), BEIJING)


@dataclass(frozen=True)
class Event:
    """One command as it was sent: at which instant of the election, behind how many facts of its unit, how it was answered."""

    at: datetime
    command: Command
    before: int
    answer: Answer

    @property
    def unit(self) -> str:
        """The unit it concerns."""
        return unit_of(self.command.workflow)


@dataclass(frozen=True)
class Slot:
    """What happened in one slot: by unit, what was sent, in order, and how many facts the journal held at its end."""

    begins: datetime
    sent: Mapping[str, Sequence[Event]]
    facts: Mapping[str, int]  # only of units in which something happened


@dataclass(frozen=True)
class Script:
    """A rehearsed district: what it was made from, what was sent, and everything it left behind."""

    district: SyntheticDistrict
    setting: Setting  # without a clock
    pack_text: str
    starts: datetime
    events: tuple[Event, ...]
    entries: tuple[Entry, ...]
    papers: tuple[IssuedPaper, ...]
    states: Mapping[str, str]
    outcome: DistrictOutcome
    faults: FaultPlan

    def slots(self) -> list[Slot]:
        """Every slot in which a command was sent or a fact was written, in order."""
        sent = {begins: list(some) for begins, some in groupby(self.events, lambda event: slot_of(event.at))}
        written = {begins: list(some) for begins, some in groupby(self.entries, lambda entry: slot_of(entry.at))}
        total: Counter[str] = Counter()
        slots = []
        for begins in sorted({*sent, *written}):
            total.update(entry.unit for entry in written.get(begins, ()))
            by_unit: dict[str, list[Event]] = {}
            for event in sent.get(begins, ()):
                by_unit.setdefault(event.unit, []).append(event)
            touched = {*by_unit, *(entry.unit for entry in written.get(begins, ()))}
            slots.append(Slot(begins, by_unit, {unit: total[unit] for unit in sorted(touched)}))
        return slots

    def facts(self) -> dict[str, list["Fact"]]:
        """By unit, its facts in order; the district's own under `DISTRICT`."""
        found: dict[str, list[Fact]] = {}
        for entry in self.entries:
            found.setdefault(entry.unit, []).append(Fact.of(entry.body, entry.at, entry.noted.text))
        return found


class _Kept:
    """A gateway that keeps what goes through it."""

    def __init__(self, gateway: Gateway, now: Any, written: Counter[str]) -> None:
        self._gateway, self._now, self._written = gateway, now, written
        self.sent: list[tuple[datetime, Command, int]] = []
        self.answers: dict[int, Answer] = {}

    def send(self, command: Command, answered: Answered) -> None:
        """See Gateway."""
        number = len(self.sent)
        self.sent.append((self._now(), command, self._written[unit_of(command.workflow)]))

        def kept(answer: Answer) -> None:
            self.answers[number] = answer
            answered(answer)

        self._gateway.send(command, kept)

    def events(self) -> tuple[Event, ...]:
        """Everything, in order. Raises KeyError for a command that was never answered."""
        return tuple(Event(*each, self.answers[number]) for number, each in enumerate(self.sent))


def rehearse(
    *,
    units: int,
    seed: int,
    number: int = 1,
    faults: Mapping[str, int] | None = None,
    postponed: Iterable[Postponed] = (),
    held: Iterable[Held] = (),
    pack_id: str = PACK_ID,
) -> Script:
    """Rehearse one district as `simulation.rehearsal` does, and keep its script and its papers too."""
    return asyncio.run(_rehearse(units, seed, number, dict(faults or {}), tuple(postponed), tuple(held), pack_id))


async def _rehearse(
    units: int,
    seed: int,
    number: int,
    faults: dict[str, int],
    postponed: tuple[Postponed, ...],
    held: tuple[Held, ...],
    pack_id: str,
) -> Script:
    pack, text, calendar = plan(pack_id)
    setting, parameters = install(pack, calendar), load()
    district = synthesize_district(seed, number, units, parameters, pack=pack, setting=setting.hash)
    planted = FaultPlan.draw(seed, tuple(district), faults, pack) if faults else FaultPlan.none()
    entries: list[Entry] = []
    written: Counter[str] = Counter()

    def noted(entry: Entry) -> None:
        entries.append(entry)
        written[entry.unit] += 1
        planted.watch(entry)

    cast: list[Cast] = []
    store = MemoryStore(noted, lambda task: cast[0].on_task(task), keep_papers=True)
    starts = datetime.combine(setting.first_day() - LEAD_TIME, time(0), BEIJING)
    engine = Engine(
        workflows=list(WORKFLOWS),
        activities=[Ledger(store).commit],
        start=starts.astimezone(UTC),
        seed=seed,
        data_converter=pydantic_data_converter,
        task_queue=TASK_QUEUE,
        explain_query="waiting_for",
    )
    async with engine:
        gateway = _Kept(EngineGateway(engine, store.refuse), lambda: engine.now, written)
        cast.append(
            Cast(
                district=district,
                setting=setting,
                parameters=parameters,
                seed=seed,
                stage=engine,
                gateway=gateway,
                faults=planted,
            )
        )
        ids = tuple(unit.id for unit in district)
        for unit, days, day in postponed:
            cast[0].postpone(ids[unit], days, datetime.fromisoformat(f"{day}T10:30:00+08:00"))
        by = signed(setting, Role.STREET_COMMITTEE, district.id)
        for unit, day in held:
            steered = (
                ("20:30", Verb.HOLD, Hold(rule="X4", reason="信访矛盾突出", by=by)),
                ("21:00", Verb.RELEASE, Release(reason="已化解", by=by)),
            )
            for hour, verb, message in steered:
                command = Command(ids[unit], verb, message, f"{ids[unit]}:{verb}:{day}")
                engine.at(datetime.fromisoformat(f"{day}T{hour}:00+08:00"), gateway.send, command, _unheard)
        handle = await engine.client.start_workflow(
            DistrictElection.run, district.brief, id=district.id, task_queue=TASK_QUEUE
        )
        outcome = await handle.result()
    assert not cast[0].given_up
    return Script(
        district=district,
        setting=setting,
        pack_text=text,
        starts=starts,
        events=gateway.events(),
        entries=tuple(entries),
        papers=tuple(store.papers),
        states=dict(store.states),
        outcome=outcome,
        faults=planted,
    )


def signed(setting: Setting, role: Role, scope: str) -> Signature:
    """An office's signature: the office is the person, as in a rehearsal."""
    name = office(setting.pack, role)
    return Signature(person=name, name=name, role=role, scope=scope)


def _unheard(answer: Answer) -> None:
    """Who orders from outside the cast waits for no answer; the script has it."""


# ---------------------------------------------------------------- what is compared


@dataclass(frozen=True)
class Fact:
    """One fact as it is compared: which body's, in which slot, and its content.

    Left out, and why: the instant within the slot, because the drill enters a slot where the rehearsal acted anywhere in
    it; `setting`, the hash of what the election runs under, because the drill's has its clock in it.
    """

    body: str
    slot: datetime
    content: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The fact's kind."""
        return str(self.content["kind"])

    @staticmethod
    def of(body: str, at: datetime, text: str) -> "Fact":
        """From a journal line's parts."""
        return Fact(body, slot_of(at), _without_setting(from_json(text)))

    @staticmethod
    def read(line: Mapping[str, Any]) -> "Fact":
        """From a whole journal line."""
        return Fact(line["body"], slot_of(datetime.fromisoformat(line["at"])), _without_setting(line["fact"]))


def _without_setting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_setting(each) for key, each in value.items() if key != "setting"}
    if isinstance(value, list):
        return [_without_setting(each) for each in value]
    return value


LEAD = timedelta(minutes=1)
"""How far behind its beginning a drill enters a slot."""
