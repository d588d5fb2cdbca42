"""The workbook, declared once: its sheets and columns, what may stand in each and on whose word.

The template, the reader, its messages, the annotated copy and the page for people are all generated from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from live.roster.values import MOST, MOST_SEATS, Incumbent, Staff, Street, Unit
from policies.pack.schema import Pack, Role
from policies.people import Body, Education, PartyStanding, Post, Sex
from policies.value import Value


class Kind(StrEnum):
    """What a column's cells hold."""

    CODE = "代码"
    STREET = "街道代码"  # of a street in the first sheet
    UNIT = "社区代码"  # of a unit in the second sheet
    AREA = "范围"  # the county, a street or a unit
    TEXT = "文字"
    COUNT = "整数"
    YES_NO = "是或否"
    CHOICE = "选项"
    MONTH = "年月"


class Choices(StrEnum):
    """The lists that a column of kind CHOICE picks from."""

    ROLE = "职责"
    BODY = "组织"
    POST = "职务"
    SEX = "性别"
    EDUCATION = "学历"
    STANDING = "政治面貌"


class Level(StrEnum):
    """How far a role reaches."""

    UNIT = "社区"
    STREET = "街道"
    COUNTY = "区（县）"


LEVELS: dict[Role, Level] = {
    Role.PARTY_BRANCH: Level.UNIT,
    Role.PARTY_ASSEMBLY: Level.UNIT,
    Role.RESIDENTS_COMMITTEE: Level.UNIT,
    Role.ELECTION_COMMITTEE: Level.UNIT,
    Role.RESIDENT_GROUPS: Level.UNIT,
    Role.SUPERVISORY_COMMITTEE: Level.UNIT,
    Role.WOMEN_COMMITTEE: Level.UNIT,
    Role.STREET_COMMITTEE: Level.STREET,
    Role.STREET_OFFICE: Level.STREET,
    Role.STREET_DISCIPLINE: Level.STREET,
    Role.STREET_WOMEN: Level.STREET,
    Role.DISTRICT_ORGANIZATION: Level.COUNTY,
    Role.JOINT_VETTING: Level.COUNTY,
    Role.STANDING_COMMITTEE: Level.COUNTY,
    Role.CIVIL_AFFAIRS: Level.COUNTY,
    Role.DISTRICT_WOMEN: Level.COUNTY,
}
"""The level at which each role is held: the scope of who holds it must be of that level."""

EVERY, THREE_BODIES, FEDERATION = ("community", "village", "women"), ("community", "village"), ("women",)
"""The kinds of plan under which a column is asked for: all of them; Party organization, committee, supervisors; the federation."""

COUNTY_WORDS = ("区", "县", "市")
"""What stands in a scope that is the whole county; the first is what we write ourselves."""
YES, NO = "是", "否"


@dataclass(frozen=True)
class Column:
    """One column. `field` is the field of the sheet's value; `rule` the id of the rule behind a limit, `why` its reason.

    `plans`: the kinds of plan that ask for it.
    """

    field: str
    title: str
    kind: Kind
    help: str
    example: str
    required: bool = True
    lowest: int = 0
    highest: int = MOST
    choices: Choices | None = None
    rule: str = ""
    why: str = ""
    width: int = 14
    plans: tuple[str, ...] = EVERY


@dataclass(frozen=True)
class Sheet:
    """One sheet: each of its rows becomes one `value`."""

    title: str
    value: type[Value]
    help: str
    columns: tuple[Column, ...]

    def asked(self, pack: Pack) -> tuple[Column, ...]:
        """The columns that a plan asks for, in order."""
        return tuple(column for column in self.columns if pack.kind in column.plans)

    def column(self, field: str) -> Column:
        """The column of a field. Raises KeyError when there is none."""
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(field)


_ONE_NAME = "按公文写全称。"
_UNIT_REFERENCE = "社区代码（如 U003）；不同街道有相同代码的，写成“街道代码-社区代码”，如 S01-U003。"

STREETS = Sheet(
    "街道",
    Street,
    "每个街道（镇）一行。",
    (
        Column("code", "街道代码", Kind.CODE, "字母和数字，不超过 12 位，不得重复。", "S01"),
        Column("name", "街道名称", Kind.TEXT, _ONE_NAME, "前山街道", width=22),
    ),
)

