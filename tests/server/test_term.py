"""Within the term on a real server: a recall that carries and the by-election it causes, through the gateway with tokens.

The village is elected beforehand by its clerk on the in-process engine, its commits in the county's registry: what the door
judges by. Then a durable server, the worker in a process of its own and the drill's clock, as in a county; each day takes
two seconds. A hold on the way: the recall is steered by its own id.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_term.py`.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.command import Verb
from policies.authority import Signature
from policies.pack.schema import Role
from policies.people import Post, Sex
from tests.server.pilot import pilot
from tests.server.stock import stock_server
from tests.server.village import A_BIT, BY_ELECTION, RECALL, UNIT, TermClerk, elected, recorded
from tests.workflows.villageclerk import villager
from workflows.messages import ByElectionCall, Hold, RecallCall, Release

pytestmark = pytest.mark.server

SOON = 540.0  # real seconds in which all of it must have happened


def test_a_recall_that_carries_and_the_by_election_it_causes(tmp_path: Path) -> None:
    """P17 is recalled and no longer sits; the seat is filled; a hold stops the recall while it lasts; the journal is whole."""
    commits = elected()

    async def story() -> None:
        async with pilot(stock_server(), tmp_path / "county") as county, asyncio.timeout(SOON):
            tokens = recorded(county, commits, datetime.now(UTC))
            stand = tuple((villager(one, sex=Sex.MALE), Post.COMMITTEE_MEMBER) for one in (71, 72))
            clerk = TermClerk(UNIT, county=county, tokens=tokens, nominees=stand)
            assert clerk.in_office() == ["P11", "P13", "P15", "P17", "P18"]

            def call(by: Signature) -> RecallCall:
                return RecallCall(person="P17", entitled=1000, registered=900, representatives=30, by=by)

            begun = await clerk.send(UNIT.id, Verb.RECALL, call, Role.RESIDENTS_COMMITTEE)
            assert begun.receipt is not None
            assert begun.receipt.gate == RECALL
            while not clerk.inbox():
                await asyncio.sleep(A_BIT)
            (task,) = clerk.inbox()

            def hold(by: Signature) -> Hold:
                return Hold(rule="X4", reason="核查", by=by)

            assert (await clerk.send(RECALL, Verb.HOLD, hold, Role.STREET_COMMITTEE)).accepted
            refused = await clerk.decide(task)
            assert [one.rule for one in refused.findings] == ["X4"]

            def release(by: Signature) -> Release:
                return Release(reason="查清", by=by)

            assert (await clerk.send(RECALL, Verb.RELEASE, release, Role.STREET_COMMITTEE)).accepted
            await clerk.through("recall_settled")
            assert clerk.in_office() == ["P11", "P13", "P15", "P18"]

            def vacancy(by: Signature) -> ByElectionCall:
                return ByElectionCall(vacant=(Post.COMMITTEE_MEMBER,), by=by)

            begun = await clerk.send(UNIT.id, Verb.BY_ELECTION, vacancy, Role.STREET_OFFICE)
            assert begun.receipt is not None
            assert begun.receipt.gate == BY_ELECTION
            await clerk.through("body_completed")
            assert clerk.in_office() == ["P11", "P13", "P15", "P18", "P71"]
            assert county.registry.journals.verify(UNIT.district).problems == ()
            assert clerk.facts_of("poll_failed") == []

    asyncio.run(story())
