"""Within the term: a recall and a by-election are begun at the door, decided like any gate, and change who sits.

A whole village is elected first, by its clerk on the in-process engine, its commits in a registry on SQLite beside; then the
village's staff, with tokens of their own, come to the county's door. Members: P11 主任, P13 副主任, P15 妇女委员, P17 and P18 委员
(the clerk's first of each post win).
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election
from activities.registry.people import Person as Staff
from activities.reports.archive import Status, unit_archives
from activities.reports.closing import closing_statistics
from console.live.forms import form_of, skeleton
from console.packs import source_text
from gateway.carrier import Carrier, NoAnswer, TemporalCarrier
from gateway.command import Answer, Outcome, Verb
from gateway.door import Door, Unfit
from gateway.ground import ground_of, supplier
from policies.authority import Signature
from policies.pack.schema import Role
from policies.people import Kin, Kinship, Post, Sex
from policies.rules.village.meetings import Meeting, MeetingVote
from tests.gateway.over_engine import UNIT as COMMUNITY
from tests.gateway.over_engine import County, Losing, at_county
from tests.workflows.villageclerk import VillageClerk, village, village_setting, villager
from workflows.facts import Commit, Task
from workflows.messages import (
    ActingNamed,
    BodyOutcome,
    ByElectionCall,
    Departure,
    DistrictBrief,
    Form,
    Hold,
    Petitioned,
    PollDayFixed,
    Postponement,
    ProxiesListed,
    RecallCall,
    RecallCounted,
    RecallOutcome,
    Release,
    StreetBrief,
    Withdrawal,
)

UNIT = village()
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
COMMITTEE = ["P11", "P13", "P15", "P17", "P18"]
STAFF: dict[str, tuple[tuple[Role, str], ...]] = {
    "village": ((Role.RESIDENTS_COMMITTEE, UNIT.id),),
    "town": ((Role.STREET_OFFICE, UNIT.street),),
    "committee": ((Role.ELECTION_COMMITTEE, UNIT.id),),
    "branch": ((Role.PARTY_BRANCH, UNIT.id),),
    "party": ((Role.STREET_COMMITTEE, UNIT.street),),
    "elsewhere": ((Role.STREET_OFFICE, "D01-S99"),),
}


def registry_of(folder: Path) -> tuple[Registry, dict[str, str]]:
    """A registry with the village's election recorded, and the staff's tokens."""
    setting = village_setting()
    made = create_registry(folder / "registry.sqlite", Kind.LIVE, BEGAN)
    street = StreetBrief(id=UNIT.street, name="甲镇", district=UNIT.district, units=(UNIT,), setting=setting.hash)
    ground = ground_of(setting, source_text("village-2025"))
    district = DistrictBrief(id=UNIT.district, name="千山县", streets=(street,), setting=setting.hash)
    made.elections.record(Election("千山县村换届", ground, district, "A001", BEGAN))
    tokens = {}
    for person, roles in STAFF.items():
        made.people.add(Staff(person, f"干部{person}", "甲镇"))
        for role, scope in roles:
            made.people.grant(person, role, scope, by="管理员", at=BEGAN)
        expires = BEGAN + timedelta(days=900)
        tokens[person] = made.people.issue(person, "测试", at=BEGAN, expires_at=expires).text
    return made, tokens


@dataclass
class TermOffice(VillageClerk):
    """The clerk of an election that is over, who then plays the village within its term; `act` is the story."""

    act: Callable[["TermOffice"], Awaitable[None]] = field(kw_only=True)
    folder: Path = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.registry, self.tokens = registry_of(self.folder)
        registry = self.registry

        class Copying(Ledger):
            def write(self, commit: Commit) -> None:
                super().write(commit)
                Ledger(registry.store).write(commit)

        self.ledger = Copying

    async def begin(self) -> Any:
        """The election to its end, then the story."""
        handle = await super().begin()
        assert (await handle.result()).completed_on is not None
        await self.act(self)
        return handle

    def form(self, task: Task) -> Form:
        """The honest form: the recall carries with 301 of 600; a by-election's poll is held in 60 days."""
        match task.step:
            case "recall.petition":
                return Petitioned(submitted_on=self.today, person=task.people[0], grounds="长期不在岗", voters=200)
            case "recall.vote":
                return counted(self.today)
            case "byelection.poll_day":
                return PollDayFixed(decided_on=self.today, poll_day=self.today + timedelta(days=60))
        form = super().form(task)
        if task.step == "byelection.proxies":
            assert isinstance(form, ProxiesListed)
            received = self.poll_day() - timedelta(days=4)
            three = tuple(one.model_copy(update={"received_on": received}) for one in form.proxies[:3])
            return form.model_copy(update={"proxies": three})
        if task.step == "byelection.poll":  # no roving box in a by-election of this plan
            boxes = {"中心会场": 400, "二组投票站": 220}
            return self.polled(task, boxes).model_copy(update={"proxies": 3, "roving_boxes": 0})
        return form

    def door(self, carrier: Carrier | None = None) -> Door:
        """The county's door over the engine."""
        carrying = carrier or TemporalCarrier(self.engine.client)
        return Door(self.registry, carrying, supplier(self.registry), lambda: self.engine.now)

    async def recall(self, person: str, by: str = "village", key: str = "", carrier: Carrier | None = None) -> Answer:
        """Begin a recall: 1,000 villagers may vote, 900 are registered, 30 are representatives."""

        def call(signature: Signature) -> RecallCall:
            return RecallCall(person=person, entitled=1000, registered=900, representatives=30, by=signature)

        answer = await self.door(carrier).send(self.tokens[by], UNIT.id, Verb.RECALL, call, key=key)
        await self.settle()
        return answer

    async def by_election(self, *vacant: Post, left: tuple[str, ...] = (), by: str = "village") -> Answer:
        """Begin a by-election, some members having resigned."""
        departed = tuple(Departure(person=one, reason="辞职") for one in left)

        def call(signature: Signature) -> ByElectionCall:
            return ByElectionCall(vacant=vacant, departed=departed, by=signature)

        answer = await self.door().send(self.tokens[by], UNIT.id, Verb.BY_ELECTION, call)
        await self.settle()
        return answer

    async def settle(self) -> None:
        """Let everything happen that is due now."""
        await self.engine.run_until(self.engine.now)

    async def ended(self, name: str) -> Any:
        """A workflow of the term, answered by the clerk to its end."""
        shape = RecallOutcome if name.startswith("recall") else BodyOutcome
        return await self.engine.client.get_workflow_handle(f"{UNIT.id}/{name}", result_type=shape).result()

    def inbox(self) -> list[Task]:
        """What waits in the village now."""
        return [one.task for one in self.registry.standings.inbox(date.max, unit=UNIT.id)]

    def in_office(self) -> list[str]:
        """Who sits on the committee, as the registry has it."""
        return sorted(one.person.id for one in self.registry.terms.of(UNIT.id).committee)

    def stand(self, *numbers: int) -> None:
        """The nominees of the by-election: members' seats, all men."""
        self.nominees = tuple((villager(one, sex=Sex.MALE), Post.COMMITTEE_MEMBER) for one in numbers)
        self.people |= {one.id: one for one, _ in self.nominees}
        self.posts |= {one.id: post for one, post in self.nominees}


