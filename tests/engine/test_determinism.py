"""The same seed gives the same commands, whatever the hash seed; recordings replay; crashes do not show."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from simulation.engine import Engine, ReplayMismatchError, bare_cost, check_replay, replay_commands
from tests.engine.support import QUEUE, elapsed, make_engine, run
from tests.engine.workflows_under_test import Everything

ROOT = Path(__file__).parents[2]


async def scenario(**options: Any) -> tuple[Engine, list[list[str]]]:
    """Three workflows with everything in them, prodded from callbacks."""
    async with make_engine(record=True, **options) as engine:
        ids = [f"w{number}" for number in range(3)]
        for workflow_id in ids:
            await engine.client.start_workflow(Everything.run, 3, id=workflow_id, task_queue=QUEUE)
            engine.at(timedelta(seconds=1), engine.submit_signal, workflow_id, "whisper", "early")
            for word in ("", "one", "stop"):

                def say(workflow_id: str = workflow_id, word: str = word) -> None:
                    engine.submit_update(workflow_id, "say", word, update_id=f"{workflow_id}-{word}")

                engine.at(timedelta(seconds=2 + len(word)), say)
        results = [await engine.client.get_workflow_handle(each).result() for each in ids]
    return engine, results


def fingerprint(engine: Engine) -> str:
    """A digest of every command of every run."""
    digest = hashlib.sha256()
    for recording in engine.recordings:
        digest.update(recording.run_id.encode())
        for commands in recording.commands:
            for command in commands:
                digest.update(command.SerializeToString(deterministic=True))
    return digest.hexdigest()


def test_same_seed_same_commands_other_seed_other_randomness() -> None:
    first, said = run(scenario())
    again, repeated = run(scenario())
    assert said == repeated
    assert fingerprint(first) == fingerprint(again)
    _, other = run(scenario(seed=7))
    assert other != said


def test_hash_seeds_do_not_matter() -> None:
    def digest(hash_seed: str) -> str:
        code = (
            "import asyncio; from tests.engine.test_determinism import *; "
            "print(fingerprint(asyncio.run(scenario())[0]))"
        )
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    assert digest("1") == digest("4242") == fingerprint(run(scenario())[0])


def test_recorded_activations_replay_to_the_same_commands() -> None:
    engine, _ = run(scenario())
    assert len(engine.recordings) == 12
    for recording in engine.recordings:
        check_replay(recording)
        assert replay_commands(recording) == recording.commands
    assert bare_cost(engine.recordings) > 0
    assert bare_cost(engine.recordings[0], one_by_one=True) > 0


def test_replay_as_history_gives_the_same_commands_without_the_refusals() -> None:
    engine, _ = run(scenario())
    for recording in engine.recordings:
        expected = [
            [each for each in commands if not each.update_response.HasField("rejected")]
            for commands in recording.commands
        ]
        given = replay_commands(recording, as_history=True)
        assert [each for each in given if each] == [each for each in expected if each]


def test_a_crash_after_every_activation_changes_nothing() -> None:
    calm, said = run(scenario())
    crashed, repeated = run(scenario(crash_after=lambda *_: True))
    assert repeated == said
    assert fingerprint(calm) == fingerprint(crashed)
    assert crashed.statistics.rebuilds > 30
    assert crashed.live_instances == 0


def test_the_sandbox_runs_the_same_workflows() -> None:
    plain, said = run(scenario())
    sandboxed, repeated = run(scenario(runner=SandboxedWorkflowRunner()))
    assert repeated == said
    assert fingerprint(plain) == fingerprint(sandboxed)


TOSSES = iter(range(1_000_000))


@workflow.defn(sandboxed=False)
class Unsteady:
    @workflow.run
    async def run(self) -> None:
        if next(TOSSES) % 2:
            await asyncio.sleep(1)
        await asyncio.sleep(2)


def test_nondeterminism_is_noticed() -> None:
    async def main(crash: Callable[[str, int], bool] | None) -> Engine:
        async with make_engine(workflows=[Unsteady], record=True, crash_after=crash) as engine:
            await engine.client.execute_workflow(Unsteady.run, id="u", task_queue=QUEUE)
            assert elapsed(engine) >= 2
            return engine

    engine = run(main(None))
    with pytest.raises(ReplayMismatchError):
        check_replay(engine.recording("u"))
    with pytest.raises(ReplayMismatchError):
        run(main(lambda _, number: number == 1))