UNITS = Sheet(
    "村社区",
    Unit,
    "每个村、社区一行；只填人数和户数，不填任何选民的姓名。",
    (
        Column("code", "社区代码", Kind.CODE, "字母和数字，不超过 12 位，同一街道内不得重复。", "U003"),
        Column("name", "社区名称", Kind.TEXT, _ONE_NAME, "翠微社区", width=22),
        Column("street", "街道代码", Kind.STREET, "所属街道在“街道”表中的代码。", "S01"),
        Column("households", "户数", Kind.COUNT, "登记户数。居民代表人数按它核算。", "1800", lowest=1, rule="R7"),
        Column("residents", "居民数", Kind.COUNT, "居民人数，不少于户数。", "4680", lowest=1, why="一户至少一人"),
        Column(
            "party_members",
            "正式党员数",
            Kind.COUNT,
            "有选举权的正式党员，不含预备党员。",
            "42",
            lowest=1,
            rule="P3",
            plans=THREE_BODIES,
        ),
        Column(
            "party_due",
            "应到会党员数",
            Kind.COUNT,
            "正式党员数减去按规定不计入应到会的人数；不多于正式党员数。",
            "37",
            lowest=1,
            rule="P8",
            plans=THREE_BODIES,
        ),
        Column(
            "organizations",
            "应派代表的组织数",
            Kind.COUNT,
            "应各推选 1 名居民代表的机关、企事业单位、部队和较大社会组织；没有的填 0。",
            "12",
            rule="R7",
            width=18,
            plans=THREE_BODIES,
        ),
        Column("difficult", "重点难点", Kind.YES_NO, "是否列为重点难点社区（村）：是或否。", "否", rule="X4"),
        Column(
            "party_seats",
            "党组织职数",
            Kind.COUNT,
            "不含兼职委员。",
            "5",
            lowest=1,
            highest=MOST_SEATS,
            rule="P4",
            plans=THREE_BODIES,
        ),
        Column(
            "residents_seats",
            "居委会职数",
            Kind.COUNT,
            "主任、副主任和委员合计。",
            "7",
            lowest=1,
            highest=MOST_SEATS,
            rule="R1",
            plans=THREE_BODIES,
        ),
        Column(
            "supervisory_seats",
            "监委会职数",
            Kind.COUNT,
            "主任和委员合计。",
            "3",
            lowest=1,
            highest=MOST_SEATS,
            rule="S1",
            plans=THREE_BODIES,
        ),
        Column(
            "voters",
            "登记选民数",
            Kind.COUNT,
            "登记参加选举的人数，尚未登记的留空。只填人数。",
            "3900",
            required=False,
            plans=THREE_BODIES,
        ),
        Column("groups", "村民小组数", Kind.COUNT, "只有村填写；社区留空。", "", required=False, plans=THREE_BODIES),
        Column(
            "deputies",
            "副主任职数",
            Kind.COUNT,
            "只有村填写，留空按 1 名。",
            "",
            highest=MOST_SEATS,
            required=False,
            rule="V1",
            plans=THREE_BODIES,
        ),
        Column(
            "women_seats",
            "妇女委员职数",
            Kind.COUNT,
            "只有村填写，为妇女单列的委员名额，留空按 1 名。",
            "",
            highest=MOST_SEATS,
            required=False,
            rule="V1",
            plans=THREE_BODIES,
        ),
        Column(
            "federation_seats",
            "妇联职数",
            Kind.COUNT,
            "妇代会主任（妇联主席）和委员合计。",
            "5",
            lowest=1,
            highest=MOST_SEATS,
            rule="W1",
            plans=FEDERATION,
        ),
        Column(
            "adult_women",
            "成年妇女数",
            Kind.COUNT,
            "本村（社区）年满十八周岁的妇女人数，直接投票以它为基数。只填人数。",
            "1650",
            lowest=1,
            rule="W5",
            plans=FEDERATION,
        ),
        Column(
            "pilot",
            "试点单位",
            Kind.YES_NO,
            "是否先行试点：试点单位先换届，全部验收后其他单位才启动。",
            "是",
            rule="W3",
            plans=FEDERATION,
        ),
    ),
)

STAFF = Sheet(
    "工作人员",
    Staff,
    "每人每项职责一行；一人有几项职责的，写几行，人员代码和姓名相同。",
    (
        Column("person", "人员代码", Kind.CODE, "由换届办编定；不得用身份证号码。", "P0001"),
        Column("name", "姓名", Kind.TEXT, "本人姓名。", "李示例"),
        Column("organization", "单位", Kind.TEXT, "所在单位。", "前山街道党工委", width=26),
        Column("role", "职责", Kind.CHOICE, "从下拉选项中选。", "街道党工委", choices=Choices.ROLE, width=26),
        Column(
            "scope",
            "范围",
            Kind.AREA,
            f"全区（县）填“{COUNTY_WORDS[0]}”，街道填街道代码（如 S01），社区填{_UNIT_REFERENCE}范围的级别须与职责相符。",
            "S01",
            why="签署人只能签本级、本地的事项",
        ),
    ),
)

