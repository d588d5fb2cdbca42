"""Standards and their relaxations, the ten prohibited situations, the law's bars, appeals and commitments."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.eligibility import (
    GROUNDS,
    X2,
    Appeal,
    AppealOutcome,
    Aspect,
    Attestation,
    Commitment,
    Ground,
    Item,
    LightSanctionDecision,
    Nomination,
    Relaxation,
    RetirementAge,
    Situation,
    Standards,
    StatutoryBar,
    commitment_findings,
    examine,
    excluded,
    items,
    prohibition_findings,
    standard_findings,
    team_age_finding,
)
from policies.finding import Finding, Severity
from policies.people import Body, Education, Person, Post, age_on, birthday
from policies.rule import Law

POLL = date(2021, 4, 29)
STANDARDS = Standards(retirement_age=RetirementAge(male=60, female=55))


def nominee(**facts: Any) -> Person:
    """A new nominee who meets every standard, changed by the given facts."""
    base: dict[str, Any] = {
        "id": "n1",
        "name": "张三",
        "sex": "male",
        "born": date(1986, 5, 1),
        "education": "bachelor",
        "experience_months": 24,
    }
    return Person.model_validate(base | facts)


def attested(
    *found: Item, body: Body = Body.RESIDENTS, law: Law = Law.OF_2018, **facts: Any
) -> tuple[Attestation, ...]:
    """Every item attested; those given are found."""
    base = {
        "department": "区纪委监委",
        "signer": "李审",
        "signed_on": date(2021, 4, 20),
        "evidence_no": "联审〔2021〕7号",
    }
    return tuple(
        Attestation.model_validate({**base, "item": item, "found": item in found, **facts}) for item in items(body, law)
    )


def relaxed(*grounds: Ground) -> tuple[Relaxation, ...]:
    """Recorded relaxations on the given grounds."""
    return tuple(
        Relaxation(ground=ground, document_no="区委〔2021〕3号", decided_by="区委组织部") for ground in grounds
    )


def standard(person: Person, *grounds: Ground, body: Body = Body.RESIDENTS, **options: Any) -> list[Finding]:
    """X3 for a person with relaxations on the given grounds."""
    file = Nomination(person=person, body=body, relaxations=relaxed(*grounds))
    return standard_findings(file, poll_day=POLL, **({"standards": STANDARDS} | options))


def told(findings: list[Finding]) -> list[tuple[Severity, str]]:
    """Severity and message."""
    return [(finding.severity, finding.message) for finding in findings]


def test_a_nominee_who_meets_everything_draws_no_finding() -> None:
    """A clean file passes both rules without a word."""
    file = Nomination(person=nominee(), body=Body.RESIDENTS, attestations=attested())
    assert examine(file, poll_day=POLL, standards=STANDARDS) == []


@pytest.mark.parametrize(("born", "errors"), [(date(1965, 4, 30), 0), (date(1965, 4, 29), 1), (date(1966, 1, 1), 0)])
def test_fifty_five_is_still_within_the_limit(born: date, errors: int) -> None:
    """「55周岁以下」 includes 55: born 1965-04-29 turns 56 on poll day, a day later does not."""
    assert len([one for one in standard(nominee(born=born)) if one.blocks]) == errors


@pytest.mark.parametrize(("born", "ok"), [(date(2003, 4, 29), True), (date(2003, 4, 30), False)])
def test_eighteen_by_poll_day_the_birthday_included(born: date, ok: bool) -> None:
    """Somebody who turns 18 on poll day may stand; a day younger may not, and no relaxation helps."""
    findings = standard(nominee(born=born, city_honour=True), Ground.CITY_HONOUR)
    assert excluded(findings) is not ok


def test_age_over_the_limit_needs_a_recorded_relaxation() -> None:
    """Without ground: error. Entitled but not recorded: error that says so. Recorded: info naming the document."""
    older = {"born": date(1964, 1, 1)}
    (bare,) = [one for one in standard(nominee(**older)) if one.blocks]
    assert (bare.rule, bare.value, bare.limit) == ("X3", 57, "≤55周岁")
    assert "没有可适用的放宽事由" in bare.message
    (entitled,) = [one for one in standard(nominee(**older, city_honour=True)) if one.blocks]
    assert "没有登记放宽决定" in entitled.message
    relaxation, term = standard(nominee(**older, city_honour=True), Ground.CITY_HONOUR)
    assert relaxation.severity is Severity.INFO
    assert "区委〔2021〕3号" in relaxation.message
    assert term.severity is Severity.WARNING  # 57, retires at 60, and is not 「不到55周岁」


def test_a_relaxation_for_a_ground_the_file_does_not_show_is_refused() -> None:
    """A paper that claims an honour nobody has neither relaxes anything nor passes unnoticed."""
    findings = standard(nominee(born=date(1964, 1, 1)), Ground.CITY_HONOUR)
    assert [one.blocks for one in findings].count(True) == 2
    assert any("本人档案中没有该事由" in one.message for one in findings)


def test_a_missing_retirement_age_is_said_and_never_guessed() -> None:
    """The pack does not give it: a warning names what is missing; a date in the person's own file answers it."""
    (missing,) = standard(nominee(), standards=Standards())
    assert missing.severity is Severity.WARNING
    assert "方案未载明男性退休年龄" in missing.message
    assert standard(nominee(retires_on=date(2046, 5, 1)), standards=Standards()) == []


