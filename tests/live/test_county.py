"""What must not begin: a live election needs a complete, lawful plan still to come; only a drill has a clock of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from activities.registry import Kind
from console.packs import open_pack, pack_text
from live.county import Plan, obstacles
from live.roster import Roster
from policies.calendar import national_calendar
from policies.law.confirm import Confirmations, to_confirm
from policies.pack.schema import Pack
from tests.workflows.clerk import street_2021

BEFORE = datetime(2021, 1, 4, tzinfo=UTC)
AFTER = datetime(2021, 2, 2, tzinfo=UTC)


def plan(pack: Pack | None = None, day: timedelta | None = None, confirmations: Confirmations | None = None) -> Plan:
    """The street plan for an empty roster: what it is judged by here is its text and its days."""
    return Plan(
        id="qianshan-2021",
        title="千山区",
        pack=pack or street_2021(),
        pack_text=pack_text("street-2021"),
        calendar=national_calendar([2021]),
        roster=Roster(streets=(), units=()),
        day=day,
        confirmations=confirmations or Confirmations(),
    )


def test_a_drill_may_run_any_plan_on_a_clock_of_its_own() -> None:
    """The plan of 2021 today, a day in ten seconds; without a clock its days would never come."""
    assert obstacles(plan(day=timedelta(seconds=10)), Kind.DRILL, AFTER) == ()
    (found,) = obstacles(plan(), Kind.DRILL, AFTER)
    assert "--day-seconds" in found


@pytest.mark.parametrize("kind", [Kind.DRILL, Kind.LIVE])
def test_what_the_workflows_cannot_perform_begins_neither(kind: Kind) -> None:
    """A plan that does not say how its polls are voted would stand still half way."""
    whole = street_2021()
    bodies = tuple(
        body.model_copy(update={"steps": tuple(step.model_copy(update={"ballot": None}) for step in body.steps)})
        for body in whole.bodies
    )
    silent = plan(whole.model_copy(update={"bodies": bodies, "resolutions": ()}), timedelta(seconds=10))
    found = obstacles(silent, kind, AFTER)
    polls = ("party.assembly", "party.plenary", "residents.poll", "supervisory.vote")
    assert {f"步骤 {step} 没有写投票办法（ballot）" for step in polls} <= {*found}
    assert sum("投票办法（ballot）" in each for each in found) == len(polls), "each is told once"


def test_a_live_election_has_no_clock() -> None:
    """However lawful its plan."""
    assert any("不能压缩日程" in one for one in obstacles(plan(day=timedelta(days=1)), Kind.LIVE, BEFORE))


def test_a_live_election_lies_ahead() -> None:
    """On the plan's first day it may begin, on the next it may not."""
    first = date(2021, 2, 1)
    assert street_2021().starts == first
    on_time = datetime(2021, 2, 1, 15, tzinfo=UTC)  # 23:00 in Beijing
    assert not any(str(first) in one for one in obstacles(plan(), Kind.LIVE, on_time))
    assert any(str(first) in one for one in obstacles(plan(), Kind.LIVE, on_time + timedelta(hours=1)))


def test_a_live_election_obeys_the_law_of_its_poll() -> None:
    """The street plan moved into 2026: half of the delegates is not more than two thirds (城市居民委员会组织法 2025, 19)."""
    text = street_2021().model_dump_json(by_alias=True).replace("2021-", "2026-")
    moved = Pack.model_validate_json(text)
    found = obstacles(plan(moved), Kind.LIVE, datetime(2026, 1, 5, tzinfo=UTC))
    assert any("三分之二" in one for one in found)
    assert all(any("一" <= sign <= "鿿" for sign in one) for one in found)


@pytest.mark.parametrize("kind", list(Kind))
def test_reasons_come_all_at_once_and_once(kind: Kind) -> None:
    """No reason twice."""
    found = obstacles(plan(day=None), kind, AFTER)
    assert len(found) == len(set(found)) > 0


