"""Who takes part: persons, their posts, bodies and declared kin. Synthetic persons only: no ID number has a field here.

What a form leaves open stays None ("not stated"): it is neither zero nor no, and the rules report it as missing.
"""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from policies.value import Value


class Labelled(StrEnum):
    """A code for programs with its Chinese label for people, declared together: `X = "code", "中文"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label or code
        return member


class Sex(Labelled):
    """Decides the words for kin, the retirement age and reserved seats."""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Education(Labelled):
    """Highest education; compare with `reaches`, never with `<` (that would compare the codes as text)."""

    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "大学本科"
    GRADUATE = "graduate", "研究生"

    @property
    def rank(self) -> int:
        """0 for primary school up to 5 for postgraduates."""
        return list(Education).index(self)

    def reaches(self, other: "Education") -> bool:
        """True when this education is `other` or higher."""
        return self.rank >= other.rank


class PartyStanding(Labelled):
    """Standing in the Party; only full members vote (P3)."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"
    ON_PROBATION = "on_probation", "留党察看"
    NONE = "none", "群众"

    @property
    def votes(self) -> bool:
        """True when this standing alone gives a vote in the members' meeting (P3; custody is judged elsewhere)."""
        return self is PartyStanding.FULL


class Body(Labelled):
    """The elected bodies of a unit; VILLAGE is the villagers' committee elected directly."""

    PARTY = "party", "党组织"
    RESIDENTS = "residents", "居民委员会"
    SUPERVISORY = "supervisory", "监督委员会"
    VILLAGE = "village", "村民委员会"
    WOMEN = "women", "妇联组织"


class Post(Labelled):
    """A post in one of the bodies; CHAIR, DEPUTY_CHAIR and COMMITTEE_MEMBER serve residents and villages alike."""

    SECRETARY = "secretary", "书记"
    DEPUTY_SECRETARY = "deputy_secretary", "副书记"
    ORGANIZATION_MEMBER = "organization_member", "组织委员"
    PUBLICITY_MEMBER = "publicity_member", "宣传委员"
    DISCIPLINE_MEMBER = "discipline_member", "纪检委员"
    PARTY_MEMBER = "party_member", "党组织委员"
    PART_TIME_MEMBER = "part_time_member", "兼职委员"  # not counted in the seats (P4)
    CHAIR = "chair", "主任"
    DEPUTY_CHAIR = "deputy_chair", "副主任"
    WOMEN_MEMBER = "women_member", "妇女委员"  # a committee seat for which only women stand
    COMMITTEE_MEMBER = "committee_member", "委员"
    SUPERVISORY_CHAIR = "supervisory_chair", "监督委员会主任"
    SUPERVISORY_MEMBER = "supervisory_member", "监督委员会委员"
    FEDERATION_CHAIR = "federation_chair", "妇代会主任（妇联主席）"
    FEDERATION_MEMBER = "federation_member", "妇代会（妇联）委员"

    @property
    def in_party(self) -> bool:
        """True for the posts of the Party organization."""
        return self in _PARTY_POSTS

    @property
    def in_supervisory(self) -> bool:
        """True for the posts of the supervisory committee."""
        return self in _SUPERVISORY_POSTS

    @property
    def in_committee(self) -> bool:
        """True for the posts of the residents' or village committee."""
        return not self.in_party and not self.in_supervisory and not self.in_federation

    @property
    def in_federation(self) -> bool:
        """True for the posts of the women's federation."""
        return self in _FEDERATION_POSTS


_PARTY_POSTS = frozenset(
    {
        Post.SECRETARY,
        Post.DEPUTY_SECRETARY,
        Post.ORGANIZATION_MEMBER,
        Post.PUBLICITY_MEMBER,
        Post.DISCIPLINE_MEMBER,
        Post.PARTY_MEMBER,
        Post.PART_TIME_MEMBER,
    }
)
_SUPERVISORY_POSTS = frozenset({Post.SUPERVISORY_CHAIR, Post.SUPERVISORY_MEMBER})
_FEDERATION_POSTS = frozenset({Post.FEDERATION_CHAIR, Post.FEDERATION_MEMBER})


