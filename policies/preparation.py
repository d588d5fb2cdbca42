"""What a unit's preparation is made of: its readiness, its clean-up, its signatures, as typed values that rules judge and forms carry.

Colours and difficulties describe a village's readiness, never a person. Sources are the parts of the source document
(篇一, 篇二, 篇五); no value has a field for the record on which a department's opinion rests.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from policies.people import Labelled, PartyStanding
from policies.value import Value

Words = Annotated[str, Field(min_length=1, max_length=500)]
Count = Annotated[int, Field(ge=0)]

# ---------------------------------------------------------------- readiness


class Colour(Labelled):
    """「红、黄、绿」换届预警动态三色码 (篇五 二（一）3)."""

    RED = "red", "红"
    YELLOW = "yellow", "黄"
    GREEN = "green", "绿"


class Difficulty(Labelled):
    """The eight kinds of difficulty that make a village a 换届重点难点村 (篇五 二（一）3 ①–⑧)."""

    MERGER = "merger", "新村融合质量不高"
    FACTIONS = "factions", "村内派系斗争"
    PETITIONS = "petitions", "信访矛盾纠纷集中"
    CLANS = "clans", "“三宗”等势力干扰渗透严重"
    ACCOUNTS = "accounts", "村务财务管理混乱"
    INACTION = "inaction", "村干部不作为乱作为"
    CONTEST = "contest", "预计选举竞争激烈易引起纠纷"
    NO_CANDIDATE = "no_candidate", "无“一肩挑”合适人选"


class Trouble(Value):
    """One difficulty with what the township does about it: 一策、一预案、一专班, a day and a name answerable for it.

    A person not yet named and a paper not yet written are empty: the rule says which are missing.
    """

    difficulty: Difficulty
    plan: str = ""  # number of 一村一策
    contingency: str = ""  # number of 一预案
    owner: str = ""  # the township leader answerable for it (联村领导包干负责)
    cadre: str = ""  # 驻村干部全程指导
    officer: str = ""  # 公安干警蹲点
    deadline: date | None = None


class Removal(Value):
    """An inspection of one difficulty: accepted as removed or not, by whom, in which paper."""

    difficulty: Difficulty
    accepted: bool
    accepted_by: str = ""
    document: str = ""


# ---------------------------------------------------------------- groundwork


class Cleaned(Value):
    """One clean-up action carried out: its name as the plan has it, the department that led it, when it was done."""

    action: Words
    lead: str = ""
    done_on: date | None = None
    document: str = ""


class Circle(Labelled):
    """Who judges the sitting committee (篇五 二（一）2: 组织党员、村民代表、群众)."""

    MEMBERS = "members", "党员"
    REPRESENTATIVES = "representatives", "村（居）民代表"
    RESIDENTS = "residents", "群众"


class Opinion(Value):
    """One circle's sheets on the sitting committee as a whole. Counts only; the denominator is the sheets collected."""

    circle: Circle
    collected: Count
    satisfied: Count
    fairly: Count  # 基本满意
    dissatisfied: Count
    blank: Count = 0


class Contingency(Value):
    """One risk with the plan for it and who carries it out."""

    risk: Words
    document: str = ""
    owner: str = ""


# ---------------------------------------------------------------- persons: counts, signatures and conclusions only


class PostsList(Labelled):
    """Which of 「三张清单」 a village stands in: one person for secretary and chair (篇五 三（一）2)."""

    DECIDED = "decided", "有确定人选"
    INTENDED = "intended", "有意向人选"
    NOBODY = "nobody", "尚无合适人选"


class Signed(Value):
    """One named signature of an office, and its day."""

    office: Words
    name: str = ""
    signed_on: date | None = None


class DepartmentRow(Value):
    """A row of the joint vetting's sheet: one department, its opinion, signer, day and document number.

    `against` are the ids of those the department objects to: the conclusion, never what it rests on.
    """

    department: Words
    against: tuple[str, ...] = ()
    signer: str = ""
    signed_on: date | None = None
    document: str = ""


class RollMember(Value):
    """A line of the roll of Party members with a vote (P3)."""

    id: Words
    name: Words
    standing: PartyStanding
    in_custody: bool = False
