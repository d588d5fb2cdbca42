"""L1–L2: what holds of law taken together from layers, and of values that nobody has compared with the gazette yet."""

from policies.rule import Confidence, Rule, declare

FLOOR = declare(
    Rule(
        id="L1",
        title="不得低于国家底线",
        text="省级规定早于国家法律而达不到它的，按国家法律执行并作提醒；晚于国家法律的规定、县（区）规定和本次选举办法达不到上一层的，不得采用。",
        on_failure="按上一层的数值执行，删去或更正达不到的数值",
        source="本系统的合成规则：国家、省、县、本次选举，逐层只能从严",
        confidence=Confidence.GENERAL,
        enforced=("lint",),
    )
)
CONFIRMED = declare(
    Rule(
        id="L2",
        title="转录的法律数值须经确认",
        text="2025 年法律文本是第三方的完整转录，没有与公报核对；正式换届首次采用之前，由县（区）的人逐项与公报核对并确认一次。",
        on_failure="与公报核对后用 huanjie pack confirm 确认",
        source="本系统的规定：未经核对的数值不得用于正式换届",
        confidence=Confidence.GENERAL,
        enforced=("live",),
    )
)