def counted(day: date) -> RecallCounted:
    """A recall's count: 600 of 900 vote, 301 in favour, which is more than half of 600."""
    figures = {
        "roll": 900,
        "present": 600,
        "collected": 600,
        "in_favour": 301,
        "against": 290,
        "blank": 5,
        "invalid": 4,
    }
    return RecallCounted(held_on=day, declared=True, **figures)


def within_the_term(folder: Path, act: Callable[[TermOffice], Awaitable[None]], **options: Any) -> TermOffice:
    """Elect the village, then act; returns the office, its registry verified and closed."""
    office = TermOffice(UNIT, act=act, folder=folder, **options)
    try:
        office.run()
        assert office.registry.journals.verify(UNIT.district).problems == ()
    finally:
        office.registry.close()
    return office


def refused(answer: Answer) -> list[str]:
    """The rules that refused; every message is Chinese."""
    assert answer.outcome is Outcome.REFUSED, answer
    assert all(any("一" <= sign <= "鿿" for sign in one.message) for one in answer.findings)
    return [one.rule for one in answer.findings]


def test_who_acts_is_chosen_at_the_door(tmp_path: Path) -> None:
    """V20, V26: chair and deputy have resigned, nobody wins the chair; the meeting's choice among the members is handed in.

    The registry knows who sits there and with how many votes; 20 of 30 are two thirds of the representatives.
    """

    async def act(office: TermOffice) -> None:
        office.stand(71, 72)
        office.nominees = tuple((one, Post.CHAIR) for one, _ in office.nominees)
        office.posts |= {"P71": Post.CHAIR, "P72": Post.CHAIR}
        for gate in ("byelection.poll", "byelection.runoff", "byelection.runoff#2"):
            office.votes[gate] = {"P71": 100, "P72": 90}
        boxes = {"中心会场": 400, "二组投票站": 220}
        office.answers["byelection.runoff"] = lambda task, form: office.polled(task, boxes).model_copy(
            update={"proxies": 3, "roving_boxes": 0}
        )
        office.answers["byelection.acting"] = lambda task, form: None
        assert (await office.by_election(Post.CHAIR, left=("P11", "P13"))).accepted
        await office.engine.run_until(office.engine.now + timedelta(days=120))
        (task,) = office.inbox()
        assert (task.gate, task.role, task.people) == (
            "byelection.acting",
            Role.ELECTION_COMMITTEE,
            ("P15", "P17", "P18"),
        )
        assert form_of(office.registry, task) is ActingNamed
        page = skeleton(office.registry, task)
        assert "# 从中推选一人：P15、P17、P18" in page
        assert "vote: null  # 由会议推选的" in page

        held = office.today
        vote = MeetingVote(meeting=Meeting.REPRESENTATIVES, due=30, present=19, in_favour=10)
        workflow, token = f"{UNIT.id}/byelection-1", office.tokens["committee"]
        few = await office.door().decide(token, workflow, task.gate, ActingNamed(held_on=held, person="P11", vote=vote))
        assert refused(few) == ["V20", "V26"]
        enough = ActingNamed(held_on=held, person="P17", vote=vote.model_copy(update={"present": 20, "in_favour": 11}))
        assert refused(await office.door().decide(office.tokens["town"], workflow, task.gate, enough)) == ["O3"]
        assert (await office.door().decide(token, workflow, task.gate, enough)).accepted
        await office.ended("byelection-1")
        assert [one.person for one in office.of_kind("acting_chair")] == ["P17"]
        assert any("村民17" in paper.text for paper in office.registry.standings.papers(UNIT.id))

    within_the_term(tmp_path, act)


