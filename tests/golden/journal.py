"""The golden journals: a few units, planted faults, one seed; every later version must write the same bytes."""

import gzip
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from console.packs import calendar_of, open_pack
from policies.pack.schema import Pack
from simulation.campaign.request import Campaign
from simulation.campaign.run import run
from simulation.population.parameters import load


@dataclass(frozen=True)
class Golden:
    """One journal: which plan, how many units, which faults."""

    pack: str
    units: int
    faults: Mapping[str, int]
    file: Path

    def rehearse(self) -> bytes:
        """The journal, compressed without a time stamp."""
        pack = open_pack(self.pack)
        assert isinstance(pack, Pack)
        campaign = Campaign(
            pack=pack,
            calendar=calendar_of(pack),
            parameters=load(),
            units=self.units,
            seed=11,
            faults=self.faults,
        )
        with tempfile.TemporaryDirectory() as folder:
            journal = Path(folder) / "journal.jsonl"
            run(campaign, journal)
            return gzip.compress(journal.read_bytes(), mtime=0)


_HERE = Path(__file__).parent
COMMUNITIES = Golden("street-2021", 3, {"F6": 1, "F9": 1}, _HERE / "journal.jsonl.gz")
VILLAGES = Golden("village-2025", 2, {"F3+F5": 1}, _HERE / "villages.jsonl.gz")
ALL = (COMMUNITIES, VILLAGES)
