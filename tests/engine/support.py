"""What the engine's tests share: an engine with the workflows under test, and running a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from simulation.engine import Engine
from tests.engine.workflows_under_test import ACTIVITIES, WORKFLOWS

START = datetime(2021, 3, 1, tzinfo=UTC)
QUEUE = "main"


def make_engine(*more_activities: Callable[..., Any], **options: Any) -> Engine:
    settings: dict[str, Any] = {
        "workflows": WORKFLOWS,
        "activities": [*ACTIVITIES, *more_activities],
        "start": START,
        "seed": 2021,
        **options,
    }
    return Engine(**settings)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def elapsed(engine: Engine) -> float:
    """Virtual seconds since the start."""
    return (engine.now - START) / timedelta(seconds=1)