def test_a_recall_and_the_by_election_after_it(tmp_path: Path) -> None:
    """Begun by token, first gate decided at the door; the member goes with the vote, not before; the new one comes with the poll."""

    async def act(office: TermOffice) -> None:
        assert office.in_office() == COMMITTEE
        office.answers["recall.petition"] = lambda task, form: None  # handed in at the door, not by the clerk
        answer = await office.recall("P17")
        workflow = f"{UNIT.id}/recall-1"
        assert answer.accepted
        assert answer.receipt is not None
        assert answer.receipt.gate == workflow
        (task,) = office.inbox()
        assert (task.workflow, task.gate, task.role, task.people) == (
            workflow,
            "recall.petition",
            Role.RESIDENTS_COMMITTEE,
            ("P17",),
        )
        assert form_of(office.registry, task) is Petitioned
        assert 'person: "P17"' in skeleton(office.registry, task)
        town, today = office.tokens["town"], office.today
        demand = Petitioned(submitted_on=today, person="P17", grounds="长期不在岗", voters=199)
        too_few = await office.door().decide(office.tokens["village"], workflow, task.gate, demand)
        assert refused(too_few) == ["V25"]  # a fifth of 1,000 is 200
        enough = demand.model_copy(update={"voters": 200})
        assert refused(await office.door().decide(town, workflow, task.gate, enough)) == ["O3"]
        assert (await office.door().decide(office.tokens["village"], workflow, task.gate, enough)).accepted
        await office.settle()
        assert office.in_office() == COMMITTEE
        outcome = await office.ended("recall-1")
        assert (outcome.person, outcome.recalled) == ("P17", True)
        assert office.in_office() == ["P11", "P13", "P15", "P18"]

        office.stand(71, 72)
        answer = await office.by_election(Post.COMMITTEE_MEMBER, by="town")
        assert answer.accepted
        assert answer.receipt is not None
        assert answer.receipt.gate == f"{UNIT.id}/byelection-1"
        (task,) = office.inbox()
        assert (task.workflow, task.gate) == (f"{UNIT.id}/byelection-1", "byelection.poll_day")
        outcome = await office.ended("byelection-1")
        assert [one.person.id for one in outcome.elected] == ["P71"]
        assert office.in_office() == ["P11", "P13", "P15", "P18", "P71"]

    office = within_the_term(tmp_path, act)
    assert office.refusals == []
    begun = office.of_kind("begun_on_demand")
    assert [(one.by, one.person, one.posts) for one in begun] == [
        ("干部village（village）", "P17", ()),
        ("干部town（town）", "", ("committee_member",)),
    ]


