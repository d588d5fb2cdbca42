"""A village that was elected, recorded in a county's registry as a drill that is over, and its clerk at the county's door.

What a recall and the by-election it causes need, wherever they run: on the engine, on a real server, for the kept histories.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from activities.commit import Ledger
from activities.registry import Registry
from activities.registry.elections import Election
from activities.registry.people import Person as Staff
from console.packs import source_text
from gateway.command import Answer, Outcome, Verb
from gateway.door import Door
from gateway.ground import ground_of
from policies.clock import BEIJING, Clock
from policies.pack.schema import Role
from policies.people import Post
from tests.workflows.clerk import at
from tests.workflows.villageclerk import VillageClerk, village, village_setting
from workflows.facts import Commit, Contest, Task
from workflows.messages import (
    DistrictBrief,
    Form,
    Petitioned,
    PollDayFixed,
    ProxiesListed,
    RecallCounted,
    StreetBrief,
)
from workflows.setting import install

UNIT = village()
RECALL, BY_ELECTION = f"{UNIT.id}/recall-1", f"{UNIT.id}/byelection-1"
DAY = timedelta(seconds=2)
"""Real time that a day of this drill takes; a by-election takes fifty of them."""
BEGINS = at("2026-07-01", 9)
A_BIT = 0.1
POLL_IN = 50  # days from the decision on a by-election to its poll
VOTES = {"roll": 900, "present": 600, "collected": 600, "in_favour": 301, "against": 290, "blank": 5, "invalid": 4}


def elected() -> list[Commit]:
    """Everything the village's election commits, from its preparation to its last handover."""
    commits: list[Commit] = []

    class Keeping(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            commits.append(commit)

    clerk = VillageClerk(UNIT, ledger=Keeping)
    assert clerk.run().completed_on is not None
    return commits


class Office(Protocol):
    """Where a village's clerk comes: the county's registry and its door."""

    registry: Registry
    door: Door


@dataclass
class TermClerk(VillageClerk):
    """The village's clerk within the term, at the county's door; `now` is the election's instant."""

    county: Office = field(kw_only=True)
    tokens: dict[Role, str] = field(default_factory=dict)
    held_on: date | None = None  # the by-election's poll day

    @property
    def today(self) -> date:
        """The day in the election."""
        return self.county.door.instant(UNIT.id).astimezone(BEIJING).date()

    def poll_day(self) -> date:
        """The by-election's poll day."""
        assert self.held_on is not None
        return self.held_on

    def form(self, task: Task) -> Form:
        """The honest form: the recall carries with 301 of 600 voting, of 900 registered."""
        match task.step:
            case "recall.petition":
                return Petitioned(submitted_on=self.today, person=task.people[0], grounds="长期不在岗", voters=200)
            case "recall.vote":
                return RecallCounted(held_on=self.today, declared=True, **VOTES)
            case "byelection.poll_day":
                self.held_on = self.today + timedelta(days=POLL_IN)
                return PollDayFixed(decided_on=self.today, poll_day=self.held_on)
        form = super().form(task)
        if isinstance(form, ProxiesListed):
            received = self.poll_day() - timedelta(days=4)
            three = tuple(one.model_copy(update={"received_on": received}) for one in form.proxies[:3])
            return form.model_copy(update={"proxies": three})
        if task.step == "byelection.poll":
            boxes = {"中心会场": 400, "二组投票站": 220}
            contest = Contest(post=Post.COMMITTEE_MEMBER.label, seats=task.seats, people=task.people)
            task = task.model_copy(update={"contests": (contest,)})  # the registry's inbox does not keep them
            return self.polled(task, boxes).model_copy(update={"proxies": 3, "roving_boxes": 0})
        return form

    async def send(self, workflow: str, verb: Verb, sign: Any, role: Role) -> Answer:  # type: ignore[override]
        """A command at the door, by whoever holds the role."""
        return await self.county.door.send(self.tokens[role], workflow, verb, sign)

    def inbox(self) -> list[Task]:
        """What waits in the village and may be decided by now."""
        waiting = self.county.registry.standings.inbox(date.max, unit=UNIT.id)
        return [one.task for one in waiting if one.task.opens_on <= self.today]

    async def decide(self, task: Task) -> Answer:
        """Hand in the honest form, and have the second sign where the plan wants two."""
        door = self.county.door
        answer = await door.decide(self.tokens[task.role], task.workflow, task.gate, self.form(task))
        if answer.outcome is Outcome.AWAITS_SECOND:
            second = self.setting.steps[task.step].countersigned_by[0]
            answer = await door.countersign(self.tokens[second], task.workflow, task.gate)
        return answer

    async def through(self, kind: str) -> None:
        """Decide whatever waits until a fact of a kind is in the journal; every honest form is accepted."""
        decided: set[tuple[str, str]] = set()
        while not self.facts_of(kind):
            for task in self.inbox():
                if (task.workflow, task.gate) not in decided:
                    answer = await self.decide(task)
                    assert answer.accepted, (task.gate, answer)
                    decided.add((task.workflow, task.gate))
            await asyncio.sleep(A_BIT)

    def facts_of(self, kind: str) -> list[str]:
        """The journal's lines of a kind, of the recall or the by-election."""
        lines = self.county.registry.journals.lines(UNIT.district)
        within = ('"body":"recall"', '"body":"byelection"')
        return [
            one.entry for one in lines if f'"kind":"{kind}"' in one.entry and any(body in one.entry for body in within)
        ]

    def in_office(self) -> list[str]:
        """Who sits on the committee, as the registry has it."""
        return sorted(one.person.id for one in self.county.registry.terms.of(UNIT.id).committee)


def recorded(county: Office, commits: list[Commit], now: datetime, day: timedelta = DAY) -> dict[Role, str]:
    """The election as a drill that is over, and a person for every role with a token."""
    registry, plain = county.registry, village_setting()
    clock = Clock(real=now, election=BEGINS, day=day)
    setting = install(plain.pack, plain.calendar, clock)
    unit = UNIT.model_copy(update={"setting": setting.hash})
    street = StreetBrief(id=UNIT.street, name="甲镇", district=UNIT.district, units=(unit,), setting=setting.hash)
    ground = ground_of(setting, source_text("village-2025"))
    brief = DistrictBrief(id=UNIT.district, name="千山县", streets=(street,), setting=setting.hash)
    registry.elections.record(Election("千山县村换届（演练）", ground, brief, "管理员", now))
    for commit in commits:
        Ledger(registry.store).write(commit)
    tokens = {}
    for role in Role:
        registry.people.add(Staff(role.value, f"干部{role.value}", "甲镇"))
        registry.people.grant(role.value, role, UNIT.district, by="管理员", at=now)
        tokens[role] = registry.people.issue(role.value, "测试", at=now, expires_at=now + timedelta(days=1)).text
    return tokens
