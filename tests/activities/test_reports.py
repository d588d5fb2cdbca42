"""The county office's reports: their figures recounted from what the clerk saw happen, their words, and that nothing is lost.

The expected figures are counted here from the facts the clerk kept in memory, by dates on the wall calendar; nothing of the
reports' own code is used for it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.reports.activity import file_report, preview
from activities.reports.model import DayReturn, MonthDispatch, OfficeReport, StreetDay, TaskList, WeekSummary
from activities.reports.text import NOTHING, plain, render
from activities.stores import Entry
from policies.clock import BEIJING, Clock
from policies.finding import Finding, Severity
from policies.officework import DueReport, Filing, ReportKind, period_of
from policies.pack.schema import Role
from tests.activities.office import BEGAN, BUSY, ELECTION, IDLE, LATE_GATE, Office, eventful, hours, idle, registry_in
from tests.workflows.clerk import Clerk, at, brief, setting
from tests.workflows.villageclerk import village_setting
from workflows.facts import (
    AppealDecided,
    Appealed,
    BodyOpened,
    Commit,
    Decided,
    DistrictClosed,
    Excluded,
    FactBody,
    Noted,
    PollDaySet,
    PollFailed,
    Postponed,
    Reminded,
    SteppedOut,
    UnitClosed,
    UnitOpened,
    WithdrewFact,
)
from workflows.messages import Recorded

UNIT = brief().id


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clerk, Office]]:
    """A whole election with its reports, from February to May; read only."""
    registry = registry_in(tmp_path_factory.mktemp("spring"))
    office = Office(registry)
    clerk = eventful(registry, office)
    outcome = clerk.run()
    assert outcome.completed_on is not None
    assert clerk.refusals == []
    ended = clerk.facts[-1].at
    for kind in ReportKind:
        for hour in hours(kind, "2021-05-31"):
            if hour > ended:  # the busy unit is done; the idle one still is not
                office.write(kind, hour)
    yield clerk, office
    registry.close()


END = at("2021-06-01", 0)


def of_kind(clerk: Clerk, kind: str, since: datetime = BEGAN, until: datetime = END) -> list[Entry]:
    """What the clerk saw happen between two instants."""
    return [entry for entry in clerk.facts if entry.kind == kind and since <= entry.at < until]


def days(report: OfficeReport) -> tuple[StreetDay, StreetDay]:
    """What a day's return says of the busy street and of the idle one."""
    assert isinstance(report.content, DayReturn)
    busy, other = report.content.streets
    assert (busy.street, other.street) == (BUSY, IDLE)
    return busy, other


# ---------------------------------------------------------------- 日反馈


def test_every_decision_is_told_on_its_day_and_once(spring: tuple[Clerk, Office]) -> None:
    """A day's return tells what was decided from five the day before to five today; together they tell everything."""
    clerk, office = spring
    told = []
    for report in office.of(ReportKind.DAY_RETURN):
        busy, _ = days(report)
        five = at(report.heading.period.key, 17)
        expected = [(entry.fact.gate, entry.at) for entry in of_kind(clerk, "decided", five - timedelta(days=1), five)]
        assert [(done.gate, done.at) for done in busy.decided] == expected
        told += expected
    assert told == [(entry.fact.gate, entry.at) for entry in of_kind(clerk, "decided")]
    assert len(told) > 50


def test_the_day_something_became_overdue_names_owner_and_superior(spring: tuple[Clerk, Office]) -> None:
    """The late gate is told on the day after its last day, once, and its decision with the days it was late."""
    clerk, office = spring
    [flag] = of_kind(clerk, "overdue")
    flagged = {report.heading.period.key: days(report)[0].overdue for report in office.of(ReportKind.DAY_RETURN)}
    [(day, (late,))] = [(day, lates) for day, lates in flagged.items() if lates]
    assert day == "2021-02-27" == f"{flag.at:%Y-%m-%d}"
    assert (late.gate, late.last_day, late.settled) == (LATE_GATE, date(2021, 2, 26), False)
    assert (late.owner_name, late.superior_name) == ("街道党工委", "区委组织部")
    assert "责任主体街道党工委，督办区委组织部，尚未办结" in office.text(ReportKind.DAY_RETURN, day)
    [decided] = days(office.filed[ReportKind.DAY_RETURN, "2021-03-02"])[0].decided
    assert (decided.gate, decided.late_by) == (LATE_GATE, 4)


