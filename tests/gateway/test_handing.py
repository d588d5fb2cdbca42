"""What a decision leads to is in the registry when its sender hears of it; where the door cannot write it, the workflow does."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from activities.commit import Ledger
from gateway.carrier import NoAnswer
from gateway.command import Command, Verb
from policies.authority import Signature
from policies.pack.schema import Role
from tests.activities.registry.county import ELECTION, STREETS
from tests.gateway.over_engine import GATE, SECOND_GATE, UNIT, County, Losing, at_county
from workflows.facts import Commit, GateOpened, Handing, Noted
from workflows.journalling import CONFIRMED_WITHIN
from workflows.messages import Submission

PARTY = f"{UNIT}/party"


def inbox(county: County) -> list[str]:
    """The gates that wait in the unit."""
    return [one.task.gate for one in county.registry.standings.inbox(date.max, unit=UNIT)]


async def decided_and_lost(county: County, key: str = "") -> str:
    """The clerk decides the first gate, and the answer is lost with all that came with it; returns the clerk's token."""
    token = county.tokens["clerk"]
    with pytest.raises(NoAnswer):
        await county.door(Losing(county.carrier, "after")).decide(token, UNIT, GATE, county.today(), key=key)
    return token


def test_whoever_decided_sees_the_next_task_at_once(tmp_path: Path) -> None:
    """Without a moment's passing: the answer comes when it is written, and it names nothing but the gate."""

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["clerk"]
        assert inbox(county) == [GATE]
        answer = await door.decide(token, UNIT, GATE, county.today())
        assert answer.receipt is not None
        assert type(answer.receipt) is not Handing
        assert inbox(county) == [SECOND_GATE]
        await door.decide(token, UNIT, SECOND_GATE, county.today())
        assert [gate for _, gate in county.decisions()] == [GATE, SECOND_GATE]

    at_county(tmp_path, act, two=False)


def test_the_second_signature_s_sender_too(tmp_path: Path) -> None:
    """Two signatures: nothing is decided by the first; what both lead to is there with the second's answer."""

    async def act(county: County) -> None:
        door = county.door()
        await door.decide(county.tokens["clerk"], UNIT, GATE, county.today())
        assert inbox(county) == [GATE]
        assert (await door.countersign(county.tokens["district"], UNIT, GATE)).accepted
        assert inbox(county) == [SECOND_GATE]
        assert door.awaiting(UNIT, GATE) is None

    at_county(tmp_path, act)


def test_an_answer_nobody_ever_asks_for_again(tmp_path: Path) -> None:
    """The one who decided goes home: two minutes later it is written all the same, once; the key still has its answer."""

    async def act(county: County) -> None:
        token = await decided_and_lost(county, "k")
        decided = county.engine.now
        await county.engine.run_until(decided + CONFIRMED_WITHIN - timedelta(seconds=1))
        assert county.decisions() == []
        await county.engine.run_until(decided + CONFIRMED_WITHIN)
        assert county.decisions() == [(UNIT, GATE)]
        assert inbox(county) == [SECOND_GATE]
        changed = await county.changed()
        assert (await county.door().decide(token, UNIT, GATE, county.today(), key="k")).accepted
        assert await changed() == []

    at_county(tmp_path, act, two=False)


def test_the_next_decision_brings_what_was_lost(tmp_path: Path) -> None:
    """Somebody who could not know of the next task decides it: both decisions are written, in their order."""

    async def act(county: County) -> None:
        token = await decided_and_lost(county)
        assert county.decisions() == []
        assert (await county.door().decide(token, UNIT, SECOND_GATE, county.today())).accepted
        assert [gate for _, gate in county.decisions()] == [GATE, SECOND_GATE]

    at_county(tmp_path, act, two=False)


def test_a_registry_that_contradicts_keeps_the_answer_and_nothing_else(tmp_path: Path) -> None:
    """Something else stands under the number (an older backup, a second county): nothing is written over it."""

    async def act(county: County) -> None:
        at = county.engine.now
        opened = Noted.of(GateOpened(gate="forged", role=Role.STREET_COMMITTEE, opens_on=at.date(), last_day=None))
        forged = Commit(
            workflow=UNIT,
            number=county.registry.store.written(UNIT) + 1,
            district=ELECTION,
            street=STREETS[0],
            unit=UNIT,
            body="preparation",
            at=at,
            facts=(opened,),
        )
        Ledger(county.registry.store).write(forged)
        answer = await county.door().decide(county.tokens["clerk"], UNIT, GATE, county.today())
        assert answer.accepted
        assert county.decisions() == []
        assert inbox(county) == [GATE]

    at_county(tmp_path, act, two=False)


def test_what_one_workflow_has_written_says_nothing_of_another(tmp_path: Path) -> None:
    """A decision sent to a body that does not run yet goes to its unit, whose commits are counted apart: it confirms none."""

    async def act(county: County) -> None:
        await decided_and_lost(county)
        by = Signature(person="clerk", name="经办人", role=Role.STREET_COMMITTEE, scope=STREETS[0])
        said = Submission(gate=SECOND_GATE, by=by, form=county.today())
        answer = await county.carrier.carry(Command(PARTY, Verb.DECIDE, said, "k", written=1000))
        assert answer.accepted
        assert isinstance(answer.receipt, Handing)
        assert answer.receipt.commits == ()  # nobody there to write it: the workflow does, what was lost before it
        await county.settle()
        assert [gate for _, gate in county.decisions()] == [GATE, SECOND_GATE]

    at_county(tmp_path, act, two=False)
