"""Memory of a large rehearsal: district by district over two processes, each process's peak, in a process of their own."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.engine import PACK, campaign
from bench.measure import Measure

FULL = 10_000
LIMIT_MIB = 1024
PROCESSES = 2


def peak_memory(units: int) -> list[Measure]:
    """The largest process's peak resident set while so many units are rehearsed over two processes."""
    child = [sys.executable, "-c", f"from bench.memory import child; child({units})"]
    root = Path(__file__).parent.parent
    done = subprocess.run(child, capture_output=True, text=True, check=False, cwd=root)
    if done.returncode:
        raise RuntimeError(f"the rehearsal of {units} units failed: {done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    size = f"{units} units" if units >= FULL else f"{units} units of the full {FULL} (BENCH_UNITS={FULL} for all)"
    return [
        Measure(
            "peak_rss_mib",
            max(told["parent"], told["workers"]),
            "MiB, largest process",
            f"{LIMIT_MIB} MiB; {size} over {PROCESSES} processes in {told['seconds']:.0f} s: joining process "
            f"{told['parent']:.0f}, largest worker {told['workers']:.0f}",
            max(told["parent"], told["workers"]) / LIMIT_MIB,
        )
    ]


def child(units: int) -> None:
    """Rehearse, then say how much memory this process and its largest worker needed at most."""
    from simulation.campaign.write import rehearse

    with TemporaryDirectory() as folder:
        written = rehearse(campaign(units), Path(folder), pack_name=PACK, workers=PROCESSES)
    peaks = {"parent": resource.RUSAGE_SELF, "workers": resource.RUSAGE_CHILDREN}
    told = {name: resource.getrusage(who).ru_maxrss / _per_mib() for name, who in peaks.items()}
    sys.stdout.write(json.dumps(told | {"seconds": written.summary["seconds"]}))


def _per_mib() -> int:
    return 1 << 20 if sys.platform == "darwin" else 1 << 10
