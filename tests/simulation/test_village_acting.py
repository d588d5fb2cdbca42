"""A rehearsed village whose chair is found out after the result is announced, and which has no deputies: the actors name who acts.

Expected: 浙江 30 (the representatives choose among the members), 上海 21 (the member with most votes).
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic_core import from_json

from activities.stores import Entry
from console.packs import calendar_of, open_pack
from policies.authority import Signature
from policies.pack.schema import Pack, Role
from policies.rules.village.meetings import Meeting
from policies.rules.village.wrongful import Authority, Means, Wrong
from simulation.actors import Cast
from simulation.campaign.district import line_of
from simulation.checker import Checker
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import rehearse_district
from workflows.facts import ActingChair, Decided, GateOpened, PollSettled
from workflows.messages import ActingNamed, Complaint, SignedOff, Submission
from workflows.setting import install

PARAMETERS = load()
INSPECTOR = Signature(person="纪委", name="纪委", role=Role.STREET_DISCIPLINE, scope="D01")


class FoundOut:
    """Hears the journal: once the result is announced the chair is complained of, and the township finds bribery at once."""

    def __init__(self) -> None:
        self.engine: Engine
        self.votes: dict[str, int] = {}
        self.chair = ""
        self.told = False
        self.records: list[dict[str, Any]] = []
        self.named: list[ActingNamed] = []
        self.acts: list[str | None] = []

    def prepare(self, engine: Engine, _cast: Cast) -> None:
        self.engine = engine

    def hear(self, entry: Entry) -> None:
        self.records.append(from_json(b"{" + line_of(entry)))
        fact, body = entry.fact, f"{entry.unit}/residents"
        if entry.body != "residents":
            return
        match fact:
            case PollSettled():
                self.votes |= {seat.person: seat.votes or 0 for seat in fact.elected}
                self.chair = next((seat.person for seat in fact.elected if seat.post == "chair"), self.chair)
            case Decided(gate="residents.announcement") if not self.told:
                self.told = True
                complaint = Complaint(id="Z1", about="residents.poll", text="反映贿选", by=INSPECTOR)
                self.send(body, "complain", complaint)
            case GateOpened(gate="complaint:Z1"):
                wrong = Wrong(
                    person=self.chair, means=Means.BRIBERY, found_by=Authority.TOWNSHIP, paper="镇调〔2026〕9号"
                )
                form = SignedOff(
                    upheld=True, decided_on=entry.at.date(), handler="甲", head="乙", reason="属实", wrongs=(wrong,)
                )
                self.send(body, "decide", Submission(gate=fact.gate, by=INSPECTOR, form=form))
            case Decided(form=ActingNamed() as form):
                self.named.append(form)
            case ActingChair():
                self.acts.append(fact.person)

    def send(self, workflow: str, update: str, message: Any) -> None:
        def accepted(outcome: Any) -> None:
            assert outcome.accepted, outcome.failure

        self.engine.at(
            self.engine.now + timedelta(minutes=1),
            lambda engine: engine.submit_update(
                workflow, update, message, update_id=f"found out {update}", done=accepted
            ),
            self.engine,
        )


def without_deputies(found: SyntheticDistrict) -> SyntheticDistrict:
    """The same one village, whose committee has no deputy chair."""
    ((street, (unit,)),) = [(one, one.units) for one in found.streets]
    assert unit.brief.village is not None
    figures = unit.brief.village.model_copy(update={"deputies": 0})
    unit = replace(unit, brief=unit.brief.model_copy(update={"village": figures}))
    street = replace(street, brief=street.brief.model_copy(update={"units": (unit.brief,)}), units=(unit,))
    brief = found.brief.model_copy(update={"streets": (street.brief,)})
    return SyntheticDistrict(brief=brief, streets=(street,), units={unit.id: unit})


@pytest.mark.parametrize("name", ["village-zhejiang", "village-shanghai"])
def test_the_actors_name_who_acts(name: str) -> None:
    pack = open_pack(name)
    assert isinstance(pack, Pack)
    setting = install(pack, calendar_of(pack))
    found = synthesize_district(3, 1, 1, PARAMETERS, pack=pack, setting=setting.hash)
    story = FoundOut()
    done = asyncio.run(
        rehearse_district(
            without_deputies(found),
            setting,
            PARAMETERS,
            seed=3,
            faults=FaultPlan.none(),
            journal=story.hear,
            prepared=story.prepare,
        )
    )
    assert done.outcome.completed == 1
    (form,) = story.named
    assert story.acts == [form.person]
    members = {one: n for one, n in story.votes.items() if one != story.chair}
    if name == "village-shanghai":
        assert form.vote is None
        assert members[form.person] == max(members.values())
    else:
        assert form.person in members
        assert form.vote is not None
        assert form.vote.meeting is Meeting.REPRESENTATIVES
    assert [block.gate for block in done.cast.blocks if not block.gate.startswith("complaint:")] == []
    checker = Checker()
    for record in story.records:
        checker.feed(record)
    assert [str(one) for one in checker.finish().violations] == []
