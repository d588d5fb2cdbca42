"""H1, H2: the handover's inventory, line by line, and its three signatures."""

from collections.abc import Sequence
from datetime import date

from policies.closing.handover import Entry, HandoverSignature, Part, Signer
from policies.finding import Finding, Severity
from policies.rule import Confidence, Rule, declare
from policies.rules.conduct import handover_complete

H1 = declare(
    Rule(
        id="H1",
        title="移交清单逐项列明",
        text="公章、公共财产、财务账目、档案资料逐项列明名称和数量；没有的项目列明数量为零并说明原因。",
        on_failure="补齐移交清单后重新办理",
        source="街道方案 三（二）2（6）：“主持新老居委会班子移交公章、公共财产、财务账目、档案资料等”；逐项列数为办理要求",
        confidence=Confidence.PLAN,
        enforced=("handover", "archive"),
    )
)
H2 = declare(
    Rule(
        id="H2",
        title="移交三方签字",
        text="移交清单由移交人、接收人、监交人三方签字，各签一次，不晚于移交完成之日；监交人不得是移交人或接收人。",
        on_failure="补齐三方签字后重新办理",
        source="2025年修订的《村民委员会组织法》第二十四条、《城市居民委员会组织法》第二十五条规定由选举委员会主持、上级监督；"
        "三方签字为通行做法，法律未规定签字形式",
        confidence=Confidence.GENERAL,
        enforced=("handover", "archive"),
    )
)


def inventory_complete(inventory: Sequence[Entry], *, step: str | None = None) -> list[Finding]:
    """H1: each of the four parts has a line; a line of nothing says why; no line twice."""
    missing = [part.label for part in Part if not any(entry.part is part for entry in inventory)]
    findings = []
    if missing:
        findings.append(
            H1.finding(
                f"移交清单没有逐项列明{'、'.join(missing)}。",
                value=len(inventory),
                limit="、".join(part.label for part in Part),
                step=step,
            )
        )
    findings += [
        H1.finding(
            f"移交清单的“{entry.name}”数量为0，没有说明原因。",
            value=0,
            remedy="在备注中写明没有的原因，或填写实有数量",
            step=step,
        )
        for entry in inventory
        if not entry.quantity and not entry.note.strip()
    ]
    lines = [(entry.part, entry.name) for entry in inventory]
    findings += [
        H1.finding(f"移交清单的{part.label}“{name}”列了两次。", value=name, remedy="合并为一行", step=step)
        for part, name in dict.fromkeys(line for line in lines if lines.count(line) > 1)
    ]
    return findings


def signed_by_three(
    signatures: Sequence[HandoverSignature], completed_on: date, *, step: str | None = None
) -> list[Finding]:
    """H2: one signature of each of the three, none after the handover's day, the supervisor nobody of the two benches.

    Who hands over to himself, re-elected, signs for both sides: that is remarked, not refused.
    """
    findings = []
    by = {signer: [one for one in signatures if one.signer is signer] for signer in Signer}
    for signer, given in by.items():
        if len(given) != 1:
            what = "没有签字" if not given else f"签了{len(given)}次"
            findings.append(
                H2.finding(f"移交清单的{signer.label}{what}，应签一次。", value=len(given), limit=1, step=step)
            )
    findings += [
        H2.finding(
            f"{one.signer.label}{one.name}的签字日期{one.signed_on}晚于移交完成日期{completed_on}。",
            value=one.signed_on.isoformat(),
            limit=completed_on.isoformat(),
            remedy="三方签字后方为移交完成，更正日期",
            step=step,
        )
        for one in signatures
        if one.signed_on > completed_on
    ]
    outgoing, incoming, supervisor = ({one.name for one in by[signer]} for signer in Signer)
    findings += [
        H2.finding(f"监交人{name}同时是移交人或接收人。", value=name, remedy="由上级另派监交人", step=step)
        for name in sorted(supervisor & (outgoing | incoming))
    ]
    findings += [
        H2.finding(
            f"移交人和接收人都是{name}，连任的应由他人见证清点。",
            value=name,
            remedy="核对是否连任",
            severity=Severity.WARNING,
            step=step,
        )
        for name in sorted(outgoing & incoming)
    ]
    return findings


def handed_over(
    items: Sequence[str],
    inventory: Sequence[Entry],
    signatures: Sequence[HandoverSignature],
    completed_on: date,
    *,
    asked: bool,
    step: str,
) -> list[Finding]:
    """R6, H1, H2: the parts are all on the list; line by line and signed by three where the plan asks for it.

    An inventory or signatures given without being asked for are held to the same.
    """
    findings = handover_complete(items)
    if asked or inventory:
        findings += inventory_complete(inventory, step=step)
    if asked or signatures:
        findings += signed_by_three(signatures, completed_on, step=step)
    return findings
