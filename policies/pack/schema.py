"""What a pack may say. A pack transcribes one written plan literally; control flow stays in `workflows/`.

Everything that the plan leaves out is written `missing` and kept so: such a pack loads, lints, and is refused for live use.
"""

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from policies.calendar import DayUnit as DayUnit
from policies.law.compose import Composition, compose
from policies.law.layer import Layer
from policies.law.norms import Norms
from policies.rule import Law
from policies.shares import Denominator as Denominator
from policies.shares import Threshold as Threshold
from policies.value import Value

Missing = Literal["missing"]
MISSING: Missing = "missing"
STEP_ID, PACK_ID, MONTH = r"^[a-z]+(\.[a-z_0-9]+)+$", r"^[a-z0-9][a-z0-9-]*$", r"^\d{4}-(0[1-9]|1[0-2])$"
StepId = Annotated[str, Field(pattern=STEP_ID)]
Words = Annotated[str, Field(min_length=1)]
LawYear = Annotated[
    Law, BeforeValidator(lambda raw: Law(str(raw)) if str(raw) in tuple(Law) else raw)
]  # 2025 or "2025"
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31))]


def _unsaid(value: object) -> bool:
    """True for a part that a plan does not have: plans written before the part existed keep their content, and hash."""
    return not value


class Role(StrEnum):
    """Who acts. The Chinese names stand in the pack's `roles`."""

    PARTY_BRANCH = "party_branch"  # 社区党组织
    PARTY_ASSEMBLY = "party_assembly"  # 党员大会（监票、计票人签字）
    STREET_COMMITTEE = "street_committee"  # 街道党工委
    STREET_OFFICE = "street_office"  # 街道办事处
    STREET_DISCIPLINE = "street_discipline"  # 街道纪工委
    DISTRICT_ORGANIZATION = "district_organization"  # 区委组织部
    JOINT_VETTING = "joint_vetting"  # 区级联审
    STANDING_COMMITTEE = "standing_committee"  # 区委常委会
    CIVIL_AFFAIRS = "civil_affairs"  # 区民政局
    RESIDENTS_COMMITTEE = "residents_committee"  # 社区居民委员会
    ELECTION_COMMITTEE = "election_committee"  # 居民选举委员会
    RESIDENT_GROUPS = "resident_groups"  # 居民小组
    SUPERVISORY_COMMITTEE = "supervisory_committee"  # 居务监督委员会
    WOMEN_COMMITTEE = "women_committee"  # 村（社区）妇代会（妇联）
    STREET_WOMEN = "street_women"  # 乡镇（街道）妇联
    DISTRICT_WOMEN = "district_women"  # 县（区）妇联


class Act(StrEnum):
    """What kind of act a step is: which verb of `workflows/procedure.py` performs it and which form it needs."""

    RECORD = "record"  # something done and written down
    MEETING = "meeting"
    REQUEST = "request"  # 请示
    APPROVAL = "approval"  # 批复、审批
    NOMINATION = "nomination"
    REVIEW = "review"  # a level of vetting over named people
    SLATE = "slate"  # the list with its margin and commitments
    PUBLICITY = "publicity"  # a posting that stays up
    COMMITTEE = "committee"  # choosing the election committee
    REPRESENTATIVES = "representatives"
    POLL = "poll"
    POLL_DAY = "poll_day"  # fixing the day of a direct vote, from which its windows count
    REGISTRATION = "registration"  # 选民登记
    CORRECTION = "correction"  # objections answered, the list of voters corrected
    STATIONS = "stations"
    STAFF = "staff"
    PROXIES = "proxies"  # 委托投票审核公告
    ROVING_BOXES = "roving_boxes"
    BALLOT_RULES = "ballot_rules"  # 无效票认定规则
    PETITION = "petition"  # 罢免要求
    RECALL = "recall"  # 罢免表决
    ANNOUNCEMENT = "announcement"
    ACTING = "acting"  # 主任暂缺，明确主持工作的人
    FILING = "filing"  # 备案
    HANDOVER = "handover"
    # Preparation in detail; what each must show stands in the step's `asks`.
    HOUSEHOLD_SURVEY = "household_survey"  # 入户调查
    SATISFACTION = "satisfaction"  # 满意度测评
    READINESS = "readiness"  # 三色码
    REMOVAL = "removal"  # 逐项验收销号
    CLEANUP = "cleanup"  # 六项“清”行动
    BOTH_POSTS = "both_posts"  # “一肩挑”三张清单
    JOINT_SIGNATURES = "joint_signatures"  # 七人小组联审签字
    SCREENING = "screening"  # 六轮筛选
    RESERVES = "reserves"  # 后备人选
    TRAINING = "training"  # 培训，逐人
    AUDIT = "audit"  # 离任审计，写明公布日期
    EMERGENCY_PLANS = "emergency_plans"  # 应急预案
    DOUBLE_CHECK = "double_check"  # 换届防疫双检查
    ROLL = "roll"  # 有选举权党员名册


