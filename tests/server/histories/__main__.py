"""`python -m tests.server.histories` runs one unit on a real server and keeps its histories; nothing else ever does.

Needs a server: HUANJIE_TEMPORAL_SERVER names the binary. To be run when an incompatible change is meant, and then the
elections under way must be moved or finished with the old code first (docs/operations).
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from activities.registry import Kind, create_registry
from gateway.carrier import TemporalCarrier
from gateway.door import Door
from gateway.ground import supplier
from live.connection import Endpoint, connect
from live.worker import serve
from tests.server.conductor import Conductor, begin, reading
from tests.server.histories.kept import FILE, Kept, as_json, write
from tests.server.server import NAMESPACE, running
from tests.server.stock import stock_server
from tests.server.street import Script, rehearse
from workflows.setting import supply

BODIES = ("party", "residents", "supervisory")
DAY = timedelta(days=1)


async def conduct(script: Script, address: str, home: Path) -> Kept:
    """One election from beginning to end, unencrypted, with the production worker in this process."""
    registry = create_registry(home / "registry.sqlite", Kind.DRILL, datetime.now(UTC))
    client = await connect(Endpoint(address, NAMESPACE), None, identity="histories")
    supply(supplier(registry))
    stop = asyncio.Event()
    working = asyncio.create_task(serve(client, registry.store, version=None, stop=stop))
    door = Door(registry, TemporalCarrier(client), supplier(registry))
    async with reading(registry) as reader:
        begun = await begin(registry, client, script, DAY)
        await Conductor(script, begun, registry, reader, door, client, rings=4).play()
    (unit,) = (each.id for each in script.district)
    ids = (script.district.id, unit.rpartition("-")[0], unit, *(f"{unit}/{body}" for body in BODIES))
    histories = [await client.get_workflow_handle(each).fetch_history() for each in ids]
    stop.set()
    await working
    registry.close()
    ground = begun.election.ground
    assert ground.clock_json is not None
    return Kept(
        setting=ground.setting,
        pack_id=ground.pack_id,
        pack_text=ground.pack_text,
        calendar_json=ground.calendar_json,
        clock_json=ground.clock_json,
        histories=as_json(histories),
    )


def main() -> None:
    """A failed poll, somebody excluded, a postponement, a hold and its release: the ways an election may go."""
    script = rehearse(units=1, seed=27, faults={"F6": 1}, postponed=[(0, 2, "2021-03-10")], held=[(0, "2021-03-24")])
    with TemporaryDirectory() as folder, running(stock_server()) as server:
        write(asyncio.run(conduct(script, server.address, Path(folder))))
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
