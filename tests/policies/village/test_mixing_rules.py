"""V10: no count on fewer ballots than hide their voters. The floor of 30 is written out here, apart from the code's constant."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.ballotsecrecy import FEWEST_COUNTED_APART
from policies.form.values import (
    Ballots,
    Body,
    BoxPapers,
    BoxPapersByKind,
    Candidate,
    KindPapers,
    KindSheets,
    Mode,
    ResultForm,
)
from policies.law.norms import Norms, SurplusVoids
from policies.rule import Law
from policies.rules.village.ballots import Opened, surplus, void_boxes
from policies.rules.village.mixing import mixed_conserved, small_counts
from tests.builders.norms import ZHEJIANG
from tests.builders.steady import STEADY


def counted(present: int | None, collected: int | None, issued: int | None = None) -> ResultForm:
    """A count that says how votes fell."""
    return ResultForm(
        body=Body.VILLAGE,
        mode=Mode.VOTERS,
        law=Law.OF_2025,
        date=date(2026, 5, 16),
        present=present,
        ballots=Ballots(issued=present if issued is None else issued, collected=collected),
        candidates=(Candidate(name="甲", votes=collected),),
    )


def papers(present: int, collected: int | None = None) -> BoxPapers:
    """A box that is mixed: as many ballots as voters unless said otherwise."""
    return BoxPapers(present=present, issued=present, collected=present if collected is None else collected)


def test_the_floor() -> None:
    """The constant's own reason: nine in ten for one name make thirty ballots unanimous less than once in twenty."""
    assert FEWEST_COUNTED_APART == 30
    assert 0.9**30 < 1 / 20 < 0.9**10


@pytest.mark.parametrize(
    ("present", "collected", "refused"),
    [
        (29, 29, 29),
        (30, 29, 29),  # ballots, not persons, hide
        (29, 30, 29),  # a ballot too many hides nobody
        (30, 30, None),
        (31, 31, None),
        (0, 0, 0),
        (None, 40, 0),  # not stated is not known
        (40, None, 0),
    ],
)
def test_a_small_box_is_not_counted_by_itself(present: int | None, collected: int | None, refused: int | None) -> None:
    boxes = {"中心会场": counted(400, 400), "流动一": counted(present, collected)}
    found = small_counts(boxes, None)
    assert [(one.rule, one.value, one.limit, one.blocks) for one in found] == (
        [] if refused is None else [("V10", refused, 30, True)]
    )
    assert all("流动一" in one.message for one in found)


def test_what_is_refused_says_nothing_of_the_votes() -> None:
    """The finding goes into the journal: it must not carry what it forbids."""
    (found,) = small_counts({"中心会场": counted(400, 400), "流动一": counted(3, 2)}, None)
    assert "甲" not in found.model_dump_json()


def test_the_common_count_may_not_be_small_either_and_a_poll_s_only_count_may() -> None:
    """Mixing two with three hides nobody beside a station counted by itself: the rest is the whole less the station."""
    mixed = {"流动一": papers(2), "流动二": papers(3)}
    assert [one.value for one in small_counts({"投票站": counted(300, 300), **mixed}, counted(5, 5))] == [5]
    assert small_counts(mixed, counted(5, 5)) == []
    assert small_counts({"中心会场": counted(5, 5)}, None) == []
    assert small_counts({"投票站": counted(300, 300), "中心会场": papers(27), **mixed}, counted(32, 32)) == []


def test_a_box_that_is_mixed_has_no_room_for_votes() -> None:
    """By construction: the value takes three figures and nothing else."""
    assert set(BoxPapers.model_fields) == {"present", "issued", "collected"}
    for more in ({"candidates": ()}, {"valid": 2}, {"invalid": 0}, {"votes": {"甲": 2}}):
        with pytest.raises(ValueError, match="Extra inputs"):
            BoxPapers.model_validate({"present": 2, "issued": 2, "collected": 2, **more})
    assert set(BoxPapersByKind.model_fields) == {"present", "kinds"}
    assert set(KindSheets.model_fields) == {"kind", "issued", "collected"}