class BodyId(StrEnum):
    """The bodies in their required order; `prep` is what must be done before the first.

    `residents` is the residents' committee of a community, the villagers' committee of a village. The last three are no bodies
    but what may befall one in its term: they are begun on demand. The women's federation stands beside them.
    """

    PREPARATION = "prep"
    PARTY = "party"
    RESIDENTS = "residents"
    SUPERVISORY = "supervisory"
    WOMEN = "women"
    RECALL = "recall"  # 罢免
    BY_ELECTION = "byelection"  # 补选
    DEPARTURE = "departure"  # 离任登记: the law's own, no plan has steps for it


BODY_NAMES = {
    "community": {"party": "社区党组织", "residents": "居民委员会", "supervisory": "居务监督委员会"},
    "village": {"party": "村党组织", "residents": "村民委员会", "supervisory": "村务监督委员会"},
    "women": {"women": "妇联组织"},
}
"""What the bodies are called, in their order, by the kind of plan."""


# ---------------------------------------------------------------- windows


class Absolute(Value):
    """Dates, both inclusive. Only `to` for 「3月10日前」; only `from` for an open end."""

    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class RelativeToPoll(Value):
    """Days from the body's poll day E: `from: -20, to: -20` is E−20."""

    poll_from: int | None = Field(None, ge=-3660, le=3660)
    poll_to: int | None = Field(None, ge=-3660, le=3660)
    unit: DayUnit = DayUnit.CALENDAR


class RelativeToStep(Value):
    """Days after another step ended: `after: residents.list, from: 0, to: 2`."""

    after: StepId
    from_: int = Field(0, alias="from", ge=0, le=3660)
    to: int | None = Field(None, ge=0, le=3660)
    unit: DayUnit = DayUnit.CALENDAR


class Lasting(Value):
    """A duration that starts when the steps before it are done."""

    lasts: int = Field(ge=1, le=3660)
    unit: DayUnit = DayUnit.CALENDAR


class Third(StrEnum):
    EARLY = "early"  # 上旬: 1–10
    MIDDLE = "middle"  # 中旬: 11–20
    LATE = "late"  # 下旬: 21–end


class MonthThird(Value):
    """上旬、中旬、下旬 of a month, `month` written 2021-03."""

    month: Annotated[str, Field(pattern=MONTH)]
    third: Third


def _window_kind(raw: object) -> str:
    if isinstance(raw, str):
        return "missing"
    keys = set(raw) if isinstance(raw, dict) else set(type(raw).model_fields) if isinstance(raw, Value) else set()
    if keys & {"poll_from", "poll_to"}:
        return "poll"
    if "after" in keys:
        return "step"
    if "lasts" in keys:
        return "lasting"
    if keys & {"month", "third"}:
        return "third of a month"
    return "absolute"


Window = Annotated[
    Annotated[Absolute, Tag("absolute")]
    | Annotated[RelativeToPoll, Tag("poll")]
    | Annotated[RelativeToStep, Tag("step")]
    | Annotated[Lasting, Tag("lasting")]
    | Annotated[MonthThird, Tag("third of a month")]
    | Annotated[Missing, Tag("missing")],
    Discriminator(_window_kind),
]


# ---------------------------------------------------------------- thresholds and people


class PollMode(StrEnum):
    MEMBERS = "members"
    PLENARY = "plenary"
    REPRESENTATIVES = "representatives"
    HOUSEHOLDS = "households"
    VOTERS = "voters"
    SHOW_OF_HANDS = "show_of_hands"


