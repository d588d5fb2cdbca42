"""Each defect of the street plan is found from the rules: mended, its finding goes; planted elsewhere, it appears."""

from datetime import date

import pytest

from policies.calendar import national_calendar
from policies.finding import Severity
from policies.lint import lint
from policies.rule import BOOK, Law
from policies.timetable import timetable
from tests.policies.packs_under_test import BARE_EXAMPLE, BARE_STREET, CALENDAR, EXAMPLE, STREET, linted, pack

POLL = "from: 2021-04-26, to: 2021-04-30"
STRICT = "majority: { text: 过半数, numerator: 1, denominator: 2, inclusive: false, of: present }"
STREET_MAJORITY = (
    "majority: { text: 候选人获得过半数以上选票, numerator: 1, denominator: 2, inclusive: missing, of: missing }"
)
STREET_QUORUM = "numerator: 1, denominator: 2, inclusive: true, of: representatives"
EXAMPLE_QUORUM = "quorum: { text: 过半数居民代表投票, numerator: 1, denominator: 2, inclusive: false"
ANSWERS = """          margin: missing
          tie: missing
          further_vote: missing
          surplus_ballots: missing
        papers:
          - { kind: 选票, title: 社区居民委员会成员选票 }"""
HOUSEHOLD_LIST = """      - id: residents.registration
        number: "2a"
        title: 选民登记
        text: 做好选民登记工作。
        act: record
        actor: election_committee
        window: missing
        after: [residents.election_committee]
        condition: every_voter
      - id: residents.nomination"""


# ---------------------------------------------------------------- the eight defects, both ways

Change = tuple[str, str]


@pytest.mark.parametrize(
    ("finding", "value", "limit", "mend", "plant"),
    [
        pytest.param(
            "R5:residents.poll:quorum",
            "有半数以上居民代表投票（≥1/2）",
            "过半数",
            [(STREET_QUORUM, STREET_QUORUM.replace("true", "false"))],
            [(EXAMPLE_QUORUM, EXAMPLE_QUORUM.replace("false", "true"))],
            id="1-inclusive-half",
        ),
        pytest.param(
            "R5:residents.poll:majority",
            "候选人获得过半数以上选票（1/2）",
            "参加投票人员的过半数",
            [(STREET_MAJORITY, STRICT)],
            [("inclusive: false, of: present", "inclusive: missing, of: missing")],
            id="1-no-denominator",
        ),
        pytest.param(
            "R4:residents.poll",
            "2021-04-26",
            "2021-04-28",
            [(POLL, "from: 2021-04-29, to: 2021-04-30")],
            [("window: { poll_to: -5 }", "window: { from: 2021-04-24, to: 2021-05-04 }")],
            id="2-list-and-poll",
        ),
        pytest.param(
            "V6:residents.registration",
            "16–20",
            20,
            [(POLL, "from: 2021-04-30, to: 2021-05-05")],
            [("      - id: residents.nomination", HOUSEHOLD_LIST), ("from: 2021-05-06", "from: 2021-04-20")],
            id="3-twenty-days",
        ),
        pytest.param(
            "T4:residents.registration",
            "missing",
            "写明期间",
            [("window: missing # 方案两处提到", "window: { to: 2021-04-06 } # ")],
            [("      - id: residents.nomination", HOUSEHOLD_LIST)],
            id="3-not-scheduled",
        ),
        pytest.param(
            "T2:party",
            "2021-02-19 至 2021-02-23",
            "2021-02-24 至 2021-04-09",
            [("heading: { from: 2021-02-24", "heading: { from: 2021-02-19")],
            None,
            id="4-heading",
        ),
        pytest.param(
            "T3:party",
            "2021-05-31",
            "2021-04-20",
            [("outer_limit: 2021-04-20", "outer_limit: 2021-05-31")],
            None,
            id="4-outer-limit",
        ),
        pytest.param(
            "R2:residents.election_committee",
            "被提名",
            "被确定为候选人",
            [("when: confirmed", "when: nominated")],
            [
                (
                    "        - { who: member",
                    "        - { who: chair, when: confirmed, text: 主任另定 }\n        - { who: member",
                )
            ],
            id="5-withdrawal",
        ),
        pytest.param(
            "T9:residents.poll:tie",
            "missing",
            "写明",
            [(ANSWERS, ANSWERS.replace("tie: missing", "tie: 重新投票"))],
            [("tie: 就票数相等的人再次投票", "tie: missing")],
            id="6-tie",
        ),
        pytest.param(
            "T9:residents.poll:further_vote",
            "missing",
            "写明",
            [(ANSWERS, ANSWERS.replace("further_vote: missing", "further_vote: 另行选举"))],
            [("further_vote: 得票多的当选，但不少于已投选票的三分之一", "further_vote: missing")],
            id="6-further-vote",
        ),
        pytest.param(
            "T9:residents.poll:margin",
            "missing",
            "写明",
            [(ANSWERS, ANSWERS.replace("margin: missing", "margin: none"))],
            [
                (
                    "margin: { text: 差额不少于应选名额的20%, numerator: 1, denominator: 5, inclusive: true, of: seats }",
                    "margin: missing",
                )
            ],
            id="6-margin",
        ),
        pytest.param(
            "T9:residents.poll:surplus_ballots",
            "missing",
            "写明",
            [(ANSWERS, ANSWERS.replace("surplus_ballots: missing", "surplus_ballots: 选举无效"))],
            [],
            id="6-surplus",
        ),
        pytest.param(
            "P6:party.publicity",
            "2021-03-29",
            "2021-03-25",
            [("from: 2021-04-02, to: 2021-04-09", "from: 2021-04-07, to: 2021-04-09")],
            None,
            id="8-publicity",
        ),
    ],
)
def test_a_defect_is_found_goes_when_mended_and_appears_where_planted(
    finding: str, value: object, limit: object, mend: list[Change], plant: list[Change] | None
) -> None:
    """From the rules, not from a list of answers."""
    found = linted(BARE_STREET)[finding]
    assert (found.value, found.limit, found.resolved) == (value, limit, False)
    assert finding not in linted(BARE_STREET, *mend)
    if plant is not None:
        if plant:
            assert finding not in linted(BARE_EXAMPLE)
        assert finding in linted(BARE_EXAMPLE, *plant)


