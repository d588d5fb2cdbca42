"""Two signatures: the first is kept only when nothing but the second is missing; the second is somebody else's, of the right role."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.carrier import NoAnswer
from gateway.command import Outcome, Verb
from gateway.door import Unfit
from policies.authority import Signature
from tests.activities.registry.county import ELECTION
from tests.gateway.over_engine import GATE, UNIT, County, Losing, at_county
from workflows.journalling import CONFIRMED_WITHIN
from workflows.messages import Hold


def rules(answer: object) -> list[str]:
    return [finding.rule for finding in answer.findings]  # type: ignore[attr-defined]


def test_signed_by_two(tmp_path: Path) -> None:
    """The first decides nothing; the second does, once; nothing waits for a signature afterwards, whoever resends what."""

    async def act(county: County) -> None:
        door, clerk, district = county.door(), county.tokens["clerk"], county.tokens["district"]
        changed = await county.changed()
        first = await door.decide(clerk, UNIT, GATE, county.today(document="街发〔2021〕1号"), key="one")
        assert (first.outcome, first.findings) == (Outcome.AWAITS_SECOND, ())
        assert await changed() == ["pending_signatures"]
        read = door.awaiting(UNIT, GATE)
        assert read is not None
        assert (read.by.person, read.form.document) == ("clerk", "街发〔2021〕1号")  # type: ignore[union-attr]
        second = await door.countersign(district, UNIT, GATE, key="two")
        assert second.accepted
        await county.settle()
        (line,) = county.lines("decided")
        assert '"by":"居民clerk（clerk）","second":"居民district（district）"' in line
        assert await door.decide(clerk, UNIT, GATE, county.today(document="街发〔2021〕1号"), key="one") == first
        assert await door.countersign(district, UNIT, GATE, key="two") == second
        assert door.awaiting(UNIT, GATE) is None
        with pytest.raises(Unfit, match="没有等待会签的签字"):
            await door.countersign(district, UNIT, GATE, key="three")
        assert county.decisions() == [(UNIT, GATE)]
        assert county.lines("refused") == []

    at_county(tmp_path, act)


@pytest.mark.parametrize(
    ("person", "said"),
    [("clerk", "须由两个不同的人签字"), ("deputy", "第二签字应由"), ("branch", "第二签字应由")],
)
def test_a_second_signature_that_does_not_count(tmp_path: Path, person: str, said: str) -> None:
    """One's own, or of a role the plan does not name: refused by O3, journalled under who tried; the first one stays."""

    async def act(county: County) -> None:
        door = county.door()
        await door.decide(county.tokens["clerk"], UNIT, GATE, county.today())
        changed = await county.changed()
        answer = await door.countersign(county.tokens[person], UNIT, GATE, key="k")
        assert (answer.outcome, rules(answer)) == (Outcome.REFUSED, ["O3"])
        assert said in answer.findings[0].message
        assert await door.countersign(county.tokens[person], UNIT, GATE, key="k") == answer
        assert sorted(await changed()) == ["chains", "journal", "refusals"]
        (line,) = county.lines("refused")
        assert f'"by":"居民{person}（{person}）"' in line
        assert (await door.countersign(county.tokens["district"], UNIT, GATE)).accepted

    at_county(tmp_path, act)


def test_a_second_signature_from_another_county(tmp_path: Path) -> None:
    """Of the right role, but for another county: refused by O6, and the first one stays."""

    async def act(county: County) -> None:
        door = county.door()
        await door.decide(county.tokens["clerk"], UNIT, GATE, county.today())
        answer = await door.countersign(county.tokens["elsewhere"], UNIT, GATE)
        assert (answer.outcome, rules(answer)) == (Outcome.REFUSED, ["O6"])
        assert door.awaiting(UNIT, GATE) is not None

    at_county(tmp_path, act)


