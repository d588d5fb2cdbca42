"""A finished community's archive: complete as the workflows leave it; each thing lost or written otherwise is found, alone."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.registry import Registry, opened_registry
from activities.reports.archive import Status, UnitArchive, unit_archives
from activities.reports.handover import handover_lists
from policies.closing.handover import Entry, HandoverSignature, Part, Signer
from policies.counting import count
from policies.grievance import Effect
from policies.pack.schema import Act, Role
from tests.activities.closed import ELECTION, UNIT, closed_registry
from tests.activities.office import idle
from tests.workflows.clerk import Answer, Clerk, at, signed, street_2021
from workflows.facts import Task
from workflows.messages import Complaint, Counted, Form, HandedOver

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
Change = Callable[[sqlite3.Connection], Any]
"""What somebody does to the registry's file past the program."""


def forms(gate: str, edit: Edit) -> Change:
    """The form of a gate stands otherwise than it was decided."""

    def changed(fact: dict[str, Any]) -> None:
        if fact["kind"] == "decided" and fact["gate"] == gate:
            edit(fact["form"])

    return facts(changed)


def facts(edit: Edit) -> Change:
    """Facts stand otherwise than they were journalled."""

    def change(database: sqlite3.Connection) -> None:
        database.execute("DROP TRIGGER fixed_journal_update")
        for line, entry in database.execute("SELECT n, entry FROM journal WHERE unit = ?", (UNIT,)).fetchall():
            record = json.loads("{" + entry)
            edit(record["fact"])
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))[1:]
            database.execute("UPDATE journal SET entry = ? WHERE n = ?", (text, line))

    return change


def without_paper(title: str) -> Change:
    """A paper was lost."""
    return lambda database: database.execute("DELETE FROM papers WHERE title = ?", (title,))


def on_paper(title: str, before: str, after: str) -> Change:
    """A paper's text says something else."""
    edit = "UPDATE papers SET text = replace(text, ?, ?) WHERE title = ?"
    return lambda database: database.execute(edit, (before, after, title))


@contextmanager
def changed(clean: Registry, folder: Path, change: Change) -> Iterator[Registry]:
    """A copy of the finished community's registry, changed."""
    path = folder / "changed.sqlite"
    with closing(sqlite3.connect(clean.database.name)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        change(copy)
        copy.commit()
    with opened_registry(path) as registry:
        yield registry


def second_member(fact: dict[str, Any]) -> None:
    """A nominee of the residents' committee is called otherwise when nominated again."""
    if fact["kind"] == "decided" and fact["gate"] == "supervisory.nomination":
        fact["form"]["nominees"].append({**fact["form"]["nominees"][0], "person": {**RESIDENT, "name": "王乙丁"}})


def seat_lost(fact: dict[str, Any]) -> None:
    """Somebody elected by the supervisors' poll is not in office."""
    if fact["kind"] == "body_completed" and any(seat["person"] == "P31" for seat in fact["seats"]):
        fact["seats"] = [seat for seat in fact["seats"] if seat["person"] != "P31"]


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
        (on_paper("当选名单公告", "王乙丙", "王癸癸"), ["A2"], "residents.announcement", "多王癸癸"),
        (facts(seat_lost), ["A2"], None, "少P31"),
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
def test_each_gap_is_found_alone(
    clean: Registry, change: Change, rules: list[str], step: str | None, word: str, tmp_path: Path
) -> None:
    """By its rule, at its step, in words; nothing else is found with it."""
    with changed(clean, tmp_path, change) as registry:
        found = archive(registry)
    assert [one.rule for one in found.findings] == rules
    assert step is None or {one.step for one in found.findings} == {step}
    assert any(word in one.message for one in found.findings), [one.message for one in found.findings]
    assert not found.complete


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


def test_a_void_vote_elects_nobody_in_the_archive_either(tmp_path: Path) -> None:
    """The second vote elects others: those in office are held against it alone, and nothing is missing or unlike."""

    def complain(clerk: Clerk) -> None:
        told = Complaint(id="J1", about="residents.poll", text="反映情况", by=signed(Role.STREET_DISCIPLINE))
        clerk.tell(f"{UNIT}/residents", "complain", told)

    def other_way_round(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        rows = form.form.candidates
        turned = tuple(
            one.model_copy(update={"votes": other.votes}) for one, other in zip(rows, reversed(rows), strict=True)
        )
        sheet = form.form.model_copy(update={"candidates": turned})
        return form.model_copy(update={"form": sheet, "declared": count(sheet).elected})

    registry, clerk = closed_registry(
        tmp_path,
        events=[(at("2021-04-29", 8), complain)],
        delay=lambda task: timedelta(days=2 if task.gate == "residents.announcement" else 0, hours=7),
        answers={
            "complaint:J1": lambda task, form: form.model_copy(update={"upheld": True, "effect": Effect.VOID}),
            "residents.poll#2": other_way_round,
        },
    )
    assert len(clerk.of_kind("poll_annulled")) == 1
    first, second = clerk.of_kind("poll_settled", "residents")
    assert {seat.person for seat in first.elected} != {seat.person for seat in second.elected}
    assert archive(registry).findings == ()
    registry.close()
