"""Who may be nominated: standards with their relaxations (X3), and prohibitions that a named reviewer attests (X2).

What a department knows about a person stays with the department: only its conclusion, the signer and a document number
come in here. Every exclusion names its rule, its evidence and its reviewer, and can be appealed to somebody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pydantic import Field

from policies.finding import Finding, Severity
from policies.people import Body, Education, Labelled, Person, Post, Sex, age_on, birthday
from policies.rule import Confidence, Law, Rule, declare
from policies.value import Value

X2 = declare(
    Rule(
        id="X2",
        title="十种禁入情形",
        text="有“十种情形”之一的，不得作为提名人选；受到党纪政务轻处分且未过影响期的现任成员，由街道党工委会讨论确定可否作为换届人选。"
        "每种情形由审查部门逐项签署结论，被排除者可以申诉，申诉不得由原审查人决定。",
        on_failure="不得提名；当事人可以提出申诉，由原审查人以外的人员复核决定。",
        source="街道方案 二（二）",
        confidence=Confidence.PLAN,
        enforced=(
            "party.street_review",
            "party.secretary_review",
            "party.joint_vetting",
            "party.standing_committee",
            "party.inspection",
            "residents.prereview",
            "residents.street_review",
            "residents.joint_vetting",
            "residents.standing_committee",
            "supervisory.prereview",
            "supervisory.street_review",
            "supervisory.joint_vetting",
            "supervisory.standing_committee",
            "checker",
        ),
    )
)

X3 = declare(
    Rule(
        id="X3",
        title="年龄、学历、阅历条件",
        text="一般应在55周岁以下，达到退休年龄的原则上不再提名，已退休的应当退出；新提名人选一般应具有大学本科以上文化程度"
        "或助理以上社会工作师职业资格证书；一般应具有两年以上街道、社区工作经历，或对街道、社区工作比较熟悉。放宽须有规定的事由、"
        "决定机关和文号。只适用于社区“两委”人选。",
        on_failure="不予提名，或者补办有文号的放宽决定。",
        source="街道方案 二（一）",
        confidence=Confidence.PLAN,
        enforced=(
            "party.street_review",
            "party.secretary_review",
            "party.joint_vetting",
            "party.standing_committee",
            "party.inspection",
            "residents.prereview",
            "residents.street_review",
            "residents.joint_vetting",
            "residents.standing_committee",
        ),
    )
)


class Situation(Labelled):
    """The ten prohibited situations, in the plan's words and order (X2)."""

    DISLOYAL = "disloyal", "不遵守政治纪律和政治规矩，做政治上的“两面人”、“当面一套背后一套”，欺瞒组织和群众的"
    CRIMINAL = "criminal", "受过刑事处罚、存在“街匪市霸”和涉黑涉恶问题的，涉黄涉赌涉毒受到行政处罚的"
    SANCTIONED = "sanctioned", "受到党纪政务处分未过影响期或涉嫌违纪违法正被纪检监察、司法机关立案调查的"
    CULT = "cult", "参与组织或利用邪教、地下宗教活动、封建迷信活动扰乱社会公共秩序被处理的"
    AGITATION = (
        "agitation",
        "法纪观念淡薄，非正常上访、无理访、缠访、闹访或以非法手段煽动和组织群众集体上访、干扰社会稳定或造成群体性事件的",
    )
    MISCONDUCT = "misconduct", "道德败坏、欺压百姓、群众口碑不好，疫情期间拒不执行相关规定的"
    ELECTION_OFFENCE = (
        "election_offence",
        "破坏选举秩序，有拉票贿选行为，参与或指使他人以暴力、威胁、欺骗、贿赂等不正当手段参选的",
    )
    DEFAULTER = "defaulter", "有失信行为被法院纳入失信被执行人名单的"
    ILLNESS = "illness", "患有严重疾病、无法正常履行相应职责的"
    UNSUITABLE = "unsuitable", "经街道党工委会研判认定存在其他不适宜担任干部情形的"

    @property
    def heading(self) -> str:
        """How findings name it: 禁入情形③."""
        return f"禁入情形{'①②③④⑤⑥⑦⑧⑨⑩'[list(Situation).index(self)]}"


