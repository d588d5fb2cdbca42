"""Stopping, releasing and postponing a unit, a street or the district: asked as updates, passed down as signals.

Whoever asks is answered at once: a wrong role, a second hold or a release without one is refused. What is below hears it
as a signal, which cannot be refused.
"""

from typing import Any

from temporalio import workflow

from policies.finding import Finding
from policies.pack.schema import Role
from policies.rules import order
from workflows.messages import Hold, Postponement, Receipt, Release
from workflows.procedure import Procedure, refuse
from workflows.setting import Setting


class Steering:
    """What unit, street and district share. The heir keeps `held`, names itself, and knows what runs below it."""

    held: Hold | None
    setting: Setting
    may_steer: tuple[Role, ...] = (Role.STREET_COMMITTEE, Role.DISTRICT_ORGANIZATION)

    def called(self) -> str:
        """The heir's Chinese name, for messages."""
        raise NotImplementedError

    def below(self) -> list[workflow.ChildWorkflowHandle[Any, Any]]:
        """The running children that must hear of it."""
        raise NotImplementedError

    @workflow.update
    async def order_hold(self, hold: Hold) -> Receipt:
        """Stop everything here and below until released."""
        await self.take_hold(hold)
        for child in self.below():
            await child.signal(Procedure.hold, hold)
        return Receipt(gate="hold")

    @order_hold.validator
    def _may_hold(self, hold: Hold) -> None:
        findings = self._authority(hold.role, "暂停换届")
        if self.held is not None:
            findings.append(order.already_held(self.called(), self.held.reason))
        refuse(findings)

    @workflow.update
    async def order_release(self, release: Release) -> Receipt:
        """Let everything held here and below go on."""
        await self.take_release(release)
        for child in self.below():
            await child.signal(Procedure.release, release)
        return Receipt(gate="release")

    @order_release.validator
    def _may_release(self, release: Release) -> None:
        findings = self._authority(release.role, "解除暂停")
        if self.held is None:
            findings.append(order.nothing_to_release(self.called()))
        refuse(findings)

    @workflow.update
    async def order_postponement(self, postponement: Postponement) -> Receipt:
        """Move every limit of the plan still ahead, here and below; limits of the law stay."""
        await self.take_postponement(postponement)
        for child in self.below():
            await child.signal(Procedure.postpone, postponement)
        return Receipt(gate="postpone")

    @order_postponement.validator
    def _may_postpone(self, postponement: Postponement) -> None:
        refuse(self._authority(postponement.role, "批准延期"))

    def _authority(self, role: Role, what: str) -> list[Finding]:
        if role in self.may_steer:
            return []
        names = self.setting.pack.roles
        allowed = "、".join(names.get(one, one.value) for one in self.may_steer)
        return [order.may_not_steer(names.get(role, role.value), what, allowed)]

    async def take_hold(self, hold: Hold) -> None:
        """Keep the hold here."""
        self.held = hold

    async def take_release(self, release: Release) -> None:  # noqa: ARG002 - heirs journal it
        """Forget the hold here."""
        self.held = None

    async def take_postponement(self, postponement: Postponement) -> None:
        """Move the limits kept here; a street and a district keep none."""
