"""The linter on a village under each province: what gave way is said, and a plan that suits one province fails under its neighbour."""

from datetime import date

import pytest

from policies.calendar import national_calendar
from policies.finding import Severity
from policies.lint import lint, schedule
from policies.pack.schema import Pack
from tests.policies.law_under_test import loaded, overlay, village
from tests.policies.packs_under_test import STREET, pack

CALENDAR = national_calendar([2026])


def found(plan: Pack) -> dict[str, str]:
    """Ids of everything the linter says, with its severity."""
    return {one.id: one.severity.value for one in lint(plan, CALENDAR)}


def errors(plan: Pack) -> set[str]:
    """Ids of the errors."""
    return {id_ for id_, severity in found(plan).items() if severity == "error"}


def test_the_small_village_is_clean_under_the_nation_and_in_zhejiang() -> None:
    """No errors: what fails below fails for the change or the province, not for the plan."""
    assert errors(village()) == set()
    assert errors(village("zhejiang-2020")) == set()


def test_what_gave_way_is_a_warning_with_both_articles() -> None:
    """Beijing's three years (article 4) under the nation's five (article 14)."""
    one = {each.id: each for each in lint(village("beijing-2012"), CALENDAR)}["V1:pack:term_years"]
    assert one.severity is Severity.WARNING
    assert one.value == "3 年"
    assert one.limit == "5 年"
    assert "第四条" in one.message
    assert "第十四条" in one.message
    assert "三年" in one.source
    assert "五年" in one.source


@pytest.mark.parametrize(
    ("province", "ids"),
    [
        ("zhejiang-2020", set()),
        ("shanghai-2020", {"V12:residents.poll:roving_box", "V12:residents.runoff:roving_box"}),  # 没有流动票箱
        ("beijing-2012", {"V19:residents.runoff:further_vote_days"}),  # 十五日内
    ],
)
def test_one_plan_three_provinces(province: str, ids: set[str]) -> None:
    """Roving boxes and a further vote within thirty days: lawful in Zhejiang, not in Shanghai, not in Beijing."""
    assert {one for one in errors(village(province)) if one.startswith("V")} == ids


@pytest.mark.parametrize(
    ("province", "size", "wrong"),
    [("shanghai-2020", 7, False), ("shanghai-2020", 6, True), ("beijing-2012", 5, False), ("beijing-2012", 4, True)],
)
def test_the_election_committees_size(province: str, size: int, wrong: bool) -> None:
    """Shanghai 7–9 (article 7), Beijing 5–9 (article 9): the boundary and one below."""
    plan = village(province, ("min: 7\n      max: 9", f"min: {size}\n      max: 9"))
    assert ("V2:residents:committee.committee_min" in errors(plan)) is wrong


@pytest.mark.parametrize(
    ("step", "window", "id_", "days"),
    [
        ("residents.list", "poll_from: -10", "V9:residents.list:candidate_list_days", 5),
        ("residents.stations", "poll_from: -9", "V13:residents.stations:venue_days", 5),
    ],
)
def test_postings_before_the_poll_in_zhejiang(step: str, window: str, id_: str, days: int) -> None:
    """E−5 is in time, E−4 is not (articles 18, 22); the nation alone asks for no day."""
    late = (f"{{ {window}, poll_to: -{days} }}", f"{{ {window}, poll_to: -{days - 1} }}")
    assert id_ not in errors(village("zhejiang-2020"))
    assert id_ in errors(village("zhejiang-2020", late))
    assert id_ not in errors(village("", late))


def test_proxies_are_published_two_days_before_in_shanghai_one_in_zhejiang() -> None:
    """Article 16 (two days) against article 25 (before the poll day)."""
    later = ("poll_from: -3, poll_to: -2", "poll_from: -3, poll_to: -1")
    id_ = "V11:residents.proxies:proxy_published_days"
    assert id_ not in errors(village("zhejiang-2020", later))
    assert id_ in errors(village("shanghai-2020", later))
    assert id_ not in errors(village("shanghai-2020"))


def test_a_county_list_of_twenty_five_days_is_held_against_its_plan() -> None:
    """A committee of nine under Henan's seven (article 7): R1 at the body."""
    henan = loaded(overlay("layers: [henan-2020]\n"))
    ids = {one.id for one in lint(henan, national_calendar([2021]))}
    assert "R1:residents:seats.members_max" in ids


# ---------------------------------------------------------------- dates


def test_the_latest_lawful_days_count_back_from_the_poll() -> None:
    """2026-05-15 less 20, 5, 3 and 1 calendar days; for the last poll day, 05-20, five days later each."""
    dates = schedule(village("zhejiang-2020"), CALENDAR)
    assert dates.feasible
    assert (dates.poll_opens, dates.poll_closes) == (date(2026, 5, 15), date(2026, 5, 20))
    told = {one.title: one for one in dates.deadlines}
    expected = {
        "选民（村民）名单在选举日前公布": (20, date(2026, 4, 25)),
        "候选人名单在选举日前公布": (5, date(2026, 5, 10)),
        "自荐的在选举日前报名": (10, date(2026, 5, 5)),
        "投票时间、地点、方式和工作人员在选举日前公布": (5, date(2026, 5, 10)),
        "不愿接受提名的在选举日前提出": (3, date(2026, 5, 12)),
        "委托在选举日前办理": (3, date(2026, 5, 12)),
        "委托人和受委托人名单在选举日前公布": (1, date(2026, 5, 14)),
    }
    assert {title: (one.days, one.first) for title, one in told.items()} == expected
    assert all((one.last - one.first).days == 5 for one in told.values())
    assert told["选民（村民）名单在选举日前公布"].step == "residents.voters_list"
    assert "第十七条" in told["选民（村民）名单在选举日前公布"].source


def test_shanghai_wants_proxies_five_days_before() -> None:
    """Article 16; the neighbour's three days would be too late."""
    told = {one.title: one.days for one in schedule(village("shanghai-2020"), CALENDAR).deadlines}
    assert told["委托在选举日前办理"] == 5
    assert told["委托人和受委托人名单在选举日前公布"] == 2
    assert "自荐的在选举日前报名" not in told


def test_a_plan_whose_dates_cannot_hold_says_so() -> None:
    """A list twenty days before a poll that opens nine days after registration."""
    plan = village("", ("from: 2026-05-15, to: 2026-05-20", "from: 2026-03-19, to: 2026-03-20"))
    dates = schedule(plan, CALENDAR)
    assert not dates.feasible
    assert dates.conflicts


def test_a_plan_without_layers_is_told_by_its_own_distances() -> None:
    """The street: three clear days before 04-28 is 04-24, before 04-30 it is 04-26."""
    (one,) = schedule(pack(STREET), national_calendar([2021])).deadlines
    assert (one.rule, one.first, one.last) == ("R4", date(2021, 4, 24), date(2021, 4, 26))
