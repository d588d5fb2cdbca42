"""Merging boxes: nothing is lost, the order does not matter, and the verdict is that of a poll counted in one box.

The expected sums are added here figure by figure with plain dictionaries, apart from the code under test.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.counting import count
from policies.form import Ballots, Candidate, ResultForm, contradictions
from policies.tally import CannotMerge, is_sum, merge, sum_problems
from tests.policies.test_counting_properties import POSTS, forms

Figures = dict[Any, int | None]


def figures(form: ResultForm) -> Figures:
    """Every sum of a form by name; seats, which are no sum, are left out."""
    by_path: Figures = {path: n for path, n in form.figures() if not path.startswith(("seats", "candidates"))}
    return by_path | {(each.name, each.post): each.votes for each in form.candidates}


@st.composite
def split(draw: st.DrawFn) -> tuple[ResultForm, list[ResultForm]]:
    """A whole form and boxes that add up to it, each figure dealt out anyhow."""
    whole = draw(forms(posts=POSTS))
    boxes = draw(st.integers(1, 4))

    def deal(n: int | None) -> list[int | None]:
        if n is None:
            return [None] * boxes
        cuts = sorted(draw(st.lists(st.integers(0, n), min_size=boxes - 1, max_size=boxes - 1)))
        return [b - a for a, b in zip([0, *cuts], [*cuts, n], strict=True)]

    rolls, present = deal(whole.roll), deal(whole.present)
    votes = [deal(each.votes) for each in whole.candidates]
    papers = None
    if whole.ballots is not None:
        papers = {name: deal(n) for name, n in whole.ballots.model_dump().items()}
    parts = [
        whole.model_copy(
            update={
                "roll": rolls[box],
                "present": present[box],
                "ballots": None if papers is None else Ballots(**{name: ns[box] for name, ns in papers.items()}),
                "candidates": tuple(
                    each.model_copy(update={"votes": votes[place][box]}) for place, each in enumerate(whole.candidates)
                ),
            }
        )
        for box in range(boxes)
    ]
    return whole, parts


@settings(deadline=None)
@given(split())
def test_the_verdict_of_the_merged_is_the_verdict_of_the_whole(dealt: tuple[ResultForm, list[ResultForm]]) -> None:
    """Counted in one box or in four: the same form, so the same answer."""
    whole, boxes = dealt
    assert merge(boxes) == whole
    assert count(merge(boxes)) == count(whole)
    assert sum_problems(whole, boxes) == []


@settings(deadline=None)
@given(split(), st.randoms())
def test_every_figure_is_conserved_in_any_order(dealt: tuple[ResultForm, list[ResultForm]], random: Any) -> None:
    """Some figures erased: a sum with an unstated part is unstated, every other one is the plain sum."""
    _, boxes = dealt
    boxes = [_erased(form, random) for form in boxes]
    merged = merge(boxes)
    for key, n in figures(merged).items():
        parts = [figures(form).get(key) for form in boxes]
        assert n == (None if None in parts else sum(part for part in parts if part is not None))
    assert merge(random.sample(boxes, len(boxes))) == merged
    for cut in range(1, len(boxes)):
        assert merge([merge(boxes[:cut]), merge(boxes[cut:])]) == merged


@settings(deadline=None)
@given(split(), st.randoms())
def test_no_definite_verdict_of_merged_boxes_is_refuted_by_a_missing_figure(
    dealt: tuple[ResultForm, list[ResultForm]], random: Any
) -> None:
    """What could be said without some boxes' figures still holds when they come in."""
    whole, boxes = dealt
    verdict = count(merge([_erased(form, random) for form in boxes]))
    if verdict.valid is not None:
        complete = count(whole)
        same = ("valid", "elected", "tied", "next")
        assert [getattr(verdict, name) for name in same] == [getattr(complete, name) for name in same]


def _erased(form: ResultForm, random: Any) -> ResultForm:
    def kept(n: int | None) -> int | None:
        return n if random.random() < 0.8 else None

    ballots = form.ballots
    if ballots is not None:  # issued is asked for by no clause: see the package of the count
        erased = {name: kept(n) if name != "issued" else n for name, n in ballots.model_dump().items()}
        ballots = Ballots(**erased)
    candidates = tuple(each.model_copy(update={"votes": kept(each.votes)}) for each in form.candidates)
    return form.model_copy(
        update={"roll": kept(form.roll), "present": kept(form.present), "ballots": ballots, "candidates": candidates}
    )