def test_what_may_not_begin(tmp_path: Path) -> None:
    """Everything wrong at once, by rule; nothing begins, and each refusal is in the journal."""

    async def act(office: TermOffice) -> None:
        assert refused(await office.recall("P12")) == ["V25"]  # stood, was not elected
        assert refused(await office.recall("P12", by="branch")) == ["O3", "V25"]
        assert refused(await office.recall("P17", by="elsewhere")) == ["O6"]
        assert refused(await office.by_election(Post.COMMITTEE_MEMBER)) == ["V25"]  # five of five sit
        both = await office.by_election(Post.COMMITTEE_MEMBER, Post.CHAIR, left=("P12", "P17"), by="branch")
        assert refused(both) == ["O3", "V25", "V25"]  # P12 never sat; P11 is still the chair
        two = await office.by_election(Post.COMMITTEE_MEMBER, Post.COMMITTEE_MEMBER, left=("P17",))
        assert refused(two) == ["V25"]
        assert [(one.value, one.limit) for one in two.findings] == [(2, 1)]
        with pytest.raises(Unfit, match="请填写单位的编号"):
            await office.door().send(
                office.tokens["town"],
                UNIT.street,
                Verb.BY_ELECTION,
                lambda by: ByElectionCall(vacant=(Post.CHAIR,), by=by),
            )
        with pytest.raises(Unfit, match="登记库中没有「D01-S01-U999」"):
            await office.door().send(
                office.tokens["town"],
                "D01-S01-U999",
                Verb.BY_ELECTION,
                lambda by: ByElectionCall(vacant=(Post.CHAIR,), by=by),
            )
        assert office.inbox() == []
        lines = [one.entry for one in office.registry.journals.lines(UNIT.district) if '"kind":"refused"' in one.entry]
        assert len(lines) == 6

    assert within_the_term(tmp_path, act).of_kind("begun_on_demand") == []


def test_the_same_is_not_begun_twice(tmp_path: Path) -> None:
    """Refused by the name of what runs; the same key gets its answer, though it was lost; another member's recall may run beside."""

    async def act(office: TermOffice) -> None:
        for gate in ("recall.petition", "byelection.poll_day"):
            office.answers[gate] = lambda task, form: None
        lost = Losing(TemporalCarrier(office.engine.client), "after")
        with pytest.raises(NoAnswer):
            await office.recall("P17", key="k1", carrier=lost)
        await office.settle()
        again = await office.recall("P17", key="k1")
        assert again.accepted
        assert again.receipt is not None
        assert again.receipt.gate == f"{UNIT.id}/recall-1"
        twice = await office.recall("P17", by="town")
        assert refused(twice) == ["O2"]
        assert f"{UNIT.id}/recall-1" in twice.findings[0].message
        beside = await office.recall("P18")
        assert beside.receipt is not None
        assert beside.receipt.gate == f"{UNIT.id}/recall-2"
        assert (await office.by_election(Post.COMMITTEE_MEMBER, left=("P17",))).accepted
        assert office.in_office() == ["P11", "P13", "P15", "P18"]
        second = await office.by_election(Post.COMMITTEE_MEMBER)
        assert refused(second) == ["O2"]
        assert f"{UNIT.id}/byelection-1" in second.findings[0].message
        assert {one.workflow for one in office.inbox()} == {
            f"{UNIT.id}/{one}" for one in ("recall-1", "recall-2", "byelection-1")
        }

    within_the_term(tmp_path, act)


def test_by_elections_follow_one_another(tmp_path: Path) -> None:
    """Each fills its seat in the registry beside the one before, and leaves the closed election's statistics alone; the
    archive holds the papers of each. What kinship the election was told is not asked for anew.
    """

    async def act(office: TermOffice) -> None:
        registry, later = office.registry, datetime(2028, 1, 1, tzinfo=UTC)
        before = closing_statistics(registry, UNIT.district, later)
        (archive,) = unit_archives(registry, UNIT.district, later.date())
        for number, (gone, stand) in enumerate((("P17", (71, 73)), ("P18", (74, 75))), start=1):
            office.stand(*stand)
            assert (await office.by_election(Post.COMMITTEE_MEMBER, left=(gone,))).accepted
            outcome = await office.ended(f"byelection-{number}")
            assert [one.person.id for one in outcome.elected] == [f"P{stand[0]}"]
        assert office.in_office() == ["P11", "P13", "P15", "P71", "P74"]
        assert closing_statistics(registry, UNIT.district, later) == before
        (after,) = unit_archives(registry, UNIT.district, later.date())
        added = after.items[len(archive.items) :]
        assert after.items[: len(archive.items)] == archive.items
        assert Counter(item.title for item in added)["补选结果公告"] == 2  # each by-election's own
        assert [item.title for item in added if item.status is Status.MISSING] == []
        assert registry.terms.of(UNIT.id).kin == (Kinship(a="P90", b="P11", relation=Kin.SIBLING),)

    office = within_the_term(tmp_path, act, kin=(Kinship(a="P90", b="P11", relation=Kin.SIBLING),))
    assert [one.open_seats for one in office.of_kind("body_completed", "byelection")] == [0, 0]