def test_refusals_complaints_and_holds_are_told_on_their_days(spring: tuple[Clerk, Office]) -> None:
    """Each under its own head, with rules, limits and reasons; the complaint's answer too."""
    _, office = spring
    refused = days(office.filed[ReportKind.DAY_RETURN, "2021-03-02"])[0].refused
    assert [(one.unit_name, one.role_name, one.rules) for one in refused] == [("甲社区", "党员大会", ("O2",))]
    assert "不符合O2步骤次序" in office.text(ReportKind.DAY_RETURN, "2021-03-02")
    [received] = days(office.filed[ReportKind.DAY_RETURN, "2021-03-04"])[0].complaints
    assert received.text == "收到举报C1，涉及「推荐候选人初步人选」，2021-03-07前答复"
    [answered] = days(office.filed[ReportKind.DAY_RETURN, "2021-03-05"])[0].complaints
    assert answered.text == "举报C1已办结：不属实"
    [held] = days(office.filed[ReportKind.DAY_RETURN, "2021-03-26"])[0].others
    assert held.text == "暂停（X4）：等待核查"
    [released] = days(office.filed[ReportKind.DAY_RETURN, "2021-03-29"])[0].others
    assert released.text == "解除暂停：核查完毕"


def test_who_has_nothing_to_tell_says_so(spring: tuple[Clerk, Office]) -> None:
    """零报告: a street without news stands in every return with 「无」, and a unit that never began is not hidden by it."""
    clerk, office = spring
    news = {"decided", "overdue", "complaint_received", "complaint_decided", "held", "released", "body_completed"}
    for report in office.of(ReportKind.DAY_RETURN):
        busy, other = days(report)
        five = at(report.heading.period.key, 17)
        happened = [e for kind in sorted(news) for e in of_kind(clerk, kind, five - timedelta(days=1), five)]
        refused = report.heading.period.key == "2021-03-02"
        assert busy.nothing is (not happened and not refused)
        assert other.nothing
        text = office.text(ReportKind.DAY_RETURN, report.heading.period.key)
        assert f"## 2. 乙街道\n\n{NOTHING}。现有在办0项，其中逾期0项。尚未启动的单位1个。" in text
        assert f"零报告街道{1 + busy.nothing}个" in text


# ---------------------------------------------------------------- 周末小结


def test_a_week_recounted(spring: tuple[Clerk, Office]) -> None:
    """Decisions by step, bodies in office, and what is overdue at five on Sunday."""
    clerk, office = spring
    overdue_on = []
    for report in office.of(ReportKind.WEEK_SUMMARY):
        assert isinstance(report.content, WeekSummary)
        busy, other = report.content.streets
        sunday = at(str(report.heading.period.last), 17)
        decided = of_kind(clerk, "decided", sunday - timedelta(days=7), sunday)
        assert busy.decided == len(decided)
        by_step = {step.step: step.decided for step in busy.steps if step.step}
        gates = [e.fact.gate.split("#")[0] for e in decided if not e.fact.gate.startswith("complaint:")]
        assert by_step == {gate: gates.count(gate) for gate in gates}
        bodies = of_kind(clerk, "body_completed", sunday - timedelta(days=7), sunday)
        assert [(body.seats, body.open_seats) for body in busy.bodies] == [(len(e.fact.seats), 0) for e in bodies]
        late = overdue_at(clerk, sunday)
        assert [(m.gate, m.late_by) for m in busy.overdue] == late
        overdue_on += [report.heading.period.key] * bool(late)
        assert (other.decided, other.overdue, other.bodies) == (0, (), ())
    assert overdue_on == ["2021-W08"]
    text = office.text(ReportKind.WEEK_SUMMARY, "2021-W08")
    assert "甲社区：任期考核和民主测评，期限2月26日，逾期2天，责任主体街道党工委，督办区委组织部" in text


def overdue_at(clerk: Clerk, instant: datetime) -> list[tuple[str, int]]:
    """Gates whose last day was over and that nobody had decided, with the days since."""
    today = instant.astimezone(BEIJING).date()
    decided = {(e.body, e.fact.gate) for e in of_kind(clerk, "decided", until=instant)}
    return [
        (e.fact.gate, (today - e.fact.last_day).days)
        for e in of_kind(clerk, "gate_opened", until=instant)
        if e.fact.last_day is not None and e.fact.last_day < today and (e.body, e.fact.gate) not in decided
    ]


