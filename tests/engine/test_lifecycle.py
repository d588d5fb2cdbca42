"""How runs begin, follow one another and end; children; listing; what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import (
    Client,
    WorkflowContinuedAsNewError,
    WorkflowExecutionStatus,
    WorkflowFailureError,
)
from temporalio.common import (
    RetryPolicy,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.converter import DataConverter, PayloadCodec
from temporalio.exceptions import (
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
    WorkflowAlreadyStartedError,
)
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine import Engine, EngineError, UnsupportedCommandError, WorkflowTaskFailedError
from tests.engine.support import QUEUE, START, elapsed, make_engine, run
from tests.engine.workflows_under_test import (
    COLOUR,
    SIZE,
    Attributes,
    Auction,
    Buggy,
    Counter,
    Leaf,
    Parent,
    Patched,
    Retried,
    Sleeper,
    UsesNexus,
)

Status = WorkflowExecutionStatus


async def family(engine: Engine, *plan: str) -> list[str]:
    return await engine.client.execute_workflow(Parent.run, list(plan), id="p", task_queue=QUEUE)


def test_continue_as_new_is_a_new_run_of_the_same_chain() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(
                Counter.run, args=[2, []], id="c", task_queue=QUEUE, memo={"kept": "yes"}
            )
            seen = [each.split("|") for each in await handle.result()]
            runs = [each[0] for each in seen]
            assert len(set(runs)) == 3
            assert {each[1] for each in seen} == {runs[0]}
            assert [each[2] for each in seen] == ["None", runs[0], runs[1]]
            assert len({each[3] for each in seen}) == 3  # each run has its own seed
            assert elapsed(engine) == 30
            described = await handle.describe()
            assert (await described.memo()) == {"kept": "yes", "run2": 2, "run1": 1, "run0": 0}
            assert described.typed_search_attributes.get(SIZE) == 0
            with pytest.raises(WorkflowContinuedAsNewError) as followed:
                await handle.result(follow_runs=False)
            assert followed.value.new_execution_run_id == runs[1]
            assert engine.live_instances == 0

    run(main())


def test_children_complete_fail_and_continue_as_the_same_child() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            said = await family(engine, "child:a", "child:fail", "child:continue", "poke")
            assert said[0] == "leaf a"
            assert said[1].startswith("ChildWorkflowError: ApplicationError")
            assert said[2] == "leaf once"
            assert said[3] == "poked 1"
            assert elapsed(engine) == 120
            assert engine.statistics.child_workflows == 4
            assert engine.live_instances == 0

    run(main())


def test_a_child_whose_id_is_taken() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            await engine.client.start_workflow(Leaf.run, "poked", id="mine", task_queue=QUEUE)
            assert await family(engine, "taken:mine") == ["WorkflowAlreadyStartedError"]

    run(main())


@pytest.mark.parametrize(
    ("kind", "waited", "status"),
    [
        ("TRY_CANCEL", 0, Status.RUNNING),
        ("ABANDON", 0, Status.RUNNING),
        ("WAIT_CANCELLATION_COMPLETED", 30, Status.CANCELED),
        ("WAIT_CANCELLATION_REQUESTED", 0, Status.RUNNING),
    ],
)
def test_cancelling_a_child(kind: str, waited: int, status: Status) -> None:
    async def main() -> None:
        async with make_engine() as engine:
            assert await family(engine, f"cancel:{kind}") == [f"CancelledError +{waited}"]
            child = engine.client.get_workflow_handle("p/0")
            assert (await child.describe()).status is status
            await engine.advance(timedelta(days=2))
            final = Status.COMPLETED if kind == "ABANDON" else Status.CANCELED
            assert (await child.describe()).status is final

    run(main())


def test_parent_close_policies() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            await family(engine, "leave:TERMINATE", "leave:ABANDON", "leave:REQUEST_CANCEL")
            children = [engine.client.get_workflow_handle(f"p/{number}") for number in range(3)]
            assert [(await each.describe()).status for each in children] == [
                Status.TERMINATED,
                Status.RUNNING,
                Status.RUNNING,
            ]
            await engine.run_until_idle()
            assert [(await each.describe()).status for each in children] == [
                Status.TERMINATED,
                Status.COMPLETED,
                Status.CANCELED,
            ]
            assert (await children[1].describe()).parent_id == "p"
            assert engine.live_instances == 0

    run(main())


def test_a_parent_that_continues_as_new_counts_as_closed_for_its_children() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            # The second run may use the id of the terminated child again.
            assert await family(engine, "leave:TERMINATE", "leave:ABANDON", "again") == ["leaf x"]
            runs = [(each.id, each.status) for each in engine.workflows("WorkflowType = 'Leaf'")]
            assert runs == [("p/0", Status.COMPLETED), ("p/1", Status.RUNNING), ("p/0", Status.TERMINATED)]

    run(main())


def test_external_signal_and_cancel_find_their_target_or_fail() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            poked = await engine.client.start_workflow(Leaf.run, "poked", id="x", task_queue=QUEUE)
            stopped = await engine.client.start_workflow(Leaf.run, "long", id="y", task_queue=QUEUE)
            said = await family(engine, "signal:x", "stop:y", "signal:nobody", "stop:nobody")
            assert said == ["signalled", "stopped", "ApplicationError", "ApplicationError"]
            assert await poked.result() == "poked 1"
            with pytest.raises(WorkflowFailureError) as cancelled:
                await stopped.result()
            assert isinstance(cancelled.value.cause, CancelledError)

    run(main())


def test_cancel_terminate_and_failure_reach_the_caller_as_with_a_server() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            handle = await client.start_workflow(Leaf.run, "long", id="a", task_queue=QUEUE)
            await engine.advance(timedelta(seconds=5))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            assert isinstance(failed.value.cause, CancelledError)
            assert elapsed(engine) == 35  # it tidied up first
            handle = await client.start_workflow(Leaf.run, "long", id="b", task_queue=QUEUE)
            await handle.terminate("details", reason="enough")
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            assert isinstance(failed.value.cause, TerminatedError)
            assert (failed.value.cause.message, list(failed.value.cause.details)) == ("enough", ["details"])
            with pytest.raises(WorkflowFailureError) as failed:
                await client.execute_workflow(Leaf.run, "fail", id="c", task_queue=QUEUE)
            assert isinstance(failed.value.cause, ApplicationError)
            with pytest.raises(RPCError) as unknown:
                await client.get_workflow_handle("nobody").result()
            assert unknown.value.status is RPCStatusCode.NOT_FOUND
            assert engine.live_instances == 0

    run(main())


def test_timeouts_and_retries_of_whole_workflows() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            with pytest.raises(WorkflowFailureError) as failed:
                await client.execute_workflow(
                    Leaf.run, "long", id="a", task_queue=QUEUE, run_timeout=timedelta(minutes=1)
                )
            assert isinstance(failed.value.cause, TimeoutError)
            assert elapsed(engine) == 60
            with pytest.raises(WorkflowFailureError):
                await client.execute_workflow(
                    Counter.run, args=[99, []], id="b", task_queue=QUEUE, execution_timeout=timedelta(seconds=25)
                )
            assert elapsed(engine) == 85
            handle = await client.start_workflow(
                Retried.run, 2, id="c", task_queue=QUEUE, retry_policy=RetryPolicy(maximum_attempts=5)
            )
            assert await handle.result() == f"attempt 3 at {START.timestamp() + 88:.0f}"
            with pytest.raises(WorkflowFailureError) as failed:
                await client.execute_workflow(
                    Retried.run, 9, id="d", task_queue=QUEUE, retry_policy=RetryPolicy(maximum_attempts=2)
                )
            assert isinstance(failed.value.cause, ApplicationError)
            handle = await client.start_workflow(
                Sleeper.run, [1.0], id="e", task_queue=QUEUE, start_delay=timedelta(seconds=50)
            )
            before = elapsed(engine)
            await handle.result()
            assert elapsed(engine) == before + 51
            # A signal ends a start delay early; the backoff of a retry it does not.
            handle = await client.start_workflow(
                Leaf.run, "poked", id="f", task_queue=QUEUE, start_delay=timedelta(seconds=50)
            )
            before = elapsed(engine)
            await handle.signal(Leaf.poke)
            assert await handle.result() == "poked 1"
            assert elapsed(engine) == before

    run(main())


def test_workflow_ids_are_guarded_by_their_policies() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            first = await client.start_workflow(Leaf.run, "poked", id="a", task_queue=QUEUE)
            with pytest.raises(WorkflowAlreadyStartedError) as taken:
                await client.start_workflow(Leaf.run, "poked", id="a", task_queue=QUEUE)
            assert taken.value.run_id == first.result_run_id
            same = await client.start_workflow(
                Leaf.run,
                "poked",
                id="a",
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )
            assert same.result_run_id == first.result_run_id
            fresh = await client.start_workflow(
                Leaf.run,
                "x",
                id="a",
                task_queue=QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
            )
            assert fresh.result_run_id != first.result_run_id
            with pytest.raises(WorkflowFailureError):
                await first.result()
            await fresh.result()
            for policy in (
                WorkflowIDReusePolicy.REJECT_DUPLICATE,
                WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            ):
                with pytest.raises(WorkflowAlreadyStartedError):
                    await client.start_workflow(Leaf.run, "x", id="a", task_queue=QUEUE, id_reuse_policy=policy)
            assert await client.execute_workflow(Leaf.run, "y", id="a", task_queue=QUEUE) == "leaf y"

    run(main())


def test_search_attributes_memo_listing_and_counting() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            assert isinstance(client, Client)
            handle = await client.start_workflow(
                Attributes.run,
                id="a",
                task_queue=QUEUE,
                memo={"from": "start"},
                search_attributes=TypedSearchAttributes([SearchAttributePair(COLOUR, "blue")]),
            )
            await client.start_workflow(Leaf.run, "poked", id="b", task_queue="other")
            assert await handle.result() == "red"
            described = await handle.describe()
            assert described.typed_search_attributes.get(COLOUR) == "red"
            assert described.typed_search_attributes.get(SIZE) is None
            assert await described.memo() == {"from": "start", "note": "hello", "empty": []}
            assert (described.status, described.workflow_type) == (Status.COMPLETED, "Attributes")
            assert described.close_time == START + timedelta(seconds=1)

            async def ids(query: str | None) -> list[str]:
                return [each.id async for each in client.list_workflows(query)]

            assert await ids(None) == ["b", "a"]
            assert await ids("WorkflowType = 'Leaf' AND ExecutionStatus = 'Running'") == ["b"]
            assert await ids("ExecutionStatus IN ('Completed', \"Failed\")") == ["a"]
            assert await ids("Colour = 'red'") == ["a"]
            assert await ids("Colour != 'red'") == ["b"]
            assert await ids("WorkflowId STARTS_WITH 'a' and TaskQueue = 'main'") == ["a"]
            assert (await client.count_workflows("TaskQueue = 'other'")).count == 1
            for bad in ("WorkflowType LIKE 'x'", "WorkflowType = ", "A = 1 OR B = 2", "ExecutionStatus = 'Odd'", "%"):
                with pytest.raises(RPCError) as refused:
                    await ids(bad)
                assert refused.value.status is RPCStatusCode.INVALID_ARGUMENT
            assert next(engine.workflows("WorkflowId = 'a'")).memo("note") == "hello"
            assert next(engine.workflows("WorkflowId = 'a'")).memo("empty") == []
            assert next(engine.workflows("WorkflowId = 'a'")).search_attribute("Colour") == "red"
            assert [each.id async for each in client.list_workflows(page_size=1, limit=2)] == ["b", "a"]

    run(main())


def test_patches_are_recorded() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            assert await engine.client.execute_workflow(Patched.run, id="a", task_queue=QUEUE) == "True True"
            assert next(engine.workflows()).patches == {"new-way": False, "old-way": True}

    run(main())


def test_bugs_fail_loudly_and_only_once_per_workflow() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Buggy.run, id="a", task_queue=QUEUE)
            other = await engine.client.start_workflow(Leaf.run, "x", id="b", task_queue=QUEUE)
            with pytest.raises(WorkflowTaskFailedError, match="a bug") as failed:
                await handle.result()
            assert (failed.value.workflow_id, failed.value.workflow_type) == ("a", "Buggy")
            assert await other.result() == "leaf x"
            with pytest.raises(WorkflowTaskFailedError):
                await handle.result()
        async with make_engine(workflow_failure_exception_types=[KeyError]) as engine:
            with pytest.raises(WorkflowFailureError):
                await engine.client.execute_workflow(Buggy.run, id="a", task_queue=QUEUE)

    run(main())


def test_what_is_not_supported_is_named() -> None:
    class Codec(PayloadCodec):
        async def encode(self, payloads):  # type: ignore[no-untyped-def]
            return payloads

        async def decode(self, payloads):  # type: ignore[no-untyped-def]
            return payloads

    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            with pytest.raises(UnsupportedCommandError, match="schedule_nexus_operation") as unsupported:
                await client.execute_workflow(UsesNexus.run, id="a", task_queue=QUEUE)
            assert unsupported.value.command == "schedule_nexus_operation"
            with pytest.raises(UnsupportedCommandError, match="cron_schedule"):
                await client.start_workflow(Leaf.run, "x", id="b", task_queue=QUEUE, cron_schedule="* * * * *")
            handle = await client.start_workflow(Leaf.run, "x", id="b", task_queue=QUEUE)
            with pytest.raises(NotImplementedError, match="fetch_history"):
                await handle.fetch_history()
            with pytest.raises(NotImplementedError, match="create_schedule"):
                await client.workflow_service.create_schedule(None)  # type: ignore[arg-type]
            with pytest.raises(EngineError, match="'Nothing' is not registered"):
                await client.start_workflow("Nothing", id="c", task_queue=QUEUE)
        with pytest.raises(UnsupportedCommandError, match="payload_codec"):
            make_engine(data_converter=DataConverter(payload_codec=Codec()))
        with pytest.raises(ValueError, match="record=True"):
            make_engine(crash_after=lambda *_: True)

    run(main())


def test_continue_as_new_is_suggested_when_history_grows() -> None:
    async def main() -> None:
        async with make_engine(record=True, suggest_continue_as_new_events=30) as engine:
            await engine.client.execute_workflow(
                Sleeper.run, [float(each) for each in range(1, 12)], id="s", task_queue=QUEUE
            )
            facts = [(each.history_length, each.continue_as_new_suggested) for each, _ in engine.recording("s").steps]
            assert facts == sorted(facts)
            assert facts[0][1] is False
            assert facts[-1][1] is True

    run(main())


def test_hundreds_of_workflows_leave_no_instance_behind() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            for number in range(150):
                await engine.client.start_workflow(Leaf.run, "x", id=f"l{number}", task_queue=QUEUE)
            await engine.client.start_workflow(Auction.run, -1.0, id="open", task_queue=QUEUE)
            await engine.run_until_idle()
            assert engine.live_instances == 1
            assert engine.statistics.evictions == 150
            assert not engine._agenda.heap
            assert (await engine.client.count_workflows("ExecutionStatus = 'Completed'")).count == 150
        assert engine.live_instances == 0

    run(main())
