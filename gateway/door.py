"""The gateway of a county: a token lets a person in, the person signs, the workflow judges, the registry remembers.

It authenticates and nothing else: whether a signature suffices is for the workflow's validator to say, by the rules. It keeps
the promise that a key has one effect and one answer, writes what a decision led to before it answers (see
`workflows/journalling.py`), journals every refusal, and holds the first of two signatures until somebody else signs too: one
that the workflow refuses for nothing but the second signature still missing.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

from pydantic import TypeAdapter

from activities.commit import Ledger
from activities.registry import Registry
from activities.registry.commands import Conflict, New, Replay
from activities.registry.elections import Place
from activities.registry.errors import RefusedRecordError, RegistryError, RegistryUnavailableError, UnknownPlaceError
from activities.registry.people import Denied, Grant, Person
from activities.registry.signatures import PendingSignature
from gateway.carrier import Carrier, NoAnswer
from gateway.command import BEGINNING, Answer, Command, Message, Outcome, Verb, unit_of
from gateway.moving import move
from gateway.places import STEERING, unanswerable
from gateway.term import beginning, begun_already
from policies.authority import Signature
from policies.finding import Finding
from policies.pack.schema import Role
from policies.rules import order
from policies.rules.village.term import MAY_BEGIN
from workflows.area import DistrictElection
from workflows.facts import Commit, Handing, Refusal
from workflows.messages import Form, Receipt, Submission
from workflows.setting import Setting
from workflows.steering import Steering

LARGEST = 256 * 1024
"""Bytes of a command's content; a form for a hundred people takes about a tenth."""
LONGEST = 200  # characters of a workflow's id or a gate's key


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

Sign = Callable[[Signature], Message]
"""The message, once it is known who signs it."""


