"""V4, V5, V7 at their limits. Expected values: 村组法 13／14 (2018), 16／17 (2025), the provinces' articles; days by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Severity
from policies.law.norms import Norms
from policies.rules.village.register import (
    Entry,
    Objection,
    VoterKind,
    decision_due,
    last_day_to_object,
    objection_answered,
    objection_in_time,
    perhaps_the_same,
    register_lawful,
    registered_once,
    registered_rightly,
)
from tests.builders.norms import BEIJING, COMMUNITY_2025, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG
from tests.builders.steady import STEADY

POLL = date(2026, 4, 28)


def entry(kind: VoterKind = VoterKind.RESIDENT, **facts: object) -> Entry:
    """Somebody of age in village A, changed by the facts."""
    known = {"person": "p1", "name": "张三", "unit": "A村", "kind": kind, "born": date(1980, 1, 1)}
    return Entry.model_validate({**known, **facts})


def rules(found: list) -> list[str]:  # type: ignore[type-arg]
    """The findings' rule ids."""
    return [one.rule for one in found]


@pytest.mark.parametrize(
    ("born", "lawful"),
    [
        (date(2008, 4, 27), True),
        (date(2008, 4, 28), True),  # eighteen on the poll day itself
        (date(2008, 4, 29), False),
    ],
)
def test_v5_eighteen_by_the_poll_day(born: date, lawful: bool) -> None:
    """The day of birth, a day earlier and a day later."""
    assert rules(registered_rightly(entry(born=born), POLL, NATION_2018)) == ([] if lawful else ["V5"])


def test_v5_a_leap_day_birthday_counts_from_the_28th() -> None:
    """民法典 202: where the month has no such day, its last one: born 2008-02-29, of age on 2026-02-28."""
    assert not registered_rightly(entry(born=date(2008, 2, 29)), date(2026, 2, 28), NATION_2018)
    assert rules(registered_rightly(entry(born=date(2008, 2, 29)), date(2026, 2, 27), NATION_2018)) == ["V5"]


def test_v5_no_birthday_is_no_age() -> None:
    """A missing date is asked for, not guessed."""
    (found,) = registered_rightly(entry(born=None), POLL, NATION_2018)
    assert (found.rule, found.remedy) == ("V5", "补填出生日期")
    assert not registered_rightly(entry(born=None), POLL, SILENT)


def test_v4_v5_the_dead_and_those_without_rights() -> None:
    """Dead by the poll day, deprived of political rights; incapable only where the province leaves them out (BJ 14)."""
    assert rules(registered_rightly(entry(died=POLL), POLL, NATION_2018)) == ["V4"]
    assert not registered_rightly(entry(died=POLL + timedelta(1)), POLL, NATION_2018)
    assert rules(registered_rightly(entry(deprived=True), POLL, NATION_2018)) == ["V5"]
    assert rules(registered_rightly(entry(incapable=True), POLL, BEIJING)) == ["V4"]
    assert not registered_rightly(entry(incapable=True), POLL, ZHEJIANG)


def test_v4_away_only_by_wish() -> None:
    """本人表示参加选举: said, unsaid, and not known."""
    assert not registered_rightly(entry(VoterKind.AWAY, asked=True), POLL, NATION_2018)
    for unsaid in (False, None):
        assert rules(registered_rightly(entry(VoterKind.AWAY, asked=unsaid), POLL, NATION_2018)) == ["V4"]


@pytest.mark.parametrize(("months", "lawful"), [(11, False), (12, True), (13, True)])
def test_v4_an_outsider_of_a_year(months: int, lawful: bool) -> None:
    """居住一年以上 includes the year (民法典 1259)."""
    outsider = entry(VoterKind.OUTSIDER, months_lived=months, asked=True, agreed=True)
    found = registered_rightly(outsider, POLL, NATION_2018)
    assert [(one.value, one.limit) for one in found] == ([] if lawful else [(months, 12)])


