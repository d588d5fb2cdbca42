"""Why: everything the engine knows about one workflow run, and the small records that hang on it. State only, no
behaviour beyond keeping itself consistent; the driver in `engine.py` acts on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine import sdk

if TYPE_CHECKING:
    from simulation.engine.activities import ActivityExecution
    from simulation.engine.agenda import Entry

RUNNING = WorkflowExecutionStatus.RUNNING


class Waiter:
    """Somebody who waits for something the engine will do. The future exists only while its owner is parked."""

    __slots__ = ("cancelled", "done", "future", "idle", "what")

    def __init__(self, what: str, idle: bool = False) -> None:
        self.what = what
        self.done = False
        self.idle = idle
        self.cancelled = False
        self.future: asyncio.Future[None] | None = None


@dataclass(slots=True)
class ParentLink:
    """Where a child reports to. It survives the child's continue-as-new and retries."""

    run: Run
    seq: int
    close_policy: int
    cancellation_type: int
    resolved: bool = False


@dataclass(slots=True)
class Child:
    """A parent's view of one child it has started."""

    seq: int
    workflow_id: str
    workflow_type: str
    command: Any
    run: Run | None = None
    link: ParentLink | None = None
    start_dropped: bool = False


class UpdateOutcome:
    """What became of a submitted update.

    `accepted` is False when the validator refused (then `failure` says why). An accepted update that failed later has
    `accepted` True and a `failure`. `result` is decoded on first access with the handler's declared return type.
    """

    __slots__ = ("_decode", "_payload", "_result", "accepted", "failure", "update_id", "workflow_id")

    def __init__(
        self,
        workflow_id: str,
        update_id: str,
        accepted: bool,
        failure: BaseException | None = None,
        payload: Payload | None = None,
        decode: Callable[[Payload], Any] | None = None,
    ) -> None:
        self.workflow_id = workflow_id
        self.update_id = update_id
        self.accepted = accepted
        self.failure = failure
        self._payload = payload
        self._decode = decode
        self._result: Any = None

    @property
    def result(self) -> Any:
        """The handler's return value; None when it failed or was refused."""
        if self._payload is not None and self._decode is not None:
            self._result = self._decode(self._payload)
            self._payload = None
        return self._result

    def __repr__(self) -> str:
        state = "accepted" if self.accepted else "rejected"
        return f"UpdateOutcome({self.workflow_id!r}, {self.update_id!r}, {state}, failure={self.failure!r})"


class Update:
    """One update on its way through a run."""

    __slots__ = (
        "accepted",
        "callbacks",
        "failure",
        "gone",
        "name",
        "protocol_id",
        "result",
        "run",
        "update_id",
        "waiters",
    )

    def __init__(self, run: Run, update_id: str, protocol_id: str, name: str) -> None:
        self.run = run
        self.update_id = update_id
        self.protocol_id = protocol_id
        self.name = name
        self.accepted = False
        self.result: Payload | None = None
        self.failure: Failure | None = None
        self.gone = False
        """The workflow closed before it could be accepted."""
        self.callbacks: list[Callable[[UpdateOutcome], None]] = []
        self.waiters: list[tuple[bool, Waiter]] = []
        """(until completed?, waiter)"""

    @property
    def settled(self) -> bool:
        return self.result is not None or self.failure is not None or self.gone


@dataclass(slots=True)
class StartOptions:
    """Everything a run starts with; carried along by continue-as-new and retries."""

    workflow_id: str
    workflow_type: str
    task_queue: str
    arguments: Sequence[Payload] = ()
    headers: dict[str, Payload] = field(default_factory=dict)
    memo: dict[str, Payload] = field(default_factory=dict)
    search_attributes: dict[str, Payload] = field(default_factory=dict)
    execution_timeout_ns: int = 0
    run_timeout_ns: int = 0
    task_timeout_ns: int = 10_000_000_000
    retry_policy: Any = None
    priority: Any = None
    user_metadata: Any = None
    start_delay_ns: int = 0


