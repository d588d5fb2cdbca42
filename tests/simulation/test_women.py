"""The women's federation rehearsed: clean, pilots first, every planted fault named, and a checker that sees what was falsified."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack
from policies.people import Sex
from simulation.campaign.district import drive, line_of
from simulation.campaign.folder import JOURNAL
from simulation.campaign.request import Campaign, Job, unfit
from simulation.campaign.write import rehearse
from simulation.cases import read_case, replay
from simulation.checker import Checker
from simulation.faults import FaultPlan
from simulation.faults.federation import FEDERATION
from simulation.population import parameters
from simulation.population.district import SyntheticDistrict
from simulation.population.synthesis import synthesize_district

UNITS = 14  # more than one street holds
Record = dict[str, Any]


def plan(name: str = "women-2021") -> Pack:
    """A bundled pack."""
    pack = open_pack(name)
    assert isinstance(pack, Pack)
    return pack


def district(units: int, name: str = "women-2021", seed: int = 3) -> SyntheticDistrict:
    """Synthetic units under a pack."""
    return synthesize_district(seed, 1, units, parameters.load(), pack=plan(name), setting="-")


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """The journal of a clean district, line by line."""
    lines: list[bytes] = []
    job = Job(1, UNITS, 3, plan(), national_calendar([2021]), parameters.load(), {})
    drive(job, lambda fact: lines.append(line_of(fact)), faults=FaultPlan.none())
    return [json.loads(b"{" + line) for line in lines]


def checked(records: list[Record]) -> list[tuple[str, str]]:
    """(rule, message) of every violation."""
    checker = Checker()
    for record in records:
        checker.feed(record)
    return [(one.rule, one.message) for one in checker.finish().violations]


# ---------------------------------------------------------------- the rehearsal


def test_the_plan_can_be_rehearsed() -> None:
    assert unfit(plan(), national_calendar([2021])) == []
    bare = plan().model_copy(update={"bodies": plan().bodies[:1]})
    assert [problem for problem in unfit(bare, national_calendar([2021])) if "women.poll" in problem]


def test_a_campaign_runs_clean_and_its_cases_reproduce(tmp_path: Path) -> None:
    """No false block, no violation, papers issued, every unit in time; a kept story runs again to the same hash."""
    campaign = Campaign(plan(), national_calendar([2021]), parameters.load(), UNITS, 3, {})
    written = rehearse(campaign, tmp_path, pack_name="women-2021")
    summary = written.summary
    assert written.sound
    assert (summary["units"], summary["on_time"], summary["false_blocks"], summary["violations"]) == (
        UNITS,
        UNITS,
        0,
        0,
    )
    assert summary["papers"] >= 9 * UNITS  # one at each step but the review's, three at the poll's
    assert (tmp_path / JOURNAL).exists()
    case = read_case(tmp_path / summary["cases"][0])
    assert replay(case, parameters.load()).reproduces


def test_every_fault_of_the_federation_is_named_by_its_rule() -> None:
    """One unit for each way: committed, and named at the very gate; nothing honest is refused there."""
    pack, known = plan(), parameters.load()
    units = [unit.id for unit in district(len(FEDERATION))]
    faults = FaultPlan.of(zip(units, (variant.id for variant in FEDERATION), strict=True))
    job = Job(1, len(FEDERATION), 3, pack, national_calendar([2021]), known, {})
    driven = drive(job, lambda _: None, faults=faults)
    summary = faults.summary()
    assert sum(summary.fired.values()) == len(FEDERATION), summary.idle
    assert summary.missed == ()
    assert driven.run.cast.blocks == []


def test_pilots_are_closed_before_any_other_unit_opens(records: list[Record]) -> None:
    """Read from the journal alone: the first unit of each street, then the others."""
    opened = {one["unit"]: place for place, one in enumerate(records) if one["fact"]["kind"] == "unit_opened"}
    pilots = {
        one["unit"] for one in records if one["fact"]["kind"] == "unit_opened" and one["fact"]["unit"].get("pilot")
    }
    closed = [
        place for place, one in enumerate(records) if one["fact"]["kind"] == "unit_closed" and one["unit"] in pilots
    ]
    assert len(pilots) == len({one["street"] for one in records if one["unit"]}) > 1
    assert min(opened[unit] for unit in opened if unit not in pilots) > max(closed)


# ---------------------------------------------------------------- the population


def test_each_street_s_first_unit_is_its_pilot_however_many_are_asked_for() -> None:
    few, many = district(5), district(40)
    assert [unit.id for unit in few if unit.brief.pilot] == [few.streets[0].units[0].id]
    assert [unit.id for unit in many if unit.brief.pilot] == [street.units[0].id for street in many.streets]
    assert [unit.brief for unit in few] == [many.units[unit.id].brief for unit in few]


def test_candidates_are_women_and_more_than_a_list_needs() -> None:
    for unit in district(10):
        candidates = unit.named(unit.pools.women)
        assert {one.sex for one in candidates} == {Sex.FEMALE}
        assert len(candidates) >= unit.brief.women_seats + 1 + unit.brief.women_seats // 5
        assert 0.4 < unit.brief.women / unit.adults < 0.6


def test_the_street_plan_s_units_know_nothing_of_it() -> None:
    """Same seed, other plan: the same people but those who stand for the federation; a brief as it always was."""
    for one, other in zip(district(5, "street-2021"), district(5), strict=True):
        assert {"women", "women_seats", "pilot"}.isdisjoint(one.brief.model_dump(mode="json"))
        assert one.pools.women == ()
        assert one.people[0].id == other.people[0].id


# ---------------------------------------------------------------- the checker


def test_an_honest_journal_has_no_violation(records: list[Record]) -> None:
    assert checked(records) == []


def facts(records: list[Record], kind: str, gate: str = "") -> list[Record]:
    """The facts of a kind, at a gate."""
    return [one["fact"] for one in records if one["fact"]["kind"] == kind and one["fact"].get("gate", "") == gate]


def no_pilot(records: list[Record]) -> list[Record]:
    """Nobody was a pilot, whatever was decided."""
    for fact in facts(records, "unit_opened"):
        fact["unit"].pop("pilot", None)
    return records


def pilot_left_open(records: list[Record]) -> list[Record]:
    """A pilot is closed only at the very end, long after the others began."""
    pilot = next(one["unit"] for one in records if one["fact"]["kind"] == "unit_opened")
    last = [one for one in records if one["unit"] == pilot and one["fact"]["kind"] == "unit_closed"]
    rest = [one for one in records if one not in last]
    place = next(n for n, one in enumerate(rest) if one["fact"]["kind"] == "district_closed")
    return [*rest[:place], *last, *rest[place:]]


def not_accepted(records: list[Record]) -> list[Record]:
    """A pilot's acceptance was never asked for."""
    pilot = next(one["unit"] for one in records if one["fact"]["kind"] == "unit_opened")
    return [one for one in records if one["unit"] != pilot or one["fact"].get("gate", "") != "women.pilot_acceptance"]


