"""The examples run and the overhead stays within reach (counted, not timed)."""

from __future__ import annotations

import asyncio

import pytest

from simulation.engine import check_replay
from simulation.engine.examples import first_steps, overhead


def test_first_steps(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(first_steps.main())
    out = capsys.readouterr().out
    assert "handed to Ann at 2021-03-11 09:00:00+00:00" in out
    assert "parcel-2 (Parcel): somebody to decide about its return" in out
    assert "returned at" in out


def test_overhead_example_needs_two_activations_a_step() -> None:
    engine, _ = asyncio.run(overhead.drive(3, 5, record=True))
    assert engine.statistics.activations == 3 * (1 + 2 * 5)
    assert engine.statistics.activities == 15
    for recording in engine.recordings:
        check_replay(recording)
