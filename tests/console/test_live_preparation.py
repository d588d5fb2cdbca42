"""Forms of preparation as a person gets them: every field explained, the plan's own names filled in, read back as typed."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from console.live import forms, preparation
from console.packs import open_pack
from gateway.form import read_form
from policies.pack.schema import Act, Pack, Role, Step
from workflows.facts import Task
from workflows.preparationchecks import PAGES

PLAN = open_pack("prepared-2021")
assert isinstance(PLAN, Pack)
STEPS = {step.act: step for body in PLAN.bodies for step in body.steps if step.act in preparation.FORMS}


def task(step: Step, round_: int = 1) -> Task:
    return Task(
        workflow="U1",
        gate=step.id,
        step=step.id,
        title=step.title,
        role=Role.STREET_COMMITTEE,
        opens_on=PLAN.starts,  # type: ignore[union-attr]
        last_day=None,
        round=round_,
    )


def test_every_act_has_its_form_and_the_workflows_want_the_same() -> None:
    assert {act: form for act, (form, _) in PAGES.items()} == {
        act: form for act, form in preparation.FORMS.items() if act is not Act.ROLL
    }
    assert set(forms.FORMS) == set(Act)


@pytest.mark.parametrize("act", list(preparation.FORMS))
def test_every_field_is_explained_in_chinese(act: Act) -> None:
    fields = set(preparation.FORMS[act].model_fields) - {"kind"}
    assert fields <= set(forms.WORDS)
    assert not [name for name in fields if forms.WORDS[name].isascii()]


def given(act: Act, name: str, round_: int = 1) -> Any:
    step = STEPS[act]
    assert step.asks is not None
    return YAML(typ="safe").load(preparation.given(name, task(step, round_), step.asks))


def test_the_plans_own_names_are_filled_in() -> None:
    """Seven offices, six actions with their leads, four risks, and the round's own lead."""
    assert len(given(Act.JOINT_SIGNATURES, "signatures")) == 7
    assert [row["lead"] for row in given(Act.CLEANUP, "actions")][2] == "派出所"
    assert len(given(Act.EMERGENCY_PLANS, "plans")) == 4
    assert given(Act.SCREENING, "lead", 6) == "县委常委会"
    assert (
        preparation.given(
            "surveyed", task(STEPS[Act.HOUSEHOLD_SURVEY]), STEPS[Act.HOUSEHOLD_SURVEY].asks or preparation.Asks()
        )
        == ""
    )


def test_what_is_filled_in_reads_back_as_the_form() -> None:
    """The rows given, completed by hand, are a form; left as they were, every gap is named at once."""
    rows = given(Act.JOINT_SIGNATURES, "signatures")
    raw = {"kind": "jointly_signed", "held_on": "2021-02-01", "filing": "备1", "signatures": rows}
    refused = read_form(raw)
    assert isinstance(refused, tuple)
    assert len(refused) == 7  # a name is a text, not nothing; a day not yet written is left to the rule
    for number, row in enumerate(rows):
        row.update(name=f"某{number}", signed_on="2021-02-01")
    form = read_form(raw)
    assert not isinstance(form, tuple), form
    assert form.kind == "jointly_signed"
