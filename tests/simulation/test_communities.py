"""Communities by every voter and by household: rehearsed clean, the denominator their own, proxies published, faults named.

Expected figures are taken from the journal's earlier lines (the corrected list, the registration), the limits from
《城市居民委员会组织法》（2025）第十六、十七、十九条, not from the code that judges.
"""

from collections.abc import Callable
from copy import deepcopy

import pytest

from console.packs import Bundled, calendar_of, open_pack, pack_text
from policies.finding import Severity
from policies.lint import lint
from policies.pack.load import load_pack
from policies.pack.schema import Pack
from simulation.actors import Cast
from simulation.faults import FAULTS, FaultPlan, variants_of
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from tests.simulation.rehearsing import Record, check, driven, setting_of
from workflows.setting import install

PARAMETERS = load()
VOTERS, HOUSEHOLDS = "community-voters", "community-households"


def rehearsed(name: str, units: int, seed: int, plan: FaultPlan | None = None) -> tuple[Cast, list[Record]]:
    """The district of a seed under a bundled plan, driven to its end."""
    known = setting_of(name)
    found = synthesize_district(seed, 1, units, PARAMETERS, pack=known.pack, setting=known.hash)
    return driven(known, found, PARAMETERS, seed, plan or FaultPlan.none())


def drawn(name: str, units: int, seed: int, asked: dict[str, int]) -> FaultPlan:
    """Faults planted in the district of a seed."""
    known = setting_of(name)
    found = synthesize_district(seed, 1, units, PARAMETERS, pack=known.pack, setting=known.hash)
    return FaultPlan.draw(seed, tuple(found), asked, known.pack)


def forms(records: list[Record], kind: str, step: str) -> dict[str, Record]:
    """By unit, the last form of a kind accepted at a step."""
    return {
        record["unit"]: record["fact"]["form"]
        for record in records
        if record["fact"]["kind"] == "decided"
        and record["fact"]["form"]["kind"] == kind
        and record["fact"]["gate"].partition("#")[0] == step
    }


def violations(records: list[Record]) -> list[tuple[str, str]]:
    """What the checker says of a journal: rule and message."""
    return [(one.rule, one.message) for one in check(records).violations]


@pytest.fixture(scope="module", params=[VOTERS, HOUSEHOLDS])
def clean(request: pytest.FixtureRequest) -> tuple[str, Cast, list[Record]]:
    """Six communities under each plan."""
    return (request.param, *rehearsed(request.param, 6, 5))


def test_nothing_honest_is_refused_and_nothing_is_found_wrong(clean: tuple[str, Cast, list[Record]]) -> None:
    _, cast, records = clean
    assert [(block.gate, block.messages) for block in cast.blocks] == []
    assert cast.given_up == []
    assert violations(records) == []
    assert sum(record["fact"]["kind"] == "unit_closed" for record in records) == 6


def test_the_roll_of_the_poll_is_who_may_vote(clean: tuple[str, Cast, list[Record]]) -> None:
    """第十九条: more than half of the voters, or of the households' delegates, and no longer of the representatives."""
    name, _, records = clean
    polls = forms(records, "counted", "residents.poll")
    assert len(polls) == 6
    corrected = forms(records, "list_corrected", "residents.objections")
    registered = forms(records, "registered", "residents.registration")
    for unit, poll in polls.items():
        by_voters = name == VOTERS
        assert poll["form"]["mode"] == ("voters" if by_voters else "households")
        entitled = corrected[unit]["voters"] if by_voters else registered[unit]["households"]
        assert poll["form"]["roll"] == entitled
        assert 2 * poll["form"]["present"] > entitled


def test_proxies_are_published_before_the_poll_and_no_more_are_used(clean: tuple[str, Cast, list[Record]]) -> None:
    """第十九条: both names published, three at most for one holder."""
    _, _, records = clean
    listed, polls = (
        forms(records, "proxies_listed", "residents.proxies"),
        forms(records, "counted", "residents.poll"),
    )
    assert any(listed[unit]["proxies"] for unit in polls)
    for unit, poll in polls.items():
        assert listed[unit]["published_on"] < poll["held_on"]
        assert poll["proxies"] <= len(listed[unit]["proxies"])
        holders = [one["holder"] for one in listed[unit]["proxies"]]
        assert max(map(holders.count, holders), default=0) <= 3


# ---------------------------------------------------------------- the checker's own reading


def venue(records: list[Record]) -> tuple[Record, Record]:
    """One unit's proxies as listed and its poll's form, in the records themselves."""
    polls = forms(records, "counted", "residents.poll")
    unit = min(polls)
    return forms(records, "proxies_listed", "residents.proxies")[unit], polls[unit]


