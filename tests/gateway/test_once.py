"""A key has one effect and one answer, whoever resends it, however often, and whatever is lost on the way."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from activities.registry.errors import RegistryUnavailableError
from gateway.carrier import NoAnswer
from gateway.command import Answer, Outcome, Verb
from gateway.door import Unfit
from policies.authority import Signature
from policies.clock import Clock
from policies.pack.schema import Role
from tests.activities.registry.county import ELECTION, STREETS
from tests.gateway.over_engine import (
    GATE,
    SECOND_GATE,
    START,
    UNIT,
    County,
    Losing,
    Scripted,
    at_county,
)
from tests.workflows.clerk import at
from workflows.messages import Move, Postponement, Receipt


def test_the_same_key_again(tmp_path: Path) -> None:
    """The same answer though the gate is decided meanwhile; one decision, and the workflow is not asked again."""

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["clerk"]
        first = await door.decide(token, UNIT, GATE, county.today(), key="k")
        assert (first.outcome, first.receipt) == (Outcome.ACCEPTED, Receipt(gate=GATE))
        changed = await county.changed()
        silent = Scripted()
        assert await county.door(silent).decide(token, UNIT, GATE, county.today(), key="k") == first
        assert silent.carried == []
        assert await changed() == []
        assert county.decisions() == [(UNIT, GATE)]

    at_county(tmp_path, act, two=False)


def test_the_same_key_at_the_same_time(tmp_path: Path) -> None:
    """Eight at once: eight equal answers, one decision."""

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["clerk"]
        answers = await asyncio.gather(*(door.decide(token, UNIT, GATE, county.today(), key="k") for _ in range(8)))
        assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
        await county.settle()
        assert county.decisions() == [(UNIT, GATE)]

    at_county(tmp_path, act, two=False)


def test_two_keys_at_the_same_time(tmp_path: Path) -> None:
    """Two people decide one gate: one is accepted, the other hears that it is decided (O2)."""

    async def act(county: County) -> None:
        door = county.door()
        answers = await asyncio.gather(
            *(door.decide(county.tokens[who], UNIT, GATE, county.today()) for who in ("clerk", "deputy"))
        )
        assert sorted(answer.outcome for answer in answers) == [Outcome.ACCEPTED, Outcome.REFUSED]
        (refused,) = [answer for answer in answers if not answer.accepted]
        assert [finding.rule for finding in refused.findings] == ["O2"]
        await county.settle()
        assert county.decisions() == [(UNIT, GATE)]
        assert len(county.lines("refused")) == 1

    at_county(tmp_path, act, two=False)


def test_the_same_key_for_something_else(tmp_path: Path) -> None:
    """Another person's, another content, another gate, another unit, another kind: refused, saying in what it differs."""

    async def act(county: County) -> None:
        door, clerk = county.door(), county.tokens["clerk"]
        await door.decide(clerk, UNIT, GATE, county.today(), key="k")
        changed = await county.changed()
        form = county.today()
        other = county.today(complete=False)
        with pytest.raises(Unfit, match="（办理人不同）"):
            await door.decide(county.tokens["deputy"], UNIT, GATE, form, key="k")
        with pytest.raises(Unfit, match="（内容不同）"):
            await door.decide(clerk, UNIT, GATE, other, key="k")
        with pytest.raises(Unfit, match="（事项、内容不同）"):
            await door.decide(clerk, UNIT, SECOND_GATE, form, key="k")
        with pytest.raises(Unfit, match="（流程不同）"):
            await door.decide(clerk, f"{UNIT}/party", GATE, form, key="k")
        with pytest.raises(Unfit, match="（事项、内容不同）"):
            await door.countersign(clerk, UNIT, GATE, key="k")
        with pytest.raises(Unfit, match="（事项、内容不同）"):
            await door.send(clerk, UNIT, Verb.POSTPONE, lambda by: Postponement(days=3, reason="防汛", by=by), key="k")
        assert await changed() == []

    at_county(tmp_path, act, two=False)


def test_a_refusal_is_journalled_once_for_its_key(tmp_path: Path) -> None:
    """Sent three times, twice at once, under one key: one line. Under another key it is another refusal."""

    async def act(county: County) -> None:
        door, branch = county.door(), county.tokens["branch"]
        one = await door.decide(branch, UNIT, GATE, county.today(), key="k")
        others = await asyncio.gather(*(door.decide(branch, UNIT, GATE, county.today(), key="k") for _ in range(2)))
        assert [answer.findings for answer in others] == [one.findings] * 2
        assert len(county.lines("refused")) == 1
        await door.decide(branch, UNIT, GATE, county.today(), key="k2")
        assert len(county.lines("refused")) == 2

    at_county(tmp_path, act, two=False)