def test_a_held_unit_and_a_unit_that_lags_are_seen_at_the_weekend(spring: tuple[Clerk, Office]) -> None:
    """The hold with its rule and day, only while it lasts; the unit that never began by the steps whose days are over."""
    _, office = spring
    held = {}
    for report in office.of(ReportKind.WEEK_SUMMARY):
        assert isinstance(report.content, WeekSummary)
        busy, other = report.content.streets
        held[report.heading.period.key] = [(p.unit_name, p.rule, str(p.since), p.closed) for p in busy.paused]
        today = report.heading.period.last
        over = [
            slot.window_end
            for step, slot in setting().slots.items()
            if slot.window_end is not None
            and slot.window_end < today
            and step not in ("prep.rectification", "party.staffing")  # for difficult units; blocks nothing
        ]
        assert [(b.unit_name, b.begun, b.steps, b.last_day) for b in other.behind] == (
            [("乙社区", False, len(over), min(over))] if over else []
        )
    assert {week: paused for week, paused in held.items() if paused} == {
        "2021-W12": [("甲社区", "X4", "2021-03-26", False)]
    }


# ---------------------------------------------------------------- 月末调度


def test_a_month_recounted(spring: tuple[Clerk, Office]) -> None:
    """Where the units stand, what was decided and how much of it late, and what was completed."""
    clerk, office = spring
    standing = {
        "2021-02": "党组织换届中",
        "2021-03": "党组织换届中",
        "2021-04": "居（村）委会换届中",
        "2021-05": "换届完成",
    }
    reports = office.of(ReportKind.MONTH_DISPATCH)
    assert [report.heading.period.key for report in reports] == list(standing)
    for report in reports:
        assert isinstance(report.content, MonthDispatch)
        busy, other = report.content.streets
        key = report.heading.period.key
        last_of_month = at(str(report.heading.period.last), 16)
        before = at(str(report.heading.period.first - timedelta(days=1)), 16)
        assert busy.decided == len(of_kind(clerk, "decided", before, last_of_month))
        assert (busy.decided_late, busy.refused) == ((1, 1) if key == "2021-03" else (0, 0))
        assert busy.flagged == (key == "2021-02")
        assert [(stage.name, stage.units) for stage in busy.stages if stage.units] == [(standing[key], 1)]
        assert (busy.completed, busy.completed_now, busy.completed_late) == (
            (1, 1, 0) if key == "2021-05" else (0, 0, 0)
        )
        assert [(stage.name, stage.units) for stage in other.stages if stage.units] == [("已列入计划", 1)]
        following = key[:5] + f"{int(key[5:]) + 1:02}"
        due = {step for step, slot in setting().slots.items() if f"{slot.window_end}".startswith(following)}
        assert {coming.step for coming in other.due} == due - {"party.staffing"}


def test_work_that_piles_up_is_counted_by_role(spring: tuple[Clerk, Office]) -> None:
    """At the end of February the one late gate lies with the street's committee."""
    _, office = spring
    content = office.filed[ReportKind.MONTH_DISPATCH, "2021-02"].content
    assert isinstance(content, MonthDispatch)
    [pile] = content.piles
    assert (pile.role, pile.waiting, pile.overdue) == (Role.STREET_COMMITTEE, 1, 1)
    assert "| 街道党工委 | 1 | 1 |" in office.text(ReportKind.MONTH_DISPATCH, "2021-02")


# ---------------------------------------------------------------- 周任务清单


def test_the_coming_week_is_laid_out_before_it_begins(spring: tuple[Clerk, Office]) -> None:
    """Open gates with their last day in it, and what the plan expects of a unit that has not reached it yet."""
    clerk, office = spring
    for report in office.of(ReportKind.WEEK_TASKS):
        assert isinstance(report.content, TaskList)
        busy, other = report.content.streets
        first, last = report.heading.period.first, report.heading.period.last
        assert first.weekday() == 0
        friday = at(str(first - timedelta(days=3)), 16)
        decided = {(e.body, e.fact.gate) for e in of_kind(clerk, "decided", until=friday)}
        waiting = [
            e.fact
            for e in of_kind(clerk, "gate_opened", until=friday)
            if (e.body, e.fact.gate) not in decided and e.fact.opens_on <= last
        ]
        today = friday.astimezone(BEIJING).date()
        assert [m.gate for m in busy.due] == [f.gate for f in waiting if f.last_day and today <= f.last_day <= last]
        assert [m.gate for m in busy.overdue] == [f.gate for f in waiting if f.last_day and f.last_day < today]
        assert [m.gate for m in busy.running] == [f.gate for f in waiting if not f.last_day or f.last_day > last]
        postings = [e.fact for e in of_kind(clerk, "published", until=friday) if first <= e.fact.last_day <= last]
        assert [posting.last_day for posting in busy.postings] == [fact.last_day for fact in postings]
        plan = {
            step
            for step, slot in setting().slots.items()
            if any(day is not None and first <= day <= last for day in (slot.window_start, slot.window_end))
        }
        assert {coming.step for coming in other.coming} == plan - {"prep.rectification", "party.staffing"}