def one_proxy_more(records: list[Record]) -> None:
    listed, poll = venue(records)
    poll["proxies"] = len(listed["proxies"]) + 1


def one_on_the_roll_less(records: list[Record]) -> None:
    venue(records)[1]["form"]["roll"] -= 1


def on_poll_day(records: list[Record]) -> None:
    listed, poll = venue(records)
    listed["published_on"] = poll["held_on"]


@pytest.mark.parametrize(
    ("bug", "rule"), [(one_proxy_more, "V11"), (one_on_the_roll_less, "denominator"), (on_poll_day, "V11")]
)
def test_the_checker_finds_what_is_planted_in_a_journal(
    clean: tuple[str, Cast, list[Record]], bug: Callable[[list[Record]], None], rule: str
) -> None:
    records = deepcopy(clean[2])
    bug(records)
    assert rule in {found for found, _ in violations(records)}


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize("name", [VOTERS, HOUSEHOLDS, "community-2025"])
def test_every_fault_that_applies_is_named_by_its_rule(name: str) -> None:
    """All variants over twenty communities, two and more in each; nothing honest refused, the checker finds nothing."""
    asked = {code: len(variants_of(code, setting_of(name).pack)) for code in FAULTS}
    assert all(asked.values())
    plan = drawn(name, 20, 11, asked)
    cast, records = rehearsed(name, 20, 11, plan)
    summary = plan.summary()
    assert [(fired.variant, fired.unit) for fired in summary.missed] == []
    assert summary.idle == ()
    assert summary.planted == summary.fired == summary.detected == asked
    assert [(block.gate, block.messages) for block in cast.blocks] == []
    assert violations(records) == []


@pytest.mark.parametrize(("name", "code"), [("street-2021", "F7"), (VOTERS, "F2"), (VOTERS, "F3")])
def test_one_fault_many_times_is_named_each_time(name: str, code: str) -> None:
    """A street with one fault in every community: each is planted, committed and named, by its own rule."""
    plan = drawn(name, 9, 4, {code: 8})
    cast, _ = rehearsed(name, 9, 4, plan)
    summary = plan.summary()
    assert summary.planted == summary.fired == summary.detected == {code: 8}
    assert len({each.unit for each in plan.planted}) == 8
    assert cast.false_blocks == 0
    assert all(each.named in each.variant.rules for each in plan.planted)


def planted(pack: Pack, variant: str) -> tuple[str, ...]:
    """The rules that name a fault planted in one village with proxies; nothing honest refused, the checker finds nothing."""
    known = install(pack, calendar_of(pack))
    found = synthesize_district(7, 1, 4, PARAMETERS, pack=known.pack, setting=known.hash)
    fit = next(one.id for one in found if one.electorate is not None and len(one.electorate.proxies) >= 4)
    plan = FaultPlan.of([(fit, variant)])
    cast, records = driven(known, found, PARAMETERS, 7, plan)
    assert [(block.gate, block.messages) for block in cast.blocks] == []
    assert violations(records) == []
    return tuple(each.named for each in plan.planted)


def test_shanghai_knows_no_roving_box() -> None:
    """No article of Shanghai's speaks of one, so a box is a fault there and nowhere else."""
    shanghai, model = open_pack("village-shanghai"), open_pack("village-2025")
    assert isinstance(shanghai, Pack)
    assert isinstance(model, Pack)
    assert "F4.forbidden" not in {one.id for one in variants_of("F4", model)}
    assert planted(shanghai, "F4.forbidden") == ("V12",)


def test_the_law_of_2018_wants_kin() -> None:
    """《村民委员会组织法》（2018）15: 近亲属; since 2026 (18) 近亲属或者其他村民, whatever an older province says: no fault then.

    The village's plan as it would have stood for the poll of 2021: the same text, five years earlier, under that law, whose
    voters nominate by themselves (15).
    """
    text = pack_text("village-2025")
    by_the_party = "          - { by: party_organization, at_least: 1, text: 由村党组织提名推荐 }\n"
    changes = {"2026-": "2021-", 'law: "2025"': 'law: "2018"', "nation-2025-": "nation-2018-", by_the_party: ""}
    for now, then in changes.items():
        assert now in text, now
        text = text.replace(now, then)
    older = load_pack(text, "village-2021", Bundled())
    assert not any(finding.severity is Severity.ERROR for finding in lint(older, calendar_of(older)))
    for name in ("village-2025", "village-zhejiang", "village-shanghai", "village-beijing"):
        assert "F3.no_kin" not in {one.id for one in variants_of("F3", setting_of(name).pack)}
    assert planted(older, "F3.no_kin") == ("V11",)
