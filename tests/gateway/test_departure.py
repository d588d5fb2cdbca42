"""A departure recorded at the door, and a committee that has become too small: told until a by-election begins.

The village of `test_term`: five members elected, three the least (《村民委员会组织法》（2025）第八条 “三至七人”).
"""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from activities.commit import Ledger
from activities.reports.activity import file_report, preview
from activities.reports.model import Vacancy
from activities.reports.text import render
from activities.reports.vacancies import vacancies
from console.live.tables import show_vacancies
from console.output import out
from console.packs import open_pack
from gateway.command import Answer, Verb
from policies.authority import Signature
from policies.departure import Ground
from policies.officework import DueReport, Filing, ReportKind, period_of
from policies.pack.schema import BodyId, Pack, Role
from policies.people import Post
from tests.gateway.test_term import COMMITTEE, UNIT, TermOffice, refused, within_the_term
from tests.workflows.villageclerk import village_2025
from workflows.facts import Commit, DistrictClosed, Noted
from workflows.messages import DepartureCall

ELECTION = UNIT.district
LEAVING = ("P18", "P17", "P15")


async def depart(
    office: TermOffice,
    person: str,
    by: str = "village",
    days_ago: int = 0,
    ground: Ground = Ground.RESIGNED,
    key: str = "",
) -> Answer:
    """Record that somebody left so many days ago."""
    on = office.today - timedelta(days=days_ago)

    def call(signature: Signature) -> DepartureCall:
        return DepartureCall(person=person, ground=ground, on=on, document="会〔2026〕3号", by=signature)

    answer = await office.door().send(office.tokens[by], UNIT.id, Verb.DEPARTURE, call, key=key)
    await office.settle()
    return answer


def closed(office: TermOffice) -> Commit:
    """The end of the district's own workflow, which the clerk of one unit does not run."""
    return Commit(
        workflow=ELECTION,
        number=1,
        district=ELECTION,
        street="",
        unit="",
        body="",
        at=office.engine.now,
        facts=(Noted.of(DistrictClosed(completed=1, held=0)),),
    )


def told(office: TermOffice, on: date | None = None, pack: Pack | None = None) -> tuple[Vacancy, ...]:
    """The committees that are too small, today, under the village's own plan."""
    return vacancies(office.registry, ELECTION, pack or village_2025(), on or office.today)


def test_a_departure_is_recorded_once_and_only_of_a_member(tmp_path: Path) -> None:
    async def act(office: TermOffice) -> None:
        assert (await depart(office, "P18", key="k1")).accepted
        again = await depart(office, "P18", key="k1")  # the same command: the same answer, no second record
        assert again.receipt is not None
        assert again.receipt.gate == f"{UNIT.id}/departure-1"
        assert office.in_office() == [one for one in COMMITTEE if one != "P18"]
        assert refused(await depart(office, "P18")) == ["V25"]
        assert refused(await depart(office, "P17", days_ago=-1)) == ["V25"]
        assert refused(await depart(office, "P17", by="branch", days_ago=-1)) == ["O3", "V25"]
        assert refused(await depart(office, "P17", by="elsewhere")) == ["O6"]
        assert office.registry.terms.of(UNIT.id).count(BodyId.DEPARTURE) == 1
        (line,) = [one.entry for one in office.registry.journals.lines(ELECTION) if '"body":"departure"' in one.entry]
        (departed,) = json.loads("{" + line)["fact"]["departed"]
        assert departed == {
            "person": "P18",
            "reason": "辞职",
            "on": office.today.isoformat(),
            "document": "会〔2026〕3号",
        }

    within_the_term(tmp_path, act)


def test_the_third_departure_makes_the_committee_too_small_and_a_by_election_clears_it(tmp_path: Path) -> None:
    """Four and three members are enough; two are told, with whose task it is; not any more once a by-election has begun."""

    async def act(office: TermOffice) -> None:
        for person, days in zip(LEAVING, (20, 10, 3), strict=True):
            assert told(office) == ()
            assert (await depart(office, person, days_ago=days)).accepted
        (vacancy,) = told(office)
        assert (vacancy.unit, vacancy.members, vacancy.since) == (UNIT.id, 2, office.today - timedelta(days=3))
        assert (vacancy.owner, vacancy.last_day, vacancy.late) == (Role.RESIDENTS_COMMITTEE, None, False)
        assert "甲村村民委员会在任 2 人，少于法定的 3 人" in vacancy.finding.message
        office.stand(71, 72)
        assert (await office.by_election(Post.COMMITTEE_MEMBER)).accepted
        assert told(office) == ()
        await office.ended("byelection-1")
        assert len(office.in_office()) == 3
        assert told(office) == ()

    within_the_term(tmp_path, act)


def test_a_recall_counts_like_any_departure(tmp_path: Path) -> None:
    async def act(office: TermOffice) -> None:
        for person in LEAVING[1:]:
            await depart(office, person, days_ago=9)
        assert told(office) == ()
        assert (await office.recall("P18")).accepted
        await office.ended("recall-1")
        (vacancy,) = told(office)
        assert (vacancy.members, vacancy.since) == (2, office.today)

    within_the_term(tmp_path, act)


def test_the_last_day_where_a_clause_names_one(tmp_path: Path) -> None:
    """Shanghai's three months (第二十九条) from the day of the third departure; the day after is late."""
    shanghai = open_pack("village-shanghai")
    assert isinstance(shanghai, Pack)

    async def act(office: TermOffice) -> None:
        for person in LEAVING:
            await depart(office, person)
        since = office.today
        last = date(since.year + (since.month + 3 > 12), (since.month + 2) % 12 + 1, since.day)
        (vacancy,) = told(office, last, shanghai)
        assert (vacancy.last_day, vacancy.late) == (last, False)
        assert told(office, last + timedelta(days=1), shanghai)[0].late

    within_the_term(tmp_path, act)


def test_the_reports_tell_it_and_go_on_within_the_term(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over once nothing of the term is left to tell; not while a committee is too small. Tasks, summary and dispatch say it."""

    async def act(office: TermOffice) -> None:
        def file(weeks: int) -> Filing:
            now = office.engine.now + timedelta(weeks=weeks)
            order = DueReport(election=ELECTION, kind=ReportKind.WEEK_SUMMARY, at=now)
            return file_report(office.registry, order, now).outcome

        Ledger(office.registry.store).write(closed(office))
        assert file(8) is Filing.OVER
        for person in LEAVING:
            await depart(office, person)
        assert file(9) is Filing.FILED
        (filed,) = office.registry.reports.all(ELECTION, ReportKind.WEEK_SUMMARY)
        assert "成员少于法定人数，须补选（1）" in filed.text
        assert "甲村村民委员会在任 2 人，少于法定的 3 人" in filed.text
        assert "1名成员离任（辞职，" in filed.text
        assert "P18" not in filed.text  # counts only
        for kind in (ReportKind.WEEK_TASKS, ReportKind.MONTH_DISPATCH):
            report = preview(office.registry, ELECTION, kind, period_of(kind, office.today), office.engine.now)
            assert "在任 2 人，少于法定的 3 人" in render(report)
        show_vacancies(told(office))
        office.stand(71, 72)
        await office.by_election(Post.COMMITTEE_MEMBER)
        await office.ended("byelection-1")
        assert file(12) is Filing.OVER

    width, out.width = out.width, 160
    within_the_term(tmp_path, act)
    out.width = width
    shown = capsys.readouterr().out
    assert "成员少于法定人数、须补选的委员会 1 个" in shown
    assert "法律未定" in shown
