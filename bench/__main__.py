"""`make bench`: every measure on a line of its own, as soon as it is known."""

import argparse
import json
import os
import sys
from collections.abc import Iterator

from bench.engine import engine_cost
from bench.memory import FULL, peak_memory
from live.ending import end

GROUPS = ("engine", "memory", "server")
ASKED_FOR = ("load",)
"""Groups that take many minutes: run only when named."""
STORES = ("sqlite", "postgresql", "both")


def main() -> None:
    """Run the measures asked for; the memory measure is smaller than the full size unless asked for it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--units",
        type=int,
        default=int(os.environ.get("BENCH_UNITS", "600")),
        help=f"units of the memory measure (BENCH_UNITS; the full size is {FULL})",
    )
    parser.add_argument("--sample", type=int, default=20, help="units of the engine's measures")
    parser.add_argument("--rounds", type=int, default=31, help="repetitions of the engine's measures")
    parser.add_argument(
        "--load-units",
        type=int,
        default=int(os.environ.get("BENCH_LOAD_UNITS", "500")),
        help="units at once on a server (BENCH_LOAD_UNITS); only with --only load",
    )
    parser.add_argument("--load-store", choices=STORES, default="both", help="where server and registry keep it all")
    parser.add_argument("--only", choices=GROUPS + ASKED_FOR, help="one group of measures only; load only so")
    asked = parser.parse_args()
    if min(asked.units, asked.sample, asked.rounds, asked.load_units) < 1:
        parser.error("--units, --sample, --rounds and --load-units must be at least 1")
    for group in GROUPS if asked.only is None else (asked.only,):
        for line in _lines(group, asked):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


def _lines(group: str, asked: argparse.Namespace) -> Iterator[str]:
    if group == "engine":
        yield from (measure.line() for measure in engine_cost(asked.sample, asked.rounds))
    elif group == "memory":
        yield from (measure.line() for measure in peak_memory(asked.units))
    elif group == "load":
        from bench.load.measures import load_measures  # here, as below
        from bench.load.place import Store

        stores = tuple(Store) if asked.load_store == "both" else (Store(asked.load_store),)
        yield from (measure.line() for measure in load_measures(asked.load_units, stores))
    else:
        from bench.server import measures  # here, because it needs the tests beside it and, to say anything, a server

        yield from (json.dumps(measure, ensure_ascii=False) for measure in measures())


if __name__ == "__main__":
    main()
    end(0)