def test_defect_seven_four_levels_of_review_in_two_working_days() -> None:
    """5-4 and 5-5 are a holiday; with the same four levels in a later week the finding goes."""
    found = linted(BARE_STREET)["T6:supervisory.nomination"]
    assert (found.value, found.limit, found.severity) == (2, 4, Severity.ERROR)
    later = BARE_STREET.replace("from: 2021-05-04, to: 2021-05-07", "from: 2021-05-08, to: 2021-05-14").replace(
        "from: 2021-05-08, to: 2021-05-08", "from: 2021-05-17, to: 2021-05-17"
    )
    assert "T6:supervisory.nomination" not in linted(later)


def test_defect_seven_appears_in_another_plan_whose_review_falls_on_a_weekend() -> None:
    """4-17 and 4-18 are Saturday and Sunday: no working day for the one level."""
    plant = [("from: 2021-04-19, to: 2021-04-21", "from: 2021-04-17, to: 2021-04-17")]
    plant.append(("from: 2021-04-22, to: 2021-04-23", "from: 2021-04-18, to: 2021-04-18"))
    found = linted(BARE_EXAMPLE, *plant)["T6:residents.nomination"]
    assert (found.value, found.limit) == (0, 2)  # the review and the extra gate before the list
    assert "T6:residents.nomination" not in linted(BARE_EXAMPLE)


def test_defects_of_headings_appear_in_another_plan() -> None:
    """A step before its heading, a step after its limit."""
    early = linted(BARE_EXAMPLE, ("heading: { from: 2021-04-01", "heading: { from: 2021-04-15"))
    assert early["T2:residents"].limit == "2021-04-15 至 2021-05-20"
    late = linted(BARE_EXAMPLE, ("outer_limit: 2021-05-20", "outer_limit: 2021-05-07"))
    assert (late["T3:residents"].value, late["T3:residents"].limit) == ("2021-05-08", "2021-05-07")