class Ballot(Value):
    """How a poll is taken and judged. A rule the plan does not give is `missing`, never assumed here."""

    mode: PollMode
    secret: bool | Missing = "missing"
    proxies_allowed: bool | Missing = "missing"
    roving_boxes_allowed: bool | Missing = "missing"
    quorum: Threshold | Missing = "missing"
    majority: Threshold | Missing = "missing"
    margin: Threshold | Literal["none"] | Missing = "missing"  # 差额; "none" for 等额
    tie: Words | Missing = "missing"
    further_vote: Words | Missing = "missing"
    surplus_ballots: Words | Missing = "missing"
    entered_twice: bool = Field(  # two people enter every count of every box apart (F.50)
        default=False, exclude_if=lambda asked: not asked
    )


class Seats(Value):
    """Seats of a body as the plan gives them; part-time members are not counted among the seats."""

    text: Words
    min: int | Missing
    max: int | Missing
    part_time_min: int = 0
    part_time_max: int = 0


class NominationRoute(Value):
    """One lawful way to nominate: by whom, and how many must join."""

    by: Words  # voters, household_representatives, group_representatives, self, party_members, superior_party …
    at_least: int | Missing = 1
    text: Words


class WithdrawalTrigger(Value):
    """When somebody must leave the election committee, as one sentence of the plan has it."""

    who: Literal["chair", "member"]
    when: Literal["nominated", "confirmed"]
    text: Words


class Committee(Value):
    """The election committee: size, oddness, chair, and when members leave it."""

    min: int | Missing
    max: int | Missing
    odd: bool | Missing
    chair: Words | Missing
    withdrawal: tuple[WithdrawalTrigger, ...] = ()
    replacement: Words | Missing = "missing"


class Delegates(Value):
    """Residents' representatives: one per so many households, a floor, and the organizations that send one ("none": no such)."""

    households_each: int | Missing
    at_least: int | Missing
    organizations: Words | Missing = "missing"

    @property
    def from_organizations(self) -> bool:
        """True unless the plan says that no organization sends one (`none`)."""
        return self.organizations != "none"


# ---------------------------------------------------------------- steps


class Condition(StrEnum):
    """When a conditional step applies to a unit."""

    ALWAYS = "always"
    DIFFICULT_UNIT = "difficult_unit"  # 重点难点社区
    PILOT_UNIT = "pilot_unit"  # 试点单位
    EVERY_VOTER = "every_voter"  # polls by every registered voter
    SECRETARY_NOMINATED = "secretary_nominated"  # 书记人选
    NOMINEES_EXCEED = "nominees_exceed"  # a primary only where nominees exceed the number
    SEATS_OPEN = "seats_open"  # a further vote only where seats are left open
    ON_DEMAND = "on_demand"  # a recall or a by-election, within the term


class Gap(Value):
    """A distance the plan or the law demands between two steps: from the end of `after` to the start of this step.

    `clear: true` means that so many whole days lie between, neither end counted.
    """

    after: StepId
    at_least: int | None = Field(None, ge=0, le=3660)
    at_most: int | None = Field(None, ge=0, le=3660)
    unit: DayUnit = DayUnit.CALENDAR
    clear: bool | Missing = False
    rule: Words
    text: Words


class Paper(Value):
    """A paper a step issues: its kind (请示, 批复, 公告, 公示, 承诺书, 结果报告单 …), title and, for announcements, its series."""

    kind: Words
    title: Words
    series: Words | None = None


class CleanUp(Value):
    """One clean-up action: its name, the department that leads it, the last day for it."""

    name: Words
    lead: Words
    by: Day | Missing


class Round(Value):
    """One round of screening and who leads it."""

    title: Words
    lead: Words


class Asks(Value):
    """What a step's form must show where its plan says so: names, numbers, owners. Each act reads the parts that concern it.

    `signed_by` are offices, `departments` those of a joint vetting (a row each), `share` an integer share with its
    denominator, `at_least` a number of people, `finance` that somebody among the nominees knows accounts (S1).
    """

    actions: tuple[CleanUp, ...] = ()
    share: Threshold | None = None
    signed_by: tuple[Words, ...] = ()
    rounds: tuple[Round, ...] = ()
    departments: tuple[Words, ...] = ()
    risks: tuple[Words, ...] = ()
    at_least: int | Missing | None = None
    finance: bool = False


