"""A second void win: the next by votes found out as well, and the one found out elected once more (V22).

浙江 41: “在另行选举中再次当选的，其当选无效”; no other province says so. 上海 21, 浙江 30 say who acts then. Every journal goes
before the independent checker too.
"""

import pytest

from tests.workflows.checked import checked
from tests.workflows.provinces import STATIONS, Found, clerk_of
from tests.workflows.test_village import seats
from tests.workflows.test_village_void import elected_by
from tests.workflows.villageclerk import NOMINEES
from workflows.facts import Task
from workflows.messages import Form

ZHEJIANG, SHANGHAI = "village-zhejiang", "village-shanghai"
CHAIR = NOMINEES[0][0]


def voided(clerk: Found) -> list[tuple[str, str]]:
    """By which complaint whose win was void, in order; the election is complete, and the checker agrees with all of it."""
    assert clerk.run().completed_on is not None
    assert [str(one) for one in checked(clerk).violations] == []
    return [(one.complaint, one.person) for one in clerk.of_kind("win_voided")]


def test_the_next_by_votes_is_found_out_as_well() -> None:
    """P11's chair goes to P12 in the further vote; P12 is found out before the second announcement: nobody is left to stand.

    The seat stays open with four members in office, three being enough (浙江 30), and the deputy acts.
    """
    clerk = clerk_of(ZHEJIANG)
    clerk.finds("J1", "residents.poll", "residents.announcement", "P11")
    clerk.finds("J2", "residents.runoff", "residents.announcement#2", "P12", about="residents.runoff")
    assert voided(clerk) == [("J1", "P11"), ("J2", "P12")]
    assert elected_by(clerk)["residents.runoff"] == ["P12"]
    assert list(elected_by(clerk)) == ["residents.poll", "residents.runoff"]
    assert set(seats(clerk)) == {"P13", "P15", "P17", "P18"}
    assert [one.person for one in clerk.of_kind("acting_chair")] == ["P13"]
    announced = [one.form.names for one in clerk.of_kind("decided", "residents") if "announcement" in one.gate]
    assert [len(names) for names in announced] == [4, 4]
    assert clerk.refusals == []


def test_a_second_seat_is_voted_on_again_while_somebody_is_left() -> None:
    """A member's seat: P17 is found out, P19 wins the further vote and is found out: the seat stays open."""
    clerk = clerk_of(ZHEJIANG)
    clerk.finds("J1", "residents.poll", "residents.announcement", "P17")
    clerk.finds("J2", "residents.runoff", "residents.announcement#2", "P19", about="residents.runoff")
    assert voided(clerk) == [("J1", "P17"), ("J2", "P19")]
    assert set(seats(clerk)) == {"P11", "P13", "P15", "P18"}
    assert clerk.of_kind("acting_chair") == []


@pytest.mark.parametrize(
    ("pack", "void", "chair"), [(ZHEJIANG, [("J1", "P11"), ("J1", "P11")], None), (SHANGHAI, [("J1", "P11")], "P11")]
)
def test_who_was_found_out_and_is_written_in(pack: str, void: list[tuple[str, str]], chair: str | None) -> None:
    """The voters write P11 in and he has most votes: void once more in Zhejiang; elsewhere no article takes it from him."""
    clerk = clerk_of(pack, votes={"residents.runoff": {"P12": 100, "P11": 400}})
    clerk.finds("J1", "residents.poll", "residents.announcement", "P11")

    def written_in(task: Task, form: Form) -> Form:
        clerk.written_in = (CHAIR,)
        counted = clerk.polled(task, STATIONS, mixed=()).model_copy(update={"roving_boxes": 0})
        clerk.written_in = ()
        return counted

    clerk.answers["residents.runoff"] = written_in
    assert voided(clerk) == void
    assert elected_by(clerk)["residents.runoff"] == ["P11"]
    assert next((one for one, post in seats(clerk).items() if post == "chair"), None) == chair
    assert [one.person for one in clerk.of_kind("acting_chair")] == ([] if chair else ["P13"])
