"""H1, H2: what a handover list must hold and who signs it. Expected from the rules' own text, at the boundary and beside it."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from policies.closing.handover import Entry, HandoverSignature, Part, Signer
from policies.finding import Finding, Severity
from policies.pack.identity import content_hash
from policies.pack.load import load_pack
from policies.rules.closing import inventory_complete, signed_by_three
from policies.rules.conduct import HANDED_OVER
from tests.workflows.clerk import street_2021
from workflows.examination import handover
from workflows.messages import HandedOver

DAY = date(2021, 5, 8)
STEP = street_2021().step("residents.handover")


def entry(part: Part, **changes: Any) -> Entry:
    return Entry(**{"part": part, "name": f"{part.label}一", "quantity": 1, "unit": "件", **changes})


def signature(signer: Signer, name: str = "", day: date = DAY) -> HandoverSignature:
    return HandoverSignature(signer=signer, name=name or signer.label, signed_on=day)


INVENTORY = tuple(map(entry, Part))
SIGNATURES = tuple(map(signature, Signer))


def told(findings: list[Finding]) -> list[tuple[str, Any, Any]]:
    """Rule, value and limit of every error."""
    return [(one.rule, one.value, one.limit) for one in findings if one.severity is Severity.ERROR]


def test_a_full_list_signed_by_three_passes() -> None:
    """Four parts, three signatures on the day itself."""
    assert inventory_complete(INVENTORY) == []
    assert signed_by_three(SIGNATURES, DAY) == []


@pytest.mark.parametrize("part", Part)
def test_each_part_must_be_listed(part: Part) -> None:
    """Three of four are not enough, and the missing one is named."""
    (finding,) = inventory_complete([one for one in INVENTORY if one.part is not part])
    assert (finding.rule, finding.value) == ("H1", 3)
    assert part.label in finding.message


def test_nothing_is_not_the_same_as_not_stated() -> None:
    """A quantity of 0 stands with its reason, 1 without one; 0 without a reason does not, blanks are no reason."""
    others = INVENTORY[1:]
    assert inventory_complete([entry(Part.SEAL, quantity=0, note="公章由街道代管"), *others]) == []
    assert inventory_complete([entry(Part.SEAL, quantity=1), *others]) == []
    for note in ("", "  "):
        assert told(inventory_complete([entry(Part.SEAL, quantity=0, note=note), *others])) == [("H1", 0, None)]
    with pytest.raises(ValidationError):
        entry(Part.SEAL, quantity=-1)


def test_a_line_stands_once() -> None:
    """Twice the same thing of a part is one finding; the same name in another part is another thing."""
    twice = [*INVENTORY, INVENTORY[0]]
    assert told(inventory_complete(twice)) == [("H1", "公章一", None)]
    assert inventory_complete([*INVENTORY, entry(Part.FILES, name="公章一")]) == []


@pytest.mark.parametrize("signer", Signer)
def test_each_of_the_three_signs_once(signer: Signer) -> None:
    """None and two are wrong alike."""
    without = [one for one in SIGNATURES if one.signer is not signer]
    assert told(signed_by_three(without, DAY)) == [("H2", 0, 1)]
    assert told(signed_by_three([*SIGNATURES, signature(signer, "另一人")], DAY)) == [("H2", 2, 1)]


def test_nobody_signs_after_the_handover() -> None:
    """On the day and the day before, but not the day after."""
    for days, expected in ((-1, []), (0, []), (1, [("H2", "2021-05-09", "2021-05-08")])):
        signed = [*SIGNATURES[:2], signature(Signer.SUPERVISOR, day=DAY + timedelta(days))]
        assert told(signed_by_three(signed, DAY)) == expected


@pytest.mark.parametrize("side", [Signer.OUTGOING, Signer.INCOMING])
def test_the_supervisor_is_of_neither_bench(side: Signer) -> None:
    """Nobody supervises himself."""
    signed = [one if one.signer is not Signer.SUPERVISOR else signature(one.signer, side.label) for one in SIGNATURES]
    assert told(signed_by_three(signed, DAY)) == [("H2", side.label, None)]


def test_a_re_elected_chair_is_remarked() -> None:
    """Who hands over to himself is not refused."""
    signed = [signature(Signer.OUTGOING, "王芳"), signature(Signer.INCOMING, "王芳"), signature(Signer.SUPERVISOR)]
    (finding,) = signed_by_three(signed, DAY)
    assert (finding.rule, finding.severity) == ("H2", Severity.WARNING)


def form(**changes: Any) -> HandedOver:
    return HandedOver(**{"completed_on": DAY, "items": HANDED_OVER, "supervised_by": "街道办事处", **changes})


def test_the_door_asks_where_the_plan_says_so() -> None:
    """The street plan of 2021 does not; a plan that does refuses the same form, all problems at once."""
    asked = STEP.model_copy(update={"signed_by_three": True})
    assert handover(form(), STEP) == []
    assert [one.rule for one in handover(form(), asked)] == ["H1", "H2", "H2", "H2"]
    assert handover(form(inventory=INVENTORY, signatures=SIGNATURES), asked) == []


def test_what_is_given_unasked_is_held_to_the_same() -> None:
    """A list with a part missing is refused under any plan."""
    assert [one.rule for one in handover(form(inventory=INVENTORY[:3]), STEP)] == ["H1"]
    assert [one.rule for one in handover(form(signatures=SIGNATURES[:2]), STEP)] == ["H2"]


def test_old_forms_and_plans_are_written_as_before() -> None:
    """Neither a form nor a plan without the new fields shows them: journals and plans' hashes stay what they were."""
    assert form().model_dump_json() == (
        '{"kind":"handed_over","completed_on":"2021-05-08","items":["公章","公共财产","财务账目","档案资料"],'
        '"supervised_by":"街道办事处"}'
    )
    assert '"signed_by_three"' not in street_2021().model_dump_json()


def test_a_plan_may_ask_for_it() -> None:
    """One line in the plan's YAML; it changes the plan's hash."""
    from console.packs import pack_text

    text, line = pack_text("street-2021"), "        act: handover\n"
    pack = load_pack(text.replace(line, f"{line}        signed_by_three: true\n", 1), "asking")
    assert pack.step("residents.handover").signed_by_three
    assert not pack.step("supervisory.handover").signed_by_three
    assert content_hash(pack) != content_hash(street_2021())