def test_defect_eight_appears_where_a_posting_runs_into_the_next_step() -> None:
    """Two working days from Friday 4-30 run over the May holiday to 5-7; the poll opens on 5-6."""
    found = linted(
        BARE_EXAMPLE,
        (
            "window: { poll_to: -5 }",
            "window: { to: 2021-04-30 }\n        publicity_days: 2\n        publicity_unit: working",
        ),
        ("at_least: 5, rule", "at_least: 1, rule"),
    )["R4:residents.list"]
    assert (found.value, found.limit) == ("2021-04-30", "2021-04-28")
    assert "2021-05-07" in found.message


def test_the_messages_carry_the_dates_of_the_reference() -> None:
    """What procedure.md says about defects 2 and 8."""
    found = linted(BARE_STREET)
    assert all(day in found["R4:residents.poll"].message for day in ("2021-04-28", "2021-04-29", "2021-04-26"))
    message = found["P6:party.publicity"].message
    assert all(day in message for day in ("2021-04-02", "2021-03-25", "2021-03-29", "2021-04-06"))
    assert "2021-04-20" in found["T2:party"].message


# ---------------------------------------------------------------- resolutions


def test_the_street_packs_resolutions_answer_every_error() -> None:
    """Every finding stays visible; each is resolved, with the decision and who took it."""
    with_, without = linted(STREET), linted(BARE_STREET)
    assert set(with_) == set(without)
    assert not any(one.resolved for one in without.values())
    assert all(one.resolved for one in with_.values() if one.severity is Severity.ERROR)
    assert "区换届办" in with_["R4:residents.poll"].message


def test_taking_one_resolution_away_opens_its_finding_again() -> None:
    """One by one, by rule and step."""
    street = pack(STREET)
    for dropped in street.resolutions:
        rest = tuple(one for one in street.resolutions if one is not dropped)
        findings = lint(street.model_copy(update={"resolutions": rest}), CALENDAR)
        assert any(not one.resolved and one.rule == dropped.rule for one in findings), dropped


def test_a_resolution_that_does_not_end_its_defect_resolves_nothing() -> None:
    """Polling from 4-27 with a list on 4-24 is still short of three clear days."""
    found = linted(STREET, ("from: 2021-04-28, to: 2021-04-30", "from: 2021-04-26, to: 2021-04-30"))
    assert not found["R4:residents.poll"].resolved
    assert "问题仍在" in found["R4:residents.poll"].message


def test_a_resolution_may_narrow_a_window_but_not_move_it() -> None:
    """A poll on 5-1 is not in the plan's window."""
    found = linted(STREET, ("from: 2021-04-28, to: 2021-04-30", "from: 2021-04-28, to: 2021-05-01"))
    assert not found["T8:residents.poll"].resolved


def test_the_example_of_the_docs_loads_and_lints_without_an_open_error() -> None:
    """What the docs promise."""
    assert not [one for one in linted(EXAMPLE).values() if one.severity is Severity.ERROR and not one.resolved]


def test_ids_are_stable_and_unique_and_every_rule_is_in_the_book() -> None:
    """The same pack always gives the same ids, each once."""
    for law in Law:
        findings = lint(pack(STREET), CALENDAR, law)
        ids = [one.id for one in findings]
        assert len(set(ids)) == len(ids)
        assert ids == [one.id for one in lint(pack(STREET), CALENDAR, law)]
        assert {one.rule for one in findings} <= set(BOOK)


def test_an_unannounced_year_is_a_finding() -> None:
    """Not a guess, and the other checks still run."""
    found = lint(pack(BARE_STREET.replace("2021-", "2031-")), national_calendar([2031]))
    assert any(one.rule == "C1" and "2031" in one.message for one in found)
    assert any(one.id == "R5:residents.poll:quorum" for one in found)


