"""One fact, one sentence: what a report says of complaints, holds, failed polls and the like. Nobody is named but by number."""

from datetime import date

from activities.reports.rows import Plan
from policies.pack.schema import BodyId
from workflows.facts import (
    ActingChair,
    AppealDecided,
    Appealed,
    BegunOnDemand,
    BodyCompleted,
    ComplaintCorrected,
    ComplaintDecided,
    ComplaintReceived,
    Excluded,
    FactBody,
    Held,
    KinDisplaced,
    ObjectionDecided,
    ObjectionReceived,
    PollAnnulled,
    PollDaySet,
    PollFailed,
    Postponed,
    ReadinessChanged,
    RecallSettled,
    Released,
    SteppedOut,
    UnitClosed,
    WinVoided,
    WithdrewFact,
)

COMPLAINTS = (ComplaintReceived, ComplaintDecided, ComplaintCorrected, PollAnnulled, Appealed, AppealDecided)
"""Facts that stand under 「举报申诉」; 零报告 is about these above all."""


def sentence(fact: FactBody, body: str, plan: Plan) -> str:
    """A fact in Chinese, without unit, time and full stop. `body` is the body it was noted for.

    Raises ValueError for a fact that is no news.
    """
    match fact:
        case ComplaintReceived():
            how = f"（{fact.channel.label}）" if fact.channel else ""
            who = "，已指定承办人" if fact.handler else ""
            return f"收到举报{fact.complaint}{how}，涉及「{plan.title(fact.about)}」，{fact.last_day}前答复{who}"
        case ComplaintDecided():
            effect = f"，{fact.effect.label}" if fact.effect else ""
            return f"举报{fact.complaint}已办结：{'属实' if fact.upheld else '不属实'}{effect}"
        case ComplaintCorrected():
            return f"举报{fact.complaint}所涉「{plan.title(fact.about)}」已更正，恢复办理"
        case PollAnnulled():
            return f"「{plan.title(fact.step)}」依举报{fact.complaint}的查核结论宣布无效，重新投票"
        case ReadinessChanged():
            left = f"：{'、'.join(one.label for one in fact.open)}" if fact.open else ""
            return f"换届预警定为{fact.colour.label}码{left}"
        case Appealed():
            return f"收到对{body_title(body, plan)}审查结论的申诉1件"
        case AppealDecided():
            return f"申诉1件已复核：{'成立，恢复资格' if fact.upheld else '不成立，维持原结论'}"
        case PollDaySet():
            return f"选举日定为{fact.poll_day}"
        case ObjectionReceived():
            return f"收到选民名单异议1件，{fact.last_day}前处理"
        case ObjectionDecided():
            return f"选民名单异议1件已处理：{'成立' if fact.upheld else '不成立'}"
        case KinDisplaced():
            return f"任职回避，1人不再任职{_moved_up(fact.successor)}"
        case WinVoided():
            return f"举报{fact.complaint}经查属实（{fact.means.label}，{fact.found_by.label}{fact.paper}），1人当选无效"
        case ActingChair():
            return "主任暂缺，主持工作的人已明确" if fact.person else "主任暂缺，主持工作的人待会议推选"
        case Excluded():
            return f"「{plan.title(fact.gate)}」1人未通过（依据{fact.rule}）"
        case WithdrewFact():
            return f"1人退出{_moved_up(fact.successor)}"
        case SteppedOut():
            return f"选举委员会1人因被提名退出{_moved_up(fact.successor)}"
        case PollFailed():
            rules = "、".join(dict.fromkeys(finding.rule for finding in fact.findings))
            return f"「{plan.title(fact.gate)}」选举无效（{rules}）"
        case Held():
            return f"暂停（{fact.rule}）：{fact.reason}"
        case Released():
            return f"解除暂停：{fact.reason}"
        case Postponed():
            return f"延期{fact.days}天：{fact.reason}"
        case BegunOnDemand(person=""):
            left = "；".join(f"1名成员离任（{one.reason}{_day(one.on)}）" for one in fact.departed)
            return "；".join(filter(None, (left, f"启动补选{len(fact.posts)}名" if fact.posts else "")))
        case BegunOnDemand():
            return "启动对1名成员的罢免"
        case RecallSettled():
            failed = "未获过半数赞成，不通过" if fact.valid else "投票人数不足，无效"
            return f"罢免表决：{'通过，1名成员离任' if fact.recalled else failed}"
        case BodyCompleted():
            vacant = f"，缺额{fact.open_seats}名" if fact.open_seats else ""
            return f"{body_title(body, plan)}完成，选出{len(fact.seats)}名{vacant}"
        case UnitClosed(completed_on=None):
            return f"本轮未完成换届（{fact.held_by}）：{fact.reason}"
        case UnitClosed():
            return f"本单位换届全部完成（{fact.completed_on}）"
    raise ValueError(f"{fact.kind} is no news")


def body_title(body: str, plan: Plan) -> str:
    """A body's election as the plan heads it."""
    return plan.pack.body(BodyId(body)).title


def _day(on: date | None) -> str:
    return "" if on is None else f"，{on}"


def _moved_up(successor: str | None) -> str:
    return "，依次递补1人" if successor else ""
