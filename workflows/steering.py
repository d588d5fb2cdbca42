"""Stopping, releasing and postponing a unit, a street or the district: asked as updates, passed down as signals.

Whoever asks is answered at once: a wrong role, a second hold or a release without one is refused. What is below hears it
as a signal, which cannot be refused; what is only just being started hears it as soon as it has begun.
"""

from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

from policies.authority import Signature, outside
from policies.clock import Clock
from policies.finding import Finding
from policies.pack.schema import Role
from policies.rules import order
from workflows.messages import Hold, Postponement, Receipt, Release
from workflows.procedure import Procedure, refuse
from workflows.search import place
from workflows.setting import Setting

ONCE = RetryPolicy(maximum_attempts=1)

Message = Hold | Release | Postponement | Clock


class Steering:
    """What unit, street and district share. The heir keeps `held`, names itself, and says where it lies."""

    held: Hold | None
    setting: Setting
    clock: Clock | None
    told_by_brief = False  # whether a child's brief holds what was passed down before it starts
    may_steer: tuple[Role, ...] = (Role.STREET_COMMITTEE, Role.DISTRICT_ORGANIZATION)

    def steered(self) -> None:
        """Set up; called from the heir's `__init__`."""
        self.children: dict[str, workflow.ChildWorkflowHandle[Any, Any]] = {}
        self.passed_down: list[tuple[Any, Message]] = []  # every signal sent below, with its message

    def called(self) -> str:
        """The heir's Chinese name, for messages."""
        raise NotImplementedError

    def areas(self) -> tuple[str, ...]:
        """Ids from here up to the district: whoever steers here holds a role for one of them."""
        raise NotImplementedError

    # ------------------------------------------------------------ what runs below

    async def start(self, run: Any, brief: Any, child_id: str, summary: str | None = None) -> Any:
        """Start a child and wait for its outcome; what is passed down while it starts reaches it too, in order.

        What was passed down before, the heir's `told_by_brief` says whether the brief tells already.
        """
        told = len(self.passed_down) if self.told_by_brief else 0
        handle = await workflow.start_child_workflow(
            run,
            brief,
            id=child_id,
            retry_policy=ONCE,
            static_summary=summary,
            search_attributes=place((*reversed(self.areas()), child_id.rpartition("/")[2])),
        )
        while told < len(self.passed_down):
            signal, message = self.passed_down[told]
            told += 1
            await handle.signal(signal, message)
        self.children[child_id] = handle
        try:
            return await handle
        finally:
            del self.children[child_id]

    async def pass_down(self, signal: Any, message: Message) -> None:
        """Let everything below hear a message."""
        self.passed_down.append((signal, message))
        for child in list(self.children.values()):
            await child.signal(signal, message)

    # ------------------------------------------------------------ orders

    @workflow.update
    async def order_hold(self, hold: Hold) -> Receipt:
        """Stop everything here and below until released."""
        await self.take_hold(hold)
        await self.pass_down(Procedure.hold, hold)
        return Receipt(gate="hold")

    @order_hold.validator
    def _may_hold(self, hold: Hold) -> None:
        findings = self.authority(hold.by, "暂停换届")
        if self.held is not None:
            findings.append(order.already_held(self.called(), self.held.reason))
        refuse(findings)

    @workflow.update
    async def order_release(self, release: Release) -> Receipt:
        """Let everything held here and below go on."""
        await self.take_release(release)
        await self.pass_down(Procedure.release, release)
        return Receipt(gate="release")

    @order_release.validator
    def _may_release(self, release: Release) -> None:
        findings = self.authority(release.by, "解除暂停")
        if self.held is None:
            findings.append(order.nothing_to_release(self.called()))
        refuse(findings)

    @workflow.update
    async def order_postponement(self, postponement: Postponement) -> Receipt:
        """Move every limit of the plan still ahead, here and below; limits of the law stay."""
        await self.take_postponement(postponement)
        await self.pass_down(Procedure.postpone, postponement)
        return Receipt(gate="postpone")

    @order_postponement.validator
    def _may_postpone(self, postponement: Postponement) -> None:
        refuse(self.authority(postponement.by, "批准延期"))

    def authority(self, signature: Signature, what: str, may: tuple[Role, ...] = ()) -> list[Finding]:
        """O3, O6: whether this signature may steer here. `may`: who may, where not everybody who steers."""
        findings = outside(signature, self.called(), self.areas())
        may = may or self.may_steer
        if signature.role not in may:
            names = self.setting.pack.roles
            allowed = "、".join(names.get(one, one.value) for one in may)
            role = names.get(signature.role, signature.role.value)
            findings.append(order.may_not_steer(role, what, allowed))
        return findings

    async def take_hold(self, hold: Hold) -> None:
        """Keep the hold here."""
        self.held = hold

    async def take_release(self, release: Release) -> None:  # noqa: ARG002 - heirs journal it
        """Forget the hold here."""
        self.held = None

    async def take_postponement(self, postponement: Postponement) -> None:
        """Move the limits kept here; a street and a district keep none."""
