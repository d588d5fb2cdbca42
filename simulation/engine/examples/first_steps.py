"""A parcel, a deadline and a month that passes at once: `python -m simulation.engine.examples.first_steps`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow

from simulation.engine import Engine, StuckError


@activity.defn
async def tell(text: str) -> None:
    """Tell somebody something; here it is only printed."""
    print("   told:", text)


@workflow.defn
class Parcel:
    """Waits for its addressee until a deadline, with a reminder every week; asks what to do when nobody came."""

    def __init__(self) -> None:
        self.receiver: str | None = None
        self.returned = False

    @workflow.run
    async def run(self, days: int) -> str:
        deadline = workflow.now() + timedelta(days=days)
        while self.receiver is None and workflow.now() < deadline:
            left = min(timedelta(days=7), deadline - workflow.now())
            try:
                await workflow.wait_condition(lambda: self.receiver is not None, timeout=left)
            except TimeoutError:
                await workflow.execute_activity(
                    tell, f"{workflow.now():%d %b}: still here", start_to_close_timeout=timedelta(minutes=1)
                )
        if self.receiver is None:
            await workflow.wait_condition(lambda: self.returned)
            return "returned"
        return f"handed to {self.receiver}"

    @workflow.update
    async def collect(self, name: str) -> str:
        self.receiver = name
        return f"thank you, {name}"

    @collect.validator
    def _may_collect(self, name: str) -> None:
        if not name:
            raise ValueError("who are you?")

    @workflow.signal
    def send_back(self) -> None:
        self.returned = True

    @workflow.query
    def waiting_for(self) -> str:
        return "somebody to decide about its return"


async def main() -> None:
    start = datetime(2021, 3, 1, 9, tzinfo=UTC)
    async with Engine(workflows=[Parcel], activities=[tell], start=start, explain_query="waiting_for") as engine:
        first = await engine.client.start_workflow(Parcel.run, 30, id="parcel-1", task_queue="main")
        second = await engine.client.start_workflow(Parcel.run, 10, id="parcel-2", task_queue="main")
        # An actor: on the tenth day somebody collects the first parcel.
        engine.at(
            start + timedelta(days=10),
            lambda: engine.submit_update(
                "parcel-1", "collect", "Ann", update_id="ann", done=lambda outcome: print("   answer:", outcome.result)
            ),
        )
        print(await first.result(), "at", engine.now)
        try:
            await second.result()
        except StuckError as stuck:
            print(stuck)
        await second.signal(Parcel.send_back)
        print(await second.result(), "at", engine.now)
        print(engine.statistics)


if __name__ == "__main__":
    asyncio.run(main())