class Run:
    """One run of one workflow."""

    __slots__ = (
        "activations",
        "activities",
        "asleep",
        "attempt",
        "broken",
        "cancel_requested",
        "chain_deadline_ns",
        "chain_start_ns",
        "children",
        "close_ns",
        "continued_failure",
        "continued_from",
        "continued_initiator",
        "definition",
        "dirty",
        "events",
        "failure",
        "first_run_id",
        "instance",
        "last_result",
        "link",
        "next_run",
        "open_children",
        "options",
        "patches",
        "pending",
        "recording",
        "result",
        "root",
        "run_id",
        "seed",
        "sequence",
        "size",
        "start_ns",
        "status",
        "termination_details",
        "timeout_entries",
        "timers",
        "updates",
        "updates_by_protocol",
        "waiters",
    )

    def __init__(
        self,
        options: StartOptions,
        definition: sdk.WorkflowDefinition,
        run_id: str,
        seed: int,
        sequence: int,
        start_ns: int,
    ) -> None:
        self.options = options
        self.definition = definition
        self.run_id = run_id
        self.first_run_id = run_id
        self.seed = seed
        self.sequence = sequence
        self.start_ns = start_ns
        self.chain_start_ns = start_ns
        self.chain_deadline_ns: int | None = None
        self.close_ns: int | None = None
        self.status = RUNNING
        self.attempt = 1
        self.continued_from = ""
        self.continued_initiator = 0
        self.continued_failure: Failure | None = None
        self.last_result: Payload | None = None
        self.link: ParentLink | None = None
        self.root: tuple[str, str] | None = None
        self.instance: Any = None
        self.pending: sdk.Activation | None = None
        self.dirty = False
        self.asleep = False
        self.broken: BaseException | None = None
        self.cancel_requested = False
        self.timers: dict[int, Entry] = {}
        self.activities: dict[int, ActivityExecution] = {}
        self.children: dict[int, Child] = {}
        self.open_children: dict[str, Child] = {}
        self.updates: dict[str, Update] = {}
        self.updates_by_protocol: dict[str, Update] = {}
        self.waiters: list[Waiter] = []
        self.timeout_entries: list[Entry] = []
        self.patches: dict[str, bool] = {}
        self.events = 1
        self.size = 0
        self.activations = 0
        self.result: Payload | None = None
        self.failure: Failure | None = None
        self.next_run: Run | None = None
        self.termination_details: Any = None
        self.recording: Any = None

    @property
    def workflow_id(self) -> str:
        return self.options.workflow_id

    @property
    def workflow_type(self) -> str:
        return self.options.workflow_type

    @property
    def is_open(self) -> bool:
        return self.status is RUNNING

    def __repr__(self) -> str:
        return f"<{self.workflow_type} {self.workflow_id} run {self.run_id} {self.status.name}>"


def not_found(message: str) -> RPCError:
    """The error a server gives for an unknown or closed workflow."""
    return RPCError(message, RPCStatusCode.NOT_FOUND, b"")


def query_failed(message: str) -> RPCError:
    """The error a server gives for a failed query; the client turns it into WorkflowQueryFailedError."""
    return RPCError(message, RPCStatusCode.INVALID_ARGUMENT, b"")


ALLOW_DUPLICATE_FAILED_ONLY, REJECT_DUPLICATE, TERMINATE_IF_RUNNING = 2, 3, 4
"""Temporal's numbers for id reuse policies (1 and 0 allow duplicates)."""


def may_start(existing: Run, reuse_policy: int) -> bool:
    """Whether a workflow id may be used again, given its latest run and the id reuse policy."""
    if existing.is_open:
        return reuse_policy == TERMINATE_IF_RUNNING
    if reuse_policy == REJECT_DUPLICATE:
        return False
    if reuse_policy == ALLOW_DUPLICATE_FAILED_ONLY:
        return existing.status is not WorkflowExecutionStatus.COMPLETED
    return True
