"""Activities: kinds of functions, retries in virtual time, timeouts, heartbeats, cancellation, latency."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from simulation.engine import Engine, EngineError, RunawayActivityError
from tests.engine.support import QUEUE, START, elapsed, make_engine, run
from tests.engine.workflows_under_test import CancelsActivity, LocalActivities, RunsActivity

BEGIN = START.timestamp()
TRY, WAIT, ABANDON = 0, 1, 2


async def outcome(
    engine: Engine, name: str, argument: Any = 1, forbidden: tuple[str, ...] = (), **options: float
) -> str:
    """What the workflow saw, with virtual seconds since the start."""
    if not {"start_to_close", "schedule_to_close"} & options.keys():
        options["start_to_close"] = 600
    said: str = await engine.client.execute_workflow(
        RunsActivity.run, args=[name, argument, options, list(forbidden)], id="w", task_queue=QUEUE
    )
    what, _, at = said.rpartition(" ")
    return f"{what} @{float(at) - BEGIN:g}"


class Service:
    def __init__(self) -> None:
        self.calls: list[int] = []

    @activity.defn(name="service_call")
    async def call(self, number: int) -> int:
        self.calls.append(number)
        return number + 1

    @activity.defn(name="service_sync")
    def call_sync(self, number: int) -> int:
        return asyncio.run(self.call(number))  # a real worker runs sync activities on a thread; so this must work


def test_functions_methods_sync_and_dynamic() -> None:
    async def main() -> None:
        service = Service()

        @activity.defn(dynamic=True)
        async def anything(args: Sequence[RawValue]) -> str:
            return f"{activity.info().activity_type}:{activity.payload_converter().from_payload(args[0].payload, int)}"

        async with make_engine(service.call, service.call_sync, anything) as engine:
            assert await outcome(engine, "double", 4) == "8 @0"
            assert await outcome(engine, "double_sync", 4) == "8 @0"
            assert await outcome(engine, "service_call", 4) == "5 @0"
            assert await outcome(engine, "service_sync", 9) == "10 @0"
            assert await outcome(engine, "made_up", 7) == "made_up:7 @0"
            assert service.calls == [4, 9]

    run(main())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "4 @7"),  # 1 + 2 + 4
        ({"initial": 10}, "4 @70"),
        ({"initial": 10, "coefficient": 1.0}, "4 @30"),
        ({"initial": 10, "maximum": 15}, "4 @40"),  # 10 + 15 + 15
        ({"attempts": 3}, "ApplicationError Flaky MAXIMUM_ATTEMPTS_REACHED @3"),
        ({"schedule_to_close": 6}, "ApplicationError Flaky TIMEOUT @3"),
    ],
)
def test_retries_and_backoff_take_virtual_time(options: dict[str, float], expected: str) -> None:
    async def main() -> None:
        async with make_engine() as engine:
            assert await outcome(engine, "flaky", 3, **options) == expected

    run(main())


def test_non_retryable_errors_types_and_next_retry_delay() -> None:
    @activity.defn
    async def choosy(_: int) -> str:
        if activity.info().attempt == 1:
            raise ApplicationError("later", next_retry_delay=timedelta(seconds=42))
        return "second"

    async def main() -> None:
        async with make_engine(choosy) as engine:
            assert await outcome(engine, "fail_for_good", "Final") == "ApplicationError Final NON_RETRYABLE_FAILURE @0"
            assert (
                await outcome(engine, "fail_for_good", "Sort", forbidden=("Sort",))
                == "ApplicationError Sort NON_RETRYABLE_FAILURE @0"
            )
            assert await outcome(engine, "choosy") == "second @42"

    run(main())


def test_activity_info_and_arguments_that_do_not_decode() -> None:
    seen: list[activity.Info] = []

    @activity.defn
    async def look(_: int) -> None:
        seen.append(activity.info())
        assert activity.in_activity()
        if activity.info().attempt == 1:
            raise RuntimeError("again")

    async def main() -> None:
        async with make_engine(look) as engine:
            await outcome(engine, "look", heartbeat=30)
            first, second = seen
            assert (first.attempt, second.attempt) == (1, 2)
            assert second.scheduled_time == START
            assert second.started_time == START + timedelta(seconds=1)
            assert (first.workflow_id, first.workflow_type, first.task_queue) == ("w", "RunsActivity", QUEUE)
            assert first.heartbeat_timeout == timedelta(seconds=30)
            assert first.start_to_close_timeout == timedelta(seconds=600)
            assert not first.is_local
            said = await outcome(engine, "look", "not a number", attempts=1)
            assert said == "ApplicationError None MAXIMUM_ATTEMPTS_REACHED @1"

    run(main())


@pytest.mark.parametrize("at_once", [True, False])
def test_timeouts_of_activities_that_take_virtual_time(at_once: bool) -> None:
    """The same whether an activity starts within the driver's step or, as newer Pythons demand, as a task of its own."""

    async def main() -> None:
        engines: list[Engine] = []

        @activity.defn
        async def slow(seconds: int) -> str:
            await engines[0].sleep(seconds)
            return "done"

        async with make_engine(slow, step_at_once=at_once) as engine:
            engines.append(engine)
            assert await outcome(engine, "slow", 90) == "done @90"

        async with make_engine(slow, step_at_once=at_once) as engine:
            engines[0] = engine
            assert (
                await outcome(engine, "slow", 90, start_to_close=60, attempts=2)
                == "TimeoutError START_TO_CLOSE MAXIMUM_ATTEMPTS_REACHED @121"
            )
        async with make_engine(slow, step_at_once=at_once) as engine:
            engines[0] = engine
            assert (
                await outcome(engine, "slow", 90, schedule_to_close=60) == "TimeoutError SCHEDULE_TO_CLOSE TIMEOUT @60"
            )

    run(main())


