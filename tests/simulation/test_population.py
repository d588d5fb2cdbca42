"""The synthetic population: reproducible unit by unit, lawful in shape, and honest about whom review must exclude."""

import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from policies.eligibility import Nomination, Situation, excluded, standard_findings
from policies.kinship import KinGraph, inconsistencies, kin_path
from policies.pack.load import load_pack
from policies.pack.schema import Pack, Role
from policies.people import Body, PartyStanding, Person, Post
from simulation.population.chance import digest, numpy_stream, stream
from simulation.population.district import SyntheticDistrict, SyntheticUnit
from simulation.population.parameters import ParametersError, as_markdown, load, parse
from simulation.population.synthesis import districts_for, synthesize_district

ROOT = Path(__file__).parents[2]
PARAMETERS = load()
SHIPPED = (ROOT / "simulation/population/parameters.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack((ROOT / "policies/packs/street-2021.yaml").read_text(encoding="utf-8"), "street-2021")


@pytest.fixture(scope="module")
def district(pack: Pack) -> SyntheticDistrict:
    return synthesize_district(7, 1, 120, PARAMETERS, pack=pack, setting="s")


@pytest.fixture(scope="module")
def many(pack: Pack) -> list[SyntheticUnit]:
    return [
        unit
        for number, units in districts_for(360, PARAMETERS)
        for unit in synthesize_district(11, number, units, PARAMETERS, pack=pack, setting="s")
    ]


def nominees(unit: SyntheticUnit) -> set[str]:
    return {*unit.pools.party, *unit.pools.residents, *unit.pools.supervisory}


# ---------------------------------------------------------------- chance


def test_a_stream_is_the_hash_of_its_seed_and_names() -> None:
    wanted = int.from_bytes(hashlib.blake2b(b"7\x1fD01\x1fpeople", digest_size=16).digest(), "big")
    assert digest(7, "D01", "people") == wanted
    assert stream(7, "D01", "people").random() == random.Random(wanted).random()


def test_streams_do_not_depend_on_one_another() -> None:
    alone = [stream(1, "a").random(), numpy_stream(1, "a").random()]
    for _ in range(3):
        stream(1, "b").random()
    assert alone == [stream(1, "a").random(), numpy_stream(1, "a").random()]
    seeds = [digest(1, "a", "b"), digest(1, "ab"), digest(1, "b", "a"), digest(11, "a"), digest(1, "1", "a"), digest(1)]
    assert len(set(seeds)) == len(seeds)


# ---------------------------------------------------------------- reproducible

_FINGERPRINT = """
import hashlib
from policies.pack.load import load_pack
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
pack = load_pack(open("policies/packs/street-2021.yaml", encoding="utf-8").read(), "street-2021")
print(hashlib.sha256(repr(synthesize_district(3, 2, 6, load(), pack=pack, setting="s")).encode()).hexdigest())
"""


def test_the_same_seed_gives_the_same_district_under_any_hash_seed(pack: Pack) -> None:
    here = repr(synthesize_district(3, 2, 6, PARAMETERS, pack=pack, setting="s"))
    printed = {
        subprocess.run(
            [sys.executable, "-c", _FINGERPRINT],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("0", "4242")
    }
    assert printed == {hashlib.sha256(here.encode()).hexdigest()}


def test_a_unit_is_the_same_however_many_are_asked_for(pack: Pack) -> None:
    few = synthesize_district(5, 1, 10, PARAMETERS, pack=pack, setting="s")
    more = synthesize_district(5, 1, 60, PARAMETERS, pack=pack, setting="s")
    assert list(few.units) == list(more.units)[:10]
    assert all(few.units[key] == more.units[key] for key in few.units)
    assert few.brief.name == more.brief.name
    assert few.streets[0].brief.name == more.streets[0].brief.name


def test_another_seed_or_district_gives_other_people(pack: Pack) -> None:
    first, other_seed, other_district = (
        [person.name for unit in synthesize_district(seed, number, 2, PARAMETERS, pack=pack, setting="s")
         for person in unit.people]
        for seed, number in ((1, 1), (2, 1), (1, 2))
    )  # fmt: skip
    assert first != other_seed
    assert first != other_district


def test_what_one_part_draws_does_not_shift_another(pack: Pack) -> None:
    """With no kin at all the people, figures and answer key stay as they were, save for renamed relatives."""
    kinless = PARAMETERS.people.kin_density.model_copy(update={"value": 0.0})
    people = PARAMETERS.people.model_copy(update={"kin_density": kinless})
    other = PARAMETERS.model_copy(update={"people": people})
    for before, after in zip(
        synthesize_district(5, 1, 30, PARAMETERS, pack=pack, setting="s"),
        synthesize_district(5, 1, 30, other, pack=pack, setting="s"),
        strict=True,
    ):
        assert before.brief == after.brief
        assert before.pools == after.pools
        assert (before.barred, before.unqualified) == (after.barred, after.unqualified)
        assert [person.born for person in before.people] == [person.born for person in after.people]


# ---------------------------------------------------------------- shape


@pytest.mark.parametrize(
    ("total", "wanted"),
    [
        (1, [(1, 1)]),
        (60, [(1, 60)]),
        (120, [(1, 120)]),
        (121, [(1, 120), (2, 1)]),
        (250, [(1, 120), (2, 120), (3, 10)]),
    ],
)
def test_units_are_dealt_to_full_districts(total: int, wanted: list[tuple[int, int]]) -> None:
    assert districts_for(total, PARAMETERS) == wanted


@pytest.mark.parametrize("total", [0, -3])
def test_no_units_is_an_error(total: int, pack: Pack) -> None:
    with pytest.raises(ValueError, match=f"填的是 {total}"):
        districts_for(total, PARAMETERS)
    with pytest.raises(ValueError, match=f"填的是 {total}"):
        synthesize_district(1, 1, total, PARAMETERS, pack=pack, setting="s")


def test_more_units_than_names_is_an_error(pack: Pack) -> None:
    with pytest.raises(ValueError, match="一个区的社区数应为"):
        synthesize_district(1, 1, 5000, PARAMETERS, pack=pack, setting="s")


def test_ids_and_names_are_unique_and_nested(district: SyntheticDistrict) -> None:
    assert len(district.units) == 120
    assert [street.id for street in district.brief.streets] == [
        f"D01-S{n + 1:02d}" for n in range(len(district.streets))
    ]
    for number, unit in enumerate(district):
        assert unit.id == f"{unit.brief.street}-U{number + 1:03d}"
        ids = [person.id for person in (*unit.people, *unit.relatives)]
        names = [person.name for person in (*unit.people, *unit.relatives)]
        assert len(set(ids)) == len(ids)
        assert len(set(names)) == len(names)
        assert all(one.startswith(f"{unit.id}-P") for one in ids)
    for many in ([u.brief.name for u in district], [s.brief.name for s in district.streets]):
        assert len(set(many)) == len(many)
    sizes = [len(street.units) for street in district.streets]
    assert all(10 <= size <= 12 for size in sizes[:-1])
    assert [u.brief for s in district.streets for u in s.units] == [u for s in district.brief.streets for u in s.units]


def test_briefs_stay_within_the_plan_and_the_parameters(many: list[SyntheticUnit]) -> None:
    for unit in many:
        brief = unit.brief
        assert 1000 <= brief.households <= 3000
        assert 2.2 * brief.households - 1 <= brief.residents <= 3.1 * brief.households + 1
        assert 0.75 * brief.residents - 1 <= unit.adults <= 0.88 * brief.residents + 1
        assert 30 <= brief.party_members <= 200
        assert 0 <= brief.party_members - brief.party_due <= 0.15 * brief.party_members + 1
        assert brief.party_seats == 5
        assert 7 <= brief.residents_seats <= 9
        assert brief.supervisory_seats == 3
        assert unit.committee_seats in (5, 7, 9)
        assert brief.setting == "s"
    assert {unit.brief.residents_seats for unit in many} == {7, 8, 9}


def test_figures_follow_their_distributions(many: list[SyntheticUnit]) -> None:
    """Means of the triangles, worked out by hand, within four standard errors."""
    n = len(many)
    for values, low, mode, high in (
        ([unit.brief.households for unit in many], 1000, 1800, 3000),
        ([unit.brief.party_members for unit in many], 30, 90, 200),
        ([unit.brief.organizations for unit in many], 4, 12, 30),
    ):
        variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
        assert abs(sum(values) / n - (low + mode + high) / 3) < 4 * (variance / n) ** 0.5 + 0.5
    difficult = sum(unit.brief.difficult for unit in many)
    assert abs(difficult - 0.05 * n) < 4 * (n * 0.05 * 0.95) ** 0.5
    with_kin = sum(bool(forbidden_pairs(unit)) for unit in many)
    assert abs(with_kin - 0.15 * n) < 4 * (n * 0.15 * 0.85) ** 0.5


def test_rectification_is_dated_only_for_difficult_units(many: list[SyntheticUnit]) -> None:
    limit = date(2021, 2, 18)  # the pack's resolution
    for unit in many:
        if not unit.brief.difficult:
            assert (unit.rectified_on, unit.late_by, unit.never_ready) == (None, 0, False)
        elif unit.rectified_on is None:
            assert unit.never_ready
            assert unit.late_by == 0
        else:
            assert unit.late_by == max(0, (unit.rectified_on - limit).days)
            assert unit.rectified_on >= date(2021, 2, 1)


# ---------------------------------------------------------------- people


def test_the_three_bodies_are_full_when_the_election_begins(many: list[SyntheticUnit]) -> None:
    for unit in many:
        held = Counter(post for person in unit.named(unit.pools.incumbents) for post in person.incumbent)
        party = [person for person in unit.people if any(post.in_party for post in person.incumbent)]
        assert len(party) == unit.brief.party_seats
        assert all(person.standing is PartyStanding.FULL for person in party)
        assert held[Post.SECRETARY] == held[Post.CHAIR] == held[Post.SUPERVISORY_CHAIR] == 1
        assert sum(held[post] for post in Post if post.in_committee) == unit.brief.residents_seats
        assert sum(held[post] for post in Post if post.in_supervisory) == unit.brief.supervisory_seats
        assert {person.id for person in unit.people if person.incumbent} == set(unit.pools.incumbents)


def test_pools_are_large_enough_and_kept_apart(many: list[SyntheticUnit]) -> None:
    for unit in many:
        pools, brief = unit.pools, unit.brief
        out = {*unit.barred, *unit.unqualified}
        for pool, seats in (
            (pools.party, brief.party_seats),
            (pools.residents, brief.residents_seats),
            (pools.supervisory, brief.supervisory_seats),
        ):
            assert len(set(pool)) == len(pool)
            assert len(set(pool) - out) >= -(-6 * seats // 5) + 2
        helpers = {*pools.election_committee, *pools.tellers, *pools.part_time}
        assert len(helpers) == len(pools.election_committee) + len(pools.tellers) + len(pools.part_time)
        assert not helpers & (nominees(unit) | set(pools.incumbents))
        assert not helpers & {one for link in unit.kin for one in (link.a, link.b)}
        assert len(pools.election_committee) >= unit.committee_seats - 1 + 2
        assert set(pools.finance) <= set(pools.supervisory)
        assert set(pools.finance) - out
        assert all(person.standing is PartyStanding.FULL for person in unit.named(pools.party))
        assert unit.named(pools.election_committee[:1])[0].standing is PartyStanding.FULL


@pytest.mark.parametrize("poll_day", [date(2021, 4, 2), date(2021, 5, 20)])
def test_review_must_exclude_exactly_those_on_the_answer_key(many: list[SyntheticUnit], poll_day: date) -> None:
    for unit in many:
        for body, pool in ((Body.PARTY, unit.pools.party), (Body.RESIDENTS, unit.pools.residents)):
            for person in unit.named(pool):
                relaxations = (unit.relaxed[person.id],) if person.id in unit.relaxed else ()
                file = Nomination(person=person, body=body, relaxations=relaxations)
                assert excluded(standard_findings(file, poll_day=poll_day)) == (person.id in unit.unqualified)
                if relaxations:
                    bare = Nomination(person=person, body=body)
                    assert excluded(standard_findings(bare, poll_day=poll_day)), "a relaxation nobody needs"


def test_the_answer_key_names_people_of_the_right_kind(many: list[SyntheticUnit]) -> None:
    for unit in many:
        incumbents = set(unit.pools.incumbents)
        newcomers = nominees(unit) - incumbents
        assert set(unit.barred) <= newcomers
        assert set(unit.unqualified) | set(unit.relaxed) <= newcomers - set(unit.pools.supervisory)
        assert set(unit.sanctioned) <= nominees(unit) & incumbents
        assert not set(unit.barred) & set(unit.unqualified)
    documents = [bar.evidence for unit in many for bar in unit.barred.values()]
    assert len(set(documents)) == len(documents)
    found = {bar.situation for unit in many for bar in unit.barred.values()}
    assert found == set(Situation)


# ---------------------------------------------------------------- kin


def forbidden_pairs(unit: SyntheticUnit) -> list[tuple[str, str]]:
    graph = KinGraph((*unit.people, *unit.relatives), unit.kin)
    return [pair for pair in combinations(sorted(nominees(unit)), 2) if kin_path(graph, *pair)]


def test_declared_kin_make_sense_and_join_few_nominees(many: list[SyntheticUnit]) -> None:
    classes = set()
    for unit in many:
        everybody = (*unit.people, *unit.relatives)
        graph = KinGraph(everybody, unit.kin)
        assert inconsistencies(graph) == []
        pairs = forbidden_pairs(unit)
        assert len(pairs) <= 2
        for a, b in pairs:
            assert not {a, b} <= set(unit.pools.incumbents), "two sitting members would already have been kin"
            path = kin_path(graph, a, b)
            assert path is not None
            classes.add(path.kin)
            births = {person.id: person.born for person in everybody}
            for link in unit.kin:
                if link.relation.parental:
                    assert births[link.b] - births[link.a] >= timedelta(days=18 * 365)  # type: ignore[operator]
    assert len(classes) >= 3


def test_nobody_has_a_field_for_an_id_number_or_a_choice() -> None:
    words = " ".join(Person.model_fields).lower()
    assert not any(word in words for word in ("id_number", "identity", "vote", "ballot", "choice"))


# ---------------------------------------------------------------- the parameter file


def test_every_parameter_is_within_its_range_and_explained() -> None:
    found = PARAMETERS.items()
    assert len(found) > 80
    for path, parameter in found:
        assert parameter.low <= parameter.value <= parameter.high, path
        assert any("一" <= letter <= "鿿" for letter in parameter.text), path
        assert parameter.source
    assert set(PARAMETERS.response) == set(Role)
    assert PARAMETERS.work.error_rate.value == 0
    assert PARAMETERS.vetting.weekdays == frozenset({3, 5})


def test_all_problems_of_a_file_are_told_at_once_with_their_lines() -> None:
    broken = (
        SHIPPED.replace("value: 11, low: 10", "value: 99, low: 10")
        .replace("confidence: P4", "confidence: Q", 1)
        .replace("  tellers:", "  tellerz:")
        .replace("turnout: {value: 0.92", "turnout: {value: viel")
        .replace(
            "near_miss_rate: {value: 0.01, low: 0.0, high: 0.05", "near_miss_rate: {value: 0.01, low: 0.0, high: 5"
        )
    )
    with pytest.raises(ParametersError) as caught:
        parse(broken, "mine.yaml")
    problems = caught.value.problems
    assert len(problems) == 6
    for words in ("99 不在范围 10–12", "'Q'", "缺少“people.tellers”", "“people.tellerz”", "'viel'", "0.0–5 超出“概率”"):
        assert sum(words in problem for problem in problems) == 1, words
    line = next(n for n, text in enumerate(broken.splitlines(), 1) if "value: 99" in text)
    assert any(problem.startswith(f"第 {line} 行") and "99" in problem for problem in problems)
    assert "mine.yaml" in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "- 1", "structure: 3", "format: 2", "a: 1\na: 2", "\t", "a: \x00"])
def test_a_file_that_is_no_parameter_file_is_refused(text: str) -> None:
    with pytest.raises(ParametersError):
        parse(text)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("value: 8.5, low: 8, high: 9.5", "value: 19, low: 8, high: 20", "应早于下班时间"),
        ("  street_office:", "  street_offices:", "street_offices"),
        (
            "bachelor_share: {value: 0.6, low: 0.35, high: 0.8",
            "bachelor_share: {value: 1, low: 0.3, high: 1",
            "之和超过 1",
        ),
        ("tie_rate: {value: 0.008, low: 0.0, high: 0.03", "tie_rate: {value: 1.0, low: 0.0, high: 1", "之和超过 1"),
        ("  street_office:", "  party_branch_too:", "street_office"),
        ("value: 120, low: 1", "value: true, low: 1", "应为数字"),
        ("value: 120, low: 1", "value: .nan, low: 1", "有限"),
    ],
)
def test_figures_that_contradict_one_another_are_refused(before: str, after: str, said: str) -> None:
    assert before in SHIPPED
    with pytest.raises(ParametersError, match=said):
        parse(SHIPPED.replace(before, after))


def test_an_unreadable_file_is_one_clear_problem(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match="读不到文件"):
        load(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("参数".encode("gbk"))
    with pytest.raises(ParametersError, match="读不到文件"):
        load(tmp_path / "latin.yaml")


def test_the_hash_follows_the_content_and_not_the_layout(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text("# another comment\n" + SHIPPED, encoding="utf-8")
    assert load(copy).sha256 == PARAMETERS.sha256
    assert parse(SHIPPED.replace("value: 1800", "value: 1801")).sha256 != PARAMETERS.sha256


def test_the_page_shows_every_parameter() -> None:
    page = as_markdown()
    assert all(f"| {parameter.text} | {parameter.value} |" in page for _, parameter in PARAMETERS.items())
    assert page == (ROOT / "docs/parameters.md").read_text(encoding="utf-8")
