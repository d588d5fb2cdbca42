"""The gateway of a county: a token lets a person in, the person signs, the workflow judges, the registry remembers.

It authenticates and nothing else: whether a signature suffices is for the workflow's validator to say, by the rules. It keeps
the promise that a key has one effect and one answer, journals every refusal, and holds the first of two signatures until
somebody else signs too.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

from pydantic import ConfigDict, TypeAdapter, ValidationError

from activities.registry import Registry
from activities.registry.commands import Conflict, Replay
from activities.registry.errors import RefusedRecordError, UnknownPlaceError
from activities.registry.people import Denied, Grant, Person
from activities.registry.signatures import PendingSignature
from gateway.carrier import Carrier
from gateway.command import Answer, Command, Message, Outcome, Verb
from gateway.refusal import unit_of
from policies.authority import Signature
from policies.clock import Clock
from policies.finding import Finding
from policies.pack.schema import Role
from policies.rules import order
from workflows.electiontime import BEIJING
from workflows.facts import Refusal
from workflows.messages import Form, Receipt, Submission
from workflows.setting import Setting

LARGEST = 256 * 1024
"""Bytes of a command's content; a form for a hundred people takes about a tenth."""


class Stranger(Exception):  # noqa: N818 - named for who it is
    """A command that no known person stands behind."""

    def __init__(self, denied: Denied) -> None:
        super().__init__(denied.message)
        self.denied = denied


class Unfit(Exception):  # noqa: N818
    """A command that cannot be taken: too large, a key used for something else, nothing to countersign."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer as the ledger of commands keeps it."""

    outcome: Outcome
    receipt: Receipt | None
    findings: tuple[Finding, ...]


_KEPT: TypeAdapter[_Kept] = TypeAdapter(_Kept)
_FORM: TypeAdapter[Form] = TypeAdapter(Form, config=ConfigDict(extra="forbid"))

Sign = Callable[[Signature], Message]
"""The message, once it is known who signs it."""


