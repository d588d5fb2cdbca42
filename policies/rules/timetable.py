"""T1–T9: what holds a plan's dates together, whatever the plan: the rules that the timetable and the linter enforce."""

from policies.rule import Confidence, Rule, declare


def _rule(id_: str, title: str, text: str, on_failure: str, source: str = "方案自身须前后一致、可以执行") -> Rule:
    return declare(
        Rule(
            id=id_,
            title=title,
            text=text,
            on_failure=on_failure,
            source=source,
            confidence=Confidence.GENERAL,
            enforced=("lint", "timetable"),
        )
    )


FEASIBLE = _rule(
    "T1",
    "日程可行",
    "各步骤的期间、先后、间隔和公示期合在一起须能排出一个日程。",
    "放宽链条中的任一期间，或提前第一步",
)
HEADING = _rule(
    "T2",
    "分步骤期间与标题期间一致",
    "每一步的期间须落在本节标题所写的期间之内。",
    "更正标题或该步骤的日期，并写明以哪一个为准",
)
OUTER_LIMIT = _rule(
    "T3",
    "不超过总时限",
    "每一步的期间不得晚于总时限（街道方案一（四）：党组织4月20日前，居民委员会、居务监督委员会5月20日前）。",
    "把该步骤提前到总时限以内，或写明它不受总时限约束",
    "街道方案 一（四）",
)
SCHEDULED = _rule(
    "T4",
    "每一步都有期间",
    "方案提到的每一步都须写明何时办理；原文没有写的保留为缺，不得用于正式换届。",
    "由区换届办补定期间",
)
STATED = _rule(
    "T5",
    "原文缺漏的数值",
    "原文没有写的数值保留为缺（missing），不猜；有缺漏的方案可以核对、演练，不得用于正式换届。",
    "由区换届办书面补定该数值",
)
CAPACITY = _rule(
    "T6",
    "审查层级与可用工作日",
    "从提名到张榜，每一级审查至少要有一个工作日。",
    "延长期间、避开假期，或写明各级审查在哪一天办理",
)
BODY_ORDER = _rule(
    "T7",
    "三个组织先后相接",
    "按照先社区党组织、后居民委员会、再推选居务监督委员会的顺序组织开展：后一组织的第一步须在前一组织选出之后。",
    "在后一组织的第一步写明 after",
    "街道方案 一（四）",
)
RESOLUTION = _rule(
    "T8",
    "处理决定有效",
    "处理决定只能在方案原定期间之内收窄，且须使所针对的问题不再出现。",
    "修改处理决定",
    "方案的 resolutions",
)
BALLOT_RULES = _rule(
    "T9",
    "票数规则齐全",
    "投票步骤须写明到会（投票）人数、当选票数、差额、票数相等、当选人数不足、收回选票多于投票人数时怎样处理；"
    "法律或者党内选举规定已经写明的，从其规定。",
    "由区换届办在投票之前补定",
)
