"""A community's wins declared void (R25-22): as a village's, since 2026, and voted on again by the community's own way.

Clauses: 城市居民委员会组织法（2025）22 “当选无效”, “由街道办事处或者不设区的市、市辖区的人民政府负责调查并依法处理”; 19 “当选人数不足应选
名额的，不足的名额另行选举”; 24 on by-elections. The law of 2018 has no such article. Every journal goes before the checker too.

Seven seats, twelve stand, 50 of 56 delegates vote: P11 to P17 win with 47 to 41 votes, the others have 5.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.form import Body as FormBody
from policies.form import Mode
from policies.grievance import Effect
from policies.pack.schema import Pack, Role
from policies.rule import Law
from policies.rules.village.wrongful import Authority, Wrong
from tests.workflows.checked import checked
from tests.workflows.clerk import UNIT, Clerk, brief, signed
from tests.workflows.clerk import setting as street
from tests.workflows.provinces import bribery
from tests.workflows.test_community_term import by_election
from tests.workflows.test_complaints import Patient
from workflows.facts import Task
from workflows.messages import Complaint, Form, ListCorrected, Posted, Registered, SignedOff
from workflows.setting import Setting, install

VOTERS = 2800
WINNERS = tuple(f"P{number}" for number in range(11, 18))


@cache
def community() -> Setting:
    """The bundled community plan of 2025, whose residents' delegates vote."""
    pack = open_pack("community-2025")
    assert isinstance(pack, Pack), pack
    return install(pack, national_calendar([2026]))


@dataclass
class Community(Patient, Clerk):
    """The community's clerk with a roll, where somebody is complained of."""

    delay: Callable[[Task], timedelta] = lambda task: timedelta(hours=7)

    def form(self, task: Task) -> Form:
        """The honest form."""
        honest = super().form(task)
        match task.step.split(".")[-1]:
            case _ if ":" in task.gate or self.setting.pack.law is Law.OF_2018:
                pass
            case "meeting":
                return honest.model_copy(update={"last_elected": date(2021, 4, 20)})
            case "representatives":
                return honest.model_copy(
                    update={"from_households": 56, "organizations_present": 0, "from_organizations": 0}
                )
            case "registration":
                return Registered(closed_on=self.today, residents=VOTERS, away=0, outsiders=0, households=1400)
            case "voters_list":
                return Posted(posted_on=self.today, place="公示栏", voters=VOTERS)
            case "objections":
                return ListCorrected(published_on=self.today, added=0, removed=0, voters=VOTERS)
        return honest

    def finds(self, number: str, after: str, waits: str, *wrongs: Wrong, **answer: Any) -> None:
        """A complaint received once `after` is decided is upheld with these wins; `waits` is decided only then."""
        before, told = self.delay, list[str]()

        def answered() -> bool:
            return any(one.complaint == number for one in self.of_kind("complaint_decided"))

        def decided(task: Task, form: Form) -> Form:
            complaint = Complaint(id=number, about=task.step, text="反映贿选", by=signed(Role.STREET_DISCIPLINE))
            later = self.engine.now + timedelta(hours=1)
            if task.gate == after and not told:  # a task may come into the inbox anew
                told.append(number)
                self.engine.at(later, lambda c: c.tell(f"{UNIT}/residents", "complain", complaint), self)
            return form

        self.delay = lambda task: timedelta(hours=22) if task.gate == waits and not answered() else before(task)
        self.answers[after] = decided
        self.answers[f"complaint:{number}"] = lambda task, form: form.model_copy(
            update={"upheld": True, "wrongs": wrongs, **answer}
        )


def clerk_of(setting: Setting) -> Community:
    """A community of seven seats under a plan."""
    return Community(brief(setting=setting.hash))


def elected(clerk: Clerk) -> list[tuple[str, tuple[str, ...]]]:
    """Whom each poll elected; the election is complete and the checker agrees with all of it."""
    assert clerk.run().completed_on is not None
    assert [str(one) for one in checked(clerk).violations] == []
    return [(one.gate, tuple(s.person for s in one.elected)) for one in clerk.of_kind("poll_settled", "residents")]


def in_office(clerk: Clerk) -> tuple[set[str], int]:
    """The members in the end, and the seats left open."""
    (completed,) = clerk.of_kind("body_completed", "residents")
    return {seat.person for seat in completed.seats}, completed.open_seats


def again(clerk: Community, first: int) -> Callable[[Task, Form], Form]:
    """A further vote on one seat in which the first of the two has so many of fifty votes."""
    return lambda task, form: clerk.counted(task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50, [first, 5])


def test_without_a_complaint_seven_are_elected() -> None:
    clerk = clerk_of(community())
    assert elected(clerk) == [("residents.poll", WINNERS)]
    assert in_office(clerk) == (set(WINNERS), 0)
    assert clerk.refusals == []


