"""The same election on a real server's time skipping against the engine: wall time for wall time, where a server is at hand.

Both sides run the same workflows for one unit from preparation to the last handover, answered by the same clerk in the same
process; the server's start and the fetching of histories are not counted. The medians are compared. Most of a stock
server's time is spent waiting: its timer queue works a second at a time (`history.timerProcessorMaxTimeShift`), so each timer
that rings costs about a real second; with 1 ms there a unit takes about half as long. What is measured is the stock server.
"""

import asyncio
import statistics
from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from tests.server.elections import EngineClerk, ServerClerk, moved_setting, weeks_from_2021
from tests.server.server import Server, running, server_at_hand
from tests.workflows.clerk import brief
from workflows.messages import UnitBrief, UnitOutcome
from workflows.unit import UnitElection

SERVER_ROUNDS = 3
ENGINE_ROUNDS = 15


def measures() -> Iterator[dict[str, object]]:
    """`server_time_skipping_ratio`; nothing where no server is at hand (see tests/server/server.py)."""
    binary = server_at_hand()
    if binary is None:
        return
    by = weeks_from_2021()
    unit = brief(setting=moved_setting(by).hash)
    with running(binary) as server:
        live = [asyncio.run(_on_server(server, unit)) for _ in range(SERVER_ROUNDS + 1)][1:]
    _, outcome, started = live[0]
    rehearsed = []
    for _ in range(ENGINE_ROUNDS + 1):
        clerk = EngineClerk(unit, by=by)
        began = perf_counter()
        same = clerk.rehearse(started, UnitElection.run, unit, unit.id)
        rehearsed.append(perf_counter() - began)
        if same != outcome:
            raise RuntimeError(f"the engine ended with {same}, the server with {outcome}: not the same election")
    slow, fast = statistics.median(each for each, _, _ in live), statistics.median(rehearsed[1:])
    yield {
        "name": "server_time_skipping_ratio",
        "value": round(slow, 2),
        "unit": "s for one unit on a stock server that skips time, one worker, both stores in memory",
        "against": f"{fast * 1000:.1f} ms: the same unit, workflows and answers on the in-process engine; one at a time, "
        f"median of {SERVER_ROUNDS} and {ENGINE_ROUNDS} runs after one for nothing",
        "ratio": round(slow / fast, 1),
    }


async def _on_server(server: Server, unit: UnitBrief) -> tuple[float, UnitOutcome, datetime]:
    clerk, client = ServerClerk(unit, by=weeks_from_2021()), await server.connect()
    began = perf_counter()
    outcome = await clerk.serve(client, UnitElection.run, unit, unit.id)
    return perf_counter() - began, outcome, clerk.started