def test_limits_of_the_law_are_listed_first(spring: tuple[Clerk, Office]) -> None:
    """The handover's ten days come from the law and are named as such, before the streets."""
    _, office = spring
    text = office.text(ReportKind.WEEK_TASKS, "2021-W18")
    law = text[text.index("## 法定期限") : text.index("## 1. ")]
    assert "甲社区：新老居委会移交，社区居民选举委员会办理，5月1日起，期限5月8日（法定）" in law


# ---------------------------------------------------------------- heading


def test_every_report_says_what_it_is_about(spring: tuple[Clerk, Office]) -> None:
    """Election, pack with version, law, period, when written; and of a live election never the word for a drill."""
    _, office = spring
    assert {kind for kind, _ in office.filed} == set(ReportKind)
    for (kind, key), report in office.filed.items():
        text = office.text(kind, key)
        written = report.heading.written_at.astimezone(BEIJING)
        assert written == report.heading.period.until
        for word in (
            "千山区社区换届（D01）",
            "street-2021，版本1.0",
            "组织法2018年版",
            "- 报告期：2021年",
            f"形成时间：{written:%Y-%m-%d %H:%M}（北京时间）",
        ):
            assert word in text
        assert "演练" not in text
        assert render(report) == text


# ---------------------------------------------------------------- once, and never again


class Desk:
    """A registry of its own with hand-made commits of the busy unit's own workflow."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.office = Office(registry)
        self.commits = 0

    def commit(self, instant: datetime, *facts: FactBody, body: str = "prep", **changes: Any) -> None:
        """One commit at an instant of the election."""
        self.commits += 1
        fields: dict[str, Any] = {
            "workflow": UNIT,
            "number": self.commits,
            "district": ELECTION,
            "street": BUSY,
            "unit": UNIT,
            "body": body,
            "at": instant.astimezone(BEIJING),
            "facts": tuple(Noted.of(fact) for fact in facts),
        }
        self.registry.store.apply(Commit(**{**fields, **changes}), ())

    def decide(self, day: str, hour: int, gate: str) -> None:
        self.commit(at(day, hour), decided(gate, day))

    def told(self, day: str) -> list[str]:
        """The gates told in a day's return."""
        return [done.gate for done in days(self.office.filed[ReportKind.DAY_RETURN, day])[0].decided]


