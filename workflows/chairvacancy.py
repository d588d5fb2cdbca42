"""A village committee without a chair: who acts, named by the law or chosen by a meeting, and made known (V20)."""

from collections.abc import Sequence

from policies.finding import Finding
from policies.people import Post
from policies.rules.village import acting
from workflows import directchecks
from workflows.facts import ActingChair
from workflows.messages import ActingNamed, BodyOutcome, Winner
from workflows.procedure import EndedByLaw, Gate
from workflows.wrongfulwins import VoidableWins


class ChairVacancy(VoidableWins):
    """A committee elected post by post, whose chair's seat may stay open or be opened again."""

    open_by_post: dict[Post, int]
    representatives: int
    acts: str | None = ""  # who acts; None: a meeting must choose, and the plan has no step for it

    def in_committee(self) -> list[Winner]:
        """Everybody in office after this vote: those elected, and whom a by-election finds there."""
        return [*self.members.values(), *self.colleagues()]

    def colleagues(self) -> Sequence[Winner]:
        """The members whom those elected here join: in a by-election those still in office."""
        return [one for one in self.seated if one.post.in_committee]

    def who_may_act(self) -> acting.Due | None:
        """Who acts by the law, or among whom a meeting chooses; None while there is a chair, or nobody in office."""
        if not self.open_by_post.get(Post.CHAIR):
            return None
        votes = {one.person.id: one.votes or 0 for one in self.in_committee()}
        deputies = {one.person.id for one in self.in_committee() if one.post is Post.DEPUTY_CHAIR}
        return acting.who_acts(
            {one: n for one, n in votes.items() if one in deputies},
            {one: n for one, n in votes.items() if one not in deputies},
            self.norms,
        )

    def _unnamed(self) -> acting.Due | None:
        due = self.who_may_act()
        if due is None or self.acts in due.people or (self.acts is None and due.meetings):
            return None
        return due

    async def name_who_acts(self, step_id: str) -> None:
        """Who acts is put down and made known; nothing where there is a chair, or where whoever was named may still act."""
        while (due := self._unnamed()) is not None:
            if not self.applies(step_id):
                self.acts = None if due.meetings else due.people[0]
                self.note(ActingChair(person=self.acts))
                return
            try:
                named = await self.gate(
                    step_id, ActingNamed, people=due.people, check=lambda form: self._lawful(form, step_id)
                )
            except EndedByLaw:  # nobody is left in office
                continue
            self.acts = named.person
            self.note(ActingChair(person=named.person))
            self.issue(self.step(step_id), names=(self._names()[named.person],))

    def _names(self) -> dict[str, str]:
        return {one.person.id: one.person.name for one in self.in_committee()}

    def _lawful(self, form: ActingNamed, step_id: str) -> list[Finding]:
        due = self.who_may_act()
        assert due is not None, "the gate is ended with the last who could act"
        members = len(self.in_committee())
        return directchecks.acting_named(
            form, due, self._names(), self.norms, representatives=self.representatives, members=members, step=step_id
        )

    def renew(self, gate: Gate) -> None:
        """Who may act may be others now, or nobody: then that gate ends, and every seat waits for a by-election."""
        if ActingNamed not in gate.forms or gate.submission is not None:
            super().renew(gate)
        elif (due := self.who_may_act()) is None:
            self.ended.add(gate.key)
            self.moved += 1
        elif due.people != gate.people:
            gate.people = due.people
            self.to_inbox(gate)

    async def in_office(self, step_id: str) -> BodyOutcome:
        """Complete once every complaint is answered; what was found by one may leave the chair open, or another to act."""
        await self.settled()
        while self._unnamed() is not None:
            await self.name_who_acts(step_id)
            await self.settled()
        return await self.completed(self.representatives)
