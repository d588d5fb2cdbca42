"""A village's vote declared void and held anew (K3, V15), and single wins declared void (V22).

Clauses: 2025, 21 “以暴力、威胁、欺骗、贿赂、伪造选票、虚报选举票数等不正当手段当选村民委员会成员的，当选无效”; Zhejiang 41
“在另行选举中再次当选的，其当选无效”. Every journal goes before the independent checker too.
"""

from datetime import timedelta
from typing import Any

import pytest

from policies.grievance import Effect
from policies.pack.schema import Role
from policies.people import Kin, Kinship, Sex
from policies.rules.village.wrongful import Authority, Means, Wrong
from tests.workflows.checked import checked
from tests.workflows.clerk import UNIT, signed
from tests.workflows.test_complaints import Patient
from tests.workflows.test_village import seats, votes
from tests.workflows.villageclerk import VillageClerk, village, villager
from workflows.facts import Task
from workflows.messages import Complaint, Form

BODY = f"{UNIT}/residents"
SHORT = {"residents.poll": votes(P11=300, P12=290)}
"""Nobody has half of 632 for the chair: a further vote follows."""


class Villager(Patient, VillageClerk):
    """A village's clerk who comes back where everything is stopped."""


def complained(after: str, waits: str, **answer: Any) -> Villager:
    """A village in which the poll is complained of once `after` is decided; `waits` is decided only after the answer."""
    clerk = Villager(village())
    clerk.delay = lambda task: timedelta(
        hours=22 if task.gate == waits and not clerk.of_kind("complaint_decided") else 7
    )

    def tell(c: VillageClerk) -> None:
        complaint = Complaint(id="J1", about="residents.poll", text="反映情况", by=signed(Role.STREET_DISCIPLINE))
        c.tell(BODY, "complain", complaint)

    def decided(task: Task, form: Form) -> Form:
        if task.gate == after:
            clerk.engine.at(clerk.engine.now + timedelta(hours=1), tell, clerk)
        return form

    clerk.answers[after] = decided
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True, **answer})
    return clerk


def bribed(person: str = "P11", **changes: Any) -> tuple[Wrong, ...]:
    """The township has found that somebody bought votes."""
    found: dict[str, Any] = {"means": Means.BRIBERY, "found_by": Authority.TOWNSHIP, "paper": "镇调〔2026〕1号"}
    return (Wrong(person=person, **found | changes),)


def elected_by(clerk: VillageClerk) -> dict[str, list[str]]:
    """Whom each poll elected, by gate."""
    return {one.gate: [seat.person for seat in one.elected] for one in clerk.of_kind("poll_settled", "residents")}


# ---------------------------------------------------------------- the whole vote


def test_a_void_vote_of_a_village_is_held_anew() -> None:
    """The announcement that waited is ended; others win the second time, among everybody who stood."""
    clerk = complained("residents.poll", "residents.announcement", effect=Effect.VOID)
    clerk.votes["residents.poll#2"] = votes(P11=100, P12=400)
    assert clerk.run().completed_on is not None
    (annulled,) = clerk.of_kind("poll_annulled")
    assert annulled.closed == ("residents.announcement",)
    assert elected_by(clerk)["residents.poll"][0] == "P11"
    assert seats(clerk)["P12"] == "chair"
    assert "P11" not in seats(clerk)
    assert checked(clerk).violations == ()


def test_a_vote_is_void_while_its_further_vote_is_waited_for() -> None:
    """The further vote is ended with it; the new vote fills every seat."""
    clerk = complained("residents.poll", "residents.runoff", effect=Effect.VOID)
    clerk.votes |= SHORT
    assert clerk.run().completed_on is not None
    (annulled,) = clerk.of_kind("poll_annulled")
    assert annulled.closed == ("residents.runoff",)
    assert list(elected_by(clerk)) == ["residents.poll", "residents.poll#2"]
    assert len(seats(clerk)) == 5
    assert checked(clerk).violations == ()


def test_who_gave_way_to_a_relative_stands_again_in_the_new_vote() -> None:
    """V21 took P17's seat for P11's sake; the void vote settles nothing of it, and P11 loses the second one."""
    clerk = complained("residents.poll", "residents.announcement", effect=Effect.VOID)
    clerk.kin = (Kinship(a="P11", b="P17", relation=Kin.SIBLING),)
    clerk.votes["residents.poll"] = votes(P17=400, P18=390, P19=350)
    clerk.votes["residents.poll#2"] = votes(P11=100, P12=400, P17=400, P18=390, P19=100)
    assert clerk.run().completed_on is not None
    assert [one.person for one in clerk.of_kind("kin_displaced")] == ["P17"]
    assert {"P12", "P17", "P18"} <= seats(clerk).keys()
    assert checked(clerk).violations == ()


