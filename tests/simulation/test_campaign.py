"""Many districts, one journal: the same for any number of processes and hash seeds, and nothing left after a failure."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from activities.journal import read_journal, verify_chain
from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack
from simulation.campaign.district import FaultsRefusedError
from simulation.campaign.folder import CASES, JOURNAL, KNOWN, REPORT, SUMMARY, Folder, FolderError
from simulation.campaign.request import Campaign, jobs, unfit
from simulation.campaign.run import run
from simulation.campaign.write import rehearse
from simulation.checker import check_file
from simulation.digest import digest_of, limits_of
from simulation.population import parameters
from workflows.setting import install

ROOT = Path(__file__).parents[2]
UNITS = 5


def street_plan() -> Pack:
    """The pack that comes with the product."""
    pack = open_pack("street-2021")
    assert isinstance(pack, Pack)
    return pack


def campaign(units: int = UNITS, *, per_district: int = 2, faults: dict[str, int] | None = None) -> Campaign:
    """A few units over districts of two, so that several processes have something to do."""
    pack, known = street_plan(), parameters.load()
    size = known.structure.units_per_district.model_copy(update={"value": per_district})
    structure = known.structure.model_copy(update={"units_per_district": size})
    small = known.model_copy(update={"structure": structure})
    return Campaign(pack, national_calendar([2021]), small, units, 11, faults or {})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """One rehearsal with faults, written in this process."""
    folder = tmp_path_factory.mktemp("rehearsal")
    done = rehearse(campaign(faults={"F5": 2, "F6": 1}), folder, pack_name="street-2021")
    return folder, done.summary


Written = tuple[Path, dict[str, object]]


def test_the_journal_is_the_same_over_processes_and_hash_seeds(tmp_path: Path, written: Written) -> None:
    """Another process, another PYTHONHASHSEED, two workers: byte for byte the same."""
    code = (
        "import sys; from pathlib import Path; from simulation.campaign.run import run;"
        "from tests.simulation.test_campaign import campaign;"
        "run(campaign(faults={'F5': 2, 'F6': 1}), Path(sys.argv[1]), workers=2) if __name__ == '__main__' else None"
    )
    other = tmp_path / JOURNAL
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code, str(other)], check=True, env=environment)
    assert other.read_bytes() == (written[0] / JOURNAL).read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [JOURNAL]  # the parts are gone


def test_the_summary_says_what_the_journal_says(written: Written) -> None:
    """Units and findings are read again from the file; the hash is the file's."""
    folder, summary = written
    setting = install(street_plan(), national_calendar([2021]))
    digest = digest_of((line._asdict() for line in read_journal(folder / JOURNAL)), limits_of(setting))
    assert (summary["units"], summary["completed"], summary["held"]) == (UNITS, digest.completed, digest.held)
    assert summary["on_time"] == digest.on_time
    assert summary["findings_by_rule"] == digest.findings_by_rule()
    assert summary["journal_lines"] == digest.lines
    assert summary["journal_sha256"] == sha256((folder / JOURNAL).read_bytes()).hexdigest()
    assert json.loads((folder / SUMMARY).read_text(encoding="utf-8")) == summary


def test_the_journal_is_one_unbroken_chain(written: Written) -> None:
    """Districts in order, numbers without gaps, the closing record at the end."""
    folder, summary = written
    chain = verify_chain(folder / JOURNAL)
    assert chain.ok, chain.problems
    assert (chain.lines, chain.districts, chain.head) == (
        summary["journal_lines"],
        summary["districts"],
        summary["journal_head"],
    )


def test_the_checker_says_the_same_of_the_whole_file(written: Written) -> None:
    """Fed per district in the workers or with the finished file: the same count of violations."""
    folder, summary = written
    assert check_file(folder / JOURNAL).broken == summary["violations"]


def test_the_promised_keys_stand_first(written: Written) -> None:
    """Other people's programs read these."""
    promised = (
        "units completed held late further_votes findings_by_rule planted detected false_blocks activations seconds "
        "units_per_second journal_sha256 pack_sha256 versions"
    )
    assert list(written[1])[:15] == promised.split()


def test_planted_faults_are_caught_and_their_units_kept(written: Written) -> None:
    """What was committed was named, and a case of each such unit lies beside the report, with one ordinary unit."""
    folder, summary = written
    assert summary["planted"] == summary["detected"] == {"F5": 2, "F6": 1}
    assert summary["missed"] == []
    cases = sorted(path.name for path in (folder / CASES).iterdir())
    assert cases == sorted(Path(str(each)).name for each in summary["cases"])  # type: ignore[attr-defined]
    whys = [why for name in cases for why in json.loads((folder / CASES / name).read_text(encoding="utf-8"))["why"]]
    assert any(why.startswith("植入") for why in whys)


