"""Complaints and readiness as the office's reports tell them: by number, step and effect, never who."""

from datetime import date

import pytest

from activities.reports.news import COMPLAINTS, sentence
from activities.reports.rows import NEWS, Plan
from policies.grievance import Channel, Effect
from policies.preparation import Colour, Difficulty
from tests.workflows.clerk import setting
from workflows.facts import (
    ActingChair,
    ComplaintCorrected,
    ComplaintDecided,
    ComplaintReceived,
    FactBody,
    PollAnnulled,
    ReadinessChanged,
)

PLAN = Plan(pack=setting().pack, steps=setting().steps, slots=setting().slots, calendar=setting().calendar)
DAY = date(2021, 3, 7)
TITLE = setting().steps["party.slate"].title


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        (
            ComplaintReceived(complaint="C1", about="party.slate", last_day=DAY, channel=Channel.BOX, handler="甲"),
            f"收到举报C1（举报箱），涉及「{TITLE}」，2021-03-07前答复，已指定承办人",
        ),
        (
            ComplaintReceived(complaint="C1", about="party.slate", last_day=DAY),
            f"收到举报C1，涉及「{TITLE}」，2021-03-07前答复",
        ),
        (
            ComplaintDecided(complaint="C1", upheld=True, handler="甲", head="乙", effect=Effect.VOID, about="x.y"),
            "举报C1已办结：属实，该环节无效，重新办理",
        ),
        (ComplaintDecided(complaint="C1", upheld=False, handler="甲", head="乙"), "举报C1已办结：不属实"),
        (ComplaintCorrected(complaint="C1", about="party.slate"), f"举报C1所涉「{TITLE}」已更正，恢复办理"),
        (
            PollAnnulled(complaint="C1", step="residents.poll", closed=()),
            "「组织投票选举」依举报C1的查核结论宣布无效，重新投票",
        ),
        (ActingChair(person="P13"), "主任暂缺，主持工作的人已明确"),
        (ActingChair(person=None), "主任暂缺，主持工作的人待会议推选"),
        (ReadinessChanged(colour=Colour.GREEN, open=()), "换届预警定为绿码"),
        (
            ReadinessChanged(colour=Colour.RED, open=(Difficulty.CLANS, Difficulty.FACTIONS)),
            "换届预警定为红码：“三宗”等势力干扰渗透严重、村内派系斗争",
        ),
    ],
)
def test_one_fact_one_sentence(fact: FactBody, told: str) -> None:
    assert sentence(fact, "party", PLAN) == told
    assert fact.kind in NEWS


def test_all_about_complaints_stands_under_complaints() -> None:
    """零报告 is about these: whoever has none of them says so."""
    assert {ComplaintReceived, ComplaintDecided, ComplaintCorrected, PollAnnulled} <= set(COMPLAINTS)
