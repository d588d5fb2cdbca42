"""Wins by unlawful means: declared void on a complaint, by the finding of those entitled; the seat is voted on again (V22, R25-22).

Before the result is announced the seat goes to a further vote; afterwards it stays open until a by-election.
"""

from policies.finding import Finding
from policies.lifecycles import CandidateState, CandidateTrigger
from policies.rules import complaints
from policies.rules.village import wrongful
from workflows.enrolment import Enrolment
from workflows.facts import WinVoided
from workflows.messages import Counted, SignedOff
from workflows.procedure import Gate
from workflows.register import Candidate


class VoidableWins(Enrolment):
    """The election of a committee whose members' wins the law can declare void."""

    def enrols(self) -> None:
        """As of every roll; nobody's win is void yet."""
        super().enrols()
        self.void: dict[str, WinVoided] = {}  # whose win was declared void, and by which finding
        self.reopened = False  # a win declared void has left a seat open since the last vote

    def wins_voidable(self, form: SignedOff) -> list[Finding]:
        """V22, R25-22, K3: by those entitled, of somebody elected, and not while a vote is being held."""
        if self.clauses.void is None:
            return super().wins_voidable(form)
        found = wrongful.cannot_void(form.wrongs, self.members, upheld=form.upheld, rule=self.clauses.void)
        if any(Counted in gate.forms for gate in self.gates.values()):
            found.append(complaints.not_voidable("当选", "正在投票，待本次投票有了结果再作结论"))
        return found

    def void_wins(self, complaint: str, wrongs: tuple[wrongful.Wrong, ...]) -> None:
        """The seats are open again, and who waits for papers about the members is told."""
        for one in wrongs:
            self.declare_void(
                WinVoided(
                    complaint=complaint, person=one.person, means=one.means, found_by=one.found_by, paper=one.paper
                )
            )
        self.reopened = True
        for gate in self.gates.values():
            if ":" not in gate.key:
                self.renew(gate)

    def renew(self, gate: Gate) -> None:
        """A gate about somebody whose win is void is about the members who are left."""
        if any(one in self.void and one not in self.members for one in gate.people):
            gate.people = tuple(self.members)
            self.to_inbox(gate)

    def declare_void(self, fact: WinVoided) -> None:
        """Take the seat away and say so."""
        if fact.person in self.members:  # else the whole vote was declared void in the same instant
            self.void[fact.person] = fact
            self.give_way(fact.person, CandidateTrigger.ANNUL)
            self.note(fact)

    def give_way(self, person: str, why: CandidateTrigger) -> None:
        """Somebody elected loses the seat, which is open again."""
        del self.members[person]
        self.register.candidates[person].happens(why)
        self.open_seats += 1

    async def fill_again(self, step_id: str) -> bool:
        """Whether seats that void wins left open were voted on again, among the unelected (V19, R25-19)."""
        again = [one for one in self.register.candidates.values() if one.state is CandidateState.NOT_ELECTED]
        due = self.reopened and any(self.seat_open_for(one) for one in again)
        self.reopened = False
        if due:
            for candidate in again:
                candidate.happens(CandidateTrigger.LIST)
            await self.run_off(step_id)
        return due

    def seat_open_for(self, candidate: Candidate) -> bool:  # noqa: ARG002 - where posts are voted on apart, it matters whose
        """Whether a seat is open that this candidate could take."""
        return self.open_seats > 0

    async def run_off(self, step_id: str) -> None:
        """A further vote on the seats that are open."""
        raise NotImplementedError