def test_a_void_win_before_the_announcement_goes_to_a_further_vote() -> None:
    """The seat is open again, two of the unelected stand for it, and both results are announced."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    assert elected(clerk) == [("residents.poll", WINNERS), ("residents.poll#2", ("P18",))]
    (void,) = clerk.of_kind("win_voided")
    assert (void.complaint, void.person, void.paper) == ("J1", "P11", "县调〔2026〕3号")
    assert in_office(clerk) == ({*WINNERS, "P18"} - {"P11"}, 0)
    announced = [one.form.names for one in clerk.of_kind("decided", "residents") if "announcement" in one.gate]
    assert [len(names) for names in announced] == [6, 7]
    assert clerk.refusals == []


@pytest.mark.parametrize(
    ("forged", "rules"),
    [({"found_by": "election_committee"}, {"R25-22"}), ({"paper": " "}, {"R25-22"}), ({"complaint": "J9"}, {"R25-22"})],
)
def test_the_checker_holds_a_void_win_against_its_finding(forged: dict[str, str], rules: set[str]) -> None:
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.announcement", "residents.handover", bribery("P11"))
    elected(clerk)

    def forge(fact: dict[str, Any]) -> None:
        if fact["kind"] == "win_voided":
            fact |= forged

    assert {one.rule for one in checked(clerk, altered=forge).violations} == rules


@pytest.mark.parametrize(("votes", "open_seats"), [(16, 1), (17, 0)])
def test_the_further_vote_takes_a_third_of_the_ballots(votes: int, open_seats: int) -> None:
    """R25-19: 不得少于已投选票总数的三分之一: of fifty, seventeen. With sixteen, twice, the seat stays open."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    clerk.answers["residents.poll#2"] = clerk.answers["residents.poll#3"] = again(clerk, votes)
    elected(clerk)
    assert in_office(clerk)[1] == open_seats
    assert clerk.refusals == []


def test_a_void_win_after_the_announcement_leaves_the_seat_for_a_by_election() -> None:
    """R25-24: six take office, nobody votes again."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.announcement", "residents.handover", bribery("P11"))
    assert elected(clerk) == [("residents.poll", WINNERS)]
    assert in_office(clerk) == (set(WINNERS) - {"P11"}, 1)


def test_the_next_by_votes_is_found_out_as_well() -> None:
    """P18 has the seat of P11 and loses it before the second announcement: a further vote once more, among who is left."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    clerk.finds("J2", "residents.poll#2", "residents.announcement#2", bribery("P18"))
    assert [gate for gate, _ in elected(clerk)] == ["residents.poll", "residents.poll#2", "residents.poll#3"]
    assert in_office(clerk) == ({*WINNERS, "P19"} - {"P11"}, 0)
    assert clerk.refusals == []


def test_a_vote_declared_void_as_a_whole_takes_the_void_win_with_it() -> None:
    """K3: everybody who stood stands again, whoever was found out too: no article of a community's bars them."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    told = clerk.answers["complaint:J1"]
    clerk.answers["complaint:J1"] = lambda task, form: told(task, form).model_copy(update={"effect": Effect.VOID})  # type: ignore[union-attr]
    assert elected(clerk) == [("residents.poll", WINNERS), ("residents.poll#2", WINNERS)]
    assert in_office(clerk) == (set(WINNERS), 0)


@pytest.mark.parametrize(
    "wrong",
    [bribery("P18"), bribery("P11", paper=" "), bribery("P11", found_by=Authority.ELECTION_COMMITTEE)],
    ids=["not elected", "no paper", "by the election committee"],
)
def test_a_conclusion_that_voids_nothing_is_refused(wrong: Wrong) -> None:
    """R25-22: the street's or the district government's finding, with its number, about somebody elected."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", wrong)
    elected(clerk)
    assert [one.rules for one in clerk.refusals] == [("R25-22",)]
    assert in_office(clerk) == (set(WINNERS), 0)


def test_no_win_is_void_while_the_further_vote_is_held() -> None:
    """K3: P12 is complained of while the seat of P11 is voted on again."""
    clerk = clerk_of(community())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    clerk.finds("J2", "residents.announcement", "residents.poll#2", bribery("P12"))
    elected(clerk)
    assert [one.rules for one in clerk.refusals] == [("K3",)]
    assert [one.person for one in clerk.of_kind("win_voided")] == ["P11"]


def test_the_law_of_2018_knows_no_void_win() -> None:
    """城市居民委员会组织法（2018）has no article on it: refused (K3), and the refusal says which laws have one."""
    clerk = clerk_of(street())
    clerk.finds("J1", "residents.poll", "residents.announcement", bribery("P11"))
    elected(clerk)
    assert [one.rules for one in clerk.refusals] == [("K3",)]
    assert in_office(clerk) == (set(WINNERS), 0)


def test_a_by_election_votes_again_on_a_void_win() -> None:
    """R25-24 refers to 19: P71 won the vacant seat and is found out; P72 takes it with a third of the votes."""
    clerk = by_election()
    clerk.delay = lambda task: timedelta(
        hours=22 if task.gate == "byelection.announcement" and not clerk.of_kind("complaint_decided") else 7
    )
    complaint = Complaint(id="J1", about="byelection.poll", text="反映贿选", by=signed(Role.STREET_DISCIPLINE))

    def polled(task: Task, form: Form) -> Form:
        clerk.engine.at(
            clerk.engine.now + timedelta(hours=1),
            lambda c: c.tell(f"{UNIT}/byelection-1", "complain", complaint),
            clerk,
        )
        return form

    clerk.answers["byelection.poll"] = lambda task, form: polled(task, form) if task.round == 1 else form
    clerk.answers["complaint:J1"] = lambda task, form: SignedOff(
        upheld=True, decided_on=clerk.today, handler="甲", head="乙", reason="属实", wrongs=(bribery("P71"),)
    )
    outcome = clerk.run()
    assert clerk.refusals == []
    assert [one.person.id for one in outcome.elected] == ["P72"]