def test_latency_is_virtual_and_meets_timeouts() -> None:
    async def main() -> None:
        def latency(info: activity.Info) -> timedelta:
            return timedelta(seconds=30 if info.attempt == 1 else 5)

        async with make_engine(activity_latency=latency) as engine:
            assert await outcome(engine, "double", 2) == "4 @30"
        async with make_engine(activity_latency=latency) as engine:
            assert await outcome(engine, "double", 2, start_to_close=20) == "4 @26"  # 20, backoff 1, 5
        async with make_engine(activity_latency=latency) as engine:
            assert await outcome(engine, "double", 2, heartbeat=10) == "4 @16"  # no heartbeat for 10 s

    run(main())


def test_schedule_to_start_with_a_modelled_queue() -> None:
    async def main() -> None:
        async with make_engine(activity_queue_delay=lambda _: timedelta(seconds=30)) as engine:
            assert await outcome(engine, "double", 2) == "4 @30"
        async with make_engine(activity_queue_delay=lambda _: timedelta(seconds=30)) as engine:
            said = await outcome(engine, "double", 2, schedule_to_start=10)
            assert said == "TimeoutError SCHEDULE_TO_START NON_RETRYABLE_FAILURE @10"
        async with make_engine(activity_queue_delay=lambda _: None) as engine:
            said = await outcome(engine, "double", 2, schedule_to_close=50)
            assert said == "TimeoutError SCHEDULE_TO_CLOSE TIMEOUT @50"

    run(main())


def test_heartbeats_keep_an_activity_alive_and_their_details_survive_a_retry() -> None:
    async def main() -> None:
        engines: list[Engine] = []
        resumed: list[Any] = []

        @activity.defn
        async def steps(total: int) -> int:
            done = activity.info().heartbeat_details[0] if activity.info().heartbeat_details else 0
            resumed.append(done)
            while done < total:
                await engines[0].sleep(8)
                done += 1
                activity.heartbeat(done)
                if activity.info().attempt == 1 and done == 3:
                    await engines[0].sleep(3600)  # hangs: the heartbeat timeout must notice
            return done

        async with make_engine(steps) as engine:
            engines.append(engine)
            # 24 s of work, 10 s of silence, 1 s backoff, 3 more steps
            assert await outcome(engine, "steps", 6, heartbeat=10) == "6 @59"
            assert resumed == [0, 3]

    run(main())


@pytest.mark.parametrize(
    ("kind", "beats", "expected", "told"),
    [
        (TRY, True, "CancelledError after 60", ["told at 70"]),
        (WAIT, True, "CancelledError after 80", ["told at 70"]),  # 10 s of tidying up
        (WAIT, False, "finished after 100", []),  # without heartbeats nobody tells it
        (ABANDON, True, "CancelledError after 60", []),
    ],
)
def test_cancellation_types(kind: int, beats: bool, expected: str, told: list[str]) -> None:
    async def main() -> None:
        engines: list[Engine] = []
        heard: list[str] = []

        @activity.defn
        async def long() -> str:
            try:
                for _ in range(10):
                    await engines[0].sleep(10)
                    if beats:
                        activity.heartbeat()
                        await asyncio.sleep(0)
            except asyncio.CancelledError:
                assert activity.is_cancelled()
                heard.append(f"told at {elapsed(engines[0]):g}")
                await engines[0].sleep(10)
                raise
            return "finished"

        async with make_engine(long) as engine:
            engines.append(engine)
            said = await engine.client.execute_workflow(
                CancelsActivity.run, args=["long", kind], id="c", task_queue=QUEUE
            )
            assert said == expected
            await engine.advance(timedelta(seconds=40))
            assert heard == told
            assert not engine._tasks

    run(main())


