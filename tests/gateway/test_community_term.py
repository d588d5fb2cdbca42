"""A community within its term at the door: judged by what the registry holds of its election, the workflow by its way of voting.

The registry is that of a rehearsal of the model plan for communities, which elects by residents' delegates.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from activities.registry import Registry
from console.packs import calendar_of, open_pack, source_text
from gateway.carrier import Beginning
from gateway.command import Answer, Command, Outcome, Verb
from gateway.term import beginning
from policies.authority import Signature
from policies.pack.schema import Pack, Role
from policies.people import Post
from simulation.campaign.request import Campaign
from simulation.campaign.write import rehearse
from simulation.closing import registry_of, rehearsed
from tests.simulation.within_term import parameters
from workflows.byelection import ResidentsByElection
from workflows.messages import BodyBrief, ByElectionCall, Departure, RecallBrief, RecallCall
from workflows.recall import RecallElection
from workflows.setting import Setting, install

UNIT = "D01-S01-U001"
LATER = datetime(2027, 3, 1, tzinfo=UTC)


@cache
def setting() -> Setting:
    """The model plan for communities."""
    pack = open_pack("community-2025")
    assert isinstance(pack, Pack)
    return install(pack, calendar_of(pack))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    place: Path = tmp_path_factory.mktemp("rehearsal")
    pack = open_pack("community-2025")
    assert isinstance(pack, Pack)
    quiet = parameters(0.0)  # nothing befalls the committee: the term is this page's
    rehearse(Campaign(pack, calendar_of(pack), quiet, 1, 3, {}), place, pack_name=pack.id)
    text = source_text("community-2025")
    with registry_of(rehearsed(place), pack, text, calendar_of(pack), quiet) as found:
        yield found


def ask(registry: Registry, call: RecallCall | ByElectionCall) -> Beginning | Answer:
    """What the door does with a call."""
    place = registry.elections.place(UNIT)
    assert place is not None
    verb = Verb.RECALL if isinstance(call, RecallCall) else Verb.BY_ELECTION
    return beginning(registry, setting(), Command(UNIT, verb, call, "k"), place, LATER)


def by() -> Signature:
    """Somebody of the street's office."""
    return Signature(person="A1", name="街道干部", role=Role.STREET_OFFICE, scope="D01-S01")


def recall(person: str, registered: int, representatives: int) -> RecallCall:
    """A call for a recall."""
    return RecallCall(person=person, entitled=3000, registered=registered, representatives=representatives, by=by())


def rules(answer: Beginning | Answer) -> list[str]:
    """The rules that refused."""
    assert isinstance(answer, Answer), answer
    assert answer.outcome is Outcome.REFUSED
    return [one.rule for one in answer.findings]


def test_a_recall_by_the_delegates_who_elected(registry: Registry) -> None:
    """R25-20: their number is the only roll; a figure of voters beside it, or nobody in office by that name, is refused."""
    member = registry.terms.of(UNIT).committee[-1].person
    begun = ask(registry, recall(member.id, 0, 60))
    assert isinstance(begun, Beginning)
    assert isinstance(begun.brief, RecallBrief)
    assert (begun.run, begun.workflow) == (RecallElection.run, f"{UNIT}/recall-1")
    assert begun.brief.member == member
    assert rules(ask(registry, recall("nobody", 2800, 60))) == ["R25-20", "R25-20"]
    (said,) = (one for one in ask(registry, recall("nobody", 0, 60)).findings)  # type: ignore[union-attr]
    assert "不是在任的居民委员会成员" in said.message


def test_a_by_election_of_the_seat_that_is_vacant(registry: Registry) -> None:
    """R25-24: who left is named, the delegates are counted; the seats filled are those vacant, and no more."""
    committee = registry.terms.of(UNIT).committee
    gone = next(one.person.id for one in committee if one.post is Post.COMMITTEE_MEMBER)
    left = (Departure(person=gone, reason="辞职"),)
    vacant = (Post.COMMITTEE_MEMBER,)
    begun = ask(registry, ByElectionCall(vacant=vacant, departed=left, representatives=60, by=by()))
    assert isinstance(begun, Beginning)
    assert isinstance(begun.brief, BodyBrief)
    assert begun.run == ResidentsByElection.run
    assert begun.brief.representatives == 60
    assert begun.brief.vacant_since == LATER.date()
    assert gone not in {one.person.id for one in begun.brief.seated}
    assert {one.person.id for one in committee} - {gone} <= {one.person.id for one in begun.brief.seated}
    both = ByElectionCall(vacant=(*vacant, Post.CHAIR), departed=left, representatives=0, by=by())
    assert rules(ask(registry, both)) == ["R25-24", "R25-24", "R25-24"]  # one seat, the chair's is taken, no delegates
