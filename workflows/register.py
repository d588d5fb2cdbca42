"""The register of a body's candidates: who was nominated, what became of them, which reviews they passed."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from policies.lifecycles import CANDIDATE, CandidateState, CandidateTrigger, advance
from policies.pack.schema import BodyId
from policies.people import Kinship, Person, Post
from workflows.messages import Nominee


@dataclass
class Candidate:
    """One person's way through one body's election."""

    nominee: Nominee
    state: CandidateState = CandidateState.NOMINATED
    passed: set[str] = field(default_factory=set)  # review steps passed
    excluded_at: str = ""  # the review step that screened this person out
    votes: int | None = None  # in the last vote this person stood in
    first_votes: int | None = None  # in the original vote, whose order decides replacements
    had_majority: bool = False  # in the original vote

    @property
    def person(self) -> Person:
        return self.nominee.person

    @property
    def post(self) -> Post:
        return self.nominee.post

    def happens(self, trigger: CandidateTrigger) -> None:
        """Move along the candidate's lifecycle; raises ForbiddenTransition where the lifecycle has no such way."""
        self.state = advance(CANDIDATE, self.state, trigger)


_STANDING = frozenset({CandidateState.NOMINATED, CandidateState.VETTED, CandidateState.REINSTATED})


class Register:
    """Candidates by person id, in the order of their nomination, with the kinship they declared."""

    def __init__(self, body: BodyId, kin: Iterable[Kinship]) -> None:
        self.body = body
        self.candidates: dict[str, Candidate] = {}
        self.kin: tuple[Kinship, ...] = tuple(kin)
        self.others: dict[str, str] = {}  # names by id of people who do not stand: those who serve at the vote

    def enter(self, nominees: Iterable[Nominee], kin: Iterable[Kinship]) -> None:
        """Add nominees not yet known; declared kinship accumulates."""
        for nominee in nominees:
            self.candidates.setdefault(nominee.person.id, Candidate(nominee))
        self.kin = tuple(dict.fromkeys((*self.kin, *kin)))

    def standing(self) -> list[Candidate]:
        """Those still in the running who are on no list yet."""
        return [candidate for candidate in self.candidates.values() if candidate.state in _STANDING]

    def unreviewed(self, step: str) -> list[Candidate]:
        """Those in the running who have not passed this review yet."""
        return [candidate for candidate in self.standing() if step not in candidate.passed]

    def passed_over(self) -> list[Candidate]:
        """Reviewed and passed, but not on the present list."""
        return [one for one in self.candidates.values() if one.state is CandidateState.NOT_LISTED]

    def on_the_list(self) -> list[Candidate]:
        """Those listed and still willing."""
        return [one for one in self.candidates.values() if one.state is CandidateState.LISTED]

    def fit(self) -> list[Candidate]:
        """Everybody who could be on the next list, those on the last one first."""
        return [*self.on_the_list(), *self.passed_over(), *self.standing()]

    def name(self, person: str) -> str:
        """The person's name, or the id where nobody of that id stands or serves."""
        if person in self.candidates:
            return self.candidates[person].person.name
        return self.others.get(person, person)

    def people(self, ids: Iterable[str]) -> list[Candidate]:
        """Candidates by person id; unknown ids are left out."""
        return [self.candidates[key] for key in ids if key in self.candidates]