def test_an_announced_vote_stands() -> None:
    """K3: once the result is announced nothing is void but single wins."""
    clerk = complained("residents.announcement", "residents.handover", effect=Effect.VOID)
    clerk.answers["complaint:J1#2"] = lambda task, form: form
    clerk.run()
    assert [one.rules for one in clerk.refusals if one.gate == "complaint:J1"] == [("K3",)]
    assert clerk.of_kind("poll_annulled") == []


# ---------------------------------------------------------------- one win


def test_a_void_win_before_the_announcement_goes_to_a_further_vote() -> None:
    """The chair's seat is open again; the loser of the first vote wins it with most votes; both are announced."""
    clerk = complained("residents.poll", "residents.announcement", wrongs=bribed())
    assert clerk.run().completed_on is not None
    (void,) = clerk.of_kind("win_voided")
    assert (void.complaint, void.person, void.means, void.paper) == ("J1", "P11", Means.BRIBERY, "镇调〔2026〕1号")
    assert list(elected_by(clerk)) == ["residents.poll", "residents.runoff"]
    assert seats(clerk)["P12"] == "chair"
    assert "P11" not in seats(clerk)
    announced = [one.form.names for one in clerk.of_kind("decided", "residents") if "announcement" in one.gate]
    assert [len(names) for names in announced] == [4, 5]
    assert checked(clerk).violations == ()


def test_a_void_win_after_the_announcement_leaves_the_seat_for_a_by_election() -> None:
    """Four members take office; the deputy acts (V20); the journal says that one seat is open."""
    clerk = complained("residents.announcement", "residents.handover", wrongs=bribed())
    assert clerk.run().completed_on is not None
    (completed,) = clerk.of_kind("body_completed", "residents")
    assert completed.open_seats == 1
    assert "P11" not in seats(clerk)
    assert [one.person for one in clerk.of_kind("acting_chair")] == ["P13"]
    assert list(elected_by(clerk)) == ["residents.poll"]
    assert checked(clerk).violations == ()


@pytest.mark.parametrize(
    ("wrongs", "rules"),
    [
        (bribed("P12"), ("V22",)),  # was not elected
        (bribed(paper=" "), ("V22",)),
        (bribed(found_by=Authority.ELECTION_COMMITTEE), ("V22",)),
    ],
)
def test_a_conclusion_that_voids_nothing_is_refused(wrongs: tuple[Wrong, ...], rules: tuple[str, ...]) -> None:
    """All the same somebody answers the complaint: the honest answer finds nothing, and everybody keeps the seat."""
    clerk = complained("residents.poll", "residents.announcement", wrongs=wrongs)
    assert clerk.run().completed_on is not None
    assert [one.rules for one in clerk.refusals] == [rules]
    assert clerk.of_kind("win_voided") == []
    assert len(seats(clerk)) == 5


def test_no_win_is_void_while_a_vote_is_being_held() -> None:
    """K3: the deputy elected in the first vote, while the chair's further vote is still open."""
    clerk = complained("residents.poll", "residents.runoff", wrongs=bribed("P13"))
    clerk.votes |= SHORT
    clerk.run()
    assert [one.rules for one in clerk.refusals] == [("K3",)]


def test_other_bodies_know_no_void_win() -> None:
    """A complaint about the Party's assembly voids nobody's win in the village committee (K3)."""
    clerk = complained("residents.poll", "residents.announcement")
    clerk.answers.pop("residents.poll")

    def assembly(task: Task, form: Form) -> Form:
        complaint = Complaint(id="J1", about="party.assembly", text="反映", by=signed(Role.STREET_DISCIPLINE))
        clerk.engine.at(
            clerk.engine.now + timedelta(hours=1), lambda c: c.tell(f"{UNIT}/party", "complain", complaint), clerk
        )
        return form

    clerk.answers["party.assembly"] = assembly
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True, "wrongs": bribed()})
    clerk.run()
    assert [one.rules for one in clerk.refusals] == [("K3",)]


# ---------------------------------------------------------------- who is written in, whose row it is


def test_a_winner_written_in_is_told_with_the_form() -> None:
    """O4: without the person's particulars nobody can be seated; the form is refused, not the winner."""
    other = villager(77, sex=Sex.FEMALE)
    first = votes(P17=330, P18=100, P19=80) | {other.id: 320}
    clerk = VillageClerk(village(), votes={"residents.poll": first}, written_in=(other,))
    clerk.answers["residents.poll"] = lambda task, form: form.model_copy(update={"written_in": ()})
    assert clerk.run().completed_on is not None
    assert [one.rules for one in clerk.refusals] == [("O4",)]
    assert seats(clerk)[other.id] == "committee_member"


def test_votes_go_to_nobody_else() -> None:
    """O4: two ids exchanged would give P11's votes to P12: each row's name is held against its id."""
    clerk = VillageClerk(village())

    def exchanged(task: Task, form: Any) -> Form:
        first, second, *others = form.names
        given: Form = form.model_copy(update={"names": (second, first, *others)})
        return given

    clerk.answers["residents.poll"] = exchanged
    assert clerk.run().completed_on is not None
    assert [one.rules for one in clerk.refusals] == [("O4", "O4")]
