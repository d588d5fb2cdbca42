"""What can be wrong when several sheets of one poll meet, each numbered once: they cannot be merged, or the sums do not agree.

T.0xx stands beside the form's own F.1xx–F.3xx (`policies.form.problems`) and the catalogue's F.nn and W.nn.
"""

from collections.abc import Mapping
from types import MappingProxyType

from policies.finding import Figure, Finding, Severity
from policies.form.problems import Problem

TALLY_PROBLEMS: dict[str, Problem] = {
    "T.001": Problem("没有可以合并的计票单。", "先录入并确认各票箱的计票单。"),
    "T.002": Problem("各票箱的{what}不一致：{values}。", "核对是否同一次选举的计票单，改正后再合并。"),
    "T.003": Problem(
        "{post}{name}在有的票箱印在选票上、在有的票箱却作为另选他人。", "核对选票样张；同名的两人请加以区分。"
    ),
    "T.004": Problem("{name}在“{box}”的计票单上列了不止一次。", "合为一行，或把同名的两人区分开。"),
    "T.005": Problem("{label}：各票箱合计 {sum}，汇总表写的是 {stated}。", "逐箱核对，改正计票单或汇总表。"),
    "T.006": Problem(
        "{label}：已填的各票箱合计已有 {sum}，多于汇总表所写的 {stated}。", "逐箱核对，并补齐未填的票箱。"
    ),
}
"""Every numbered problem among sheets, once."""


def tally_problem(
    number: str,
    words: Mapping[str, object] = MappingProxyType({}),
    *,
    severity: Severity = Severity.ERROR,
    figure: Figure = None,
    bound: Figure = None,
    source: str = "计票单填写要求",
) -> Finding:
    """A numbered finding about sheets; `words` fill text and remedy of `TALLY_PROBLEMS[number]`."""
    entry = TALLY_PROBLEMS[number]
    return Finding(
        rule=number,
        severity=severity,
        message=entry.text.format_map(words),
        value=figure,
        limit=bound,
        remedy=entry.remedy.format_map(words),
        source=source,
    )
