"""Which workflow answers what: an election's, a street's, a unit's or a body's own, told apart before anything is sent."""

from enum import StrEnum

from activities.registry.elections import Place
from gateway.command import BEGINNING, OF_UNIT, Verb
from policies.pack.schema import BodyId


class Level(StrEnum):
    """What an id names; the value is its Chinese name."""

    ELECTION = "换届"
    STREET = "街道"
    UNIT = "单位"
    BODY = "组织的流程"
    RECALL = "罢免的流程"
    BY_ELECTION = "补选的流程"


STEERING = frozenset({Verb.HOLD, Verb.RELEASE, Verb.POSTPONE})

ANSWERS: dict[Level, frozenset[Verb]] = {
    Level.ELECTION: STEERING | {Verb.MOVE},
    Level.STREET: STEERING,
    Level.UNIT: STEERING | OF_UNIT | BEGINNING,
    Level.BODY: OF_UNIT | {Verb.APPEAL, Verb.OBJECT, Verb.WITHDRAW},
    Level.RECALL: STEERING | {Verb.DECIDE},  # within the term nothing stands above it that could be stopped
    Level.BY_ELECTION: STEERING | OF_UNIT | {Verb.APPEAL, Verb.OBJECT, Verb.WITHDRAW},
}
_OF_THE_TERM = {f"{BodyId.RECALL}-": Level.RECALL, f"{BodyId.BY_ELECTION}-": Level.BY_ELECTION}

WORDS = {
    Verb.DECIDE: "办理环节",
    Verb.COMPLAIN: "登记举报",
    Verb.APPEAL: "登记申诉",
    Verb.OBJECT: "登记名单异议",
    Verb.WITHDRAW: "登记退出",
    Verb.HOLD: "暂停",
    Verb.RELEASE: "解除暂停",
    Verb.POSTPONE: "推迟",
    Verb.MOVE: "拨动时间",
    Verb.RECALL: "启动罢免",
    Verb.BY_ELECTION: "启动补选",
    Verb.DEPARTURE: "登记离任",
}


def unanswerable(workflow: str, verb: Verb, place: Place) -> str:
    """In Chinese, why nobody can ask this there, with what the id should name instead; "" when it can be asked."""
    level = (Level.ELECTION, Level.STREET, Level.UNIT)[len(place.areas) - 1]
    if "/" in workflow:
        if level is not Level.UNIT:
            return f"「{workflow}」不是流程：「/」之前应为单位的编号，不能是{level.value}"
        name = workflow.partition("/")[2]
        level = next((one for begins, one in _OF_THE_TERM.items() if name.startswith(begins)), Level.BODY)
    if verb in ANSWERS[level]:
        return ""
    wanted = "、".join(each.value for each in Level if verb in ANSWERS[each])
    return f"「{workflow}」是{level.value}，不能在此{WORDS[verb]}：请填写{wanted}的编号"
