"""How a complaint comes in and what its finding does to the step concerned: two words that messages, facts and rules share."""

from policies.people import Labelled


class Channel(Labelled):
    """How it was received (篇一 二（二）: 电话、信访、信箱; 篇四 四（三）: 信访、电话和网络)."""

    TELEPHONE = "telephone", "电话"
    LETTER = "letter", "来信"
    BOX = "box", "举报箱"
    VISIT = "visit", "来访"
    NETWORK = "network", "网络"


class Effect(Labelled):
    """What a finding does to the step complained of."""

    NONE = "none", "不影响该环节"
    BLOCK = "block", "更正办结之前暂停后续环节"
    VOID = "void", "该环节无效，重新办理"
