"""Why: every way the engine gives up has its own name and says what to look at; it never hangs and never guesses.

What a *workflow* does wrong in a way Temporal knows (failures, rejections, not found) is raised as Temporal's own
exception types by the client. The errors here are about the engine itself, the code under it, or a procedure that
cannot go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class EngineError(RuntimeError):
    """Base of everything the engine itself raises."""


@dataclass(frozen=True)
class OpenWorkflow:
    """One workflow that is still open when nothing is left to happen."""

    workflow_id: str
    workflow_type: str
    run_id: str
    explanation: str
    """What the workflow says of itself through the explain query; empty when there is none."""

    def __str__(self) -> str:
        said = f": {self.explanation}" if self.explanation else ""
        return f"{self.workflow_id} ({self.workflow_type}){said}"


class StuckError(EngineError):
    """Nothing is scheduled any more, yet somebody waits. `open_workflows` names each open workflow and what it says."""

    def __init__(self, waiting_for: str, open_workflows: Sequence[OpenWorkflow]) -> None:
        self.waiting_for = waiting_for
        self.open_workflows = list(open_workflows)
        shown = "\n".join(f"  - {each}" for each in self.open_workflows[:50])
        more = len(self.open_workflows) - 50
        if more > 0:
            shown += f"\n  … and {more} more"
        super().__init__(
            f"stuck: nothing is scheduled, but someone waits for {waiting_for}; "
            f"{len(self.open_workflows)} workflow(s) open\n{shown}"
        )


class UnsupportedCommandError(EngineError):
    """A workflow issued a command, or a caller used a feature, that the engine does not model. `command` names it."""

    def __init__(self, command: str, workflow_id: str = "", detail: str = "") -> None:
        self.command = command
        self.workflow_id = workflow_id
        by = f" (workflow {workflow_id})" if workflow_id else ""
        super().__init__(f"the engine does not support {command}{by}{': ' + detail if detail else ''}")


class WorkflowTaskFailedError(EngineError):
    """Workflow code raised something that is not a failure (a bug) or broke determinism.

    A server would retry the workflow task for ever; the engine raises this in whoever drives it, once, and again to
    anybody who waits for that workflow. `failure` is the exception decoded from the SDK's report.
    """

    def __init__(self, workflow_id: str, workflow_type: str, run_id: str, failure: BaseException, trace: str) -> None:
        self.workflow_id = workflow_id
        self.workflow_type = workflow_type
        self.run_id = run_id
        self.failure = failure
        super().__init__(f"workflow task failed in {workflow_id} ({workflow_type}, run {run_id}): {failure}\n{trace}")


class LivelockError(EngineError):
    """Too many activations at one virtual instant: something answers itself for ever without time passing."""


class RunawayActivityError(EngineError):
    """An activity was retried more often than `Engine(activity_attempt_limit=…)`; the message carries its last
    failure.
    """


class HorizonError(EngineError):
    """The virtual clock passed `Engine(horizon=…)`: something reschedules itself for ever."""


class ReplayMismatchError(EngineError):
    """A fresh instance fed the recorded activations gave other commands: the workflow is not deterministic."""
