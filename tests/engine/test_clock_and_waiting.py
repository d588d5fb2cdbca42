"""The virtual clock: timers, callbacks, sleepers, driving, being stuck."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.engine import EngineError, HorizonError, LivelockError, StuckError
from simulation.engine.agenda import CALLBACK, EVENT, Agenda, to_datetime, to_ns
from tests.engine.support import QUEUE, START, elapsed, make_engine, run
from tests.engine.workflows_under_test import Auction, Chatterbox, Leaf, Sleeper


def test_timers_fire_at_their_instants_and_the_clock_leaps() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Sleeper.run, [3600.0, 60.0, 86_400.0], id="s", task_queue=QUEUE)
            woke = await handle.result()
            assert [each.split()[1] for each in woke] == ["60.0", "3600.0", "86400.0"]
            assert woke[0].startswith((START + timedelta(seconds=60)).isoformat())
            assert elapsed(engine) == 86_400

    run(main())


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=12), st.integers(1, 3))
def test_random_timers_fire_in_order(milliseconds: list[int], workflows: int) -> None:
    async def main() -> None:
        async with make_engine() as engine:
            delays = [each / 1000 for each in milliseconds]
            handles = [
                await engine.client.start_workflow(Sleeper.run, delays, id=f"s{number}", task_queue=QUEUE)
                for number in range(workflows)
            ]
            for handle in handles:
                order = [float(each.split()[1]) for each in await handle.result()]
                assert order == sorted(delays)
            assert elapsed(engine) == max(delays)

    run(main())


def test_agenda_orders_by_instant_rank_and_sequence_and_forgets_cancelled() -> None:
    agenda = Agenda(100)
    seen: list[str] = []
    agenda.add(300, EVENT, seen.append, "late")
    agenda.add(200, EVENT, seen.append, "event")
    agenda.add(200, CALLBACK, seen.append, "callback")
    agenda.add(50, EVENT, seen.append, "past")
    gone = agenda.add(150, EVENT, seen.append, "cancelled")
    agenda.cancel(gone)
    agenda.cancel(gone)
    crowd = [agenda.add(1000, EVENT, seen.append, "never") for _ in range(500)]
    for each in crowd:
        agenda.cancel(each)
    assert len(agenda) == 4
    assert len(agenda.heap) < 200
    while agenda.peek() is not None:
        fn, args = agenda.spend(agenda.pop())
        fn(*args)
    assert seen == ["past", "callback", "event", "late"]
    assert to_datetime(to_ns(START)) == START
    with pytest.raises(ValueError, match="aware"):
        to_ns(START.replace(tzinfo=None))


def test_callbacks_run_at_their_instant_and_can_be_cancelled() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            seen: list[tuple[str, float]] = []

            def note(name: str) -> None:
                seen.append((name, elapsed(engine)))

            engine.at(START + timedelta(seconds=20), note, "b")
            engine.at(timedelta(seconds=10), note, "a")
            token = engine.at(timedelta(seconds=15), note, "never")
            engine.at(START - timedelta(days=1), note, "past")
            assert token.pending
            token.cancel()
            assert not token.pending
            await engine.advance(timedelta(seconds=10))
            assert seen == [("past", 0), ("a", 10)]
            await engine.run_until(START + timedelta(seconds=60))
            assert seen[2:] == [("b", 20)]
            assert elapsed(engine) == 60

    run(main())


def test_advance_stops_exactly_and_settles_its_instant() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            await engine.client.start_workflow(Sleeper.run, [60.0], id="s", task_queue=QUEUE)
            await engine.advance(timedelta(seconds=59))
            assert engine.live_instances == 1
            await engine.advance(timedelta(seconds=1))
            assert engine.live_instances == 0

    run(main())


def test_run_until_idle_leaves_waiting_workflows_open() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            await engine.client.start_workflow(Leaf.run, "poked", id="l", task_queue=QUEUE)
            await engine.client.start_workflow(Sleeper.run, [5.0], id="s", task_queue=QUEUE)
            await engine.run_until_idle()
            assert elapsed(engine) == 5
            assert [each.id for each in engine.workflows("ExecutionStatus = 'Running'")] == ["l"]

    run(main())


def test_several_tasks_wait_at_once_and_sleepers_act_before_the_workflows_of_their_instant() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Auction.run, 100.0, id="a", task_queue=QUEUE)

            async def bidder() -> str:
                await engine.sleep(100)
                return await handle.execute_update(Auction.hammer, id="late but not too late")

            result, update_id = await asyncio.gather(handle.result(), bidder())
            assert result.startswith("sold")
            assert update_id == "late but not too late"
            assert elapsed(engine) == 100

    run(main())


def test_an_asyncio_actor_and_a_result_waiter_share_the_clock() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handle = await engine.client.start_workflow(Leaf.run, "poked", id="l", task_queue=QUEUE)

            async def actor() -> float:
                await engine.sleep_until(START + timedelta(hours=1))
                await handle.signal(Leaf.poke)
                return elapsed(engine)

            result, when = await asyncio.gather(handle.result(), actor())
            assert (result, when) == ("poked 1", 3600)

    run(main())


def test_stuck_names_every_open_workflow_and_what_it_says() -> None:
    async def main() -> None:
        async with make_engine(explain_query="waiting_for") as engine:
            await engine.client.start_workflow(Auction.run, -1.0, id="auction", task_queue=QUEUE)
            handle = await engine.client.start_workflow(Leaf.run, "poked", id="leaf", task_queue=QUEUE)
            with pytest.raises(StuckError) as stuck:
                await handle.result()
            auction, leaf = stuck.value.open_workflows
            assert (auction.workflow_id, auction.workflow_type) == ("auction", "Auction")
            assert auction.explanation == "the hammer, 0 offers so far"
            assert "cannot tell" in leaf.explanation  # Leaf has no such query
            assert "result of workflow leaf" in str(stuck.value)
            assert "auction (Auction): the hammer, 0 offers so far" in str(stuck.value)
            # The engine is still usable.
            await handle.signal(Leaf.poke)
            assert await handle.result() == "poked 1"

    run(main())


def test_every_waiter_is_told_that_it_is_stuck() -> None:
    async def main() -> None:
        async with make_engine() as engine:
            handles = [
                await engine.client.start_workflow(Leaf.run, "poked", id=f"l{number}", task_queue=QUEUE)
                for number in range(3)
            ]
            results = await asyncio.gather(*(each.result() for each in handles), return_exceptions=True)
            assert [type(each) for each in results] == [StuckError] * 3

    run(main())


def test_endless_talk_at_one_instant_is_an_error() -> None:
    async def main() -> None:
        async with make_engine(activations_per_instant=200) as engine:
            handle = await engine.client.start_workflow(Chatterbox.run, id="c", task_queue=QUEUE)
            with pytest.raises(LivelockError, match="more than 200 activations"):
                await handle.result()

    run(main())


def test_the_horizon_stops_endless_rescheduling() -> None:
    async def main() -> None:
        async with make_engine(horizon=timedelta(days=2)) as engine:

            def again() -> None:
                engine.at(timedelta(hours=1), again)

            again()
            with pytest.raises(HorizonError):
                await engine.run_until_idle()

    run(main())


def test_the_garbage_collector_is_left_as_it_was() -> None:
    async def main(threshold: int | None) -> int:
        seen: list[int] = []
        async with make_engine(gc_threshold=threshold) as engine:
            engine.at(timedelta(seconds=1), lambda: seen.append(gc.get_threshold()[0]))
            await engine.run_until_idle()
        return seen[0]

    before = gc.get_threshold()
    assert run(main(50_000)) == 50_000
    assert run(main(None)) == before[0]
    assert gc.get_threshold() == before


def test_driving_from_inside_a_callback_is_refused_and_a_closed_engine_too() -> None:
    async def main() -> None:
        engine = make_engine()
        engine.at(timedelta(seconds=1), engine._pump)
        with pytest.raises(EngineError, match="already at work"):
            await engine.run_until_idle()
        await engine.close()
        await engine.close()
        with pytest.raises(EngineError, match="closed"):
            await engine.run_until_idle()

    run(main())