class Door:
    """What a county's people send their commands through. `now` is real time, aware."""

    def __init__(
        self,
        registry: Registry,
        carrier: Carrier,
        settings: Callable[[str], Setting | None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registry, self._carrier, self._settings, self._now = registry, carrier, settings, now

    # ------------------------------------------------------------ who

    def admit(self, token: str | None) -> Person:
        """The person behind a token. Raises Stranger."""
        person = self._registry.people.authenticate(token, self._now())
        if isinstance(person, Denied):
            raise Stranger(person)
        return person

    def grants(self, person: Person) -> tuple[Grant, ...]:
        """What a person may sign as."""
        return self._registry.people.grants(person.id)

    # ------------------------------------------------------------ what

    async def send(
        self, token: str | None, workflow: str, verb: Verb, sign: Sign, role: Role | None = None, key: str = ""
    ) -> Answer:
        """Have a person's command carried out, once for each key; `role`: in which capacity, where the person has several.

        Raises Stranger, Unfit, NoAnswer, RegistryUnavailableError. Nothing has changed then, but after NoAnswer, which does
        not know: send the same key again.
        """
        person = await asyncio.to_thread(self.admit, token)
        signature = await asyncio.to_thread(self._signature, person, workflow, role)
        if signature is None:
            raise Unfit(f"{person.name}没有被授予任何职责，不能办理：请向管理员申请")
        return await self._once(person, Command(workflow, verb, sign(signature), key or str(uuid4())))

    async def decide(
        self, token: str | None, workflow: str, gate: str, form: Form, role: Role | None = None, key: str = ""
    ) -> Answer:
        """Hand in a decision; where the plan wants two signatures, the first is kept and the second person's completes it.

        The second person hands in the same form, or calls `countersign`. Raises what `send` raises.
        """
        person = await asyncio.to_thread(self.admit, token)
        signature = await asyncio.to_thread(self._signature, person, workflow, role, self._deciders(workflow, gate))
        if signature is None:
            raise Unfit(f"{person.name}没有被授予任何职责，不能办理：请向管理员申请")
        submission = Submission(gate=gate, by=signature, form=form)
        if not await asyncio.to_thread(self._countersigners, workflow, gate):
            return await self._once(person, Command(workflow, Verb.DECIDE, submission, key or str(uuid4())))
        self._check_size(submission)
        pending = PendingSignature(workflow, gate, submission.model_dump_json(), person.id, self._now())
        stands = await asyncio.to_thread(self._registry.signatures.put, pending)
        if stands.signer != person.id:
            raise Unfit("这一步已有他人先签字：请核对其内容后会签，或请其撤回")
        return Answer(Outcome.AWAITS_SECOND)

    def awaiting(self, workflow: str, gate: str) -> Submission | None:
        """What the first person signed at a gate, for the second to read."""
        pending = self._registry.signatures.find(workflow, gate)
        return None if pending is None else Submission.model_validate_json(pending.submission_json)

    async def countersign(
        self, token: str | None, workflow: str, gate: str, role: Role | None = None, key: str = ""
    ) -> Answer:
        """Sign as the second person what the first has signed; refused, the first signature is given back too."""
        first = await asyncio.to_thread(self.awaiting, workflow, gate)
        if first is None:
            await asyncio.to_thread(self.admit, token)
            raise Unfit(f"「{gate}」没有等待会签的签字")
        wanted = await asyncio.to_thread(self._countersigners, workflow, gate)
        person = await asyncio.to_thread(self.admit, token)
        second = await asyncio.to_thread(self._signature, person, workflow, role, wanted)
        if second is None:
            raise Unfit(f"{person.name}没有被授予任何职责，不能会签：请向管理员申请")
        submission = first.model_copy(update={"second": second})
        answer = await self._once(person, Command(workflow, Verb.DECIDE, submission, key or str(uuid4())))
        if answer.outcome is Outcome.REFUSED and second.person != first.by.person:
            await asyncio.to_thread(self._registry.signatures.take, workflow, gate)
        return answer

    async def call_back(self, token: str | None, workflow: str, gate: str) -> None:
        """Take back one's own first signature. Raises Stranger, Unfit."""
        person = await asyncio.to_thread(self.admit, token)
        pending = await asyncio.to_thread(self._registry.signatures.find, workflow, gate)
        if pending is None or pending.signer != person.id:
            raise Unfit(f"「{gate}」没有您的签字可以撤回")
        await asyncio.to_thread(self._registry.signatures.take, workflow, gate)

    # ------------------------------------------------------------ once

    async def _once(self, person: Person, command: Command) -> Answer:
        content = self._check_size(command.message)
        begun = await asyncio.to_thread(self._begin, person, command, content)
        if isinstance(begun, Conflict):
            raise Unfit(begun.message)
        if isinstance(begun, Replay):
            kept = _KEPT.validate_json(begun.answer_json)
            return Answer(kept.outcome, kept.receipt, kept.findings)
        answer = await self._carrier.carry(command)
        return await asyncio.to_thread(self._finish, command, answer)

    def _begin(self, person: Person, command: Command, content: bytes) -> object:
        try:
            return self._registry.commands.begin(
                command.key,
                person.id,
                command.workflow,
                f"{command.verb} {command.gate}",
                sha256(content).hexdigest(),
                self._now(),
            )
        except RefusedRecordError as error:
            raise Unfit(str(error)) from error

    def _finish(self, command: Command, answer: Answer) -> Answer:
        """Journal a refusal, then keep the answer: whoever dies in between does both again, and neither twice."""
        if answer.outcome is Outcome.CLOSED:
            title = f"{command.workflow} {command.gate}"
            answer = Answer(
                Outcome.CLOSED, findings=(order.not_open(title, "该换届流程尚未开始、已经结束，或没有登记"),)
            )
        else:
            if answer.outcome is Outcome.REFUSED:
                self._journal(command, answer.findings)
        kept = _Kept(answer.outcome, answer.receipt, answer.findings)
        stands = _KEPT.validate_json(
            self._registry.commands.finish(command.key, _KEPT.dump_json(kept).decode(), self._now())
        )
        return Answer(stands.outcome, stands.receipt, stands.findings)

    def _journal(self, command: Command, findings: tuple[Finding, ...]) -> None:
        refusal = Refusal(workflow=command.workflow, gate=command.gate, by=command.by, findings=findings)
        self._registry.store.refuse(refusal, self.instant(command.workflow), command.key)

    # ------------------------------------------------------------ what the registry knows

    def instant(self, workflow: str) -> datetime:
        """Now in the election a workflow belongs to: real time, or a drill's."""
        place = self._registry.elections.place(unit_of(workflow))
        if place is None:
            raise UnknownPlaceError(f"登记库中没有「{workflow}」")
        clock = self._registry.elections.clock(place.election)
        now = self._now()
        return (now if clock is None else Clock.model_validate_json(clock).at(now)).astimezone(BEIJING)

    def _deciders(self, workflow: str, gate: str) -> tuple[Role, ...]:
        """Whom the gate waits for, where it is open."""
        waiting = self._registry.standings.inbox(date.max, unit=unit_of(workflow))
        return tuple(each.task.role for each in waiting if (each.task.workflow, each.task.gate) == (workflow, gate))

    def _countersigners(self, workflow: str, gate: str) -> tuple[Role, ...]:
        place = self._registry.elections.place(unit_of(workflow))
        setting = None if place is None else self._settings(place.setting)
        step = None if setting is None else setting.steps.get(gate.split("#", 1)[0])
        return () if step is None else step.countersigned_by

    def _signature(
        self, person: Person, workflow: str, role: Role | None, wanted: tuple[Role, ...] = ()
    ) -> Signature | None:
        """The person's signature as `role`, else as what fits best: a role wanted, one that reaches the place.

        Where nothing fits, it is signed with what there is, for the rules to refuse by name.
        """
        grants = self.grants(person)
        place = self._registry.elections.place(unit_of(workflow))
        areas = () if place is None else place.areas

        def fitness(grant: Grant) -> tuple[bool, bool, bool]:
            return grant.role is role, grant.role in wanted, grant.scope in areas

        best = max(grants, key=fitness, default=None)
        if best is None:
            return None
        return Signature(
            person=person.id, name=person.name, role=role if role and best.role is role else best.role, scope=best.scope
        )

    @staticmethod
    def _check_size(message: Message) -> bytes:
        content = message.model_dump_json().encode()
        if len(content) > LARGEST:
            raise Unfit(f"提交内容共 {len(content)} 字节，超过上限 {LARGEST} 字节：请核对表单")
        return content


def read_form(raw: object) -> Form | tuple[str, ...]:
    """A form out of what a file says, or all that is wrong with it, in Chinese."""
    try:
        return _FORM.validate_python(raw)
    except ValidationError as error:
        return tuple(f"{'.'.join(str(part) for part in one['loc']) or '表单'}：{one['msg']}" for one in error.errors())