def test_a_live_election_waits_until_its_law_is_confirmed() -> None:
    """Every transcribed value by name, at once; all confirmed: none; one of them left out: that one."""
    community = open_pack("community-2025")
    assert isinstance(community, Pack)
    early = datetime(2026, 1, 4, tzinfo=UTC)
    waiting = to_confirm(community.composition)
    found = [one for one in obstacles(plan(community), Kind.LIVE, early) if "尚未有人与公报核对确认" in one]
    assert len(found) == len(waiting) > 30
    assert any("居民代表投票的有效人数" in one and "第十九条" in one for one in found)
    kept = Confirmations().adding(waiting, by="甲", on=date(2026, 1, 3), compared_with="公报")
    assert not any("确认" in one for one in obstacles(plan(community, None, kept), Kind.LIVE, early))
    short = Confirmations().adding(waiting[1:], by="甲", on=date(2026, 1, 3), compared_with="公报")
    assert sum("尚未有人" in one for one in obstacles(plan(community, None, short), Kind.LIVE, early)) == 1
    assert obstacles(plan(community, timedelta(seconds=10)), Kind.DRILL, early) == ()


def test_the_federations_plan_begins_once_it_is_complete() -> None:
    """As it stands every value the source leaves out is an obstacle; with all of them written, in days to come, there is none.

    As a drill it begins as it stands.
    """
    bundled = open_pack("women-2021")
    assert isinstance(bundled, Pack)
    assert obstacles(plan(bundled, day=timedelta(seconds=10)), Kind.DRILL, AFTER) == ()
    assert any("eligibility" in one and "缺漏" in one for one in obstacles(plan(bundled), Kind.LIVE, BEFORE))
    window = {"from": "2026-04-21", "to": "2026-06-20"}
    text = bundled.model_copy(update={"eligibility": street_2021().eligibility}).model_dump(mode="json", by_alias=True)
    text |= {"starts": "2026-04-21", "completed_by": "2026-06-20", "term_years": 5, "resolutions": [], "law": "2025"}
    text["eligibility"]["retirement"] = {"male": 60, "female": 55}
    text["pilot"]["units"], text["express"]["within_days"] = "每个乡镇（街道）一个单位", 3
    ballots = {one.step: one.ballot for one in bundled.resolutions if one.ballot is not None}
    for body in text["bodies"]:
        body["heading"], body["outer_limit"] = window, "2026-06-20"
        if body["seats"]:
            body["seats"] |= {"min": 3, "max": 7}
        for step in body["steps"]:
            late = step["id"] in ("women.poll", "women.express", "women.pilot_acceptance", "women.summary")
            step["window"] = (
                {"from": "2026-05-25", "to": "2026-06-20"} if late else {"from": "2026-04-21", "to": "2026-05-20"}
            )
            if step["publicity_days"] == "missing":
                step["publicity_days"] = 3
            if step["id"] in ballots:
                step["ballot"] = ballots[step["id"]].model_dump(mode="json", by_alias=True)
                step["text"] += "选举主任、委员。由本村（社区）年满十八周岁的妇女直接投票。"
            if step["id"] == "women.pilot_acceptance":
                step["text"] += "由县（区）妇联验收，不合格的纠正后再验收。"
    whole = Pack.model_validate(text)
    early = datetime(2026, 4, 20, tzinfo=UTC)
    wanted = replace(plan(whole), calendar=national_calendar([2026]))
    assert obstacles(wanted, Kind.LIVE, early) == ()
    without = whole.model_copy(update={"term_years": "missing"})
    (found,) = obstacles(replace(wanted, pack=without), Kind.LIVE, early)
    assert "term_years" in found


def test_what_a_missing_retirement_age_asks_of_a_county() -> None:
    """村民委员会没有退休年龄的规定, so the model leaves it out: the refusal says where to write it, and written there it is gone."""
    model = open_pack("village-zhejiang")
    assert isinstance(model, Pack)
    found = [one for one in obstacles(plan(model), Kind.LIVE, BEFORE) if "eligibility.retirement" in one]
    assert len(found) == 2
    for one in found:
        assert "extends: village-zhejiang" in one
        assert "huanjie pack new 新方案.yaml --base village-zhejiang" in one


@pytest.mark.parametrize("ages", ["{ male: 60, female: 55 }", "{ male: null, female: null }"])
def test_a_county_says_the_age_or_that_there_is_none(ages: str, tmp_path: Path) -> None:
    """In a plan of its own upon the model, as the refusal says."""
    own = tmp_path / "own.yaml"
    head = 'id: own\ntitle: 甲县村换届\nversion: "1"\nsource: 甲县办〔2026〕3号\nextends: village-zhejiang\n'
    own.write_text(f"{head}eligibility:\n  retirement: {ages}\n", encoding="utf-8")
    pack = open_pack(str(own))
    assert isinstance(pack, Pack), pack
    assert [one for one in obstacles(plan(pack), Kind.LIVE, BEFORE) if "缺漏" in one] == []