def test_a_first_signature_called_back(tmp_path: Path) -> None:
    """By its signer alone; then there is nothing to countersign, and somebody else may sign first."""

    async def act(county: County) -> None:
        door, clerk, deputy = county.door(), county.tokens["clerk"], county.tokens["deputy"]
        changed = await county.changed()
        await door.decide(clerk, UNIT, GATE, county.today())
        with pytest.raises(Unfit, match="已有他人先签字"):
            await door.decide(deputy, UNIT, GATE, county.today(), key="d")
        with pytest.raises(Unfit, match="没有您的签字"):
            await door.call_back(deputy, UNIT, GATE)
        await door.call_back(clerk, UNIT, GATE)
        assert await changed() == []
        with pytest.raises(Unfit, match="没有等待会签的签字"):
            await door.countersign(county.tokens["district"], UNIT, GATE)
        with pytest.raises(Unfit, match="没有您的签字"):
            await door.call_back(clerk, UNIT, GATE)
        assert (await door.decide(deputy, UNIT, GATE, county.today(), key="d")).outcome is Outcome.AWAITS_SECOND

    at_county(tmp_path, act)


def test_signed_anew_by_the_same_person(tmp_path: Path) -> None:
    """The later form is what the second person signs."""

    async def act(county: County) -> None:
        door, clerk = county.door(), county.tokens["clerk"]
        await door.decide(clerk, UNIT, GATE, county.today(document="一号"))
        await door.decide(clerk, UNIT, GATE, county.today(document="二号"))
        assert (await door.countersign(county.tokens["district"], UNIT, GATE)).accepted
        await county.settle()
        (line,) = county.lines("decided")
        assert '"document":"二号"' in line

    at_county(tmp_path, act)


def test_what_is_wrong_with_a_form_is_said_to_the_first(tmp_path: Path) -> None:
    """Dated tomorrow: refused at once, with the second signature missing too; nothing waits for anybody."""

    async def act(county: County) -> None:
        tomorrow = county.today().held_on + timedelta(days=1)
        answer = await county.door().decide(county.tokens["clerk"], UNIT, GATE, county.today(held_on=tomorrow))
        assert (answer.outcome, rules(answer)) == (Outcome.REFUSED, ["O3", "O4"])
        assert county.door().awaiting(UNIT, GATE) is None

    at_county(tmp_path, act)


def test_a_first_signature_that_would_not_be_taken_any_more_goes(tmp_path: Path) -> None:
    """The unit was held meanwhile: the second is refused by the hold's rule, and the first must be given anew."""

    async def act(county: County) -> None:
        door, district = county.door(), county.tokens["district"]
        await door.decide(county.tokens["clerk"], UNIT, GATE, county.today())

        def hold(by: Signature) -> Hold:
            return Hold(rule="X4", reason="整顿", by=by)

        assert (await door.send(district, ELECTION, Verb.HOLD, hold)).accepted
        await county.settle()
        answer = await door.countersign(district, UNIT, GATE)
        assert (answer.outcome, rules(answer)) == (Outcome.REFUSED, ["X4"])
        assert door.awaiting(UNIT, GATE) is None

    at_county(tmp_path, act)


@pytest.mark.parametrize("later", [timedelta(0), CONFIRMED_WITHIN], ids=["at once", "once the workflow wrote it"])
@pytest.mark.parametrize("loss", ["before", "after"])
def test_a_second_signature_whose_answer_was_lost(tmp_path: Path, loss: str, later: timedelta) -> None:
    """Sent again with its key it is answered, though the first signature may be gone with the decision it made."""

    async def act(county: County) -> None:
        await county.door().decide(county.tokens["clerk"], UNIT, GATE, county.today())
        door, district = county.door(Losing(county.carrier, loss)), county.tokens["district"]
        with pytest.raises(NoAnswer):
            await door.countersign(district, UNIT, GATE, key="k")
        await county.engine.run_until(county.engine.now + later)
        assert (door.awaiting(UNIT, GATE) is None) is (loss == "after" and later == CONFIRMED_WITHIN)
        assert (await door.countersign(district, UNIT, GATE, key="k")).accepted
        await county.settle()
        assert county.decisions() == [(UNIT, GATE)]
        assert door.awaiting(UNIT, GATE) is None
        assert county.lines("refused") == []

    at_county(tmp_path, act)