def test_retirement_within_the_term_is_an_info_and_at_the_age_an_error() -> None:
    """A woman of 51 may stand but leaves at 55; at 55 she is not nominated in principle; retired people leave."""
    (near,) = standard(nominee(sex="female", born=date(1970, 1, 1)))
    assert near.severity is Severity.INFO
    assert "2025-01-01达到退休年龄" in near.message
    (reached,) = standard(nominee(sex="female", born=date(1966, 4, 29)))
    assert (reached.blocks, reached.value) == (True, "2021-04-29")
    (retired,) = standard(nominee(retired=True))
    assert "已经退休" in retired.message


def test_only_an_incumbent_secretary_is_retained_beyond_retirement_age() -> None:
    """With the standing committee's document the sitting secretary may stay; nobody else on that ground."""
    old: dict[str, Any] = {"born": date(1960, 1, 1), "incumbent": (Post.SECRETARY,)}
    findings = standard(nominee(**old), Ground.SECRETARY_RETAINED, body=Body.PARTY)
    assert [one.severity for one in findings] == [Severity.INFO, Severity.INFO]
    findings = standard(nominee(**(old | {"incumbent": (Post.CHAIR,)})), Ground.SECRETARY_RETAINED, body=Body.PARTY)
    assert [one.blocks for one in findings] == [True, True, True]


@pytest.mark.parametrize(
    ("facts", "errors"),
    [
        ({"education": "college"}, 1),
        ({"education": "graduate"}, 0),
        ({"education": "senior", "social_work_certificate": True}, 0),
        ({"education": "senior", "incumbent": (Post.COMMITTEE_MEMBER,)}, 0),
        ({"education": None}, 1),
        ({"experience_months": 23}, 1),
        ({"experience_months": None}, 1),
        ({"born": None}, 1),
        ({"resident_here": False}, 1),
        ({"education": "college", "experience_months": 0, "born": date(1960, 1, 1)}, 4),
    ],
)
def test_education_experience_and_residence(facts: dict[str, Any], errors: int) -> None:
    """New nominees need a degree or the certificate; two years count in sum; what is not stated is not assumed."""
    assert sum(one.blocks for one in standard(nominee(**facts))) == errors


@pytest.mark.parametrize(
    ("facts", "ground"),
    [
        ({"education": "college", "outstanding": True}, Ground.OUTSTANDING),
        ({"education": "college", "city_honour": True}, Ground.CITY_HONOUR),
        ({"education": "college", "social_work_graduate": True}, Ground.SOCIAL_WORK_GRADUATE),
        ({"education": "college"}, Ground.OTHER_EDUCATION),
        ({"experience_months": 3, "full_time_bachelor": True}, Ground.FULL_TIME_BACHELOR),
        ({"experience_months": 3, "new_social_work_post": True}, Ground.NEW_SOCIAL_WORK_POST),
        ({"experience_months": 3, "familiar": True}, Ground.FAMILIAR),
        ({"resident_here": False}, Ground.COMMITTEE_CONSENT),
    ],
)
def test_every_ground_of_the_plan_relaxes_its_own_aspect_only(facts: dict[str, Any], ground: Ground) -> None:
    """The right ground turns the error into an info; any ground of another aspect leaves it standing."""
    (info,) = standard(nominee(**facts), ground)
    assert info.severity is Severity.INFO
    assert ground.label in info.message
    aspect = next(aspect for aspect in Aspect if ground in GROUNDS[aspect] and aspect is not Aspect.AGE)
    for other in set(Ground) - set(GROUNDS[aspect]):
        assert excluded(standard(nominee(**facts), other))