def box(votes: dict[str, int | None], *, written: dict[str, int] | None = None, **changes: Any) -> ResultForm:
    """One box of a villagers' poll of 60 registered at that box, 50 voting."""
    candidates = [Candidate(name=name, votes=n) for name, n in votes.items()]
    candidates += [Candidate(name=name, votes=n, write_in=True) for name, n in (written or {}).items()]
    base: dict[str, Any] = {
        "body": "village",
        "mode": "voters",
        "law": "2018",
        "roll": 60,
        "present": 50,
        "ballots": Ballots(issued=50, collected=50, valid=48, invalid=2, blank=1),
        "seats": 2,
        "candidates": tuple(candidates),
    }
    return ResultForm(**(base | changes))


def votes(form: ResultForm) -> dict[str, int | None]:
    """Votes by name."""
    return {each.name: each.votes for each in form.candidates}


def test_a_write_in_that_a_box_does_not_list_has_no_vote_there() -> None:
    """It stands on a form only where somebody wrote it; a printed name left out is not stated."""
    first, second = box({"甲": 30, "乙": 20}, written={"丁": 3}), box({"甲": 25}, written={"戊": 1})
    assert votes(merge([first, second])) == {"甲": 55, "乙": None, "丁": 3, "戊": 1}


def test_names_with_and_without_a_blank_are_one() -> None:
    """王 五 and 王五, as the count has it."""
    assert votes(merge([box({"王 五": 3}), box({"王五": 4})])) == {"王 五": 7}


def test_a_roving_box_has_no_roll_of_its_own() -> None:
    """The poll's roll comes from outside; without it the sum is not known."""
    roving = box({"甲": 1}, roll=None)
    assert merge([box({"甲": 30}), roving]).roll is None
    assert merge([box({"甲": 30}), roving], roll=100).roll == 100


@pytest.mark.parametrize(
    ("boxes", "numbers"),
    [
        ([], {"F.13"}),
        ([box({"甲": 1}), box({"甲": 1}, body="residents")], {"F.14"}),
        ([box({"甲": 1}), box({"甲": 1}, law="2025")], {"F.14"}),
        ([box({"甲": 1}), box({"甲": 1}, seats=3)], {"F.14"}),
        ([box({"甲": 1}), box({"甲": 1}, seats={"委员": 2})], {"F.14"}),
        ([box({"甲": 1}, date="2021-04-28"), box({"甲": 1}, date="2021-04-29")], {"F.14"}),
        ([box({"甲": 1}), box({}, written={"甲": 1})], {"F.15"}),
        ([box({"甲": 1}, written={"丁": 1}), box({"甲": 1}, written={"丁": 1, "丁 ": 1})], {"F.16"}),
        ([box({"甲": 1}, round=2), box({"甲": 1}, body="residents", seats=3)], {"F.14"}),
    ],
)
def test_what_is_not_one_poll_is_not_merged(boxes: list[ResultForm], numbers: set[str]) -> None:
    """Refused with the reason; the last has three."""
    with pytest.raises(CannotMerge) as caught:
        merge(boxes)
    assert {finding.rule for finding in caught.value.findings} == numbers


def test_all_reasons_come_at_once() -> None:
    """Another body, another round, other seats."""
    with pytest.raises(CannotMerge) as caught:
        merge([box({"甲": 1}, round=2), box({"甲": 1}, body="residents", seats=3)])
    assert len(caught.value.findings) == 3


def test_seats_stated_in_one_box_hold_for_all() -> None:
    """Not stated is not another number."""
    assert merge([box({"甲": 1}, seats=None), box({"甲": 1}, seats=2)]).seats == 2
    by_post = [box({"甲": 1}, seats={"主任": 1, "委员": None}), box({"甲": 1}, seats={"委员": 3})]
    assert merge(by_post).seats == {"主任": 1, "委员": 3}