def test_everything_promised_is_written(written: Written) -> None:
    """Summary, journal, report, cases; nothing else."""
    assert sorted(path.name for path in written[0].iterdir()) == sorted(KNOWN)
    assert (written[0] / REPORT).read_text(encoding="utf-8").startswith("<!doctype html>")


def test_faults_are_shared_out_over_districts() -> None:
    """Every fault asked for is somebody's job."""
    shares = [job.faults.get("F6", 0) for job in jobs(campaign(units=5, faults={"F6": 4}))]
    assert (len(shares), sum(shares)) == (3, 4)


def test_more_faults_than_fit_are_refused(tmp_path: Path) -> None:
    """By a sentence that names the code, before anything is rehearsed."""
    with pytest.raises(FaultsRefusedError, match="F6"):
        run(campaign(units=1, faults={"F6": 1000}), tmp_path / JOURNAL)


def test_a_pack_without_a_step_cannot_be_rehearsed() -> None:
    """Every missing step that no election can do without is named, and a year whose holidays nobody knows."""
    pack, calendar = street_plan(), national_calendar([2021])
    assert unfit(pack, calendar) == []
    bodies = tuple(
        body.model_copy(
            update={"steps": tuple(step for step in body.steps if step.id not in ("party.slate", "party.talks"))}
        )
        for body in pack.bodies
    )
    (problem,) = unfit(pack.model_copy(update={"bodies": bodies}), calendar)
    assert "party.slate" in problem  # the talks may be left out, a list of candidates may not
    later = pack.model_copy(update={"starts": date(2098, 1, 1), "completed_by": date(2099, 1, 1)})
    assert sum("放假安排没有公布" in problem for problem in unfit(later, calendar)) == 2


class Impatient:
    """A meter that interrupts as soon as it is looked at."""

    def show(self, *, stages: int, closed: int, day: date | None) -> None:
        """Like Ctrl-C."""
        raise KeyboardInterrupt


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_leaves_nothing(tmp_path: Path, workers: int) -> None:
    """In one process or two: the folder does not exist afterwards, nor does anything beside it."""
    folder = Folder(tmp_path / "out")
    with suppress(KeyboardInterrupt), folder as place:
        rehearse(campaign(), place.work, pack_name="street-2021", workers=workers, meter=Impatient())
        place.finish()
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- the folder


def fill(place: Folder, summary: str = '{"journal_sha256": ""}') -> None:
    """What a rehearsal writes, in small."""
    (place.work / SUMMARY).write_text(summary, encoding="utf-8")
    (place.work / CASES).mkdir()
    (place.work / CASES / "U.json").write_text("{}", encoding="utf-8")


def test_a_folder_appears_only_when_finished(tmp_path: Path) -> None:
    """Parents included; without `finish` nothing is put in place."""
    out = tmp_path / "a" / "b"
    with Folder(out) as place:
        fill(place)
        assert not out.exists()
    assert list(tmp_path.iterdir()) == []
    with Folder(out) as place:
        fill(place)
        place.finish()
    assert sorted(path.name for path in out.iterdir()) == [CASES, SUMMARY]
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_an_earlier_rehearsal_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing of the earlier one remains."""
    for _ in range(2):
        with Folder(tmp_path) as place:
            fill(place)
            place.finish()
        (tmp_path / CASES / "old.json").write_text("{}", encoding="utf-8")
    with Folder(tmp_path) as place:
        fill(place, '{"journal_sha256": "new"}')
        place.finish()
    assert [path.name for path in (tmp_path / CASES).iterdir()] == ["U.json"]
    assert "new" in (tmp_path / SUMMARY).read_text(encoding="utf-8")


def test_other_peoples_files_are_never_overwritten(tmp_path: Path) -> None:
    """A foreign file, or a summary that is not ours, makes the folder unusable and stays as it was."""
    (tmp_path / "论文.docx").write_bytes(b"x")
    assert "论文.docx" in str(Folder(tmp_path).problem())
    with pytest.raises(FolderError), Folder(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["论文.docx"]
    (tmp_path / "论文.docx").rename(tmp_path / SUMMARY)
    assert "不是演练留下的" in str(Folder(tmp_path).problem())


def test_a_place_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    """A file of that name, a file as parent, a broken link, a system's own folder."""
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert "同名文件" in str(Folder(tmp_path / "file").problem())
    assert "无法写入" in str(Folder(tmp_path / "file" / "out").problem())
    assert "失效的链接" in str(Folder(tmp_path / "link").problem())
    assert Folder(tmp_path / "fine").problem() is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]