class Door:
    """What a county's people send their commands through. `now` is real time, aware.

    What every command raises: Stranger, Unfit and RegistryUnavailableError, after which nothing has changed; and NoAnswer,
    after which nobody knows: the same key may be sent again, and gets the answer.
    """

    def __init__(
        self,
        registry: Registry,
        carrier: Carrier,
        settings: Callable[[str], Setting | None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._registry, self._carrier, self._settings, self._now = registry, carrier, settings, now
        self._ledger = Ledger(registry.store)

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
        """Have a person's command carried out, once for each key; `role`: in which capacity, where the person has several."""
        return await self._once(token, _Wish(workflow, verb, None, sign, role, key or str(uuid4())))

    async def decide(
        self, token: str | None, workflow: str, gate: str, form: Form, role: Role | None = None, key: str = ""
    ) -> Answer:
        """Hand in a decision; where the plan wants two signatures, it is kept until a second person calls `countersign`."""

        def sign(signature: Signature) -> Submission:
            return Submission(gate=gate, by=signature, form=form)

        return await self._once(token, _Wish(workflow, Verb.DECIDE, gate, sign, role, key or str(uuid4())))

    def awaiting(self, workflow: str, gate: str) -> Submission | None:
        """What the first person signed at a gate, for the second to read."""
        return awaiting(self._registry, workflow, gate)

    async def countersign(
        self, token: str | None, workflow: str, gate: str, role: Role | None = None, key: str = ""
    ) -> Answer:
        """Sign as the second person what the first has signed.

        Refused, the first signature stays, unless it would not be taken any more whoever signed second.
        """
        key = key or str(uuid4())
        come = await asyncio.to_thread(self._second_comes, token, workflow, gate, role, key)
        if isinstance(come, Answer):
            return come
        if isinstance(come, New):  # nobody has signed, or this very command took effect and its answer was lost
            recalled = await self._carrier.recall(workflow, key) if come.resumed else None
            if recalled is None:
                raise Unfit(f"「{gate}」没有等待会签的签字")
            return await asyncio.to_thread(self._keep, key, recalled)
        first, command = come
        answer = await asyncio.to_thread(self._finish, command, await self._carry(command))
        if answer.outcome is Outcome.REFUSED:
            with suppress(NoAnswer):  # then it stays: asked again with the next second signature
                alone = Command(workflow, Verb.DECIDE, first, f"{key} first")
                if not _lacks_only_second(first, await self._carry(alone)):
                    await asyncio.to_thread(self._registry.signatures.take, workflow, gate)
        return answer

    def _second_comes(
        self, token: str | None, workflow: str, gate: str, role: Role | None, key: str
    ) -> Answer | New | tuple[Submission, Command]:
        """What is known before a second signature is carried out: the answer it got before, that nobody signed first, or the
        first submission and the command made of both. Raises Stranger, Unfit.
        """
        with self._registry.database.writing():
            person = self.admit(token)
            self._check_named(workflow, gate)
            begun = self._begin(person, key, workflow, f"countersign {gate}", f"{role or ''}".encode())
            if isinstance(begun, Answer):
                return begun
            first = self.awaiting(workflow, gate)
            if first is None:
                return begun
            second = self._signature(person, workflow, role, self._countersigners(workflow, gate))
            written = self._registry.store.written(workflow)
        return first, Command(workflow, Verb.DECIDE, first.model_copy(update={"second": second}), key, written)

    async def call_back(self, token: str | None, workflow: str, gate: str) -> None:
        """Take back one's own first signature. Raises Stranger, Unfit."""
        person = await asyncio.to_thread(self.admit, token)
        self._check_named(workflow, gate)
        pending = await asyncio.to_thread(self._registry.signatures.find, workflow, gate)
        if pending is None or pending.signer != person.id:
            raise Unfit(f"「{gate}」没有您的签字可以撤回")
        await asyncio.to_thread(self._registry.signatures.take, workflow, gate)

    # ------------------------------------------------------------ once

    async def _once(self, token: str | None, wish: "_Wish") -> Answer:
        """Two visits to the registry, before and after the workflow is asked; each on a thread, in as few transactions as can be."""
        command = await asyncio.to_thread(self._enter, token, wish)
        if isinstance(command, Answer):
            return command
        answer = await self._carry(command)
        if isinstance(command.message, Submission) and _lacks_only_second(command.message, answer):
            return await asyncio.to_thread(self._keep_first, command, command.message)
        return await asyncio.to_thread(self._finish, command, answer)

    def _enter(self, token: str | None, wish: "_Wish") -> Command | Answer:
        """The signed command, entered into the ledger, or the answer it got before. Raises Stranger, Unfit."""
        with self._registry.database.writing():
            person = self.admit(token)
            self._check_named(wish.workflow, *(() if wish.gate is None else (wish.gate,)))
            signature = self._signature(person, wish.workflow, wish.role, self._wanted(wish))
            written = self._registry.store.written(wish.workflow) if wish.verb is Verb.DECIDE else None
            command = Command(wish.workflow, wish.verb, wish.sign(signature), wish.key, written)
            said = f"{wish.role or ''}{command.message.model_dump_json(exclude={'by'})}".encode()
            if len(said) > LARGEST:
                raise Unfit(f"提交内容共 {len(said)} 字节，超过上限 {LARGEST} 字节：请核对表单")
            begun = self._begin(person, command.key, command.workflow, f"{command.verb} {command.gate}", said)
        return begun if isinstance(begun, Answer) else command

    def _wanted(self, wish: "_Wish") -> tuple[Role, ...]:
        """The roles that may, where the person has not said in which capacity."""
        if wish.gate is None:
            return _MAY_STEER.get(wish.verb, ())
        return () if wish.role is not None else self._deciders(wish.workflow, wish.gate)

    def _begin(self, person: Person, key: str, workflow: str, about: str, said: bytes) -> New | Answer:
        """Enter a command, or find the answer it got before. What the person said is compared, not in which capacity:
        roles that were granted or revoked meanwhile make a repeated command no other one. Raises Unfit.
        """
        content = sha256(said).hexdigest()
        try:
            begun = self._registry.commands.begin(key, person.id, workflow, about, content, self._now())
        except RefusedRecordError as error:
            raise Unfit(str(error)) from error
        match begun:
            case Conflict():
                raise Unfit(begun.message)
            case Replay():
                return _read(begun.answer_json)
        return begun

    async def _carry(self, command: Command) -> Answer:
        """The workflow's answer; nobody is asked for what this registry does not know, whoever else has it. Raises Unfit."""
        unit, elections = unit_of(command.workflow), self._registry.elections
        place = elections.known(unit) or await asyncio.to_thread(elections.place, unit)
        if place is None and command.verb in BEGINNING:
            raise Unfit(f"登记库中没有「{unit}」：请核对单位的编号（huanjie live where）")
        if place is None:
            return Answer(Outcome.CLOSED)
        problem = unanswerable(command.workflow, command.verb, place)
        if problem:
            raise Unfit(problem)
        if command.verb in BEGINNING:
            return await self._begin_workflow(command, place)
        if command.verb is Verb.MOVE:
            return await move(self._registry, self._carrier, command)
        return await self._carrier.carry(command)

    async def _begin_workflow(self, command: Command, place: Place) -> Answer:
        """A workflow of the term begun where the registry's records allow it; the receipt names it."""
        now, setting = self.instant(command.workflow), self._settings(place.setting)
        asked = await asyncio.to_thread(beginning, self._registry, setting, command, place, now)
        if isinstance(asked, Answer):
            return asked
        if not await self._carrier.begin(asked):
            return begun_already(asked)
        return Answer(Outcome.ACCEPTED, Receipt(gate=asked.workflow))

    def _keep_first(self, command: Command, submission: Submission) -> Answer:
        signer = submission.by.person
        pending = PendingSignature(command.workflow, submission.gate, submission.model_dump_json(), signer, self._now())
        if self._registry.signatures.put(pending).signer != signer:
            raise Unfit("这一步已有他人先签字：请核对其内容后会签，或请其撤回")
        return self._keep(command.key, Answer(Outcome.AWAITS_SECOND))

    def _finish(self, command: Command, answer: Answer) -> Answer:
        """Journal a refusal, then keep the answer: whoever dies in between does both again, and neither twice."""
        if answer.outcome is Outcome.CLOSED:
            title = f"{command.workflow} {command.gate}"
            finding = order.not_open(title, "该换届流程尚未开始、已经结束，或没有登记")
            answer = Answer(Outcome.CLOSED, findings=(finding,))
        if answer.outcome is Outcome.REFUSED:
            self._journal(command, answer.findings)
        return self._keep(command.key, answer)

    def _journal(self, command: Command, findings: tuple[Finding, ...]) -> None:
        second = command.message.second if isinstance(command.message, Submission) else None
        refusal = Refusal(workflow=command.workflow, gate=command.gate, by=second or command.by, findings=findings)
        self._registry.store.refuse(refusal, self.instant(command.workflow), command.key)

    def _keep(self, key: str, answer: Answer) -> Answer:
        """Keep the answer, and write what the workflow handed out with it: the next tasks are there before it is heard.

        Returns the one that stands. What contradicts what is written (a registry put back from an older backup) stays with
        the workflow, whose own tries the operators see. Raises NoAnswer: what was answered has happened all the same.
        """
        receipt = answer.receipt
        handed: tuple[Commit, ...] = ()
        if isinstance(receipt, Handing):
            handed, receipt = receipt.commits, receipt.receipt
        kept = _KEPT.dump_json(_Kept(answer.outcome, receipt, answer.findings)).decode()
        try:
            with self._registry.database.writing():
                for commit in handed:
                    self._ledger.write(commit)
                return _read(self._registry.commands.finish(key, kept, self._now()))
        except RegistryUnavailableError as error:
            raise NoAnswer("已送达，但登记库暂时不能写入，没有记下答复") from error
        except RegistryError:
            if not handed:
                raise
            return self._keep(key, replace(answer, receipt=receipt))

    # ------------------------------------------------------------ what the registry knows

    def instant(self, workflow: str) -> datetime:
        """Now in the election a workflow belongs to: real time, or a drill's."""
        place = self._registry.elections.place(unit_of(workflow))
        if place is None:
            raise UnknownPlaceError(f"登记库中没有「{workflow}」")
        return self._registry.elections.instant(place.election, self._now())

    def _deciders(self, workflow: str, gate: str) -> tuple[Role, ...]:
        """Whom the gate waits for, where it is open."""
        waiting = self._registry.standings.inbox(date.max, unit=unit_of(workflow))
        return tuple(each.task.role for each in waiting if (each.task.workflow, each.task.gate) == (workflow, gate))

    def _countersigners(self, workflow: str, gate: str) -> tuple[Role, ...]:
        place = self._registry.elections.place(unit_of(workflow))
        setting = None if place is None else self._settings(place.setting)
        step = None if setting is None else setting.steps.get(gate.split("#", 1)[0])
        return () if step is None else step.countersigned_by

    def _signature(self, person: Person, workflow: str, role: Role | None, wanted: tuple[Role, ...]) -> Signature:
        """The person's signature as `role`, else as what fits best: a role wanted, one that reaches the place.

        Where nothing fits, it is signed with what there is, for the rules to refuse by name. Raises Unfit for a role that
        the person does not hold, and for nobody in particular.
        """
        grants = self.grants(person)
        if not grants:
            raise Unfit(f"{person.name}没有被授予任何职责，不能办理：请向管理员申请")
        if role is not None:
            grants = tuple(grant for grant in grants if grant.role is role)
            if not grants:
                raise Unfit(f"{person.name}没有“{role}”这项职责：请改用本人的职责，或向管理员申请")
        place = self._registry.elections.place(unit_of(workflow))
        areas = () if place is None else place.areas
        best = max(grants, key=lambda grant: (grant.role in wanted, grant.scope in areas))
        return Signature(person=person.id, name=person.name, role=best.role, scope=best.scope)

    @staticmethod
    def _check_named(*names: str) -> None:
        """Raises Unfit for what cannot be the id of a workflow or the key of a gate."""
        for name in names:
            if not 1 <= len(name) <= LONGEST or not name.isprintable():
                raise Unfit(f"流程或环节的编号不能用：应为 1 到 {LONGEST} 个可见字符，现为 {len(name)} 个")


@dataclass(frozen=True, slots=True)
class _Wish:
    """A command before it is known who sends it. `gate`: the gate to be decided; None for what steers."""

    workflow: str
    verb: Verb
    gate: str | None
    sign: Sign
    role: Role | None
    key: str


_MAY_STEER = dict.fromkeys(STEERING, Steering.may_steer) | {Verb.MOVE: DistrictElection.may_steer}
_MAY_STEER |= dict.fromkeys(BEGINNING, MAY_BEGIN)


def awaiting(registry: Registry, workflow: str, gate: str) -> Submission | None:
    """What the first person signed at a gate, read without a server."""
    pending = registry.signatures.find(workflow, gate)
    return None if pending is None else Submission.model_validate_json(pending.submission_json)


def _lacks_only_second(submission: Submission, answer: Answer) -> bool:
    """Whether a decision signed once was refused for nothing but that."""
    if answer.outcome is not Outcome.REFUSED or submission.second is not None:
        return False
    missing = order.second_signature_missing("", submission.by.name)
    blocking = {(one.rule, one.value, one.limit) for one in answer.findings if one.blocks}
    return blocking == {(missing.rule, missing.value, missing.limit)}


def _read(answer_json: str) -> Answer:
    kept = _KEPT.validate_json(answer_json)
    return Answer(kept.outcome, kept.receipt, kept.findings)