def decided(gate: str, day: str) -> Decided:
    return Decided(gate=gate, role=Role.STREET_COMMITTEE, by="某人", form=Recorded(held_on=date.fromisoformat(day)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    registry = registry_in(tmp_path)
    yield Desk(registry)
    registry.close()


def test_what_was_filed_stays(desk: Desk) -> None:
    """Asked again for the same period, later and with more to tell, nothing is written: what was sent out is what it was."""
    desk.decide("2021-02-03", 9, "prep.institution")
    assert desk.office.write(ReportKind.DAY_RETURN, at("2021-02-03", 17)).outcome is Filing.FILED
    text = desk.office.text(ReportKind.DAY_RETURN, "2021-02-03")
    desk.decide("2021-02-04", 9, "prep.survey")
    again = desk.office.write(ReportKind.DAY_RETURN, at("2021-02-04", 16))
    assert (again.outcome, again.period) == (Filing.KEPT, "2021-02-03")
    assert desk.office.text(ReportKind.DAY_RETURN, "2021-02-03") == text
    assert len(desk.registry.reports.all(ELECTION)) == 1


def test_a_report_that_was_missed_is_told_by_the_next(desk: Desk) -> None:
    """After days without a report the next one reaches back to the last, and says so."""
    desk.decide("2021-02-02", 9, "prep.institution")
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-02", 17))
    desk.decide("2021-02-02", 18, "prep.survey")
    desk.decide("2021-02-04", 9, "prep.plan")
    desk.decide("2021-02-05", 9, "prep.training")
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-05", 17))
    assert desk.told("2021-02-02") == ["prep.institution"]
    assert desk.told("2021-02-05") == ["prep.survey", "prep.plan", "prep.training"]
    assert "2021-02-02 17:00至2021-02-05 17:00（含此前未单独报告的时段）" in desk.office.text(
        ReportKind.DAY_RETURN, "2021-02-05"
    )


def test_what_was_written_down_late_is_told_by_the_next(desk: Desk) -> None:
    """A decision of before five that reached the registry only after the report stands in the next, and only there."""
    desk.decide("2021-02-02", 9, "prep.institution")
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-02", 17))
    desk.decide("2021-02-02", 16, "prep.survey")
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-03", 17))
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-04", 17))
    assert [desk.told(f"2021-02-0{day}") for day in (2, 3, 4)] == [["prep.institution"], ["prep.survey"], []]


def test_a_report_written_late_is_still_of_its_own_day(desk: Desk) -> None:
    """Made up for the next morning, it tells nothing of what came after its hour; that is the next one's."""
    desk.decide("2021-02-02", 16, "prep.institution")
    desk.decide("2021-02-02", 18, "prep.survey")
    order = DueReport(election=ELECTION, kind=ReportKind.DAY_RETURN, at=at("2021-02-02", 17))
    assert file_report(desk.registry, order, at("2021-02-03", 9)).period == "2021-02-02"
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-02", 17))  # reads what is filed
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-03", 17))
    assert [desk.told(f"2021-02-0{day}") for day in (2, 3)] == [["prep.institution"], ["prep.survey"]]


def test_nothing_is_reported_before_the_beginning_or_after_the_end(desk: Desk) -> None:
    """An election reports from its first hour due to the period in which it ends."""
    before = desk.office.write(ReportKind.DAY_RETURN, at("2021-02-01", 9))
    assert (before.outcome, before.period) == (Filing.NOT_YET, "2021-01-31")
    desk.commit(
        at("2021-02-03", 12),
        DistrictClosed(completed=0, held=2),
        workflow=ELECTION,
        number=1,
        street="",
        unit="",
        body="",
    )
    assert desk.office.write(ReportKind.DAY_RETURN, at("2021-02-03", 17)).outcome is Filing.FILED
    assert desk.office.write(ReportKind.DAY_RETURN, at("2021-02-04", 17)).outcome is Filing.OVER
    assert desk.office.write(ReportKind.WEEK_SUMMARY, at("2021-02-07", 17)).outcome is Filing.FILED
    assert desk.office.write(ReportKind.WEEK_SUMMARY, at("2021-02-14", 17)).outcome is Filing.OVER


def test_an_unknown_election_is_named(desk: Desk) -> None:
    """The error says which."""
    with pytest.raises(UnknownElectionError, match="D99"):
        file_report(desk.registry, DueReport(election="D99", kind=ReportKind.DAY_RETURN, at=BEGAN), BEGAN)


def test_a_preview_files_nothing(desk: Desk) -> None:
    """Looking at a report before its hour takes nothing from it."""
    desk.decide("2021-02-02", 9, "prep.institution")
    period = period_of(ReportKind.DAY_RETURN, date(2021, 2, 2))
    seen = preview(desk.registry, ELECTION, ReportKind.DAY_RETURN, period, at("2021-02-02", 10))
    assert [done.gate for done in days(seen)[0].decided] == ["prep.institution"]
    assert desk.registry.reports.all(ELECTION) == ()
    with pytest.raises(ValueError, match="日反馈"):
        preview(desk.registry, ELECTION, ReportKind.WEEK_SUMMARY, period, at("2021-02-02", 10))


# ---------------------------------------------------------------- what else may happen


def test_a_postponed_units_plan_moves(desk: Desk) -> None:
    """What the plan expects of it comes by so many days later; the running body's echo of the postponement counts nothing."""
    wait = Postponed(days=10, reason="疫情", by="某人")
    desk.commit(at("2021-02-02", 9), UnitOpened(unit=brief()), wait)
    desk.commit(at("2021-02-02", 9), wait, workflow=f"{UNIT}/party", number=1, body="party")
    desk.office.write(ReportKind.WEEK_TASKS, at("2021-03-26", 16))
    content = desk.office.filed[ReportKind.WEEK_TASKS, "2021-W13"].content
    assert isinstance(content, TaskList)
    limits = [{coming.step: coming.last for coming in street.coming} for street in content.streets]
    assert limits[0]["party.slate"] == date(2021, 4, 3)  # ten days after 03-24
    assert "party.slate" not in limits[1]
    assert limits[1]["party.slate_approval"] == date(2021, 4, 2)
    desk.office.write(ReportKind.DAY_RETURN, at("2021-03-26", 17))
    others = days(desk.office.filed[ReportKind.DAY_RETURN, "2021-03-26"])[0].others
    assert [news.text for news in others] == ["延期10天：疫情"]


def test_nobody_is_named_who_withdrew_was_excluded_or_appealed(desk: Desk) -> None:
    """Such news gives numbers and rules, never who."""
    invalid = Finding(rule="P6", severity=Severity.ERROR, message="到会不足")
    desk.commit(
        at("2021-02-02", 9),
        Excluded(
            gate="party.street_review", person="张三", rule="X2", reason="某事", evidence="文1号", reviewer="李四"
        ),
        Appealed(person="张三", grounds="不服"),
        AppealDecided(person="张三", upheld=True, handler="王五", head="赵六"),
        WithdrewFact(person="张三", reason="身体原因", successor="李四"),
        SteppedOut(person="张三", successor=None, presides="李四"),
        PollFailed(gate="party.assembly", findings=(invalid, invalid)),
        Reminded(gate="party.assembly", last_day=date(2021, 2, 2)),
        body="party",
    )
    desk.office.write(ReportKind.DAY_RETURN, at("2021-02-02", 17))
    busy, _ = days(desk.office.filed[ReportKind.DAY_RETURN, "2021-02-02"])
    assert [news.text for news in busy.complaints] == [
        "收到对社区党组织换届选举审查结论的申诉1件",
        "申诉1件已复核：成立，恢复资格",
    ]
    assert [news.text for news in busy.others] == [
        f"「{setting().steps['party.street_review'].title}」1人未通过（依据X2）",
        "1人退出，依次递补1人",
        "选举委员会1人因被提名退出",
        f"「{setting().steps['party.assembly'].title}」选举无效（P6）",
    ]
    text = desk.office.text(ReportKind.DAY_RETURN, "2021-02-02")
    assert not [name for name in ("张三", "李四", "王五", "赵六") if name in text]


def test_a_unit_closed_as_held_stays_in_sight(desk: Desk) -> None:
    """Carried over by a rule: paused, closed, counted at its stage, and no longer expected to do anything."""
    desk.commit(at("2021-02-02", 9), UnitOpened(unit=brief()))
    desk.commit(at("2021-02-10", 9), UnitClosed(completed_on=None, held_by="X4", reason="整顿未通过"))
    for kind, hour in (
        (ReportKind.WEEK_SUMMARY, at("2021-02-14", 17)),
        (ReportKind.MONTH_DISPATCH, at("2021-02-28", 16)),
    ):
        desk.office.write(kind, hour)
    week = desk.office.filed[ReportKind.WEEK_SUMMARY, "2021-W06"].content
    month = desk.office.filed[ReportKind.MONTH_DISPATCH, "2021-02"].content
    assert isinstance(week, WeekSummary)
    assert isinstance(month, MonthDispatch)
    [paused] = week.streets[0].paused
    assert (paused.rule, paused.closed, paused.since) == ("X4", True, date(2021, 2, 10))
    assert week.streets[0].completed == ()
    assert [(stage.name, stage.units) for stage in month.streets[0].stages if stage.units] == [("暂停", 1)]
    assert (month.streets[0].due, month.streets[0].completed) == ((), 0)
    assert "甲街道甲社区：本轮未完成，已结束（X4），2月10日起，整顿未通过" in desk.office.text(
        ReportKind.MONTH_DISPATCH, "2021-02"
    )


@pytest.mark.parametrize("typed", ["# 大标题", "甲\n## 乙", "|a|b|", "[点](http://x)", "**重**", "<b>", "\u2028# x"])
def test_what_people_type_stays_on_its_line(typed: str) -> None:
    """A reason cannot become a heading, a table, a link or markup of its own."""
    shown = plain(typed)
    assert len(shown.splitlines()) == 1
    for mark in "#|[]*<>`":
        assert shown.count(mark) == shown.count("\\" + mark)


# ---------------------------------------------------------------- a drill


REAL = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)


def test_what_comes_is_counted_from_the_poll_day_a_village_has_fixed(tmp_path: Path) -> None:
    """候选人与选民见面 is due by E−1 at the latest: by the village's own E, not by the plan's; another village keeps the plan's."""
    registry = registry_in(tmp_path, started_at=at("2026-01-05", 0), under=village_setting())
    desk, fixed = Desk(registry), date(2026, 5, 18)
    for body in ("prep", "party"):
        desk.commit(at("2026-03-02", 9), BodyOpened(), body=body, workflow=f"{UNIT}/{body}", number=1)
    desk.commit(
        at("2026-04-02", 9),
        BodyOpened(),
        PollDaySet(poll_day=fixed),
        body="residents",
        number=1,
        workflow=f"{UNIT}/residents",
    )
    desk.office.write(ReportKind.WEEK_TASKS, at("2026-05-15", 16))  # the week from 18 May
    content = desk.office.filed[ReportKind.WEEK_TASKS, "2026-W21"].content
    assert isinstance(content, TaskList)
    own, other = ({coming.step: coming.last for coming in street.coming} for street in content.streets)
    assert own["residents.poll"] == fixed
    assert other["residents.poll"] == date(2026, 5, 20)  # the last day of the plan's window
    registry.close()


@pytest.fixture
def drill(tmp_path: Path) -> Iterator[Desk]:
    """A drill begun on the plan's first day at eight; a day of it takes two seconds."""
    clock = Clock(real=REAL, election=at("2021-02-01", 8), day=timedelta(seconds=2))
    registry = registry_in(tmp_path, clock, REAL)
    yield Desk(registry)
    registry.close()


def test_a_drill_reports_by_its_own_days_and_says_what_it_is(drill: Desk) -> None:
    """Two seconds on, it is the next morning: yesterday's return is due, headed 演练, with both times."""
    drill.decide("2021-02-01", 9, "prep.institution")
    assert drill.office.write(ReportKind.DAY_RETURN, REAL).outcome is Filing.NOT_YET
    filed = drill.office.write(ReportKind.DAY_RETURN, REAL + timedelta(seconds=2))
    assert (filed.outcome, filed.period) == (Filing.FILED, "2021-02-01")
    assert drill.told("2021-02-01") == ["prep.institution"]
    lines = drill.office.text(ReportKind.DAY_RETURN, "2021-02-01").splitlines()
    assert lines[0] == "# 【演练】日反馈（2021年2月1日，星期一）"
    assert "演练" in lines[2]
    assert "不得作为正式换届的依据" in lines[2]
    assert "演练" in lines[-1]
    assert (
        "- 形成时间：演练时间2021-02-02 08:00，实际时间2026-11-27 09:00（北京时间）；在办、逾期情况以形成时为准"
        in lines
    )


def test_a_drill_set_forward_reports_the_days_it_passed_over_in_one(drill: Desk) -> None:
    """Moved by three weeks, the next return tells of everything since the last."""
    drill.office.write(ReportKind.DAY_RETURN, REAL + timedelta(seconds=2))
    drill.decide("2021-02-05", 9, "prep.institution")
    drill.decide("2021-02-23", 9, "prep.survey")
    moved = Clock(real=REAL + timedelta(seconds=4), election=at("2021-02-23", 12), day=timedelta(seconds=2))
    with drill.registry.database.writing() as connection:
        connection.execute(text("UPDATE elections SET clock_now_json = :clock"), {"clock": moved.model_dump_json()})
    filed = drill.office.write(ReportKind.DAY_RETURN, REAL + timedelta(seconds=5))
    assert filed.period == "2021-02-23"
    assert drill.told("2021-02-23") == ["prep.institution", "prep.survey"]


def test_the_idle_unit_is_the_registrys_own(desk: Desk) -> None:
    """The scenario is what it says: two units recorded, of which one has begun nothing."""
    desk.commit(at("2021-02-02", 9), UnitOpened(unit=brief()))
    units = desk.registry.standings.units(ELECTION, date(2021, 2, 2))
    assert [(unit.id, unit.begun) for unit in units] == [(UNIT, True), (idle().id, False)]