def test_bodies_out_of_order_are_found() -> None:
    """The residents' first step no longer waits for the Party."""
    found = linted(BARE_STREET, ("after: [party.result_approval]\n        rules: [R2, X5]", "rules: [R2, X5]"))
    assert "T7:residents.election_committee" in found
    assert "T7:residents.election_committee" not in linted(BARE_STREET)


# ---------------------------------------------------------------- the law of 2025


@pytest.mark.parametrize(
    ("finding", "value", "limit"),
    [
        ("R25-13:residents.group_leaders:leaders", "推选居民小组长", "推选居民代表之后"),
        ("R25-13:residents.representatives:organizations", "单位代表等", "由居民小组推选"),
        ("R25-15:residents.election_committee:moment", "确定为候选人", "被提名"),
        ("R25-15:residents.election_committee:relatives", "本人", "本人或者其近亲属"),
        ("R25-16:residents.registration", "missing", "选举前登记"),
        ("R25-17:residents.representatives", 15, 20),
        ("R25-17:residents.representatives:objection", "missing", "5 日内申诉、3 日内处理"),
        (
            "R25-18:residents.nomination:routes",
            "household_representatives、group_representatives、self",
            "社区党组织或者十名以上选民联合",
        ),
        ("R25-18:residents.nomination:meeting", "missing", "投票前见面"),
        ("R25-18:residents.nomination:barred", "被开除中国共产党党籍", "列入禁入情形"),
        ("R25-18:residents.poll:margin", "missing", "多于应选名额"),
        ("R25-19:residents.poll:quorum", "有半数以上居民代表投票（≥1/2）", "超过全体居民代表的三分之二"),
        ("R25-19:residents.poll:majority", "候选人获得过半数以上选票（1/2）", "参加投票人员的过半数"),
        ("R25-19:residents.announcement:announced", "当日或次日", "当场公布"),
        ("R25-29:supervisory.vote:quorum", "missing", "三分之二以上"),
        ("R25-38:prep.audit", "missing", "选举之前公布"),
    ],
)
def test_the_2025_law_finds_what_would_be_unlawful_today(finding: str, value: object, limit: object) -> None:
    """Each with its article; the resolutions, made for 2018, silence none; the 2018 reading knows none of them."""
    found = linted(STREET, law=Law.OF_2025)[finding]
    assert (found.value, found.limit, found.resolved) == (value, limit, False)
    assert "2025" in found.source
    assert finding not in linted(STREET)


def test_half_of_the_delegates_is_34_of_50_under_the_2025_law() -> None:
    """More than two thirds of 50 is 34 (33.3…)."""
    assert "34 人" in linted(STREET, law=Law.OF_2025)["R25-19:residents.poll:quorum"].message


def test_a_plan_mended_for_2025_has_no_such_finding() -> None:
    """Delegates twenty days ahead, more than two thirds, ten voters, a meeting, results on the spot."""
    kept = {one for one in linted(EXAMPLE, law=Law.OF_2025) if one.startswith("R25-")}
    assert "R25-18:residents.nomination:routes" not in kept
    assert "R25-15:residents.election_committee:moment" not in kept
    assert "R25-25:residents.handover" not in kept
    assert "R25-17:residents.representatives" not in kept  # by 4-15 at the latest: 5-5, and the poll opens on 5-6
    assert "R25-19:residents.poll:quorum" in kept
    stricter = EXAMPLE_QUORUM.replace("numerator: 1, denominator: 2", "numerator: 2, denominator: 3")
    earlier = ("from: 2021-05-06, to: 2021-05-08", "from: 2021-05-04, to: 2021-05-08")
    changed = linted(EXAMPLE, (EXAMPLE_QUORUM, stricter), earlier, law=Law.OF_2025)
    assert "R25-19:residents.poll:quorum" not in changed
    assert "R25-17:residents.representatives" in changed


