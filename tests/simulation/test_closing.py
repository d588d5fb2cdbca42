"""A rehearsal's closing statistics against a recount from its own journal and its synthetic people."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from activities.reports.closing import ClosingStatistics, closing_statistics, sentences
from console.packs import calendar_of, pack_text
from policies.pack.load import load_pack
from policies.pack.schema import Pack
from simulation.campaign.request import Campaign
from simulation.campaign.write import rehearse
from simulation.closing import RehearsalUnusableError, registry_of, rehearsed
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from tests.recount import Holder, Vote, agrees
from tests.workflows.clerk import street_2021

UNITS, SEED, DISTRICT = 9, 11, "D01"
BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rehearsal of nine communities with a faulty poll among them."""
    place = tmp_path_factory.mktemp("rehearsal")
    pack = street_2021()
    rehearse(Campaign(pack, calendar_of(pack), load(), UNITS, SEED, {"F6": 1}), place, pack_name=pack.id)
    return place


@pytest.fixture(scope="module")
def statistics(folder: Path) -> ClosingStatistics:
    """Its statistics, as the command makes them."""
    pack = street_2021()
    with registry_of(rehearsed(folder), pack, pack_text(pack.id), calendar_of(pack), load()) as registry:
        assert registry.drill
        return closing_statistics(registry, DISTRICT, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def lines(folder: Path) -> list[dict[str, Any]]:
    """The journal, line by line."""
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines()]


def completed(lines: list[dict[str, Any]]) -> set[str]:
    return {line["unit"] for line in lines if line["fact"]["kind"] == "unit_closed" and line["fact"]["completed_on"]}


def before() -> list[Holder]:
    """Every post held when it begins."""
    district = synthesize_district(SEED, 1, UNITS, load(), pack=street_2021(), setting="")
    return [
        Holder(
            unit.id,
            person.id,
            "party" if post.in_party else "supervisory" if post.in_supervisory else "residents",
            post.value,
            person.sex.value,
            person.born,
            person.education and person.education.value,
        )
        for unit in district
        for person in unit.people
        for post in person.incumbent
    ]


def after(lines: list[dict[str, Any]]) -> Iterator[Holder]:
    """Every seat filled, with what the nomination forms say of the person."""
    people: dict[str, dict[str, Any]] = {}
    for line in lines:
        fact = line["fact"]
        if fact["kind"] == "decided" and fact["form"]["kind"] == "nominated":
            people |= {nominee["person"]["id"]: nominee["person"] for nominee in fact["form"]["nominees"]}
        if fact["kind"] == "body_completed":
            for seat in fact["seats"]:
                person = people[seat["person"]]
                yield Holder(
                    line["unit"],
                    seat["person"],
                    line["body"],
                    seat["post"],
                    person["sex"],
                    date.fromisoformat(person["born"]),
                    person["education"],
                    frozenset({"incumbent"} if person["incumbent"] else ()),
                )


def votes(lines: list[dict[str, Any]]) -> Iterator[Vote]:
    """Every poll with its judgement."""
    judged = {
        (line["unit"], line["fact"]["gate"]): line["fact"]
        for line in lines
        if line["fact"]["kind"] in ("poll_settled", "poll_failed")
    }
    for line in lines:
        fact = line["fact"]
        if fact["kind"] != "decided" or fact["form"]["kind"] != "counted":
            continue
        sheet, verdict = fact["form"]["form"], judged[line["unit"], fact["gate"]]
        yield Vote(
            line["unit"],
            line["body"],
            sheet["mode"],
            int(fact["gate"].partition("#")[2] or 1),
            sheet["round"],
            not fact["gate"].startswith("party.plenary"),
            sheet["roll"],
            sheet["present"],
            verdict["kind"] == "poll_settled",
            verdict.get("open_seats"),
        )


def test_every_figure_is_the_recounts(statistics: ClosingStatistics, lines: list[dict[str, Any]]) -> None:
    """Each unit, each street, the county: from the journal's seats and polls, and the people made again from the seed."""
    done = completed(lines)
    seated = max(datetime.fromisoformat(line["at"]) for line in lines if line["fact"]["kind"] == "body_completed")
    assert statistics.on == seated.astimezone(BEIJING).date()
    sides = ([one for one in before() if one.unit in done], [one for one in after(lines) if one.unit in done])
    polls = [one for one in votes(lines) if one.unit in done]
    assert len(statistics.areas) > UNITS + 1
    for area in statistics.areas:
        prefix = area.area

        def here(unit: str, prefix: str = prefix) -> bool:
            return unit == prefix or unit.startswith(f"{prefix}-")

        old, new = ([one for one in side if here(one.unit)] for side in sides)
        agrees(area, old, new, [one for one in polls if here(one.unit)], statistics.on)
    assert statistics.county.completed == len(done)


def test_what_it_says_are_its_figures(statistics: ClosingStatistics) -> None:
    """The sentences name the county, count its units, and give the share of young members as counted."""
    text = "\n".join(sentences(statistics))
    assert f"应换届社区{UNITS}个，完成{statistics.county.completed}个" in text
    young = statistics.county.benches[0].after
    assert young is not None
    assert f"35岁及以下{young.young.part}名，占{young.young.text}" in text


def test_another_plan_is_not_taken_for_its_own(folder: Path) -> None:
    """The folder names the plan's hash: a plan edited since is refused, by name of the remedy."""
    text = pack_text("street-2021")
    edited = load_pack(text.replace('version: "1.0"', 'version: "1.1"'), "edited")
    assert isinstance(edited, Pack)
    with (
        pytest.raises(RehearsalUnusableError, match="--pack"),
        registry_of(rehearsed(folder), edited, text, calendar_of(edited), load()),
    ):
        pass


def test_a_folder_without_a_rehearsal(tmp_path: Path) -> None:
    """Nothing there, half of it there, or something else: refused with the folder's name."""
    with pytest.raises(RehearsalUnusableError, match=tmp_path.name):
        rehearsed(tmp_path)
    (tmp_path / "summary.json").write_text('{"units": 3}')
    with pytest.raises(RehearsalUnusableError, match="不是演练"):
        rehearsed(tmp_path)
    (tmp_path / "summary.json").write_text('{"units": 3, "seed": 1, "pack": "p", "pack_sha256": ""}')
    with pytest.raises(RehearsalUnusableError, match=r"journal\.jsonl"):
        rehearsed(tmp_path)


def test_a_plan_that_asks_for_three_signatures_rehearses_clean(tmp_path: Path) -> None:
    """The actors hand over line by line and signed; nothing is refused, and the checker finds nothing."""
    text, act = pack_text("street-2021"), "        act: handover\n"
    pack = load_pack(text.replace(act, f"{act}        signed_by_three: true\n"), "asking")
    written = rehearse(Campaign(pack, calendar_of(pack), load(), 1, SEED), tmp_path, pack_name="asking")
    assert written.sound
    assert written.summary["false_blocks"] == 0
    facts = [json.loads(line)["fact"] for line in (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()]
    given = [fact["form"] for fact in facts if fact["kind"] == "decided" and fact["form"]["kind"] == "handed_over"]
    assert [[one["signer"] for one in form["signatures"]] for form in given] == [
        ["outgoing", "incoming", "supervisor"]
    ] * 2
    assert [len(form["inventory"]) for form in given] == [4, 4]
