"""The bare comparison: a workflow with one update and one activity a gate, as small as the SDK lets it be, and its worker.

It is shaped as an election is: a gate is opened by an activity, one update with a validator decides it, the next is opened
by the next activity. Its forms are dicts of about a kilobyte, in plain JSON. It knows nothing of elections, and this module
imports next to nothing, because the sandbox imports it anew for every workflow.

The activity does nothing but write its gate into a pipe, where the driver reads what the elections' driver reads in the inbox.
"""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

QUEUE = "bare"
PAPER = "开" * 300
"""With the rest of a form about a kilobyte in UTF-8."""
TIMEOUT = timedelta(seconds=30)


def form(gate: int) -> dict[str, Any]:
    """What is handed in."""
    return {"gate": gate, "by": {"person": "P01", "role": "street_committee"}, "text": PAPER}


@workflow.defn
class Bare:
    """So many gates, one after the other."""

    def __init__(self) -> None:
        self.open = 0
        self.given: dict[str, Any] | None = None

    @workflow.run
    async def run(self, gates: int) -> int:
        """Open, wait, go on; returns the gates decided."""
        done = form(0)
        for gate in range(1, gates + 1):
            self.open, self.given = gate, None
            await workflow.execute_activity(opened, args=[done, gate], start_to_close_timeout=TIMEOUT)
            await workflow.wait_condition(lambda: self.given is not None)
            assert self.given is not None
            done = self.given
        await workflow.execute_activity(opened, args=[done, 0], start_to_close_timeout=TIMEOUT)
        return gates

    @workflow.update
    def decide(self, given: dict[str, Any]) -> dict[str, Any]:
        """Taken as it is."""
        self.given = given
        return {"gate": given["gate"]}

    @decide.validator
    def _may_decide(self, given: dict[str, Any]) -> None:
        if given["gate"] != self.open or self.given is not None:
            raise ApplicationError("not open", type="refused", non_retryable=True)


@activity.defn
async def opened(done: dict[str, Any], gate: int) -> None:  # noqa: ARG001 - it travels, that is all
    """Tell the driver."""
    os.write(int(os.environ["BARE_PIPE"]), f"{activity.info().workflow_id} {gate}\n".encode())


async def serve(address: str, namespace: str, cached: int, tasks: int, activities: int) -> None:
    """A worker as large as the elections' own, until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    worker = Worker(
        await Client.connect(address, namespace=namespace),
        task_queue=QUEUE,
        workflows=[Bare],
        activities=[opened],
        max_cached_workflows=cached,
        max_concurrent_workflow_tasks=tasks,
        max_concurrent_activities=activities,
    )
    async with worker:
        await stop.wait()


if __name__ == "__main__":
    from bench.load.bare import serve as served  # under its own name, by which the sandbox finds the workflow

    asyncio.run(served(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])))