class StatutoryBar(Labelled):
    """Who the law itself bars from candidacy since 2026 (both organic laws, 2025 revision, 第十八条)."""

    EXPELLED = "expelled", "被开除中国共产党党籍的"
    CONVICTED = "convicted", "因犯罪受过刑事处罚的"
    UNDERWORLD = "underworld", "利用黑恶势力（村：宗族或者黑恶势力）从事非法活动的"
    ILLEGAL_RELIGION = "illegal_religion", "组织或者参加非法宗教活动或者邪教活动的"

    @property
    def heading(self) -> str:
        """How findings name it: 法定禁止情形“…”."""
        return "法定禁止情形"


Item = Situation | StatutoryBar

_BAR_SOURCE = {
    Body.RESIDENTS: "城市居民委员会组织法（2025年修订）第十八条",
    Body.VILLAGE: "村民委员会组织法（2025年修订）第十八条",
}


class Attestation(Value):
    """One reviewer's signed conclusion on one item about one person; never the record behind it."""

    item: Item
    found: bool
    department: str = Field(min_length=1)
    signer: str = Field(min_length=1)
    signed_on: date
    evidence_no: str = Field(min_length=1)  # number of the document that holds the evidence or the review form
    light: bool = False  # 轻处分且未过影响期: only with SANCTIONED


class AppealOutcome(Labelled):
    """What became of an appeal."""

    PENDING = "pending", "申诉处理中"
    UPHELD = "upheld", "申诉不成立，维持排除"
    REINSTATED = "reinstated", "申诉成立，恢复提名资格"


class Appeal(Value):
    """An appeal against one exclusion; `decided_by` is a named person, not the reviewer who signed the exclusion."""

    item: Item
    filed_on: date
    outcome: AppealOutcome = AppealOutcome.PENDING
    decided_by: str = ""
    department: str = ""
    decided_on: date | None = None
    document_no: str = ""


class LightSanctionDecision(Value):
    """The street working committee's recorded decision on an incumbent whose light sanction has not run out (X2)."""

    agreed: bool
    decided_on: date
    document_no: str = Field(min_length=1)


class Aspect(Labelled):
    """What a relaxation relaxes (X3)."""

    AGE = "age", "年龄条件"
    RETIREMENT = "retirement", "退休年龄条件"
    EDUCATION = "education", "学历条件"
    EXPERIENCE = "experience", "阅历条件"
    RESIDENCE = "residence", "居住条件"


class Ground(Labelled):
    """Why a standard may be relaxed; the plan gives each aspect its own grounds."""

    CITY_HONOUR = "city_honour", "获得市级以上荣誉"
    OUTSTANDING = "outstanding", "为社区建设作出突出贡献"
    SOCIAL_WORK_GRADUATE = "social_work_graduate", "社会工作专业高校毕业生"
    OTHER_EDUCATION = "other_education", "学历条件的其他放宽情形"  # the plan's 「等」
    FULL_TIME_BACHELOR = "full_time_bachelor", "具有全日制大学本科以上学历"
    NEW_SOCIAL_WORK_POST = "new_social_work_post", "新招聘“社工岗”人员"
    FAMILIAR = "familiar", "对街道、社区工作比较熟悉"
    SECRETARY_RETAINED = "secretary_retained", "超过退休年龄但表现优秀的社区党组织书记，经区委常委会同意留任"
    COMMITTEE_CONSENT = "committee_consent", "不在本社区居住，经居民选举委员会同意提名"

    def fits(self, person: Person) -> bool:
        """True when the person's file shows this ground (decisions of others need no more than their document)."""
        match self:
            case Ground.CITY_HONOUR:
                return person.city_honour
            case Ground.OUTSTANDING:
                return person.outstanding
            case Ground.SOCIAL_WORK_GRADUATE:
                return person.social_work_graduate
            case Ground.FULL_TIME_BACHELOR:
                return person.full_time_bachelor
            case Ground.NEW_SOCIAL_WORK_POST:
                return person.new_social_work_post
            case Ground.FAMILIAR:
                return person.familiar
            case Ground.SECRETARY_RETAINED:
                return Post.SECRETARY in person.incumbent
            case _:
                return True


