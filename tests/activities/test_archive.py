"""A finished community's archive: complete as the workflows leave it; each thing lost or written otherwise is found, alone."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from activities.registry import Registry
from activities.reports.archive import Status, UnitArchive, unit_archives
from activities.reports.handover import handover_lists
from policies.closing.handover import Entry, HandoverSignature, Part, Signer
from policies.pack.schema import Act
from tests.activities.closed import ELECTION, UNIT, Change, closed_registry
from tests.activities.office import idle
from tests.workflows.clerk import Answer, street_2021
from workflows.facts import Commit, Noted, Task
from workflows.messages import Form, HandedOver

ON = date(2021, 6, 1)


def archive(registry: Registry, unit: str = UNIT) -> UnitArchive:
    (found,) = unit_archives(registry, ELECTION, ON, unit)
    return found


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One community finished without a fault, the other never begun; read only."""
    registry, clerk = closed_registry(tmp_path_factory.mktemp("clean"))
    assert clerk.refusals == []
    yield registry
    registry.close()


def test_what_the_workflows_leave_is_complete(clean: Registry) -> None:
    """Nothing missing, inconsistent or mistyped, and every paper of every step that the plan has for this unit is listed."""
    found = archive(clean)
    assert found.findings == ()
    assert found.complete
    assert found.completed_on == date(2021, 5, 9)
    not_here = {"prep.rectification", "residents.registration"}  # an easy unit that votes by delegates
    due = [step for body in street_2021().bodies for step in body.steps if step.id not in not_here]
    expected = [(step.id, paper.title) for step in due for paper in step.papers]
    expected += [(step.id, step.title) for step in due if not step.papers]
    assert sorted((item.step, item.title) for item in found.items) == sorted(expected)


def test_what_exists_on_paper_only_is_left_to_a_person(clean: Registry) -> None:
    """Ballots, tally sheets, the chair's words, minutes of lists; never an announcement, an approval or a result form."""
    found = archive(clean)
    by_hand = {item.kind for item in found.items if item.status is Status.ON_PAPER}
    assert {"选票", "计票单", "主持词"} <= by_hand
    assert not by_hand & {"公告", "公示", "批复", "请示", "结果报告单", "联审表", "移交清单"}


def test_a_unit_that_never_began_lacks_everything(clean: Registry) -> None:
    """Not closed, and every unconditional step undone; nothing is there."""
    found = archive(clean, idle().id)
    assert not found.complete
    assert found.count(Status.PRESENT) == 0
    steps = [
        step.id
        for body in street_2021().bodies
        for step in body.steps
        if step.condition.value == "always" and not step.record_only
    ]
    assert [one.step for one in found.findings] == [None, *steps]
    assert {one.rule for one in found.findings} == {"A1"}


# ---------------------------------------------------------------- written otherwise

Edit = Callable[[dict[str, Any]], Any]


def forms(gate: str, edit: Edit) -> Change:
    """A registry in which the form of a gate stands otherwise than it was decided."""

    def changed(fact: dict[str, Any]) -> None:
        if fact["kind"] == "decided" and fact["gate"] == gate:
            edit(fact["form"])

    return facts(changed)


def facts(edit: Edit) -> Change:
    """A registry in which facts stand otherwise."""

    def change(commit: Commit) -> Commit:
        told = []
        for noted in commit.facts:
            fact = json.loads(noted.text)
            edit(fact)
            told.append(Noted(kind=noted.kind, text=json.dumps(fact, ensure_ascii=False, separators=(",", ":"))))
        return commit.model_copy(update={"facts": tuple(told)})

    return change


def without_paper(title: str) -> Change:
    """A registry to which a paper never came."""

    def change(commit: Commit) -> Commit:
        return commit.model_copy(update={"papers": tuple(one for one in commit.papers if one.title != title)})

    return change