def test_a_relaxation_without_document_or_decider_cannot_exist() -> None:
    """No number, no relaxation."""
    with pytest.raises(ValidationError):
        Relaxation(ground=Ground.FAMILIAR, document_no="", decided_by="街道党工委")


def test_every_unattested_item_is_named_at_once() -> None:
    """An empty file gives ten findings, and fourteen for a committee under the 2025 law."""
    file = Nomination(person=nominee(), body=Body.RESIDENTS)
    assert len(prohibition_findings(file)) == 10
    findings = prohibition_findings(file, law=Law.OF_2025)
    assert len(findings) == 14
    assert findings[-1].source == "城市居民委员会组织法（2025年修订）第十八条"
    assert all(one.value == "未审查" and one.blocks for one in findings)
    party = file.model_copy(update={"body": Body.PARTY})
    assert len(prohibition_findings(party, law=Law.OF_2025)) == 10


@pytest.mark.parametrize("item", [*Situation, *StatutoryBar])
def test_an_exclusion_names_rule_situation_evidence_and_reviewer(item: Item) -> None:
    """Whatever was found, the message lets the person know what to appeal against, and that it can be appealed."""
    file = Nomination(
        person=nominee(), body=Body.VILLAGE, attestations=attested(item, body=Body.VILLAGE, law=Law.OF_2025)
    )
    (finding,) = prohibition_findings(file, law=Law.OF_2025)
    assert finding.blocks
    for part in (item.label, "区纪委监委李审", "联审〔2021〕7号", "申诉"):
        assert part in finding.message
    assert finding.rule == "X2"


def appeal(outcome: AppealOutcome, decided_by: str = "王复核") -> Appeal:
    """An appeal against the defaulter finding."""
    return Appeal(
        item=Situation.DEFAULTER,
        filed_on=date(2021, 4, 21),
        outcome=outcome,
        decided_by=decided_by,
        department="区委组织部",
        decided_on=date(2021, 4, 22),
        document_no="复〔2021〕1号",
    )


@pytest.mark.parametrize(
    ("made", "severity", "part"),
    [
        (appeal(AppealOutcome.PENDING), Severity.ERROR, "尚未决定"),
        (appeal(AppealOutcome.UPHELD), Severity.ERROR, "维持排除"),
        (appeal(AppealOutcome.REINSTATED), Severity.INFO, "恢复提名资格"),
        (appeal(AppealOutcome.REINSTATED, "李审"), Severity.ERROR, "就是原审查人"),
        (appeal(AppealOutcome.REINSTATED, ""), Severity.ERROR, "缺少决定人"),
    ],
)
def test_an_appeal_reinstates_only_by_somebody_elses_decision(made: Appeal, severity: Severity, part: str) -> None:
    """Pending or lost: still excluded. Won: info. Decided by the reviewer himself or by nobody: void."""
    file = Nomination(
        person=nominee(), body=Body.RESIDENTS, attestations=attested(Situation.DEFAULTER), appeals=(made,)
    )
    (finding,) = prohibition_findings(file)
    assert finding.severity is severity
    assert part in finding.message