GROUNDS: Mapping[Aspect, tuple[Ground, ...]] = {
    Aspect.AGE: (Ground.CITY_HONOUR, Ground.SECRETARY_RETAINED),
    Aspect.RETIREMENT: (Ground.SECRETARY_RETAINED,),
    Aspect.EDUCATION: (
        Ground.CITY_HONOUR,
        Ground.OUTSTANDING,
        Ground.SOCIAL_WORK_GRADUATE,
        Ground.OTHER_EDUCATION,
    ),
    Aspect.EXPERIENCE: (Ground.FULL_TIME_BACHELOR, Ground.NEW_SOCIAL_WORK_POST, Ground.FAMILIAR),
    Aspect.RESIDENCE: (Ground.COMMITTEE_CONSENT,),
}


class Relaxation(Value):
    """A recorded relaxation of a standard for one person; without a document number and a decider there is none."""

    ground: Ground
    document_no: str = Field(min_length=1)
    decided_by: str = Field(min_length=1)
    rule: str = "X3"


class RetirementAge(Value):
    """Retirement age in full years by sex; None where the plan does not say, and then nothing is guessed."""

    male: int | None = None
    female: int | None = None

    def of(self, sex: Sex) -> int | None:
        """The age for one sex, None when missing."""
        return self.male if sex is Sex.MALE else self.female


class Standards(Value):
    """The limits of X3, as the pack states them; the defaults are the street plan's 二（一） and the law's 18."""

    voting_age: int = 18
    general_age: int = 55  # 55周岁以下, the number included
    preferred_age: int = 35
    retirement_age: RetirementAge = RetirementAge()
    term_years: int = 5
    education: Education = Education.BACHELOR
    experience_months: int = 24