def test_villages_are_read_against_their_own_law() -> None:
    """A villagers' committee chosen by delegates breaks article 14, and V rules answer instead of R25."""
    found = linted(EXAMPLE, ("kind: community", "kind: village"), law=Law.OF_2025)
    assert found["V25-14:residents.poll"].limit == "村民直接选举"
    assert not [one for one in found if one.startswith("R25-")]


PRIMARY = """\
      - id: residents.primary
        number: "3之一"
        title: 预选
        text: 提名人数超过规定的，组织预选。
        act: poll
        actor: election_committee
        window: { from: 2021-04-22, to: 2021-04-22 }
        condition: nominees_exceed
        after: [residents.nomination]
"""


def test_a_primary_is_not_the_poll_that_days_are_counted_from() -> None:
    """The example posts its list five days before the poll of 5-06, whatever primary stands before it."""
    with_primary = pack(EXAMPLE, ("      - id: residents.review", PRIMARY + "      - id: residents.review"))
    slots = timetable(with_primary, CALENDAR)
    assert slots.feasible
    assert slots.slot("residents.list").window_end == date(2021, 5, 3)


def test_a_poll_without_a_word_on_voting_is_found() -> None:
    """Leaving `ballot` out must not be quieter than writing `missing` in it; a primary may leave it to the county."""
    ballot = EXAMPLE[EXAMPLE.index("        ballot:") : EXAMPLE.index("      - id: residents.handover")]
    assert linted(EXAMPLE, (ballot, ""))["T9:residents.poll:ballot"].severity is Severity.ERROR
    found = linted(EXAMPLE, ("      - id: residents.review", PRIMARY + "      - id: residents.review"))
    assert found["T9:residents.primary:ballot"].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("mode", "of", "found"),
    [
        ("representatives", "representatives", False),
        ("representatives", "registered", True),
        ("voters", "representatives", True),
        ("voters", "registered", False),
        ("households", "registered", True),
        ("households", "households", False),
    ],
)
def test_the_denominator_changes_with_the_mode(mode: str, of: str, found: bool) -> None:
    """Half of the representatives is no quorum of voters."""
    changes = (("mode: representatives", f"mode: {mode}"), ("of: representatives }", f"of: {of} }}"))
    assert ("R5:residents.poll:quorum" in linted(EXAMPLE, *changes)) is found


VOTERS_LIST = """\
      - id: residents.voters_list
        number: "2之一"
        title: 公布选民名单
        text: 公布选民名单。
        act: publicity
        actor: election_committee
        window: WINDOW
        after: [residents.representatives]
"""


@pytest.mark.parametrize(
    ("window", "days"),
    [
        ("{ poll_to: -20 }", None),
        ("{ poll_to: -19 }", 19),
        ("{ poll_to: -14, unit: working }", None),  # 2021-05-06 less 14 working days is 4-14
        ("{ poll_from: -30, poll_to: -15 }", 15),
    ],
)
@pytest.mark.parametrize(("law", "id_"), [(Law.OF_2018, "V6"), (Law.OF_2025, "R25-17")])
def test_a_list_counted_from_the_poll_day_keeps_its_twenty_days(
    window: str, days: int | None, law: Law, id_: str
) -> None:
    """V6 under the 2018 laws where every voter votes, article 17 since 2026 whatever the mode; not only for printed dates."""
    listed = VOTERS_LIST.replace("WINDOW", window)
    changes = (
        ("mode: representatives", "mode: voters"),
        ("      - id: residents.nomination", f"{listed}      - id: residents.nomination"),
    )
    found = [
        one
        for one in linted(EXAMPLE, *changes, law=law).values()
        if one.rule == id_ and one.step == "residents.voters_list"
    ]
    assert [one.value for one in found] == ([] if days is None else [days])
    assert all(one.severity is Severity.ERROR for one in found)


def test_a_missing_margin_is_one_finding_under_the_2025_law() -> None:
    """Article 18 asks for it to be stated: nothing may say at the same time that the law states it already."""
    found = linted(BARE_STREET, law=Law.OF_2025)
    assert "R25-18:residents.poll:margin" in found
    assert "差额" not in found["T9:residents.poll"].message
