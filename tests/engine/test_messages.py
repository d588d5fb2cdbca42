"""Signals, updates, queries: what arrives, when, once, and in which order."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

import pytest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine import UpdateOutcome
from tests.engine.support import QUEUE, START, elapsed, make_engine, run
from tests.engine.workflows_under_test import Auction, Leaf, Offer, Relay


def test_updates_answer_and_a_refusal_leaves_nothing() -> None:
    async def main() -> None:
        async with make_engine(record=True) as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            assert await handle.execute_update(Auction.offer, Offer(5, "x"), id="first") == 1
            with pytest.raises(WorkflowUpdateFailedError) as refused:
                await handle.execute_update(Auction.offer, Offer(4, "y"), id="second")
            cause = refused.value.cause
            assert isinstance(cause, ApplicationError)
            assert (cause.type, cause.message, list(cause.details)) == ("TooLow", "too low", [4])
            assert (await handle.query(Auction.state))["offers"] == 1
            assert "second" not in engine._current["a"].updates
            # The refused id may be used again, and then it counts.
            assert await handle.execute_update(Auction.offer, Offer(6, "y"), id="second") == 2

    run(main())


def test_updates_are_deduplicated_by_id() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            answers = [await handle.execute_update(Auction.offer, Offer(5, "x"), id="one") for _ in range(3)]
            assert answers == [1, 1, 1]
            both = await asyncio.gather(
                handle.execute_update(Auction.slow_offer, Offer(7, "x"), id="two"),
                handle.execute_update(Auction.slow_offer, Offer(7, "x"), id="two"),
            )
            assert both == [14, 14]
            assert (await handle.query(Auction.state))["offers"] == 2
            known = handle.get_update_handle("one", result_type=int)
            assert await known.result() == 1

    run(main())


def test_slow_updates_start_accepted_and_complete_later() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            update = await handle.start_update(
                Auction.slow_offer, Offer(7, "x"), wait_for_stage=WorkflowUpdateStage.ACCEPTED
            )
            assert elapsed(engine) == 0
            assert await update.result() == 14
            assert elapsed(engine) == 60
            with pytest.raises(WorkflowUpdateFailedError) as late:
                await handle.execute_update(Auction.bad_offer)
            assert isinstance(late.value.cause, ApplicationError)
            assert late.value.cause.type == "Late"
            with pytest.raises(WorkflowUpdateFailedError):
                await handle.execute_update("no such update")

    run(main())


def test_submitted_updates_report_through_a_callback() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            outcomes: list[UpdateOutcome] = []
            engine.submit_update("a", "offer", Offer(5, "x"), update_id="1", done=outcomes.append)
            engine.submit_update("a", "offer", Offer(4, "x"), update_id="2", done=outcomes.append)
            engine.submit_update("a", "bad_offer", update_id="3", done=outcomes.append)
            engine.submit_update("a", "slow_offer", Offer(9, "x"), update_id="4", done=outcomes.append)
            engine.submit_signal("a", "note", "hello")
            assert not outcomes
            await engine.run_until_idle()
            shown = {each.update_id: (each.accepted, each.result, type(each.failure).__name__) for each in outcomes}
            assert shown == {
                "1": (True, 1, "NoneType"),
                "2": (False, None, "ApplicationError"),
                "3": (True, None, "ApplicationError"),
                "4": (True, 18, "NoneType"),
            }
            # A known id is answered at once.
            engine.submit_update("a", "offer", Offer(5, "x"), update_id="1", done=outcomes.append)
            assert outcomes[-1].result == 1
            assert engine.query_now("a", "state")["notes"] == 1
            with pytest.raises(WorkflowQueryFailedError, match="cannot say"):
                engine.query_now("a", "broken")
            await handle.execute_update(Auction.hammer)
            with pytest.raises(RPCError) as gone:
                engine.submit_update("a", "offer", Offer(50, "x"), update_id="9")
            assert gone.value.status is RPCStatusCode.NOT_FOUND
            with pytest.raises(RPCError):
                engine.submit_signal("nobody", "note", "x")

    run(main())


def test_an_update_at_the_deadlines_instant_wins_and_one_after_it_does_not() -> None:
    async def main(delay: float, deadline: float = 100.0) -> str:
        async with make_engine(record=True) as engine:
            handle = await engine.client.start_workflow(Auction.run, deadline, id="a", task_queue=QUEUE)
            refused: list[RPCError] = []

            def act() -> None:
                try:
                    engine.submit_update("a", "hammer", update_id="h")
                except RPCError as error:
                    refused.append(error)

            engine.at(START + timedelta(seconds=delay), act)
            result: str = await handle.result()
            await engine.run_until_idle()
            if delay == deadline:
                jobs = engine.recording("a").steps[-1][0].jobs
                assert [each.WhichOneof("variant") for each in jobs] == ["do_update", "fire_timer"]
            else:
                assert refused
            return result

    assert run(main(100)).startswith("sold")
    assert run(main(100.000001)).startswith("deadline")
    # Fractions that floats cannot express, and a deadline months away. From Python 3.12 on the SDK rounds such waits to
    # the millisecond, so finer deadlines exist only before it.
    finer = (0.000003, 86_400 * 200 + 0.123457) if sys.version_info < (3, 12) else (86_400 * 200 + 0.123,)
    for deadline in (1.001, *finer):
        assert run(main(deadline, deadline)).startswith("sold")


def test_jobs_of_one_instant_share_one_activation() -> None:
    async def main() -> None:
        async with make_engine(record=True) as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            await engine.run_until_idle()

            def act(number: int) -> None:
                engine.submit_update("a", "offer", Offer(number, "x"), update_id=str(number))
                engine.submit_signal("a", "note", str(number))

            for number in (1, 2, 3):
                engine.at(timedelta(seconds=5), act, number)
            before = engine.statistics.activations
            await engine.run_until_idle()
            assert engine.statistics.activations == before + 1
            assert await handle.query(Auction.state) == {"offers": 3, "notes": 3, "validated": 3}

    run(main())


def test_signal_with_start_and_update_with_start() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            client = engine.client
            for _ in range(2):
                handle = await client.start_workflow(
                    Auction.run, -1.0, id="a", task_queue=QUEUE, start_signal="note", start_signal_args=["hi"]
                )
            assert (await handle.query(Auction.state))["notes"] == 2

            def start() -> WithStartWorkflowOperation[Auction, str]:
                return WithStartWorkflowOperation(
                    Auction.run,
                    -1.0,
                    id="b",
                    task_queue=QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                )

            first = await client.execute_update_with_start_workflow(
                Auction.offer, Offer(3, "x"), start_workflow_operation=start()
            )
            operation = start()
            second = await client.execute_update_with_start_workflow(
                Auction.offer, Offer(4, "x"), start_workflow_operation=operation
            )
            assert (first, second) == (1, 2)
            assert (await operation.workflow_handle()).id == "b"
            with pytest.raises(WorkflowUpdateFailedError):
                await client.execute_update_with_start_workflow(
                    Auction.offer, Offer(4, "x"), start_workflow_operation=start()
                )

    run(main())


def test_queries_see_what_was_sent_before_and_fail_like_the_client() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            await handle.signal(Auction.note, "x")
            assert await handle.query(Auction.waiting_for) == "the hammer, 0 offers so far"
            assert (await handle.query("state"))["notes"] == 1
            with pytest.raises(WorkflowQueryFailedError, match="cannot say"):
                await handle.query(Auction.broken)
            with pytest.raises(WorkflowQueryFailedError, match="nothing"):
                await handle.query("nothing")
            with pytest.raises(RPCError) as unknown:
                await engine.client.get_workflow_handle("nobody").query("state")
            assert unknown.value.status is RPCStatusCode.NOT_FOUND

    run(main())


def test_closed_workflows_answer_queries_when_recorded() -> None:
    async def main(record: bool) -> dict[str, int]:
        async with make_engine(record=record) as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            await handle.signal(Auction.note, "x")
            await handle.execute_update(Auction.hammer)
            await handle.result()
            answer: dict[str, int] = await handle.query(Auction.state)
            assert engine.live_instances == 0
            return answer

    assert run(main(True))["notes"] == 1
    with pytest.raises(RPCError, match="record=True"):
        run(main(False))


def test_updates_cut_off_by_the_end_of_the_workflow() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, -1.0, id="a", task_queue=QUEUE)
            accepted = await handle.start_update(
                Auction.slow_offer, Offer(7, "x"), wait_for_stage=WorkflowUpdateStage.ACCEPTED
            )
            outcomes: list[UpdateOutcome] = []
            engine.submit_update("a", "offer", Offer(1, "x"), update_id="too late", done=outcomes.append)
            await handle.terminate()
            with pytest.raises(WorkflowUpdateFailedError) as cut:
                await accepted.result()
            assert isinstance(cut.value.cause, ApplicationError)
            assert cut.value.cause.type == "AcceptedUpdateCompletedWorkflow"
            assert not outcomes[0].accepted
            assert isinstance(outcomes[0].failure, RPCError)
            with pytest.raises(RPCError, match="already completed"):
                await handle.execute_update(Auction.offer, Offer(1, "x"))
            with pytest.raises(RPCError, match="already completed"):
                await handle.signal(Auction.note, "x")

    run(main())


def test_signals_before_the_first_activation_are_kept() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Leaf.run, "poked", id="l", task_queue=QUEUE)
            await handle.signal(Leaf.poke)
            await handle.signal("poke")
            assert await handle.result() == "poked 2"

    run(main())


def test_updates_that_come_with_a_continue_as_new_reach_the_next_run() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Relay.run, False, id="r", task_queue=QUEUE)
            outcomes: list[UpdateOutcome] = []

            def second(outcome: UpdateOutcome) -> None:
                outcomes.append(outcome)
                engine.submit_update("r", "say", "two", update_id="2", done=outcomes.append)
                engine.submit_signal("r", "unknown signals are buffered")

            engine.submit_update("r", "say", "one", update_id="1", done=second)
            engine.at(timedelta(seconds=1), engine.submit_update, "r", "say", "three")
            with pytest.raises(TypeError):
                await handle.result()  # `at` was given a call without its update id
            engine.submit_update("r", "say", "three", update_id="3", done=outcomes.append)
            assert await handle.result() == ["two", "three"]
            runs = [each.result for each in outcomes]
            assert runs[0] == handle.first_execution_run_id
            assert runs[1] == runs[2] != runs[0]

    run(main())
