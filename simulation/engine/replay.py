"""Why: a recording of what a run was fed is the cheapest proof that a workflow is deterministic, and the yardstick
for speed.

`replay_commands` feeds recorded activations to a fresh instance; `bare_cost` measures what the SDK alone needs for
them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from simulation.engine import sdk
from simulation.engine.errors import ReplayMismatchError


class Recording:
    """Every activation of one run and the completion that answered it, in order."""

    __slots__ = ("_instances", "definition", "order", "steps", "task_queue")

    def __init__(self, definition: sdk.WorkflowDefinition, task_queue: str, instances: sdk.Instances) -> None:
        self.definition = definition
        self.task_queue = task_queue
        self.steps: list[tuple[sdk.Activation, sdk.Completion]] = []
        self.order: list[int] = []
        """The engine-wide number of each activation."""
        self._instances = instances

    def add(self, number: int, activation: sdk.Activation, completion: sdk.Completion) -> None:
        """Neither message is changed after this, so no copy is made."""
        self.order.append(number)
        self.steps.append((activation, completion))

    @property
    def run_id(self) -> str:
        return self.steps[0][0].run_id if self.steps else ""

    @property
    def commands(self) -> list[list[sdk.Command]]:
        """The commands of each activation."""
        return [list(completion.successful.commands) for _, completion in self.steps]

    def command_names(self) -> list[str]:
        """All commands by name, in order; what determinism tests compare first."""
        return [str(command.WhichOneof("variant")) for each in self.commands for command in each]

    def create(self) -> Any:
        """A fresh, unfed instance. Needs a running loop or a `LoopLoan`."""
        return self._instances.create(self.definition, self.steps[0][0], self.task_queue)

    def rebuild(self) -> Any:
        """A fresh instance fed everything. Evict it after use."""
        instance = self.create()
        for activation, _ in self.steps:
            sdk.activate(instance, activation)
        return instance


def same_commands(left: sdk.Completion, right: sdk.Completion) -> bool:
    """Whether two completions carry the same commands, stack traces of failures aside."""
    if left == right:
        return True
    return [_comparable(each) for each in left.successful.commands] == [
        _comparable(each) for each in right.successful.commands
    ] and left.HasField("failed") == right.HasField("failed")


def _comparable(command: sdk.Command) -> sdk.Command:
    copy = sdk.Command()
    copy.CopyFrom(command)
    failures = []
    if copy.HasField("fail_workflow_execution"):
        failures.append(copy.fail_workflow_execution.failure)
    if copy.HasField("update_response") and copy.update_response.HasField("rejected"):
        failures.append(copy.update_response.rejected)
    for failure in failures:
        current = failure
        while True:
            current.stack_trace = ""
            if not current.HasField("cause"):
                break
            current = current.cause
    return copy


def replay_commands(recording: Recording, *, as_history: bool = False) -> list[list[sdk.Command]]:
    """Feed a fresh instance what was recorded and return its commands per activation.

    With `as_history` the activations look as they would from a server's history: replaying, validators off, rejected
    updates absent (activations that held nothing else vanish), patches announced.
    """
    steps = list(_as_history(recording)) if as_history else [activation for activation, _ in recording.steps]
    given = []
    with sdk.LoopLoan():
        instance = recording.create()
        try:
            for activation in steps:
                completion = sdk.activate(instance, activation)
                failure = sdk.failed_task(completion)
                if failure is not None:
                    raise ReplayMismatchError(f"replay failed: {sdk.format_failure(failure)}")
                given.append(list(completion.successful.commands))
        finally:
            sdk.evict(instance, recording.run_id)
    return given


def check_replay(recording: Recording) -> None:
    """Raise ReplayMismatchError when a fresh instance answers the recorded activations with other commands."""
    with sdk.LoopLoan():
        instance = recording.create()
        try:
            for number, (activation, expected) in enumerate(recording.steps, 1):
                if not same_commands(sdk.activate(instance, activation), expected):
                    raise ReplayMismatchError(f"run {recording.run_id} gave other commands at activation {number}")
        finally:
            sdk.evict(instance, recording.run_id)


def _as_history(recording: Recording) -> Iterable[sdk.Activation]:
    for activation, completion in recording.steps:
        refused = set()
        accepted = set()
        patches = []
        for command in completion.successful.commands:
            if command.HasField("update_response"):
                answer = command.update_response
                if answer.HasField("accepted"):
                    accepted.add(answer.protocol_instance_id)
                elif answer.HasField("rejected") and answer.protocol_instance_id not in accepted:
                    refused.add(answer.protocol_instance_id)
            elif command.HasField("set_patch_marker"):
                patches.append(command.set_patch_marker.patch_id)
        copy = sdk.Activation()
        copy.CopyFrom(activation)
        del copy.jobs[:]
        for patch in patches:
            sdk.add_patch(copy, patch)
        kept = False
        own = {job.do_update.protocol_instance_id for job in activation.jobs if job.HasField("do_update")}
        for job in activation.jobs:
            if job.HasField("do_update"):
                if job.do_update.protocol_instance_id in refused & own:
                    continue
                job_copy = copy.jobs.add()
                job_copy.CopyFrom(job)
                job_copy.do_update.run_validator = False
            else:
                copy.jobs.add().CopyFrom(job)
            kept = True
        copy.is_replaying = True
        copy.available_internal_flags.extend(completion.successful.used_internal_flags)
        if kept:
            yield copy


def bare_cost(recordings: Recording | Iterable[Recording], *, one_by_one: bool = False) -> float:
    """Wall seconds the SDK alone needs to create, feed and evict instances for the recorded activations.

    They are fed in the order in which the engine fed them, so that as many instances are alive as then. With `one_by_one`
    each run goes from start to end before the next: kinder to the processor's caches, and so a lower bound nobody who
    runs many workflows at once can reach.
    """
    several = [each for each in ([recordings] if isinstance(recordings, Recording) else recordings) if each.steps]
    feed = [
        (0 if one_by_one else number, place, step, recording)
        for place, recording in enumerate(several)
        for step, number in enumerate(recording.order)
    ]
    feed.sort(key=lambda each: each[:3])
    instances: list[Any] = [None] * len(several)
    with sdk.LoopLoan():
        before = time.perf_counter()
        for _, place, step, recording in feed:
            instance = instances[place]
            if instance is None:
                instance = instances[place] = recording.create()
            sdk.activate(instance, recording.steps[step][0])
            if step + 1 == len(recording.steps):
                sdk.evict(instance, recording.run_id)
                instances[place] = None
        return time.perf_counter() - before