def acceptance_refused(records: list[Record]) -> list[Record]:
    """A pilot was found wanting, and was closed all the same."""
    facts(records, "decided", "women.pilot_acceptance")[0]["form"]["approved"] = False
    return records


def nine_behind(records: list[Record]) -> list[Record]:
    nominee = facts(records, "decided", "women.nomination")[0]["form"]["nominees"][0]
    nominee |= {"route": "residents", "supporters": 9}
    return records


def a_man(records: list[Record]) -> list[Record]:
    facts(records, "decided", "women.nomination")[0]["form"]["nominees"][0]["person"]["sex"] = "male"
    return records


def wrong_roll(records: list[Record]) -> list[Record]:
    facts(records, "decided", "women.poll")[0]["form"]["form"]["roll"] -= 1
    return records


def half_came(records: list[Record]) -> list[Record]:
    """Exactly half of the women, and it counts: every figure else is scaled so that nothing contradicts itself."""
    sheet = facts(records, "decided", "women.poll")[0]["form"]["form"]
    sheet["roll"] = 2 * sheet["present"]
    return records


def short_posting(records: list[Record]) -> list[Record]:
    fact = facts(records, "published", "women.list")[0]
    fact["last_day"] = fact["posted_on"]
    return records


def one_seat_more(records: list[Record]) -> list[Record]:
    """Somebody takes office whom nobody elected."""
    seats = facts(records, "body_completed")[0]["seats"]
    seats.append({"person": "D01-S01-U001-P999", "name": "某某", "post": "federation_member", "votes": None})
    return records


Falsified = Callable[[list[Record]], list[Record]]


@pytest.mark.parametrize(
    ("falsify", "rule"),
    [
        (no_pilot, "W3"),
        (pilot_left_open, "W3"),
        (not_accepted, "W3"),
        (acceptance_refused, "order"),
        (nine_behind, "W2"),
        (a_man, "W6"),
        (wrong_roll, "denominator"),
        (half_came, "W5"),
        (short_posting, "W7"),
        (one_seat_more, "W1"),
    ],
)
def test_what_was_falsified_is_seen(records: list[Record], falsify: Falsified, rule: str) -> None:
    """Each by the rule it breaks; the untouched journal has nothing (see above)."""
    assert rule in {found for found, _ in checked(falsify(json.loads(json.dumps(records))))}


def test_the_three_bodies_are_not_missed(records: list[Record]) -> None:
    """A plan of the federation alone completes without Party, committee and supervisors; its own body it cannot do without."""
    without = [one for one in records if one["fact"]["kind"] != "body_completed"]
    said = [message for _, message in checked(without)]
    assert any("妇联组织尚未完成" in message for message in said)
    assert not any("居民委员会" in message for message in said)