def test_a_recall_is_steered_by_its_own_id(tmp_path: Path) -> None:
    """The unit's election is over and answers nothing; the recall is held, moved and released by who supervises it."""

    async def act(office: TermOffice) -> None:
        office.answers["recall.petition"] = lambda task, form: None
        assert (await office.recall("P17")).accepted
        (task,), door, workflow = office.inbox(), office.door(), f"{UNIT.id}/recall-1"

        def hold(by: Signature) -> Hold:
            return Hold(rule="X4", reason="核查", by=by)

        closed = await door.send(office.tokens["party"], UNIT.id, Verb.HOLD, hold)
        assert closed.outcome is Outcome.CLOSED
        assert refused(await door.send(office.tokens["village"], workflow, Verb.HOLD, hold)) == ["O3"]
        assert (await door.send(office.tokens["party"], workflow, Verb.HOLD, hold)).accepted
        assert refused(await door.send(office.tokens["party"], workflow, Verb.HOLD, hold)) == ["O2"]
        demand = Petitioned(submitted_on=office.today, person="P17", grounds="长期不在岗", voters=200)
        stopped = await door.decide(office.tokens["village"], workflow, task.gate, demand)
        assert [(one.rule, one.message) for one in stopped.findings] == [("X4", "甲村罢免已暂停：核查")]

        def later(by: Signature) -> Postponement:
            return Postponement(days=7, reason="核查", by=by)

        assert (await door.send(office.tokens["party"], workflow, Verb.POSTPONE, later)).accepted
        await office.settle()
        (moved,) = office.inbox()
        assert task.last_day is not None
        assert moved.last_day == task.last_day + timedelta(days=7)

        def release(by: Signature) -> Release:
            return Release(reason="查清", by=by)

        assert (await door.send(office.tokens["party"], workflow, Verb.RELEASE, release)).accepted
        assert (await door.decide(office.tokens["village"], workflow, task.gate, demand)).accepted
        with pytest.raises(Unfit, match="是罢免的流程，不能在此登记退出：请填写组织的流程、补选的流程的编号"):
            await door.send(
                office.tokens["party"], workflow, Verb.WITHDRAW, lambda by: Withdrawal(person="P17", reason="无", by=by)
            )

    within_the_term(tmp_path, act)


def test_since_when_a_seat_is_vacant(tmp_path: Path) -> None:
    """As stated, else since the recall that carried, else since today; not since a day to come."""

    async def act(office: TermOffice) -> None:
        assert (await office.recall("P17")).accepted
        await office.ended("recall-1")
        recalled_on = office.today
        assert office.registry.terms.of(UNIT.id).vacated == (recalled_on,)
        tomorrow = office.today + timedelta(days=1)
        late = await office.door().send(
            office.tokens["town"],
            UNIT.id,
            Verb.BY_ELECTION,
            lambda by: ByElectionCall(vacant=(Post.COMMITTEE_MEMBER,), vacant_since=tomorrow, by=by),
        )
        assert refused(late) == ["V25"]
        office.stand(71, 72)
        assert (await office.by_election(Post.COMMITTEE_MEMBER)).accepted
        await office.ended("byelection-1")
        assert office.registry.terms.of(UNIT.id).vacated == ()

    within_the_term(tmp_path, act)


def test_not_while_the_election_runs(tmp_path: Path) -> None:
    """A community at its first gate, whose plan has no recall besides: both are said, with the role, at once."""

    async def act(county: County) -> None:
        changed = await county.changed()
        answer = await county.door().send(
            county.tokens["branch"],
            COMMUNITY,
            Verb.RECALL,
            lambda by: RecallCall(person="P1", entitled=9, registered=9, representatives=1, by=by),
        )
        assert refused(answer) == ["O3", "O2", "O2"]
        said = "".join(one.message for one in answer.findings)
        assert "换届还在进行" in said
        assert "没有写罢免的步骤" in said
        assert set(await changed()) == {"chains", "journal", "refusals"}

    at_county(tmp_path, act)
