"""A community's committee and its by-election: who runs the vote, and who may vote in it by the plan's way of voting."""

from policies.finding import Finding
from policies.lifecycles import BodyTrigger
from policies.pack.schema import PollMode
from policies.rules.village import notices
from workflows import examination
from workflows.electioncommittee import ElectionCommittee
from workflows.messages import Chosen, Counted
from workflows.wrongfulwins import VoidableWins


class ResidentsVote(VoidableWins):
    """A vote by every voter, by delegates of households, or by residents' delegates."""

    representatives = 0  # residents' delegates, once chosen

    async def choose_committee(self, step_id: str) -> ElectionCommittee:
        """The election committee, five to nine and odd, the Party secretary in the chair (R2)."""
        rules = self.pack.body(self.body).committee
        chosen = await self.gate(
            step_id, Chosen, check=lambda form: examination.election_committee(form, rules, self.seated)
        )
        self.issue(self.step(step_id), names=tuple(member.name for member in chosen.members))
        return ElectionCommittee(chosen)

    def sitting(self) -> tuple[str, ...]:
        """Who sits on the election committee now."""
        return tuple(self.committee.members)

    async def announce_and_fill(self, poll_step: str, announcement: str) -> None:
        """The result is made known; seats that void wins left open before that are voted on again (R25-22, R25-19)."""
        await self.announce(announcement, self.poll_held)
        while await self.fill_again(poll_step):
            await self.announce(announcement, self.poll_held)

    async def run_off(self, step_id: str) -> None:
        """The open seats go to a further vote among the unelected with most votes (R25-19)."""
        self.moves(BodyTrigger.CALL_FURTHER_VOTE)
        await self.vote_out(step_id, self.next_field(self.register.on_the_list()), 2)

    def admitted(self, form: Counted) -> list[Finding]:
        """No more proxies used than were examined and published (R25-19); where none may be given, the ballot forbids them (R5)."""
        ballot = self.step(self.poll_step).ballot
        if ballot is None or ballot.proxies_allowed is not True:
            return []
        return notices.proxies_used(form.proxies, self.proxies, rule=self.clauses.proxied, step=self.poll_step)

    def roll(self) -> int:
        """Who may vote, by the plan's way of voting: registered voters, delegates of their households, representatives (R5)."""
        ballot = self.step(self.poll_step).ballot
        match None if ballot is None else ballot.mode:
            case PollMode.VOTERS:
                return self.voters
            case PollMode.HOUSEHOLDS:
                return self.household_voters
            case _:
                return self.representatives