def test_cancelling_during_backoff_ends_at_once() -> None:
    async def main() -> None:
        @activity.defn
        async def never() -> None:
            raise RuntimeError("no")

        async with make_engine(never, activity_latency=lambda _: timedelta(minutes=5)) as engine:
            said = await engine.client.execute_workflow(
                CancelsActivity.run, args=["never", WAIT], id="c", task_queue=QUEUE
            )
            # The attempt is under way until minute five, fails, and is not retried once cancellation is requested.
            assert said == "ApplicationError after 300"

    run(main())


def test_local_activities_are_retried_inside() -> None:
    async def main() -> None:
        async with make_engine(record=True) as engine:
            assert await engine.client.execute_workflow(LocalActivities.run, 2, id="l", task_queue=QUEUE) == [8, 3]
            assert elapsed(engine) == 3
            names = engine.recording("l").command_names()
            assert names.count("schedule_local_activity") == 2

    run(main())


def test_real_waiting_stops_the_clock_but_not_other_workflows() -> None:
    async def main() -> None:
        gate = asyncio.Event()

        @activity.defn
        async def real(_: int) -> str:
            async with asyncio.timeout(30):  # entered before the first suspension
                await gate.wait()
            async with asyncio.TaskGroup() as group:
                task = group.create_task(asyncio.sleep(0, "done"))
            return task.result()

        async with make_engine(real) as engine:
            first = asyncio.create_task(outcome(engine, "real"))
            for _ in range(20):
                await asyncio.sleep(0)
            assert elapsed(engine) == 0
            assert not first.done()
            gate.set()
            assert await first == "done @0"

    run(main())


def test_activities_may_use_the_client() -> None:
    async def main() -> None:
        engines: list[Engine] = []

        @activity.defn
        async def caller(number: int) -> int:
            client = engines[0].client
            said = await client.execute_workflow(
                RunsActivity.run, args=["flaky", number, {"start_to_close": 9}, []], id="inner", task_queue=QUEUE
            )
            return int(said.split()[0])

        async with make_engine(caller) as engine:
            engines.append(engine)
            assert await outcome(engine, "caller", 2) == "3 @3"

    run(main())


def test_asynchronous_completion() -> None:
    async def main() -> None:
        tokens: list[bytes] = []

        @activity.defn
        async def later(_: int) -> str:
            tokens.append(activity.info().task_token)
            activity.raise_complete_async()

        async with make_engine(later) as engine:
            handle = await engine.client.start_workflow(
                RunsActivity.run, args=["later", 1, {"start_to_close": 600}, []], id="w", task_queue=QUEUE
            )
            await engine.advance(timedelta(seconds=60))
            await engine.client.get_async_activity_handle(task_token=tokens[0]).complete("by hand")
            assert (await handle.result()).startswith("by hand")
            assert elapsed(engine) == 60

    run(main())


def test_unregistered_and_runaway_activities_are_loud() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            with pytest.raises(EngineError, match="'nobody' of workflow w is not registered"):
                await outcome(engine, "nobody")
        async with make_engine(activity_attempt_limit=50) as engine:
            with pytest.raises(RunawayActivityError, match="tried 50 times"):
                await outcome(engine, "flaky", 1000)
        with pytest.raises(ValueError, match="more than one activity"):
            make_engine(Service().call, Service().call)

    run(main())


def test_a_workflow_that_closes_forgets_its_activities() -> None:
    async def main() -> None:
        engines: list[Engine] = []
        heard: list[float] = []

        @activity.defn
        async def long() -> None:
            try:
                while True:
                    await engines[0].sleep(50)
                    activity.heartbeat()
                    await asyncio.sleep(0)
            except asyncio.CancelledError:
                heard.append(elapsed(engines[0]))
                raise

        async with make_engine(long) as engine:
            engines.append(engine)
            handle = await engine.client.start_workflow(
                CancelsActivity.run, args=["long", WAIT], id="c", task_queue=QUEUE
            )
            await engine.advance(timedelta(seconds=10))
            await handle.terminate("enough")
            with pytest.raises(WorkflowFailureError):
                await handle.result()
            await engine.run_until_idle()
            assert heard == [50]
            assert not engine._tasks

    run(main())


def test_endless_real_waiting_is_named_and_foreign_loops_are_refused() -> None:
    async def main() -> None:
        engines: list[Engine] = []

        @activity.defn
        async def hangs(_: int) -> None:
            await asyncio.Event().wait()

        @activity.defn
        def foreign(_: int) -> str:
            async def wait() -> str:
                return await engines[0].client.execute_workflow(
                    RunsActivity.run, args=["flaky", 1, {"start_to_close": 9}, []], id="inner", task_queue=QUEUE
                )

            return asyncio.run(wait())

        async with make_engine(hangs, activity_real_seconds=0.01) as engine:
            with pytest.raises(EngineError, match="hangs of w"):
                await outcome(engine, "hangs")
        async with make_engine(foreign) as engine:
            engines.append(engine)
            said = await outcome(engine, "foreign", attempts=1)
            assert said == "ApplicationError EngineError MAXIMUM_ATTEMPTS_REACHED @0"

    run(main())