def apart(present: int, chair: int, members: int) -> ResultForm:
    """A count in which the chair and the members have ballots of their own."""
    one = counted(present, present)
    kinds = tuple(
        KindPapers(
            kind=f"{post}票", posts=(post,), ballots=Ballots(issued=present, collected=n, valid=n, invalid=0, blank=0)
        )
        for post, n in (("主任", chair), ("委员", members))
    )
    return one.model_copy(update={"ballots": None, "seats": {"主任": 1, "委员": 1}, "kinds": kinds})


@pytest.mark.parametrize(("chair", "few"), [(29, [29]), (30, []), (31, [])])
def test_the_smallest_kind_of_ballot_must_hide_its_voters(chair: int, few: list[int]) -> None:
    """Ballots of one kind are a count of their own: 29 of them tell too much, whatever came back of the other kind."""
    boxes = {"投票站": apart(40, chair, 40), "中心会场": apart(300, 300, 300)}
    assert [each.value for each in small_counts(boxes, None)] == few


@pytest.mark.parametrize(
    ("chair", "members", "wrong"),
    [(40, 41, []), (39, 41, ["“主任票”收回选票"]), (40, 42, ["“委员票”收回选票"])],
)
def test_each_kind_of_ballot_is_conserved_in_mixing(chair: int, members: int, wrong: list[str]) -> None:
    """12 and 29 voters: 11 + 29 chair's ballots, 12 + 29 members' ballots came back."""
    boxes = {
        name: BoxPapersByKind(
            present=n,
            kinds=(
                KindSheets(kind="主任票", issued=n, collected=back),
                KindSheets(kind="委员票", issued=n, collected=n),
            ),
        )
        for name, n, back in (("流动一", 12, 11), ("中心会场", 29, 29))
    }
    found = mixed_conserved(boxes, apart(41, chair, members))
    assert [each.message.partition("的")[2].partition("：")[0] for each in found] == wrong
    one_ballot = BoxPapers(present=41, issued=41, collected=40)
    assert len(mixed_conserved({"会场": one_ballot}, apart(41, 40, 41))) == 6, "sheets without a kind are of no kind"


BOXES = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).map(
        lambda one: BoxPapers(present=one[0], issued=one[1], collected=one[2])
    ),
    min_size=1,
    max_size=5,
)


@STEADY
@given(BOXES, st.sampled_from(("present", "issued", "collected")), st.integers(1, 9))
def test_the_common_count_holds_what_was_mixed_no_more_and_no_fewer(
    parts: list[BoxPapers], figure: str, more: int
) -> None:
    """Summed here; one figure changed is found, and only that one."""
    boxes = {f"{n}号": one for n, one in enumerate(parts)}
    sums = [sum(getattr(one, name) for one in parts) for name in ("present", "collected", "issued")]
    assert mixed_conserved(boxes, counted(*sums)) == []
    place = ("present", "collected", "issued").index(figure)
    sums[place] += more
    (found,) = mixed_conserved(boxes, counted(*sums))
    assert (found.rule, found.value, found.limit) == ("V10", sums[place], sums[place] - more)


def test_papers_without_a_common_count_and_a_common_count_without_papers() -> None:
    """Neither goes without the other."""
    (found,) = mixed_conserved({"中心会场": counted(400, 400), "流动一": papers(3)}, None)
    assert found.value == "流动一"
    assert mixed_conserved({"中心会场": counted(400, 400)}, None) == []
    assert len(mixed_conserved({"中心会场": counted(400, 400)}, counted(40, 40))) == 3


def test_v15_is_judged_from_the_papers() -> None:
    """51 of 50 where the papers are all there is: the box falls where the province voids boxes, the poll by the sum."""
    boxes: dict[str, Opened] = {"中心会场": papers(50, 51), "流动一": papers(3, 2), "投票站": counted(40, 40)}
    by_box = Norms(surplus_voids=SurplusVoids.BOX)
    assert void_boxes(boxes, by_box) == ("中心会场",)
    assert [(one.value, one.limit) for one in surplus(boxes, by_box)] == [(51, 50)]
    assert void_boxes(boxes, ZHEJIANG) == ()
    boxes["流动一"] = papers(3)
    assert void_boxes(boxes, ZHEJIANG) == ("中心会场", "流动一", "投票站")