@pytest.mark.parametrize("losses", [("before",), ("after",), ("before", "after", "after")], ids=str)
def test_no_answer_and_the_same_key_again(tmp_path: Path, losses: tuple[str, ...]) -> None:
    """Lost before or after it took effect: the one who asks again gets the answer, and there is one effect."""

    async def act(county: County) -> None:
        door, token = county.door(Losing(county.carrier, *losses)), county.tokens["clerk"]
        for _ in losses:
            with pytest.raises(NoAnswer):
                await door.decide(token, UNIT, GATE, county.today(), key="k")
            await county.settle()
        answer = await door.decide(token, UNIT, GATE, county.today(), key="k")
        assert answer.accepted
        await county.settle()
        assert county.decisions() == [(UNIT, GATE)]
        assert county.lines("refused") == []

    at_county(tmp_path, act, two=False)


def test_a_refusal_whose_answer_was_lost(tmp_path: Path) -> None:
    """Asked again it is refused again, and journalled once."""

    async def act(county: County) -> None:
        door, branch = county.door(Losing(county.carrier, "after", "after")), county.tokens["branch"]
        for _ in range(2):
            with pytest.raises(NoAnswer):
                await door.decide(branch, UNIT, GATE, county.today(), key="k")
        assert (await door.decide(branch, UNIT, GATE, county.today(), key="k")).outcome is Outcome.REFUSED
        assert len(county.lines("refused")) == 1

    at_county(tmp_path, act, two=False)


def test_roles_that_change_meanwhile_make_it_no_other_command(tmp_path: Path) -> None:
    """Somebody of two roles signs as the one wanted; decided, or with a role taken away, the same key gets its answer."""

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["both"]
        first = await door.decide(token, UNIT, GATE, county.today(), key="k")
        assert first.accepted
        await county.settle()
        (line,) = county.lines("decided")
        assert f'"role":"{Role.STREET_COMMITTEE}"' in line
        assert await door.decide(token, UNIT, GATE, county.today(), key="k") == first
        county.registry.people.revoke("both", Role.STREET_COMMITTEE, STREETS[0], by="管理员", at=START)
        assert await door.decide(token, UNIT, GATE, county.today(), key="k") == first

    at_county(tmp_path, act, two=False)


def test_an_answer_that_cannot_be_written_down_is_no_answer(tmp_path: Path) -> None:
    """The registry locked after the workflow answered: nobody is told that nothing happened. Later the key gets its answer."""

    async def act(county: County) -> None:
        token = county.tokens["clerk"]

        class Locking(Losing):
            async def carry(self, command: object) -> Answer:
                answer = await county.carrier.carry(command)  # type: ignore[arg-type]
                await county.settle()
                locked.exec_driver_sql("BEGIN IMMEDIATE")
                return answer

        with county.registry.database.engine.connect() as locked:
            with pytest.raises(NoAnswer, match="没有记下答复"):
                await county.door(Locking(county.carrier)).decide(token, UNIT, GATE, county.today(), key="k")
            with pytest.raises(RegistryUnavailableError):
                await county.door().decide(token, UNIT, GATE, county.today(), key="k")
            locked.exec_driver_sql("ROLLBACK")
        assert (await county.door().decide(token, UNIT, GATE, county.today(), key="k")).accepted
        assert county.decisions() == [(UNIT, GATE)]

    at_county(tmp_path, act, two=False)


def test_a_drills_clock_set_forward_is_known_at_the_door(tmp_path: Path) -> None:
    """Once, under one key; refusals after it are dated by it. To set it back is refused."""
    clock = Clock(real=START, election=at("2021-02-01", 8), day=timedelta(seconds=2))

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["district"]

        def to(day: str) -> object:
            def sign(by: Signature) -> Move:
                return Move(to=at(day, 9), reason="演练", by=by)

            return sign

        assert door.instant(UNIT) == at("2021-02-01", 8)
        first = await door.send(token, ELECTION, Verb.MOVE, to("2021-02-10"), key="k")  # type: ignore[arg-type]
        assert first.accepted
        assert door.instant(UNIT) == at("2021-02-10", 9)
        await county.engine.advance(timedelta(seconds=2))
        assert door.instant(UNIT) == at("2021-02-11", 9)
        assert await door.send(token, ELECTION, Verb.MOVE, to("2021-02-10"), key="k") == first  # type: ignore[arg-type]
        assert door.instant(UNIT) == at("2021-02-11", 9)
        back = await door.send(token, ELECTION, Verb.MOVE, to("2021-02-10"))  # type: ignore[arg-type]
        assert [finding.rule for finding in back.findings] == ["O7"]
        (line,) = county.lines("refused")
        assert '"at":"2021-02-11T09:00:00+08:00"' in line

    at_county(tmp_path, act, clock=clock)