INCUMBENTS = Sheet(
    "现任成员",
    Incumbent,
    "换届开始时方案所选组织的现任成员，每人每项职务一行；不填选民，不填身份证号码。",
    (
        Column("unit", "社区代码", Kind.UNIT, _UNIT_REFERENCE, "U003"),
        Column("body", "组织", Kind.CHOICE, "从下拉选项中选。", "党组织", choices=Choices.BODY),
        Column(
            "post", "职务", Kind.CHOICE, "从下拉选项中选，须是该组织的职务。", "书记", choices=Choices.POST, width=18
        ),
        Column("name", "姓名", Kind.TEXT, "本人姓名。", "王示例"),
        Column("sex", "性别", Kind.CHOICE, "男或女。", "女", choices=Choices.SEX, width=8),
        Column(
            "born",
            "出生年月",
            Kind.MONTH,
            "写作 1985-03 或 1985年3月；只到月。",
            "1985-03",
            why="换届开始时须年满 18 周岁",
        ),
        Column(
            "education", "学历", Kind.CHOICE, "最高学历；不详的留空。", "大学本科", False, choices=Choices.EDUCATION
        ),
        Column(
            "standing",
            "政治面貌",
            Kind.CHOICE,
            "从下拉选项中选；党组织成员须是正式党员。",
            "正式党员",
            choices=Choices.STANDING,
            rule="P3",
        ),
    ),
)

SHEETS = (STREETS, UNITS, STAFF, INCUMBENTS)

GUIDE, LISTS, FOUND = "填写说明", "选项", "问题清单"
OWN = (GUIDE, LISTS, FOUND)
"""Sheets that we add ourselves and that hold no data."""

EXAMPLE_MARK = "示例"
"""A row whose first cell begins with this is an example and is not read."""

_ALIASES: dict[Choices, dict[str, str]] = {
    Choices.BODY: {
        "党支部": Body.PARTY,
        "党总支": Body.PARTY,
        "党委": Body.PARTY,
        "居委会": Body.RESIDENTS,
        "监委会": Body.SUPERVISORY,
        "居务监督委员会": Body.SUPERVISORY,
        "村委会": Body.VILLAGE,
        "村务监督委员会": Body.SUPERVISORY,
    },
    Choices.EDUCATION: {"本科": Education.BACHELOR, "大学": Education.BACHELOR, "高中及中专": Education.SENIOR},
    Choices.STANDING: {
        "党员": PartyStanding.FULL,
        "中共党员": PartyStanding.FULL,
        "中共预备党员": PartyStanding.PROBATIONARY,
    },
}
"""Other common words for the same thing."""

_POSTS_BY_BODY: dict[Body, dict[Post, Post]] = {
    Body.SUPERVISORY: {Post.CHAIR: Post.SUPERVISORY_CHAIR, Post.COMMITTEE_MEMBER: Post.SUPERVISORY_MEMBER},
    Body.PARTY: {Post.COMMITTEE_MEMBER: Post.PARTY_MEMBER},
    Body.WOMEN: {Post.CHAIR: Post.FEDERATION_CHAIR, Post.COMMITTEE_MEMBER: Post.FEDERATION_MEMBER},
}


def options(choices: Choices, pack: Pack) -> Mapping[str, str]:
    """What may be picked, as people see it, with the code it stands for, in the order of the declaration."""
    match choices:
        case Choices.ROLE:
            return {name: role for role, name in pack.roles.items()}
        case Choices.BODY:
            other = Body.RESIDENTS if pack.kind == "village" else Body.VILLAGE
            return {body.label: body for body in Body if body is not other and _chosen(body, pack)}
        case Choices.POST:
            bodies = [body for body in Body if _chosen(body, pack)]
            return {post.label: post for post in Post if any(post_in(body, post) for body in bodies)}
        case Choices.SEX:
            return {sex.label: sex for sex in Sex}
        case Choices.EDUCATION:
            return {education.label: education for education in Education}
        case Choices.STANDING:
            return {standing.label: standing for standing in PartyStanding}


def _chosen(body: Body, pack: Pack) -> bool:
    """The women's federation is elected under a plan of its own, and nobody else with it."""
    return (body is Body.WOMEN) == (pack.kind == "women")


def understood(choices: Choices, pack: Pack) -> Mapping[str, str]:
    """Everything that is understood in such a column: the options, their codes, and other common words for them."""
    offered = options(choices, pack)
    codes = set(offered.values())
    aliases = {word: code for word, code in _ALIASES.get(choices, {}).items() if code in codes}
    return aliases | {str(code): code for code in codes} | dict(offered)


def posts_of(body: Body) -> tuple[Post, ...]:
    """The posts that a body has."""
    if body is Body.PARTY:
        return tuple(post for post in Post if post.in_party)
    if body is Body.SUPERVISORY:
        return tuple(post for post in Post if post.in_supervisory)
    if body is Body.WOMEN:
        return tuple(post for post in Post if post.in_federation)
    return tuple(post for post in Post if post.in_committee)


def post_in(body: Body, post: Post) -> Post | None:
    """The post as this body has it (「主任」 in the supervisory committee is its own chair), or None when it has none such."""
    meant = _POSTS_BY_BODY.get(body, {}).get(post, post)
    return meant if meant in posts_of(body) else None


def label(choices: Choices, code: str, pack: Pack) -> str:
    """The option that stands for a code. Raises KeyError when the pack offers none."""
    for word, meant in options(choices, pack).items():
        if meant == code:
            return word
    raise KeyError(code)