def test_v4_an_outsiders_application_and_vote() -> None:
    """Each one missing is a finding of its own, all at once."""
    outsider = entry(VoterKind.OUTSIDER, months_lived=12, asked=None, agreed=False)
    assert [one.limit for one in registered_rightly(outsider, POLL, NATION_2018)] == ["本人申请", "会议同意"]


def test_v4_village_work_instead_of_residence() -> None:
    """A year in village work counts in Zhejiang, in Beijing and since 2026, not in Shanghai nor under the 2018 law."""
    worker = entry(VoterKind.OUTSIDER, months_lived=2, months_worked=12, asked=True, agreed=True)
    for norms in (ZHEJIANG, BEIJING, NATION_2025):
        assert not registered_rightly(worker, POLL, norms)
        assert registered_rightly(worker.model_copy(update={"months_worked": 11}), POLL, norms)[0].value == 11
    for norms in (SHANGHAI, NATION_2018):
        assert [one.value for one in registered_rightly(worker, POLL, norms)] == [2]


def test_v4_people_with_a_tie_to_the_village() -> None:
    """Confirmed by the election committee in Shanghai (9), agreed by a meeting in Beijing (13), not foreseen in Zhejiang."""
    confirmed = entry(VoterKind.RELATED, asked=True, confirmed=True)
    agreed = entry(VoterKind.RELATED, asked=True, agreed=True)
    assert not registered_rightly(confirmed, POLL, SHANGHAI)
    assert rules(registered_rightly(agreed, POLL, SHANGHAI)) == ["V4"]
    assert not registered_rightly(agreed, POLL, BEIJING)
    assert rules(registered_rightly(confirmed, POLL, BEIJING)) == ["V4"]
    for norms in (ZHEJIANG, NATION_2018, NATION_2025):
        assert rules(registered_rightly(confirmed, POLL, norms)) == ["V4"]


def test_v4_a_community_worker_of_six_months() -> None:
    """居组法 (2025) 16: six months' work here, applied, confirmed by the election committee; no vote is asked for."""
    worker = entry(VoterKind.OUTSIDER, months_worked=6, asked=True, confirmed=True)
    assert not registered_rightly(worker, POLL, COMMUNITY_2025)
    short = worker.model_copy(update={"months_worked": 5, "months_lived": 60})
    assert [(one.value, one.limit) for one in registered_rightly(short, POLL, COMMUNITY_2025)] == [(5, 6)]
    unconfirmed = worker.model_copy(update={"confirmed": None})
    assert [one.limit for one in registered_rightly(unconfirmed, POLL, COMMUNITY_2025)] == ["选举委员会确认"]


def test_v4_once_and_in_one_place() -> None:
    """Twice in one village, once in each of two, and two people of one name."""
    here, there = entry(), entry(unit="B村")
    assert not registered_once([here, entry(person="p2")])
    (twice,) = registered_once([here, here])
    assert "A村 登记了 2 次" in twice.message
    (two,) = registered_once([here, there])
    assert (two.rule, two.value, two.limit) == ("V4", "A村、B村", 1)
    assert len(registered_once([here, there, entry(person="p2"), entry(person="p2", unit="C村")])) == 2


def test_v4_one_name_and_birthday_under_two_ids_is_looked_at() -> None:
    """A warning naming both ids; another birthday, or none, is another person."""
    here, there = entry(), entry(person="p2", name="张 三", unit="B村")
    (found,) = perhaps_the_same([here, there])
    assert (found.rule, found.severity, found.value) == ("V4", Severity.WARNING, 2)
    assert "p1" in found.message
    assert "p2" in found.message
    assert not perhaps_the_same([here, here])
    for born in (None, date(1980, 1, 2)):
        assert not perhaps_the_same([here, there.model_copy(update={"born": born})])
    assert register_lawful([here, there], POLL, NATION_2025) == [found]


