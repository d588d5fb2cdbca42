"""What a plan must have before anything begins: steps, one level of review in each body, how each poll is voted."""

import pytest

from console.packs import pack_text
from policies.pack.load import load_pack
from policies.pack.schema import Act, Pack
from workflows.needs import ESSENTIAL, unperformable


def street_plan() -> Pack:
    """The bundled street plan."""
    return load_pack(pack_text("street-2021"), "street-2021")


def without(pack: Pack, *, act: Act | None = None, step: str = "") -> Pack:
    """The plan without every step of an act, or without one step."""
    bodies = tuple(
        body.model_copy(update={"steps": tuple(one for one in body.steps if one.act is not act and one.id != step)})
        for body in pack.bodies
    )
    return pack.model_copy(update={"bodies": bodies})


def test_the_street_plan_can_be_performed() -> None:
    """It has everything."""
    assert unperformable(street_plan()) == []


@pytest.mark.parametrize("step", ESSENTIAL)
def test_each_essential_step_is_missed_by_name(step: str) -> None:
    """One sentence names it."""
    assert any(f"缺少步骤 {step}，" in problem for problem in unperformable(without(street_plan(), step=step)))


def test_candidates_must_pass_some_review() -> None:
    """R3, X2, X3: nobody stands for anything unexamined; each of the three bodies is named, all at once."""
    problems = unperformable(without(street_plan(), act=Act.REVIEW))
    assert len(problems) == 3
    assert all("没有任何一级审查" in problem for problem in problems)


def test_a_poll_says_how_it_is_voted() -> None:
    """Without a ballot nobody knows how many to choose."""
    pack = street_plan()
    bodies = tuple(
        body.model_copy(update={"steps": tuple(step.model_copy(update={"ballot": None}) for step in body.steps)})
        for body in pack.bodies
    )
    problems = unperformable(pack.model_copy(update={"bodies": bodies, "resolutions": ()}))
    assert len(problems) == 4  # two of the Party's, one of each committee
    assert all("没有写投票办法" in problem for problem in problems)
