"""`huanjie timetable`: its JSON, its calendar file, its exit codes."""

import errno
import json
from pathlib import Path

import pytest
from icalendar import Calendar
from typer import Typer
from typer.testing import CliRunner, Result

from console import timetable
from console.packs import pack_text

KEYS = ["id", "body", "title", "actor", "window_start", "window_end", "earliest", "latest", "depends_on", "rules"]


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    app = Typer()
    timetable.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["timetable", *arguments])


def test_the_json_has_exactly_the_promised_keys() -> None:
    """Dates ISO or null, the actor in Chinese, the body as an id."""
    answer = run("street-2021", "--json")
    assert answer.exit_code == 0
    data = json.loads(answer.stdout)
    assert list(data) == ["steps"]
    steps = {step["id"]: step for step in data["steps"]}
    assert all(list(step) == KEYS for step in data["steps"])
    poll = steps["residents.poll"]
    assert (poll["body"], poll["actor"], poll["earliest"]) == ("residents", "社区居民选举委员会", "2021-04-28")
    assert poll["depends_on"] == ["residents.list"]
    assert steps["residents.registration"]["earliest"] is None


def test_literal_windows_are_the_plans_own() -> None:
    """4-26 as printed, 4-28 as executed."""
    poll = {step["id"]: step for step in json.loads(run("street-2021", "--json", "--literal").stdout)["steps"]}
    assert poll["residents.poll"]["window_start"] == "2021-04-26"


def test_the_calendar_file_is_the_same_every_time(tmp_path: Path) -> None:
    """No clock in it; one all-day event a step, the end excluded."""
    first, second = tmp_path / "a.ics", tmp_path / "b.ics"
    assert run("street-2021", "--ics", str(first)).exit_code == 0
    assert run("street-2021", "--ics", str(second)).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    events = {
        str(event["uid"]).rpartition(".")[0]: event for event in Calendar.from_ical(first.read_bytes()).walk("VEVENT")
    }
    poll = events["residents.poll"]
    assert (str(poll["dtstart"].dt), str(poll["dtend"].dt)) == ("2021-04-28", "2021-05-01")


def test_a_plan_that_cannot_be_kept_still_shows_and_exits_1(tmp_path: Path) -> None:
    """The poll closes before the list can have been up for three days."""
    path = tmp_path / "tight.yaml"
    text = pack_text("street-2021").partition("\nresolutions:")[0]
    path.write_text(
        text.replace("from: 2021-04-26, to: 2021-04-30", "from: 2021-04-26, to: 2021-04-27"), encoding="utf-8"
    )
    answer = run(str(path))
    assert answer.exit_code == 1
    assert "排不出来" in answer.output


@pytest.mark.parametrize("arguments", [["street-2012"], ["street-2021", "--ics", "/nonexistent/x.ics"]])
def test_unusable_input_exits_2(arguments: list[str]) -> None:
    """Unknown name, unwritable file."""
    assert run(*arguments).exit_code == 2


def test_a_calendar_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves the old file as it was and nothing beside it."""
    target = tmp_path / "plan.ics"
    target.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    answer = run("street-2021", "--ics", str(target), "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"]["problems"] == [f"{target}：无法写入（磁盘已满）"]
    assert [path.name for path in tmp_path.iterdir()] == ["plan.ics"]
    assert target.read_text(encoding="utf-8") == "old"


def test_the_plan_itself_is_never_overwritten(tmp_path: Path) -> None:
    """A slip of the hand: the same name twice."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(pack_text("street-2021"), encoding="utf-8")
    assert run(str(plan), "--ics", str(plan)).exit_code == 2
    assert plan.read_text(encoding="utf-8") == pack_text("street-2021")


def test_a_plan_over_new_year_shows_its_years_and_open_windows_say_so(tmp_path: Path) -> None:
    """02-19 would be two days; an end that is not given is no dash between dashes."""
    plan = tmp_path / "plan.yaml"
    text = pack_text("street-2021").replace("starts: 2021-02-01", "starts: 2020-12-01")
    plan.write_text(text, encoding="utf-8")
    assert "2021-02-19" in run(str(plan)).stdout
    literal = run("street-2021", "--literal").stdout
    assert "03-18 前" in literal
    assert "— 至" not in literal
