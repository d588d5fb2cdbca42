"""The ten faults as the women's federation's election lets people commit them: its own steps, its own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.faults import ballots, persons
from simulation.faults.variants import FaultVariant, Moment
from workflows.messages import Form, Nominated

if TYPE_CHECKING:
    from simulation.actors.scene import Scene

_ONE_SHORT = 9  # of the ten who put somebody forward jointly (W2)


def nine_supporters(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """Somebody is put forward by nine of the people where the source has ten."""
    assert isinstance(form, Nominated)
    first = form.nominees[0].model_copy(update={"route": "residents", "supporters": _ONE_SHORT})
    return form.model_copy(update={"nominees": (first, *form.nominees[1:])})


_F, _A, _X, _U = Moment.FORM, Moment.AHEAD, Moment.EXTRA, Moment.UNANSWERED
_POLL, _LIST, _NOMINATION = "women.poll", "women.list", "women.nomination"

FEDERATION: tuple[FaultVariant, ...] = (
    FaultVariant(
        "F1",
        "women_early_poll",
        "妇联名单公开未满即投票",
        "妇代会（妇联）候选人名单公开的最后一个整天尚未过完，就交来选举结果。",
        step=_LIST,
        moment=_A,
        rules=("W7",),
        target=_POLL,
    ),
    FaultVariant(
        "F3",
        "women",
        "妇联直选委托投票",
        "直选不办理委托投票，结果报告单却有委托票三张。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.proxies,
    ),
    FaultVariant(
        "F4",
        "women",
        "妇联直选使用流动票箱",
        "没有安排流动票箱，却使用了一个。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.roving_box,
    ),
    FaultVariant(
        "F5",
        "women",
        "妇联直选多出一张选票",
        "收回选票比投票人数多一张，仍宣布当选。",
        step=_POLL,
        moment=_F,
        rules=("V15",),  # by analogy: the source is silent
        mutate=ballots.surplus_ballot,
    ),
    FaultVariant(
        "F6",
        "women",
        "恰好一半妇女投票",
        "参加投票的妇女恰好一半（单数时为不足一半的整数），仍宣布当选。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.exactly_half,
    ),
    FaultVariant(
        "F7",
        "women_roll",
        "成年妇女人数少报",
        "参加投票的不足一半，把成年妇女人数改小，使其看似过半数。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.roll_of_those_who_came,
    ),
    FaultVariant(
        "F7",
        "women_valid",
        "妇联直选以有效票为分母",
        "得票过有效票半数、未过投票人数半数的人被宣布当选。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.half_of_the_valid,
    ),
    FaultVariant(
        "F7",
        "women_lot",
        "妇联直选票数相等抽签决定",
        "末位名额两人得票相等，以抽签决定当选人。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.tie_by_lot,
    ),
    FaultVariant(
        "F7",
        "women_third",
        "妇联另行选举不足三分之一",
        "另行选举的得票不足已投选票的三分之一，仍宣布当选。",
        step=_POLL,
        moment=_F,
        rules=("W5",),
        mutate=ballots.below_a_third,
        lead_in=ballots.one_seat_short,
        vote=2,
    ),
    FaultVariant(
        "F8",
        "women_backdated",
        "倒签妇联名单公开日期",
        "名单确定之前一天即落款张榜。",
        step=_LIST,
        moment=_F,
        rules=("O4",),
        mutate=persons.posted_before_decided,
    ),
    FaultVariant(
        "F9",
        "women_monitor",
        "妇联候选人计票",
        "候选人担任监票人、计票人。",
        step=_POLL,
        moment=_F,
        rules=("P9",),
        mutate=ballots.candidate_counts,
    ),
    FaultVariant(
        "F9",
        "women_signed_later",
        "妇联人选审查落款晚于办理当日",
        "审查意见落款日期在办理当日之后。",
        step="women.review",
        moment=_F,
        rules=("O4",),
        mutate=persons.signed_tomorrow,
    ),
    FaultVariant(
        "F10",
        "women_supporters",
        "九名群众举荐",
        "群众举荐的人选只有九名举荐人。",
        step=_NOMINATION,
        moment=_F,
        rules=("W2",),
        mutate=nine_supporters,
    ),
    FaultVariant(
        "F10",
        "women_out_of_turn",
        "审查未完先行公开名单",
        "候选人尚未审查，就交来名单公开。",
        step="women.review",
        moment=_X,
        rules=("O2",),
        target=_LIST,
    ),
    FaultVariant(
        "F10",
        "women_bribery",
        "妇联换届贿选举报逾期未答",
        "反映拉票贿选的举报，办理期限的次日才签字答复。",
        step=_NOMINATION,
        moment=_U,
        rules=("K1",),
    ),
)
"""F2 needs a register of voters, which the source does not speak of."""