@pytest.mark.parametrize(("stated", "found"), [(99, ["F.11"]), (100, []), (101, ["F.11"]), (None, [])])
def test_a_stated_total_is_held_against_the_sum(stated: int | None, found: list[str]) -> None:
    """50 and 50 voted: 100, neither 99 nor 101; not stated disagrees with nothing."""
    boxes = [box({"甲": 30}), box({"甲": 25})]
    whole = merge(boxes).model_copy(update={"present": stated})
    assert [(finding.rule, finding.value, finding.limit) for finding in sum_problems(whole, boxes)] == [
        (number, 100, stated) for number in found
    ]


@pytest.mark.parametrize(("stated", "found"), [(49, ["F.12"]), (50, []), (51, [])])
def test_a_part_larger_than_the_stated_whole_is_noticed_before_all_is_known(stated: int, found: list[str]) -> None:
    """One box says 50, the other nothing yet: fewer than 50 in all is impossible."""
    boxes = [box({"甲": 30}), box({"甲": 25}, present=None)]
    whole = merge(boxes).model_copy(update={"present": stated})
    assert [finding.rule for finding in sum_problems(whole, boxes)] == found


def test_a_write_in_that_the_total_forgot_is_noticed() -> None:
    """Its three votes would be lost."""
    boxes = [box({"甲": 30}, written={"丁": 3}), box({"甲": 25})]
    whole = merge(boxes)
    forgetful = whole.model_copy(update={"candidates": whole.candidates[:1]})
    assert [(finding.rule, finding.value) for finding in sum_problems(forgetful, boxes)] == [("F.11", 3)]


@settings(deadline=None)
@given(split(), st.integers(1, 9), st.randoms(use_true_random=False))
def test_a_sum_is_exactly_what_its_boxes_add_up_to(
    dealt: tuple[ResultForm, list[ResultForm]], by: int, random: Any
) -> None:
    """The whole dealt out passes, whatever roll it has; any one figure of it changed is found, and only that one."""
    whole, boxes = dealt
    assert is_sum(whole.model_copy(update={"roll": by}), boxes) == []
    paths = [path for path, _ in whole.figures() if not path.startswith(("seats", "roll"))]
    path = random.choice(paths)
    wrong = _changed(whole, path, by)
    (found,) = is_sum(wrong, boxes)
    assert (found.rule, found.value, found.limit) == (
        "F.11",
        dict(whole.figures())[path],
        dict(wrong.figures())[path],
    )


def _changed(form: ResultForm, path: str, by: int) -> ResultForm:
    """The form with one figure larger by so many, or stated where it was not."""
    raw = form.model_dump()
    *way, last = [int(part) if part.isdigit() else part for part in path.replace("[", ".").replace("]", "").split(".")]
    holder: Any = raw
    for part in way:
        holder = holder[part]
    holder[last] = by if holder[last] is None else holder[last] + by
    return ResultForm.model_validate(raw)


def test_a_box_that_states_less_is_no_ground_for_a_total() -> None:
    """50 and not stated: 60 in all is nobody's sum, not stated is; a name that no box knows has no votes."""
    boxes = [box({"甲": 30}), box({"甲": 25}, present=None)]
    assert is_sum(merge(boxes), boxes) == []
    claimed = merge(boxes).model_copy(update={"present": 60})
    assert [(found.value, found.limit) for found in is_sum(claimed, boxes)] == [(None, 60)]
    more = merge(boxes)
    more = more.model_copy(update={"candidates": (*more.candidates, Candidate(name="戊", votes=2, write_in=True))})
    assert [(found.rule, found.value, found.limit) for found in is_sum(more, boxes)] == [("F.11", 0, 2)]


def test_boxes_of_another_poll_are_no_parts() -> None:
    """F.14: one box's form says another day; what cannot be merged is said, not raised."""
    boxes = [box({"甲": 30}), box({"甲": 25}, date="2026-05-17")]
    other = box({"甲": 25}, date="2026-05-16")
    assert [found.rule for found in is_sum(merge(boxes), [*boxes, other])] == ["F.14"]


def test_merged_boxes_that_add_up_contradict_nothing() -> None:
    """And the poll of 120 with 100 voting is judged as one."""
    merged = merge([box({"甲": 30, "乙": 20}), box({"甲": 25, "乙": 27})])
    assert contradictions(merged) == []
    assert count(merged).elected == ("甲",)  # 55 of 100; 乙 has 47 and needs 51
