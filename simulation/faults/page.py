"""The page docs/faults.md: every fault, how it is planted, and which rule must name it."""

from policies.pack.schema import Pack
from simulation.faults.catalogue import FAULTS, applicability, variants_of
from simulation.faults.variants import FaultVariant, Moment

_HOW = {
    Moment.FORM: "交来的表单有误",
    Moment.AHEAD: "公示期最后一天提前交来下一步",
    Moment.EXTRA: "本步开启时抢先交来别的步骤",
    Moment.LATE: "期限次日才办理",
    Moment.UNANSWERED: "举报在期限次日才答复",
    Moment.OBJECTION: "申诉在期限次日才处理",
    Moment.TARDY: "投票日前第十九日才办理",
}


def as_markdown(pack: Pack) -> str:
    """The page for one pack."""
    lines = [
        "# 十类程序差错",
        "",
        "本页由 `simulation/faults/page.py` 生成，请勿手改。演练用 `--fault 代码=个数` 植入，系统必须在发生的那一步，",
        f"以所列规则之一拒绝或标明逾期。适用方案：{pack.title}（`{pack.id}`）。",
    ]
    reasons = applicability(pack)
    for code, name in FAULTS.items():
        lines += ["", f"## {code} {name}", ""]
        reason = reasons[code]
        if reason is not None:
            lines.append(f"不适用：{reason}。")
            continue
        lines += ["| 植入方式 | 步骤 | 说明 | 应指明的规则 |", "|---|---|---|---|"]
        lines += [_row(variant) for variant in variants_of(code, pack)]
    return "\n".join(lines) + "\n"


def _row(variant: FaultVariant) -> str:
    step = f"`{variant.step}`" + (f" → `{variant.target}`" if variant.target else "")
    rules = "、".join(variant.rules)
    return f"| {variant.name}（`{variant.id}`，{_HOW[variant.moment]}） | {step} | {variant.text} | {rules} |"
