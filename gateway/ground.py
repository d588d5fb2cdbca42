"""What elections run under: recorded in the registry, and fetched from it by its hash, for workers and the gateway's own questions."""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from activities.registry import Registry
from activities.registry.elections import Ground
from policies.calendar import Calendar
from policies.clock import Clock
from policies.pack.load import load_pack
from workflows.setting import Setting, install

_plan = lru_cache(maxsize=4)(load_pack)
"""A county's elections run under few plans, and reading one takes most of a second."""


def ground_of(setting: Setting, pack_text: str) -> Ground:
    """What is recorded of an installed setting, for the supplier to find again; `pack_text`: the YAML its pack was read from."""
    pack, clock = setting.pack, setting.clock
    return Ground(
        setting=setting.hash,
        pack_id=pack.id,
        pack_version=pack.version,
        pack_sha256=setting.pack_sha256,
        pack_text=pack_text,
        calendar_json=setting.calendar.model_dump_json(),
        clock_json=None if clock is None else clock.model_dump_json(),
        law=pack.law.value,
    )


def supplier(registry: Registry) -> Callable[[str], Setting | None]:
    """What `workflows.setting.supply` wants: installs a recorded election's pack, calendar and clock; None when unrecorded.

    A record that no longer gives the hash it stands under is not hidden: whoever asked compares. One that does is kept:
    the hash is of its content, and reading a plan takes longer than deciding a gate. Threads that ask at once take turns.
    """
    kept: dict[str, Setting] = {}
    turn = Lock()

    def fetch(key: str) -> Setting | None:
        with turn:
            return _fetch(key)

    def _fetch(key: str) -> Setting | None:
        if key in kept:
            return kept[key]
        ground = registry.elections.ground(key)
        if ground is None:
            return None
        clock = None if ground.clock_json is None else Clock.model_validate_json(ground.clock_json)
        calendar = Calendar.model_validate_json(ground.calendar_json)
        found = install(_plan(ground.pack_text, ground.pack_id), calendar, clock)
        if found.hash == key:
            kept[key] = found
        return found

    return fetch


def under_way(registry: Registry) -> tuple[str, ...]:
    """The settings of the elections that are not over: a worker that starts fetches them first.

    When it has died, every election wants its setting anew in the same moment, within a workflow's task; reading several
    plans there at once takes longer than a task may, and all of them would be put off.
    """
    running = (each.setting for each in registry.elections.all() if each.completed + each.held < each.units)
    return tuple(dict.fromkeys(running))