class Nomination(Value):
    """One nominee's file for one body: the person and what reviewers, deciders and the nominee signed."""

    person: Person
    body: Body
    relaxations: tuple[Relaxation, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    light_sanction: LightSanctionDecision | None = None


class Commitment(Value):
    """A nominee's signed commitment (承诺书), by person id."""

    person: str
    signed_on: date
    document_no: str = ""


def examine(
    nomination: Nomination,
    *,
    poll_day: date,
    law: Law = Law.OF_2018,
    standards: Standards | None = None,
    listed_on: date | None = None,
    step: str | None = None,
) -> list[Finding]:
    """X2 and X3 for one nominee, every problem at once. `listed_on`: the day the list is fixed, if it already is."""
    return [
        *standard_findings(nomination, poll_day=poll_day, standards=standards, step=step),
        *prohibition_findings(nomination, law=law, listed_on=listed_on, step=step),
    ]


def standard_findings(
    nomination: Nomination, *, poll_day: date, standards: Standards | None = None, step: str | None = None
) -> list[Finding]:
    """X3: age, retirement, education, experience, residence; ages in full years on poll day.

    An unmet standard is an error unless its relaxation is recorded; a recorded one is an info that names it. A
    retirement age the pack does not state gives a warning, never a guess. The plan sets its standards for the two committees
    (二（一）: 社区“两委”); of a nominee for the supervisory committee only the voting age is asked.
    """
    check = _StandardCheck(nomination, poll_day, standards or Standards(), step)
    check.age()
    if nomination.body is Body.SUPERVISORY:
        return check.findings
    check.retirement()
    check.education()
    check.experience()
    check.residence()
    check.unfounded_relaxations()
    return check.findings


class _StandardCheck:
    """One nominee against the standards; collects findings so that every problem is told at once."""

    def __init__(self, nomination: Nomination, poll_day: date, standards: Standards, step: str | None) -> None:
        self.person, self.body = nomination.person, nomination.body
        self.relaxations = nomination.relaxations
        self.poll_day, self.standards, self.step = poll_day, standards, step
        self.findings: list[Finding] = []

    def age(self) -> None:
        born, limits = self.person.born, self.standards
        if born is None:
            self._missing("出生日期")
            return
        age = age_on(born, self.poll_day)
        if age < limits.voting_age:
            self._say(
                f"选举日（{self.poll_day}）只有{age}周岁，未满{limits.voting_age}周岁，没有被选举权，不得提名",
                age,
                f"年满{limits.voting_age}周岁",
                source="城市居民委员会组织法、村民委员会组织法：年满十八周岁有选举权和被选举权",
                remedy="不得提名。",
            )
        elif age > limits.general_age and self.body is not Body.SUPERVISORY:
            self._unmet(
                Aspect.AGE,
                f"选举日已{age}周岁，超过一般年龄条件{limits.general_age}周岁",
                age,
                f"≤{limits.general_age}周岁",
            )

    def retirement(self) -> None:
        if self.person.retired:
            self._unmet(Aspect.RETIREMENT, "已经退休，应当退出社区工作岗位", "已退休", "未退休")
            return
        day = self._retires_on()
        if day is None:
            return
        if day <= self.poll_day:
            self._unmet(Aspect.RETIREMENT, f"于{day}达到退休年龄，原则上不再提名", str(day), f"晚于{self.poll_day}")
        elif day < birthday(self.poll_day, self.standards.term_years) and self.person.born:
            young = age_on(self.person.born, self.poll_day) < self.standards.general_age
            self._retires_in_term(day, young)

    def _retires_in_term(self, day: date, young: bool) -> None:
        must_go, age = f"任期内将于{day}达到退休年龄", self.standards.general_age
        if young:
            self._say(
                f"{must_go}，可以提名参选，但届时应退出社区工作岗位",
                str(day),
                severity=Severity.INFO,
                remedy="到达退休年龄时退出。",
            )
        else:
            self._say(
                f"{must_go}，且已满{age}周岁，不属于“不到{age}周岁可提名参选”的情形",
                str(day),
                severity=Severity.WARNING,
                remedy="请有权机关确认能否提名。",
            )

    def _retires_on(self) -> date | None:
        if self.person.retires_on:
            return self.person.retires_on
        years = self.standards.retirement_age.of(self.person.sex)
        if years is None:
            self._say(
                f"方案未载明{self.person.sex.label}性退休年龄，无法判断是否达到退休年龄",
                severity=Severity.WARNING,
                remedy="在方案包中填写退休年龄，或者在本人档案中填写退休日期。",
            )
            return None
        return birthday(self.person.born, years) if self.person.born else None

    def education(self) -> None:
        person, needed = self.person, self.standards.education
        if person.is_incumbent or person.social_work_certificate or person.full_time_bachelor:
            return
        if person.education is None:
            self._missing("学历")
        elif not person.education.reaches(needed):
            self._unmet(
                Aspect.EDUCATION,
                f"属新提名人选，学历为{person.education.label}，未达到{needed.label}，也没有助理以上社会工作师证书",
                person.education.label,
                f"{needed.label}以上或助理以上社会工作师证书",
            )

    def experience(self) -> None:
        months, needed = self.person.experience_months, self.standards.experience_months
        if months is None:
            self._missing("街道、社区工作经历（月数）")
        elif months < needed:
            self._unmet(
                Aspect.EXPERIENCE,
                f"街道、社区工作经历累计{months}个月，不足{needed}个月",
                months,
                f"≥{needed}个月",
            )

    def residence(self) -> None:
        if self.body is Body.RESIDENTS and not self.person.resident_here:
            self._unmet(
                Aspect.RESIDENCE,
                "不在本社区居住，须经社区居民选举委员会同意方可提名",
                "不在本社区居住",
                "在本社区居住",
                source="街道方案 二（四）",
            )

    def unfounded_relaxations(self) -> None:
        for one in self.relaxations:
            if not one.ground.fits(self.person):
                self._say(
                    f"放宽决定（{one.document_no}，{one.decided_by}）以“{one.ground.label}”为由，但本人档案中没有该事由",
                    one.ground.label,
                    remedy="更正放宽决定或者补充档案。",
                )

    def _unmet(self, aspect: Aspect, problem: str, value: int | str, limit: str, source: str | None = None) -> None:
        grounds = GROUNDS[aspect]
        used = next((one for one in self.relaxations if one.ground in grounds and one.ground.fits(self.person)), None)
        if used:
            self._say(
                f"{problem}；已按“{used.ground.label}”放宽{aspect.label}（{used.decided_by}，{used.document_no}）",
                value,
                limit,
                severity=Severity.INFO,
                source=source,
                remedy="放宽决定存档备查。",
            )
            return
        entitled = [ground.label for ground in grounds if ground.fits(self.person)]
        if entitled:
            way = f"本人可适用“{'”“'.join(entitled)}”放宽，但没有登记放宽决定"
            remedy = "补登放宽决定的机关和文号，否则不予提名。"
        else:
            way = "没有可适用的放宽事由"
            remedy = "不予提名。"
        self._say(f"{problem}；{way}", value, limit, source=source, remedy=remedy)

    def _missing(self, what: str) -> None:
        self._say(f"没有填写{what}，无法审查", remedy=f"补填{what}后重新审查。")

    def _say(
        self,
        problem: str,
        value: int | str | None = None,
        limit: str | None = None,
        *,
        severity: Severity = Severity.ERROR,
        source: str | None = None,
        remedy: str,
    ) -> None:
        self.findings.append(
            X3.finding(
                f"{self.person.name}{problem}。{remedy}",
                value=value,
                limit=limit,
                remedy=remedy,
                severity=severity,
                step=self.step,
                source=source,
            )
        )


def items(body: Body, law: Law) -> tuple[Item, ...]:
    """What reviewers must attest for a body: the ten situations, and under the 2025 laws the statutory bars as well."""
    bars = tuple(StatutoryBar) if law is Law.OF_2025 and body in _BAR_SOURCE else ()
    return (*Situation, *bars)


def prohibition_findings(
    nomination: Nomination,
    *,
    law: Law = Law.OF_2018,
    listed_on: date | None = None,
    required: Sequence[Item] | None = None,
    step: str | None = None,
) -> list[Finding]:
    """X2 (since 2026 with the law's own bars): item by item, what reviewers attested and what appeals changed.

    Errors: an item nobody attested; a situation found; a light sanction without the street working committee's consent;
    an appeal decided by the reviewer himself; a signature later than `listed_on`. A reinstatement and a consented light
    sanction are infos. `required` replaces the item list where a pack has its own.
    """
    findings: list[Finding] = []
    for item in items(nomination.body, law) if required is None else required:
        signed = [one for one in nomination.attestations if one.item is item]
        source = _BAR_SOURCE.get(nomination.body) if isinstance(item, StatutoryBar) else None
        if not signed:
            findings.append(
                X2.finding(
                    f"{nomination.person.name}的{item.heading}（{item.label}）还没有审查结论。请责任部门审查并签署后再列入名单。",
                    value="未审查",
                    limit="已签署审查结论",
                    remedy="由责任部门审查并签署结论。",
                    step=step,
                    source=source,
                )
            )
        found = [_exclusion(nomination, one, source, step) for one in signed if one.found]
        late = [
            _late(nomination, one, listed_on, source, step) for one in signed if listed_on and one.signed_on > listed_on
        ]
        findings += [*found, *late]
    return findings


def excluded(findings: Iterable[Finding]) -> bool:
    """True when any finding of X2 or X3 keeps the nominee off the list."""
    return any(finding.blocks and finding.rule in (X2.id, X3.id) for finding in findings)


def commitment_findings(
    rule: Rule,
    persons: Iterable[Person],
    commitments: Iterable[Commitment],
    *,
    by: date,
    step: str | None = None,
) -> list[Finding]:
    """A finding of `rule` (P6 for the Party's list) for each person who has not signed a commitment by the day `by`."""
    signed = {one.person: one.signed_on for one in commitments}
    findings = []
    for person in persons:
        day = signed.get(person.id)
        if day is None or day > by:
            state = "没有签订承诺书" if day is None else f"{day}才签订承诺书"
            findings.append(
                rule.finding(
                    f"{person.name}{state}，应在{by}以前逐人签订。请补签后再进入下一环节。",
                    value=None if day is None else str(day),
                    limit=str(by),
                    remedy="补签承诺书。",
                    step=step,
                )
            )
    return findings


def team_age_finding(
    persons: Iterable[Person], *, on: date, standards: Standards | None = None, step: str | None = None
) -> Finding | None:
    """An info on a team's mean age beside the preferred one (about 35), which binds nobody; None without ages."""
    ages = [age_on(person.born, on) for person in persons if person.born]
    if not ages:
        return None
    preferred = (standards or Standards()).preferred_age
    mean = (2 * sum(ages) + len(ages)) // (2 * len(ages))
    return X3.finding(
        f"人选平均年龄约{mean}周岁（{min(ages)}至{max(ages)}周岁）；方案注重选拔{preferred}周岁左右优秀人才，供研究班子结构时参考。",
        value=mean,
        limit=f"{preferred}周岁左右",
        remedy="仅供参考。",
        severity=Severity.INFO,
        step=step,
    )


def _exclusion(nomination: Nomination, found: Attestation, source: str | None, step: str | None) -> Finding:
    item = found.item
    evidence = f"{found.department}{found.signer}于{found.signed_on}签署，证据文号{found.evidence_no}"
    says = f"{nomination.person.name}经审查认定存在{item.heading}（{item.label}；{evidence}）"

    def finding(tail: str, remedy: str, severity: Severity = Severity.ERROR) -> Finding:
        return X2.finding(
            f"{says}。{tail}{remedy}",
            value=found.evidence_no,
            limit="不存在禁入情形",
            remedy=remedy,
            severity=severity,
            step=step,
            source=source,
        )

    appeal = next((one for one in reversed(nomination.appeals) if one.item is item), None)
    if appeal and appeal.outcome is not AppealOutcome.PENDING:
        problem = _appeal_problem(appeal, found)
        if problem:
            return finding(f"申诉决定无效：{problem}。", "由原审查人以外的人员重新复核并签署。")
        decided = f"{appeal.department}{appeal.decided_by}于{appeal.decided_on}决定（{appeal.document_no}）"
        if appeal.outcome is AppealOutcome.REINSTATED:
            return finding(f"{decided}：{appeal.outcome.label}。", "复核决定存档备查。", Severity.INFO)
        return finding(f"{decided}：{appeal.outcome.label}。", "不得提名。")
    if found.light and item is Situation.SANCTIONED and nomination.person.is_incumbent:
        decision = nomination.light_sanction
        if decision is None:
            return finding("属现任成员受轻处分且未过影响期。", "由街道党工委讨论确定可否作为换届人选，并登记决定文号。")
        verdict = f"属现任成员受轻处分，街道党工委于{decision.decided_on}讨论决定（{decision.document_no}）："
        if decision.agreed:
            return finding(f"{verdict}可以作为换届人选。", "决定存档备查。", Severity.INFO)
        return finding(f"{verdict}不作为换届人选。", "不得提名。")
    if appeal:
        return finding(f"当事人已于{appeal.filed_on}申诉，尚未决定。", "申诉决定以前不得列入名单。")
    return finding("", X2.on_failure)


def _appeal_problem(appeal: Appeal, found: Attestation) -> str:
    if not appeal.decided_by or appeal.decided_on is None or not appeal.document_no:
        return "缺少决定人、决定日期或者文号"
    if appeal.decided_by == found.signer:
        return f"决定人{appeal.decided_by}就是原审查人"
    return ""


def _late(
    nomination: Nomination, signed: Attestation, listed_on: date | None, source: str | None, step: str | None
) -> Finding:
    return X2.finding(
        f"{nomination.person.name}的{signed.item.heading}审查结论由{signed.department}{signed.signer}于{signed.signed_on}签署，"
        f"晚于名单确定日{listed_on}。审查应在确定名单以前完成，请撤回名单，审查后重新确定。",
        value=str(signed.signed_on),
        limit=str(listed_on),
        remedy="撤回名单，审查后重新确定。",
        step=step,
        source=source,
    )