def test_a_countys_register_names_every_problem_at_once() -> None:
    """Under age, without a vote, on two rolls."""
    child = entry(person="p2", name="李四", born=date(2009, 1, 1))
    outsider = entry(VoterKind.OUTSIDER, person="p3", name="王五", months_lived=24, asked=True)
    found = register_lawful([entry(), entry(unit="B村"), child, outsider], POLL, NATION_2025)
    assert rules(found) == ["V5", "V4", "V4"]


@STEADY
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=30))
def test_v4_every_double_registration_is_found_and_no_other(lines: list[tuple[int, int]]) -> None:
    """As many findings as persons who stand on more than one line: counted here without the rule."""
    entries = [entry(person=f"p{person}", unit=f"{unit}村") for person, unit in lines]
    persons = [person for person, _ in lines]
    assert len(registered_once(entries)) == len({person for person in persons if persons.count(person) > 1})


PUBLISHED = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("received", "in_time"),
    [
        (date(2026, 3, 31), False),  # before the list was up: a wrong date
        (date(2026, 4, 1), True),
        (date(2026, 4, 6), True),  # 民法典 201: the first day does not count; the fifth is the 6th, Qingming or not
        (date(2026, 4, 7), False),
    ],
)
def test_v7_objections_within_five_days(received: date, in_time: bool) -> None:
    """自名单公布之日起五日内."""
    assert last_day_to_object(PUBLISHED, NATION_2018) == date(2026, 4, 6)
    found = objection_in_time(Objection(number="1", received=received), PUBLISHED, NATION_2018)
    assert rules(found) == ([] if in_time else ["V7"])
    assert not objection_in_time(Objection(number="1", received=received), PUBLISHED, SILENT)


@pytest.mark.parametrize(
    ("decided", "in_time"),
    [(date(2026, 4, 3), True), (date(2026, 4, 6), True), (date(2026, 4, 7), False)],
)
def test_v7_decisions_within_three_days(decided: date, in_time: bool) -> None:
    """自收到申诉之日起三日内: received on the 3rd, due on the 6th."""
    received = date(2026, 4, 3)
    assert decision_due(received, NATION_2018) == date(2026, 4, 6)
    answered = Objection(number="1", received=received, decided=decided, published=decided)
    assert rules(objection_answered(answered, decided, NATION_2018)) == ([] if in_time else ["V7"])


def test_v7_unanswered_on_the_fourth_day() -> None:
    """Still in time on the third day, late on the fourth, by one day."""
    waiting = Objection(number="1", received=date(2026, 4, 3))
    assert not objection_answered(waiting, date(2026, 4, 6), NATION_2018)
    (late,) = objection_answered(waiting, date(2026, 4, 7), NATION_2018)
    assert (late.value, late.limit) == ("2026-04-07", "2026-04-06")
    assert "逾期 1 日" in late.message
    assert not objection_answered(waiting, date(2026, 5, 7), SILENT)


def test_v7_the_result_is_published_and_dates_make_sense() -> None:
    """Decided but not published; decided before it came in."""
    quiet = Objection(number="1", received=date(2026, 4, 3), decided=date(2026, 4, 4))
    assert [one.limit for one in objection_answered(quiet, date(2026, 4, 4), NATION_2018)] == ["公布处理结果"]
    early = Objection(number="1", received=date(2026, 4, 3), decided=date(2026, 4, 2), published=date(2026, 4, 2))
    assert [one.limit for one in objection_answered(early, date(2026, 4, 4), NATION_2018)] == ["2026-04-03"]


def test_nothing_is_asked_where_the_law_is_silent() -> None:
    """No norms, no findings but those on double registration and rights."""
    stranger = entry(VoterKind.OUTSIDER, months_lived=0, asked=True, born=date(2020, 1, 1))
    assert not registered_rightly(stranger, POLL, SILENT)
    assert isinstance(SILENT, Norms)
