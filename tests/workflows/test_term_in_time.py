"""The last days of the term's gates: from the plan's durations, and from the clauses that name any (上海市办法第二十七条、第二十九条).

Shanghai: a recall is voted on within thirty days after the demand; with fewer than three members left the by-election comes
within three months. What is late is flagged with an owner and stays decidable.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack, Role
from policies.people import Post, Sex
from tests.workflows.clerk import Clerk, at, signed
from tests.workflows.test_village_term import MEMBER, TermClerk
from tests.workflows.villageclerk import NOMINEES, VillageClerk, village, village_setting, villager
from workflows.byelection import ByElection
from workflows.facts import Task
from workflows.messages import (
    BodyBrief,
    Form,
    Hold,
    PollDayFixed,
    Postponement,
    ProxiesListed,
    RecallBrief,
    Release,
    UnitBrief,
    Winner,
)
from workflows.recall import RecallElection
from workflows.setting import Setting, install

BEGINS = date(2026, 1, 5)  # the plan's first day, on which the clerk's clock starts


@cache
def shanghai() -> Setting:
    """Shanghai's village plan."""
    pack = open_pack("village-shanghai")
    assert isinstance(pack, Pack), pack
    return install(pack, national_calendar([2026]))


def recall(unit: UnitBrief, days: int) -> TermClerk:
    """A recall whose vote is counted so many days after its gate opened; the demand and the hearing take ten hours each."""
    brief = RecallBrief(unit=unit, member=MEMBER, entitled=1000, registered=900, representatives=30)
    clerk = TermClerk(unit, term=(RecallElection.run, brief, "recall-1"))
    clerk.delay = lambda task: timedelta(days=days) if task.step == "recall.vote" else timedelta(hours=10)
    return clerk


def opened(clerk: Clerk, gate: str) -> tuple[date, date | None]:
    """The day a gate was opened, and its last day as it was then."""
    (fact,) = (entry for entry in clerk.facts if entry.fact.kind == "gate_opened" and entry.fact.gate == gate)
    return fact.at.date(), fact.fact.last_day


def test_each_gate_of_a_recall_has_the_days_of_the_plan() -> None:
    """Thirty days each from when it opens, where no clause says anything else."""
    clerk = recall(village(), 0)
    clerk.run()
    for gate in ("recall.petition", "recall.defence", "recall.vote"):
        day, last = opened(clerk, gate)
        assert last == day + timedelta(days=30)
    assert clerk.of_kind("overdue") == []


@pytest.mark.parametrize(("days", "late"), [(30, False), (31, True)])
def test_the_vote_comes_within_thirty_days_of_the_demand(days: int, late: bool) -> None:
    """Demanded at ten on the first day, the gate of the vote opens the same day: the thirtieth day after is in time."""
    unit = village(setting=shanghai().hash)
    clerk = recall(unit, days)
    outcome = clerk.run()
    demanded = clerk.day("decided", "recall.petition")
    assert opened(clerk, "recall.vote") == (demanded, demanded + timedelta(days=30))
    assert outcome.held_on == demanded + timedelta(days=days)
    assert (outcome.recalled, clerk.refusals) == (True, [])  # flagged, never refused
    flags = [(one.gate, one.rule, one.owner, one.escalated_to) for one in clerk.of_kind("overdue")]
    assert flags == ([("recall.vote", "V25", Role.RESIDENTS_COMMITTEE, Role.STREET_OFFICE)] if late else [])
    assert [one.gate for one in clerk.of_kind("reminded")] == ["recall.vote"]


# ---------------------------------------------------------------- by-election


@dataclass
class ByElectionClerk(VillageClerk):
    """A village with some members left; its by-election is held so many days after it is decided on."""

    poll_in: int = 60

    def form(self, task: Task) -> Form:
        """The honest form."""
        if task.step == "byelection.poll_day":
            return PollDayFixed(decided_on=self.today, poll_day=self.today + timedelta(days=self.poll_in))
        form = super().form(task)
        if isinstance(form, ProxiesListed):
            received = self.poll_day() - timedelta(days=6)
            three = tuple(one.model_copy(update={"received_on": received}) for one in form.proxies[:3])
            return form.model_copy(update={"proxies": three})
        if task.step == "byelection.poll":
            polled = self.polled(task, {"中心会场": 400, "二组投票站": 220})
            return polled.model_copy(update={"proxies": 3, "roving_boxes": 0})
        return form