@pytest.mark.parametrize(
    ("incumbent", "agreed", "blocks"),
    [(True, True, False), (True, False, True), (True, None, True), (False, True, True)],
)
def test_a_light_sanction_is_decided_by_the_street_for_incumbents_only(
    incumbent: bool, agreed: bool | None, blocks: bool
) -> None:
    """Consent lets a sitting member stand; refusal or silence does not; for others it is an exclusion like any."""
    decision = (
        None
        if agreed is None
        else LightSanctionDecision(agreed=agreed, decided_on=date(2021, 4, 22), document_no="街工委〔2021〕9号")
    )
    file = Nomination(
        person=nominee(incumbent=(Post.CHAIR,) if incumbent else ()),
        body=Body.RESIDENTS,
        attestations=attested(Situation.SANCTIONED, light=True),
        light_sanction=decision,
    )
    (finding,) = prohibition_findings(file)
    assert finding.blocks is blocks


def test_a_review_signed_after_the_list_was_fixed_is_refused() -> None:
    """Fault 9: vetting signed after the list, for each late signature."""
    file = Nomination(person=nominee(), body=Body.RESIDENTS, attestations=attested())
    assert prohibition_findings(file, listed_on=date(2021, 4, 20)) == []
    findings = prohibition_findings(file, listed_on=date(2021, 4, 19))
    assert len(findings) == 10
    assert findings[0].message.startswith(
        "张三的禁入情形①审查结论由区纪委监委李审于2021-04-20签署，晚于名单确定日2021-04-19"
    )


def test_commitments_are_checked_one_by_one_for_the_rule_that_asks() -> None:
    """Who did not sign, or signed late, is named under the asking rule; signing on the day is in time."""
    persons = [nominee(), nominee(id="n2", name="李四"), nominee(id="n3", name="王五")]
    signed = [Commitment(person="n1", signed_on=POLL), Commitment(person="n2", signed_on=date(2021, 4, 30))]
    findings = commitment_findings(X2, persons, signed, by=POLL)
    assert [(one.message[:2], one.value, one.rule) for one in findings] == [
        ("李四", "2021-04-30", "X2"),
        ("王五", None, "X2"),
    ]


def test_the_preferred_age_is_told_and_binds_nobody() -> None:
    """A team's mean age beside 「35周岁左右」 is only an info."""
    finding = team_age_finding([nominee(), nominee(born=date(1976, 5, 1)), nominee(born=None)], on=POLL)
    assert finding is not None
    assert (finding.severity, finding.value) == (Severity.INFO, 39)
    assert team_age_finding([], on=POLL) is None


@settings(deadline=None)  # the machine may be busy
@given(st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.integers(0, 100))
def test_age_is_reached_on_the_birthday_and_not_before(born: date, years: int) -> None:
    """On the day the age is N; the day before it is N − 1, leap days included."""
    day = birthday(born, years)
    assert age_on(born, day) == years
    if years:
        assert age_on(born, date.fromordinal(day.toordinal() - 1)) == years - 1


@settings(deadline=None)  # the machine may be busy
@given(
    st.builds(
        nominee,
        born=st.none() | st.dates(date(1940, 1, 1), date(2006, 1, 1)),
        sex=st.sampled_from(["male", "female"]),
        education=st.none() | st.sampled_from(list(Education)),
        experience_months=st.none() | st.integers(0, 300),
        city_honour=st.booleans(),
        retired=st.booleans(),
        full_time_bachelor=st.booleans(),
        incumbent=st.sampled_from([(), (Post.SECRETARY,), (Post.CHAIR,)]),
    ),
    st.sets(st.sampled_from(list(Ground))),
)
def test_recording_entitled_relaxations_never_makes_a_file_worse(person: Person, grounds: set[Ground]) -> None:
    """Only relaxations that the file supports: they can turn errors to infos, never add one."""
    supported = [ground for ground in grounds if ground.fits(person)]
    before = sum(one.blocks for one in standard(person))
    after = sum(one.blocks for one in standard(person, *supported))
    assert after <= before


def test_codes_survive_json() -> None:
    """A file goes through JSON unchanged, items of both kinds included."""
    file = Nomination(
        person=nominee(),
        body=Body.RESIDENTS,
        attestations=attested(law=Law.OF_2025),
        appeals=(appeal(AppealOutcome.PENDING),),
        relaxations=relaxed(Ground.CITY_HONOUR),
    )
    again = Nomination.model_validate_json(file.model_dump_json(exclude_defaults=True))
    assert again == file
    assert prohibition_findings(again, law=Law.OF_2025) == []
