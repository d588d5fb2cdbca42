"""The golden journal: two communities, two planted faults, one seed; every later version must write the same bytes."""

import gzip
import tempfile
from pathlib import Path

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack
from simulation.campaign.request import Campaign
from simulation.campaign.run import run
from simulation.population.parameters import load

GOLDEN = Path(__file__).parent / "journal.jsonl.gz"


def rehearse() -> bytes:
    """The journal, compressed without a time stamp."""
    pack = open_pack("street-2021")
    assert isinstance(pack, Pack)
    campaign = Campaign(
        pack=pack,
        calendar=national_calendar([2021]),
        parameters=load(),
        units=3,
        seed=11,
        faults={"F6": 1, "F9": 1},
    )
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "journal.jsonl"
        run(campaign, journal)
        return gzip.compress(journal.read_bytes(), mtime=0)