def by_election(left: int, poll_in: int, setting: Setting | None = None) -> ByElectionClerk:
    """So many of five members are left since the plan's first day; one member's seat is filled."""
    unit = village(setting=(setting or shanghai()).hash)
    seated = tuple(Winner(person=one, post=post, votes=400) for one, post in (NOMINEES[0], *NOMINEES[2:7:2])[:left])
    brief = BodyBrief(
        unit=unit, seated=seated, vacant=(Post.COMMITTEE_MEMBER,), representatives=30, vacant_since=BEGINS
    )
    stand = tuple((villager(number, sex=Sex.MALE), Post.COMMITTEE_MEMBER) for number in (71, 72))
    return ByElectionClerk(unit, nominees=stand, term=(ByElection.run, brief, "byelection-1"), poll_in=poll_in)


@pytest.mark.parametrize(("poll_in", "late"), [(60, False), (100, True)])
def test_a_committee_that_has_become_too_small_is_filled_within_three_months(poll_in: int, late: bool) -> None:
    """Vacant since 5 January: by 5 April. A later poll day is let pass, the gate has the law's last day, and is flagged."""
    clerk = by_election(2, poll_in)
    assert clerk.setting.first_day() == BEGINS
    clerk.run()
    assert clerk.refusals == []
    poll_day = clerk.poll_day()
    due = date(2026, 4, 5)
    assert opened(clerk, "byelection.poll")[1] == min(poll_day, due)
    flags = [(one.gate, one.rule, one.last_day) for one in clerk.of_kind("overdue") if one.gate == "byelection.poll"]
    assert flags == ([("byelection.poll", "V25", due)] if late else [])


@pytest.mark.parametrize(("left", "setting"), [(3, shanghai), (2, village_setting)])
def test_no_clause_hurries_a_committee_of_three_nor_one_elsewhere(left: int, setting: Any) -> None:
    """满三人 is enough in Shanghai; the national law names no day at all."""
    clerk = by_election(left, 100, setting())
    clerk.run()
    assert opened(clerk, "byelection.poll")[1] == clerk.poll_day()
    assert clerk.of_kind("overdue") == []


def test_a_postponement_goes_no_further_than_the_law() -> None:
    """Poll day 31 March (in 85 days), put off by ten days while its gate stands open: the last day becomes 5 April."""
    clerk = by_election(2, 85)
    clerk.delay = lambda task: timedelta(days=10 if task.step == "byelection.poll" else 0, hours=10)
    late = Postponement(days=10, reason="汛情", by=signed(Role.STREET_COMMITTEE))
    clerk.events.append(
        (at("2026-03-31"), lambda one: one.tell(f"{one.unit.id}/byelection-1", "order_postponement", late))
    )
    clerk.run()
    assert clerk.refusals == []
    assert opened(clerk, "byelection.poll")[1] == date(2026, 3, 31)
    (flag,) = (one for one in clerk.of_kind("overdue") if one.gate == "byelection.poll")
    assert (flag.last_day, flag.rule) == (date(2026, 4, 5), "V25")
    assert clerk.day("decided", "byelection.poll") == date(2026, 4, 10)


# ---------------------------------------------------------------- held, released, postponed


def test_a_recall_is_held_released_and_postponed_by_itself() -> None:
    """While it is held nothing is decided, in the words of the recall; the plan's days move, and somebody else's word is refused."""
    clerk = recall(village(), 0)
    workflow = f"{clerk.unit.id}/recall-1"
    above = signed(Role.STREET_COMMITTEE)
    clerk.answers["recall.defence"] = lambda task, form: None
    first = clerk.setting.first_day()

    def day(number: int) -> Any:
        return at((first + timedelta(days=number)).isoformat())

    def defended(one: Clerk) -> None:
        one.answers.pop("recall.defence", None)
        (task,) = (each for each in one.store.inbox() if each.gate == "recall.defence")
        one.answer(task)

    clerk.events += [
        (
            day(1),
            lambda one: one.tell(workflow, "order_hold", Hold(rule="X4", reason="核查", by=signed(Role.PARTY_BRANCH))),
        ),
        (day(2), lambda one: one.tell(workflow, "order_hold", Hold(rule="X4", reason="核查", by=above))),
        (day(3), lambda one: one.tell(workflow, "order_postponement", Postponement(days=5, reason="核查", by=above))),
        (day(4), defended),
        (day(5), lambda one: one.tell(workflow, "order_release", Release(reason="查清", by=above))),
        (day(6), defended),
    ]
    assert clerk.run().recalled
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("order_hold", ("O3",)), ("recall.defence", ("X4",))]
    kinds = [fact.kind for kind in ("held", "postponed", "released") for fact in clerk.of_kind(kind, "recall")]
    assert kinds == ["held", "postponed", "released"]
