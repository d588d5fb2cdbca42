"""The residents' election committee while it sits: who leaves it when nominated, who moves up, who presides (R2)."""

from collections.abc import Collection, Iterable

from policies.kinship import KinGraph
from policies.law.norms import Norms
from policies.rules.village import committee
from workflows.facts import SteppedOut
from workflows.messages import Chosen
from workflows.register import Candidate


class ElectionCommittee:
    """Members and reserves in the order of the original vote."""

    def __init__(self, chosen: Chosen) -> None:
        self.members = [member.id for member in chosen.members]
        self.reserves = [person.id for person in chosen.reserves]
        self.chair, self.deputy = chosen.chair, chosen.deputy
        self.names = {person.id: person.name for person in (*chosen.members, *chosen.reserves)}
        self.trained: set[str] = set()

    @property
    def presides(self) -> str:
        """The chair, or the deputy once the chair has stepped out, or the first member left."""
        for person in (self.chair, self.deputy, *self.members):
            if person in self.members:
                return person
        return ""

    @property
    def untrained(self) -> dict[str, str]:
        """Members who have not passed the training: their names by id (X5)."""
        return {member: self.names.get(member, member) for member in self.members if member not in self.trained}

    def step_out(self, candidates: Iterable[Candidate]) -> list[SteppedOut]:
        """Nominated members leave; the next in order of the original vote who is not nominated himself takes each place."""
        nominated = {candidate.person.id for candidate in candidates}
        return self._leave(nominated, nominated)

    def step_out_for(self, nominated: Collection[str], graph: KinGraph, norms: Norms) -> list[SteppedOut]:
        """As `step_out`, where the law has members leave for a near relative's nomination too (V3); ids."""
        leaving, barred = (
            {one.member for one in committee.leavers(people, nominated, (), graph, norms)}
            for people in (self.members, self.reserves)
        )
        return self._leave(leaving, barred)

    def _leave(self, leaving: Collection[str], barred: Collection[str]) -> list[SteppedOut]:
        facts = []
        for person in [member for member in self.members if member in leaving]:
            place = self.members.index(person)
            self.members.remove(person)
            successor = next((reserve for reserve in self.reserves if reserve not in barred), None)
            if successor is not None:
                self.reserves.remove(successor)
                self.members.insert(place, successor)
            facts.append(SteppedOut(person=person, successor=successor, presides=self.presides))
        return facts