def names_on(title: str, edit: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Change:
    """A registry in which a paper names other people."""

    def change(commit: Commit) -> Commit:
        papers = tuple(
            one.model_copy(update={"names": edit(one.names)}) if one.title == title else one for one in commit.papers
        )
        return commit.model_copy(update={"papers": papers})

    return change


def second_member(fact: dict[str, Any]) -> None:
    """The second nominee of the residents' committee has another birthday than when chosen."""
    if fact["kind"] == "decided" and fact["gate"] == "supervisory.nomination":
        fact["form"]["nominees"].append({**fact["form"]["nominees"][0], "person": {**RESIDENT, "name": "王乙丁"}})


RESIDENT: dict[str, Any] = {"id": "P12", "name": "王乙丙", "sex": "male", "born": "1985-01-01"}


@pytest.mark.parametrize(
    ("change", "rules", "step", "word"),
    [
        (without_paper("当选名单公告"), ["A1"], "residents.announcement", "当选名单公告"),
        (without_paper("换届材料归档目录"), ["A1"], "party.archive", "归档目录"),
        (
            forms("residents.announcement", lambda form: form["names"].pop()),
            ["A2"],
            "residents.announcement",
            "少",
        ),
        (names_on("当选名单公告", lambda names: (*names[1:], "王甲甲")), ["A2"], "residents.announcement", "多王甲甲"),
        (forms("party.assembly", lambda form: form["declared"].pop()), ["A2"], "party.assembly", "宣布当选"),
        (
            forms("residents.poll", lambda form: form["names"].__setitem__(0, "P99")),
            ["A2"],
            "residents.poll",
            "P99",
        ),
        (
            forms("residents.filing", lambda form: form.update(held_on="2021-04-20")),
            ["A2"],
            "residents.filing",
            "早于",
        ),
        (
            forms("party.slate_approval", lambda form: form.update(signed_on="2021-03-22")),
            ["A2"],
            "party.slate_approval",
            "公示期满",
        ),
        (forms("prep.survey", lambda form: form.update(held_on="2021-12-01")), ["A2", "A2", "A2"], None, "晚于提交"),
        (forms("prep.institution", lambda form: form.update(held_on="2012-02-01")), ["A3"], "prep.institution", "年份"),
        (forms("party.reply", lambda form: form.update(document="街发[2021]1号")), ["A3"], "party.reply", "[2021]"),
        (forms("party.reply", lambda form: form.update(document="街发〔2012〕1号")), ["A3"], "party.reply", "2012"),
        (facts(second_member), ["A2"], None, "王乙丙、王乙丁"),
        (forms("residents.handover", lambda form: form["items"].pop()), ["R6"], None, "档案资料"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_gap_is_found_alone(change: Change, rules: list[str], step: str | None, word: str, tmp_path: Path) -> None:
    """By its rule, at its step, in words; nothing else is found with it."""
    registry, _ = closed_registry(tmp_path, change)
    try:
        found = archive(registry)
    finally:
        registry.close()
    assert [one.rule for one in found.findings] == rules
    assert step is None or {one.step for one in found.findings} == {step}
    assert any(word in one.message for one in found.findings), [one.message for one in found.findings]
    assert not found.complete


def seat_lost(fact: dict[str, Any]) -> None:
    """Somebody elected by the supervisors' poll is not in office."""
    if fact["kind"] == "body_completed" and any(seat["person"] == "P31" for seat in fact["seats"]):
        fact["seats"] = [seat for seat in fact["seats"] if seat["person"] != "P31"]


def test_members_in_office_are_those_elected(tmp_path: Path) -> None:
    """A seat that was lost on the way is named with the person's id."""
    registry, _ = closed_registry(tmp_path, facts(seat_lost))
    (finding,) = archive(registry).findings
    registry.close()
    assert finding.rule == "A2"
    assert "少P31" in finding.message


# ---------------------------------------------------------------- the handover list

INVENTORY = tuple(Entry(part=part, name=f"{part.label}一", quantity=2, unit="件") for part in reversed(Part))


def listed(*, incomplete: bool = False) -> Answer:
    """The clerk hands over line by line, signed by three (or by two)."""

    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, HandedOver)
        signatures = tuple(
            HandoverSignature(signer=one, name=f"王{number}", signed_on=form.completed_on)
            for number, one in zip("甲乙丙", Signer, strict=True)
        )
        given = signatures[:2] if incomplete else signatures
        return form.model_copy(update={"inventory": INVENTORY, "signatures": given})

    return answer


def test_a_list_signed_by_three_is_printed_as_handed_in(tmp_path: Path) -> None:
    """In the order of the four parts; a list signed by two was refused at the door and never stood."""
    answers = {"residents.handover": listed(), "supervisory.handover": listed(incomplete=True)}
    registry, clerk = closed_registry(tmp_path, answers=answers)
    residents, supervisory = handover_lists(registry, ELECTION, UNIT, ON)
    assert archive(registry).complete
    registry.close()
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("supervisory.handover", ("H2",))]
    assert [line.part for line in residents.lines] == ["公章", "公共财产", "财务账目", "档案资料"]
    assert {line.quantity for line in residents.lines} == {2}
    assert [(one.label, one.name) for one in residents.signatures] == [
        ("移交人", "王甲"),
        ("接收人", "王乙"),
        ("监交人", "王丙"),
    ]
    assert [line.quantity for line in supervisory.lines] == [None] * 4  # the honest form names parts only
    assert {one.name for one in supervisory.signatures} == {""}


def test_an_empty_list_to_fill_in(clean: Registry) -> None:
    """Of a unit that never began: the four parts, nothing in them, three places to sign, for every handover of the plan."""
    lists = handover_lists(clean, ELECTION, idle().id, ON)
    steps = [step.id for body in street_2021().bodies for step in body.steps if step.act is Act.HANDOVER]
    assert [one.step for one in lists] == steps
    for one in lists:
        assert one.completed_on is None
        assert [(line.part, line.quantity, line.name) for line in one.lines] == [
            (part.label, None, "") for part in Part
        ]
        assert len(one.signatures) == len(Signer)


def test_a_unit_of_no_election(clean: Registry) -> None:
    """Named."""
    with pytest.raises(KeyError, match="D99"):
        handover_lists(clean, ELECTION, "D99", ON)
