"""What the people of one unit remember between two decisions: who was put forward, who dropped out, who was elected.

Actors know what they themselves handed in and what their inbox shows, nothing else; this is that knowledge, kept light.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import combinations

from policies.counting import Verdict, count
from policies.form import ResultForm
from policies.kinship import KinGraph, kin_path
from policies.pack.schema import PollMode
from policies.people import Kin, Kinship, Person, Post
from policies.preparation import Difficulty
from simulation.population.district import SyntheticUnit
from simulation.population.electorate import Objection
from workflows.messages import Counted


@dataclass
class Body:
    """One body's election as its own people remember it (person ids)."""

    nominated: list[str] = field(default_factory=list)
    out: dict[str, str] = field(default_factory=dict)  # excluded (by which document) or withdrawn ("")
    reinstated: set[str] = field(default_factory=set)
    listed: tuple[str, ...] = ()
    members: list[str] = field(default_factory=list)
    declined: bool = False  # somebody elected has given up the seat
    posts: dict[str, Post] = field(default_factory=dict)  # person → post nominated for
    poll: Counted | None = None  # the last form accepted
    verdict: Verdict | None = None
    tally: tuple[ResultForm, Verdict] | None = None  # the last form counted, accepted or not

    def fit(self) -> list[str]:
        """Those nominated and still in the running, in the order of their nomination."""
        return [person for person in self.nominated if person not in self.out]

    def count(self, form: ResultForm) -> Verdict:
        """The verdict on a form; the officers count once, however often they look at it."""
        if self.tally is None or self.tally[0] is not form:
            self.tally = (form, count(form))
        return self.tally[1]

    def counted(self, form: Counted) -> None:
        """Remember a poll's form and outcome."""
        verdict = self.count(form.form)
        self.poll, self.verdict = form, verdict
        if not verdict.valid:
            return
        ids = {entry.name: person for entry, person in zip(form.form.candidates, form.names, strict=True)}
        self.members += [ids[name] for name in verdict.elected if ids[name] not in self.members]

    def steps_back(self, person: str) -> None:
        """Somebody withdrew: from the list, or from a seat; who moves up, the inbox will say."""
        self.out[person] = ""


@dataclass
class DirectVote:
    """What a village's election committee keeps in mind of its direct vote. Voters are figures."""

    poll_day: date | None = None
    voters: int = 0  # registered, as first published
    added: int = 0  # by objections upheld
    roll: int = 0  # on the corrected list
    objections: dict[str, Objection] = field(default_factory=dict)  # by number
    stations: tuple[str, ...] = ()  # the main venue first
    staff: tuple[tuple[str, str], ...] = ()  # (person, box)
    roving: dict[str, int] = field(default_factory=dict)  # box → its users


class UnitMemory:
    """One unit's people, and what they remember of its bodies."""

    def __init__(self, unit: SyntheticUnit) -> None:
        self.unit = unit
        self.bodies = {"party": Body(), "residents": Body(), "supervisory": Body()}
        self.secretary = ""
        self.deputy = ""
        self.representatives = 0
        self.direct = DirectVote()
        self.shift = 0  # calendar days by which the unit was postponed
        self.crafted: list[Kinship] = []  # kin declared beyond the population's, for a planted fault
        self.complaints = 0
        self.gone = ""  # who left office within the term: does not stand for the seat again
        self.vacant: tuple[Post, ...] = ()  # the posts a by-election fills, one for each seat
        self.troubles: tuple[Difficulty, ...] = ()  # difficulties assessed and not yet accepted as removed

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody by id, relatives included."""
        return {person.id: person for person in (*self.unit.people, *self.unit.relatives)}

    def body(self, step: str) -> Body:
        """The memory of the body a step belongs to."""
        name = step.split(".", 1)[0]
        found = self.bodies.get(name)
        if found is None:
            found = self.bodies[name] = Body()
        return found

    def who_votes(self, mode: PollMode | None) -> int:
        """How many may vote for or against a committee: the registered voters, the households, or else the delegates."""
        match mode:
            case PollMode.VOTERS:
                return self.direct.roll
            case PollMode.HOUSEHOLDS:
                return self.unit.brief.households
            case _:
                return self.representatives

    def begin_by_election(self, gone: str, *vacant: Post) -> None:
        """Somebody left office, and a by-election begins: with a roll and a venue of its own, nobody nominated yet."""
        members = self.body("residents.").members
        self.body("residents.").members = [one for one in members if one != gone]
        self.gone, self.vacant, self.direct, self.shift = gone, vacant, DirectVote(), 0
        self.bodies["byelection"] = Body()

    def seated_before(self, body: str) -> set[str]:
        """Members of the bodies elected before this one."""
        found: set[str] = set()
        for name, memory in self.bodies.items():
            if name == body:
                break
            found.update(memory.members)
        return found

    def craft(self, a: str, relation: Kin, b: str) -> None:
        """Let two people be kin who were not: declared with the next nomination."""
        self.crafted.append(Kinship(a=a, b=b, relation=relation))
        self.__dict__.pop("_near", None)

    def declared_by(self, ids: Iterable[str]) -> tuple[Kinship, ...]:
        """The kinship these people declare: every edge that ends at one of them."""
        wanted = set(ids)
        return tuple(edge for edge in (*self.unit.kin, *self.crafted) if edge.a in wanted or edge.b in wanted)

    @cached_property
    def _near(self) -> dict[str, set[str]]:
        edges = (*self.unit.kin, *self.crafted)
        graph = KinGraph(self.people.values(), edges)
        linked = dict.fromkeys(person for edge in edges for person in (edge.a, edge.b))
        near: dict[str, set[str]] = {}
        for a, b in combinations(linked, 2):
            if graph.related(a, b) and kin_path(graph, a, b) is not None:
                near.setdefault(a, set()).add(b)
                near.setdefault(b, set()).add(a)
        return near

    def kin_of(self, person: str) -> set[str]:
        """Near relatives in the sense of X1; treat as read-only."""
        return self._near.get(person, _NOBODY)

    def kin_apart(self, ids: Iterable[str], others: Iterable[str] = ()) -> list[str]:
        """The ids in order, leaving out whoever is near kin of somebody kept before or of one of the others."""
        kept = list(others)
        first = len(kept)
        for person in ids:
            near = self.kin_of(person)
            if not near or near.isdisjoint(kept):
                kept.append(person)
        return kept[first:]


_NOBODY: set[str] = set()