class Origin(Labelled):
    """Where a member of a new bench comes from (来源), as closing statistics count them; somebody may have several.

    INCUMBENT is never declared: it follows from the posts somebody holds when the election begins. The others are the
    source document's “五个一批” and the groups it names (篇一 一（三）、二（三）).
    """

    INCUMBENT = "incumbent", "现任留任"
    RESERVE = "reserve", "后备干部"
    RETURNEE = "returnee", "外出务工经商返乡人员"
    GRADUATE = "graduate", "大学毕业生"
    SECONDED = "seconded", "机关下派干部"
    ENTREPRENEUR = "entrepreneur", "致富带头人"
    VETERAN = "veteran", "退役军人"
    OTHER = "other", "其他"


class Kin(Labelled):
    """What a declared relationship says: `a` is `b`'s …; step and adoptive parents count as parents."""

    PARENT = "parent", "父母"
    ADOPTIVE_PARENT = "adoptive_parent", "养父母"
    STEP_PARENT = "step_parent", "继父母"
    SPOUSE = "spouse", "配偶"
    SIBLING = "sibling", "兄弟姐妹"

    @property
    def parental(self) -> bool:
        """True when the relation runs from a parent (of any kind) to a child."""
        return self in (Kin.PARENT, Kin.ADOPTIVE_PARENT, Kin.STEP_PARENT)


class Kinship(Value):
    """One declared relationship: person `a` is the `relation` of person `b` (ids). Spouse and sibling read both ways.

    Raises pydantic.ValidationError when somebody is declared kin to themselves.
    """

    a: str
    b: str
    relation: Kin

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.a == self.b:
            raise ValueError(f"亲属关系申报中，同一人（{self.a}）不能与自己构成{self.relation.label}关系")
        return self


class Person(Value):
    """A synthetic person as the registers and candidate forms know them.

    Nominees need the second half; voters and named relatives need only `id`, `name` and `sex`.
    """

    id: str
    name: str
    sex: Sex
    born: date | None = None
    standing: PartyStanding = PartyStanding.NONE
    resident_here: bool = True

    incumbent: tuple[Post, ...] = ()  # posts held in this unit when the election begins
    education: Education | None = None
    full_time_bachelor: bool = False  # 全日制大学本科以上
    social_work_graduate: bool = False  # 社会工作专业高校毕业生
    social_work_certificate: bool = False  # 助理以上社会工作师职业资格证书
    new_social_work_post: bool = False  # 新招聘“社工岗”人员
    city_honour: bool = False  # 市级以上荣誉
    outstanding: bool = False  # 为社区建设作出突出贡献
    experience_months: int | None = Field(default=None, ge=0)  # street and community work, cumulative
    familiar: bool = False  # 对街道、社区工作比较熟悉
    retired: bool = False
    retires_on: date | None = None  # this person's own retirement date, where the file states it; goes before the table
    origins: tuple[Origin, ...] = Field(  # empty: not stated; left out of what is written, as before there were any
        default=(), exclude_if=lambda origins: not origins
    )

    @field_validator("origins")
    @classmethod
    def _declared(cls, origins: tuple[Origin, ...]) -> tuple[Origin, ...]:
        if Origin.INCUMBENT in origins:
            raise ValueError("“现任留任”由现任职务（incumbent）得出，不在来源中另填")
        return origins

    @property
    def is_incumbent(self) -> bool:
        """True for a member of one of the three bodies when the election begins."""
        return bool(self.incumbent)


def birthday(born: date, years: int) -> date:
    """The day somebody completes `years` full years (周岁); 29 February becomes the 28th (as in 民法典 第202条)."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 2, 28)


def age_on(born: date, day: date) -> int:
    """Full years (周岁) on a day, the birthday itself included, as election practice counts; negative before birth."""
    years = day.year - born.year
    return years if birthday(born, years) <= day else years - 1