class Step(Value):
    """One numbered step of the plan, in its own words.

    `occupies: true` says the act goes on through the whole window (nomination stays open until its last day); otherwise the
    act is done some day inside it. `levels` counts how many levels of review the step passes through.
    """

    id: StepId
    number: Words  # as the plan numbers it: 1.(2)一
    title: Words
    text: Words  # the plan's own words
    act: Act
    actor: Role
    countersigned_by: tuple[Role, ...] = ()
    window: Window
    occupies: bool = False
    after: tuple[StepId, ...] = ()
    gaps: tuple[Gap, ...] = ()
    condition: Condition = Condition.ALWAYS
    rules: tuple[Words, ...] = ()
    papers: tuple[Paper, ...] = ()
    ballot: Ballot | None = None
    routes: tuple[NominationRoute, ...] = ()
    publicity_days: Annotated[int, Field(ge=0, le=366)] | Missing | None = (
        None  # whole days the posting stays up; None where nothing is posted
    )
    publicity_unit: DayUnit = DayUnit.CALENDAR
    record_only: bool = False  # named by the plan, blocks nothing after it
    signed_by_three: bool = Field(  # a handover listed line by line and signed by three (H1, H2)
        default=False, exclude_if=lambda asked: not asked
    )
    asks: Asks | None = Field(None, exclude_if=_unsaid)  # unsaid, it is no part of the content that a hash stands for


class ExtraGate(Value):
    """A county's additional gate at a named point: opened before the step `before`, or after the step `after`.

    With `signed_by` it is a supervised link: everybody named signs it before the plan goes on (全程签字).
    """

    id: StepId
    title: Words
    actor: Role
    before: StepId | None = None
    after: StepId | None = None
    text: Words
    signed_by: tuple[Words, ...] = Field((), exclude_if=_unsaid)


def _of_a_plan(body: BodyId) -> BodyId:
    if body is BodyId.DEPARTURE:
        raise ValueError("离任登记由法律规定，不是方案的步骤：请删去")
    return body


class Body(Value):
    """One of the three organizations (or the preparation before them) with its heading, limits and steps in order."""

    id: Annotated[BodyId, AfterValidator(_of_a_plan)]
    title: Words
    heading: Absolute | None = None  # the dates printed in the section's heading
    outer_limit: Day | None = None  # the last day the plan allows for the body
    seats: Seats | None = None
    committee: Committee | None = None
    delegates: Delegates | None = None
    steps: tuple[Step, ...] = Field(min_length=1)


# ---------------------------------------------------------------- people


class Relaxable(Value):
    """A condition with the grounds on which the plan relaxes it."""

    text: Words
    value: int | Missing | None = None  # None where the condition is not a number (education)
    relaxations: tuple[Words, ...] = ()


class RetirementAge(Value):
    """In full years: `missing` where the plan speaks of it without giving it, until a county says; None: there is none."""

    male: int | Missing | None = "missing"
    female: int | Missing | None = "missing"


class Eligibility(Value):
    """Conditions on nominees: ages in years, education, experience in months; the ten prohibited situations in their words."""

    age: Relaxable
    preferred_age: Relaxable
    retirement: RetirementAge
    retirement_text: Words
    education: Relaxable
    experience_months: Relaxable
    prohibited: tuple[Words, ...]
    light_sanction: Words
    kinship: Words


# ---------------------------------------------------------------- pilots and express reports


class Pilot(Value):
    """试点先行: pilot units finish, and are accepted at the step `accepted_at`, before the others begin.

    `units` says in the plan's words which units those are; `accepted_at` is a step with the condition `pilot_unit`.
    """

    text: Words
    units: Words | Missing
    accepted_at: StepId


class ExpressReports(Value):
    """信息快报: what a unit reports at once, at which step, within how many calendar days after its poll."""

    text: Words
    step: StepId
    within_days: Annotated[int, Field(ge=0, le=366)] | Missing


# ---------------------------------------------------------------- the pack


class Provision(Value):
    """A clause of the plan that is not a step (discipline, supervision, reporting …), kept in its own words."""

    number: Words
    title: Words
    text: Words


class Resolution(Value):
    """How a defect that the linter finds in the plan is executed, and on whose word.

    It answers every finding with this rule at this step or body (and, where `finding` is given, only that finding id). The
    optional values are what the workflows execute instead of the plan's own (`Pack.as_executed`); the literal
    transcription stays as it is. `window` narrows the step itself, `windows` other steps that the decision concerns.
    """

    rule: Words
    step: Words  # a step id, or a body id where the finding concerns a whole body
    finding: Words | None = None
    decision: Words
    decided_by: Words
    window: Absolute | None = None
    windows: dict[StepId, Absolute] = Field(default_factory=dict)
    ballot: Ballot | None = None
    committee: Committee | None = None
    publicity_days: int | None = Field(None, ge=0, le=366)
    clear: bool | None = None  # settles `clear` of the step's gaps under this rule

    def answers(self, *, rule: str, step: str | None, finding: str) -> bool:
        """True when this decision answers a finding of `rule` at `step` (a step or body id) with the id `finding`."""
        return self.rule == rule and self.step == step and self.finding in (None, finding)


class Pack(Value):
    """One plan. `version` grows with each edit; the content hash identifies what an election actually ran under."""

    format: Literal[1]
    id: Annotated[str, Field(pattern=PACK_ID)]
    version: Words
    title: Words
    source: Words
    kind: Literal["community", "village", "women"]  # women: the federation's own election, beside the three bodies
    law: LawYear
    term_years: int | Missing
    starts: Day  # the first day anything of the plan may happen
    completed_by: Day  # the plan's last limit
    roles: dict[Role, Words]
    eligibility: Eligibility | Missing
    pilot: Pilot | None = Field(None, exclude_if=_unsaid)  # left out of the hash where a plan has none
    express: ExpressReports | None = Field(None, exclude_if=_unsaid)
    bodies: tuple[Body, ...] = Field(min_length=1)
    extra_gates: tuple[ExtraGate, ...] = ()
    provisions: tuple[Provision, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    layers: tuple[Layer, ...] = Field((), exclude_if=lambda layers: not layers)
    """The law it stands under, whole: names of layers are replaced when a pack is read."""
    norms: Norms = Field(Norms(), exclude_if=lambda norms: norms == Norms())
    """What binds its direct election: from the layers, and from the plan where they are silent."""

    @cached_property
    def composition(self) -> Composition:
        """What the layers come to, each value with its clause."""
        return compose(self.layers)

    @property
    def governed(self) -> Literal["community", "village"]:
        """Whose election law speaks of it; the federation's plan, for either, names no layers of law."""
        return "village" if self.kind == "village" else "community"

    def body(self, body: BodyId) -> Body:
        """The body with this id. Raises KeyError when the pack has none."""
        for candidate in self.bodies:
            if candidate.id is body:
                return candidate
        raise KeyError(body)

    def step(self, step_id: str) -> Step:
        """The step with this id. Raises KeyError when the pack has none."""
        for body in self.bodies:
            for step in body.steps:
                if step.id == step_id:
                    return step
        raise KeyError(step_id)

    def as_executed(self) -> Self:
        """The pack with every resolution's values in place of the plan's own: what workflows execute.

        Where two resolutions set the same value, the later one in the pack holds. A pack without resolutions is returned
        as it stands. The content hash always belongs to the pack as loaded, not to this view of it.
        """
        windows: dict[str, Absolute] = {}
        for resolution in self.resolutions:
            windows.update(resolution.windows)
            if resolution.window is not None:
                windows[resolution.step] = resolution.window
        bodies = tuple(
            body.model_copy(
                update={
                    "steps": tuple(self._executed_step(step, windows.get(step.id)) for step in body.steps),
                    "committee": self._executed_committee(body),
                }
            )
            for body in self.bodies
        )
        return self.model_copy(update={"bodies": bodies}) if self.resolutions else self

    def _executed_step(self, step: Step, window: Absolute | None) -> Step:
        changes: dict[str, object] = {} if window is None else {"window": window}
        for resolution in self.resolutions:
            if resolution.step != step.id:
                continue
            if resolution.ballot is not None:
                changes["ballot"] = resolution.ballot
            if resolution.publicity_days is not None:
                changes["publicity_days"] = resolution.publicity_days
            if resolution.clear is not None:
                changes["gaps"] = tuple(
                    gap.model_copy(update={"clear": resolution.clear}) if gap.rule == resolution.rule else gap
                    for gap in step.gaps
                )
        return step.model_copy(update=changes) if changes else step

    def _executed_committee(self, body: Body) -> Committee | None:
        own = {body.id.value, *(step.id for step in body.steps)}
        decided = [r.committee for r in self.resolutions if r.committee is not None and r.step in own]
        return decided[-1] if decided else body.committee
