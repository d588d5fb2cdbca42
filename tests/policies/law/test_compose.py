"""Layers together: the floor holds, older provincial rules give way, anything else weaker is refused, order does not matter."""

from itertools import permutations

import pytest
from hypothesis import given as given_
from hypothesis import strategies as st

from policies.finding import Severity
from policies.law.compose import compose, gave_way, refusal
from policies.law.layer import Layer, Level
from policies.law.terms import TERMS
from policies.rule import Confidence
from tests.policies.law_under_test import LAYERS, PROVINCES, given, layer, made, under

VILLAGE, COMMUNITY = "nation-2025-village", "nation-2025-community"


@pytest.mark.parametrize("name", LAYERS)
def test_every_value_has_its_article_words_date_and_confidence(name: str) -> None:
    """2018 and the provinces were read in full (V); the 2025 texts are a transcription (T) in force since 2026-01-01."""
    stated = layer(name).stated()
    assert stated
    assert all(one.article and one.article.startswith("第") and one.quote for one in stated)
    expected = Confidence.TRANSCRIBED if "2025" in name else Confidence.VERIFIED
    assert {one.confidence for one in stated} == {expected}
    if "2025" in name:
        assert {one.effective_from.isoformat() for one in stated} == {"2026-01-01"}


@pytest.mark.parametrize("province", PROVINCES["village"])
def test_the_floor_stands_under_every_older_province(province: str) -> None:
    """No resolved value is weaker than the nation's, and nothing of an older province is refused."""
    floor = given(VILLAGE)
    composition = compose((layer(province), layer(VILLAGE)))
    assert composition.refused == ()
    for norm, stated in floor.items():
        assert not TERMS[norm].weaker(composition.binding[norm].value, stated.value), norm


@pytest.mark.parametrize(
    ("province", "floor", "norms"),
    [
        # 浙江第九条、第三十一条只到兄弟姐妹；第十六条没有党组织提名；第二十五条只准近亲属
        ("zhejiang-2020", VILLAGE, {"members_kin", "committee_kin", "nominators", "proxy_holder"}),
        # 上海第七条被确定为候选人才退出；第九条只算居住
        (
            "shanghai-2020",
            VILLAGE,
            {"members_kin", "committee_withdraws", "outsider_work_counts", "nominators", "proxy_holder"},
        ),
        # 北京第四条任期三年
        ("beijing-2012", VILLAGE, {"term_years", "nominators", "proxy_holder"}),
        ("beijing-2012", "nation-2018-village", {"term_years"}),
        # 河南第九条可以等额、另有提名途径；第十条过半数
        ("henan-2020", COMMUNITY, {"nominators", "more_than_seats", "quorum_delegates"}),
    ],
)
def test_what_falls_below_a_newer_floor_gives_way_and_is_said(province: str, floor: str, norms: set[str]) -> None:
    """By rule, with both values and both articles. The lists were made by reading the texts side by side."""
    composition = compose((layer(province), layer(floor)))
    assert {one.lower.norm for one in composition.gave_way} == norms
    for one in composition.gave_way:
        said = gave_way(one, layer(floor).kind, "2025")
        assert said.severity is Severity.WARNING
        assert said.rule
        assert one.lower.article in said.message
        assert one.upper.article in said.message
        assert composition.binding[one.lower.norm] == one.upper


def test_a_weaker_rule_newer_than_the_floor_is_refused() -> None:
    """The day before the floor gives way; the floor's own day and later is refused, naming rule, value and floor."""
    floor = layer(VILLAGE)
    older = made(Level.PROVINCE, effective_from="2025-12-31", voters_list_days=19)
    same_day = made(Level.PROVINCE, effective_from="2026-01-01", voters_list_days=19)
    assert [one.lower.value for one in compose((floor, older)).gave_way] == [19]
    assert compose((floor, older)).refused == ()
    refused = compose((floor, same_day)).refused
    assert [one.lower.value for one in refused] == [19]
    words = refusal(refused[0], "village", "2025")
    assert "V25-17" in words
    assert "19 日" in words
    assert "20 日" in words
    assert "第十七条" in words


@pytest.mark.parametrize("level", [Level.COUNTY, Level.ELECTION])
def test_a_county_never_weakens_whatever_its_date(level: Level) -> None:
    """Even dated before the floor; the floor and the province bind, and both refusals are there at once."""
    county = made(level, effective_from="1999-01-01", voters_list_days=19, further_vote_days=31)
    composition = compose((layer(VILLAGE), layer("zhejiang-2020"), county))
    assert {one.lower.norm for one in composition.refused} == {"voters_list_days", "further_vote_days"}
    assert composition.norms.voters_list_days == 20
    assert composition.norms.further_vote_days == 30


def test_a_county_may_be_stricter() -> None:
    """And then its own clause binds."""
    county = made(Level.COUNTY, voters_list_days=25)
    composition = compose((layer(VILLAGE), county))
    assert composition.refused == ()
    assert composition.binding["voters_list_days"].level is Level.COUNTY
    assert composition.norms.voters_list_days == 25


def test_what_the_nation_leaves_open_stays_the_provinces() -> None:
    """The 2025 law says nothing of the candidates' list or of roving boxes."""
    assert "candidate_list_days" not in given(VILLAGE)
    composition = compose((layer(VILLAGE), layer("zhejiang-2020")))
    assert composition.binding["candidate_list_days"].layer == "zhejiang-2020"
    assert composition.norms.further_vote_days == 30


def test_an_election_may_not_weaken_its_county() -> None:
    """Nation → province → county → election."""
    county = made(Level.COUNTY, voters_list_days=25)
    election = made(Level.ELECTION, voters_list_days=24)
    assert len(compose((layer(VILLAGE), county, election)).refused) == 1
    assert compose((layer(VILLAGE), county, made(Level.ELECTION, voters_list_days=26))).norms.voters_list_days == 26


# ---------------------------------------------------------------- every difference between provinces

ZHEJIANG, SHANGHAI, BEIJING = (under(VILLAGE, name) for name in PROVINCES["village"])


DIFFERENCES = [
    ("margin_min", None, 1, 1),  # 上海十二：多一人；北京十六：多一至二人
    ("committee_min", 5, 7, 5),  # 浙江八、上海七、北京九
    ("committee_reserves_first", False, False, True),  # 北京十一：没有候补人选的
    ("incapable_left_out", None, None, True),  # 北京十四
    ("related_admitted_by", None, "election_committee", "meeting"),  # 上海九、北京十三
    ("margin_max", None, 1, 2),  # 上海十二、北京十六
    ("margin_max_members", None, 3, None),  # 上海十二：委员多一至三人
    ("nomination_quorum", True, False, True),  # 浙江十八、北京十六：过半数
    ("declining_days", 3, None, None),  # 浙江十九
    ("self_nominated_days", 10, None, None),  # 浙江二十
    ("venue_days", 5, None, None),  # 浙江二十二
    ("proxy_notice_days", 3, 5, 1),  # 浙江二十五、上海十六、北京二十五
    ("proxy_published_days", 1, 2, None),  # 浙江二十五、上海十六
    ("roving_box", "dispersed", "none", "impaired"),  # 浙江二十四、上海十四、北京二十三
    ("roving_box_approval", True, None, None),  # 浙江二十四
    ("roving_box_users_published", True, None, None),
    ("box_monitors_min", 3, None, 3),
    ("staff_kin", "spouse_lineal_siblings", "spouse_lineal", "spouse_lineal"),  # 浙江二十二、上海十四、北京二十一
    ("spoiled_counted", None, None, True),  # 北京二十八
    ("two_posts_void", True, None, None),  # 浙江二十七
    ("further_vote_days", 30, 30, 15),  # 浙江二十九、上海二十一、北京三十
    ("vacant_from", 3, 3, 4),  # 浙江三十、上海二十一、北京三十：超过三人
    ("vacant_after_further_vote", True, False, True),
    ("vacant_needs_chair", False, False, True),  # 北京三十
    ("vacant_needs_vote", None, True, True),  # 上海二十一、北京三十
    ("acting_chair", "chosen", "most_votes", None),  # 浙江三十、上海二十一；北京没有规定
    ("wrongful_win_bars", True, None, None),  # 浙江四十一
    ("elected_list_days", 1, None, None),  # 浙江三十二
    ("seal_same_day", None, True, None),  # 上海二十四
    ("by_election_months", None, 3, None),  # 上海二十九
    ("by_election_representatives", True, False, False),  # 浙江三十八：三分之二以上
]


@pytest.mark.parametrize(("norm", "zhejiang", "shanghai", "beijing"), DIFFERENCES)
def test_where_the_provinces_differ(norm: str, zhejiang: object, shanghai: object, beijing: object) -> None:
    """Each as its own text has it (articles beside); True and False stand for a share given or not."""

    def read(value: object) -> object:
        is_share = norm in ("nomination_quorum", "by_election_representatives")
        return value is not None if is_share else value

    assert read(getattr(ZHEJIANG, norm)) == zhejiang
    assert read(getattr(SHANGHAI, norm)) == shanghai
    assert read(getattr(BEIJING, norm)) == beijing
    assert len({repr(one) for one in (zhejiang, shanghai, beijing)}) > 1


def test_all_differences_between_the_provinces_are_in_the_table_above() -> None:
    """None is missing: whatever differs after composition is listed, so that no neighbour's value could pass unseen."""
    listed = {norm for norm, *_ in DIFFERENCES}
    differing = {
        norm
        for norm, term in TERMS.items()
        for a, b in ((ZHEJIANG, SHANGHAI), (SHANGHAI, BEIJING), (ZHEJIANG, BEIJING))
        if (getattr(a, norm) is None) != (getattr(b, norm) is None)
        or (getattr(a, norm) is not None and not term.same(getattr(a, norm), getattr(b, norm)))
    }
    assert differing == listed


def test_henan_stays_below_nine_members() -> None:
    """Henan article 7: five to seven, where the nation allows nine."""
    assert under(COMMUNITY, "henan-2020").members_max == 7
    assert under(COMMUNITY).members_max == 9


@pytest.mark.parametrize(
    ("norm", "before", "now"),
    [
        ("committee_kin_withdraws", None, True),  # 十二（2018）、十五（2025）
        ("outsider_work_counts", False, True),  # 十三、十六
        ("proxy_holder", "near_relative", "relative_or_villager"),  # 十五、十八
        ("proxies_per_holder", None, 3),
        ("proxy_candidate_holds", None, False),
        ("members_kin", None, "near"),  # 八
        ("nominators", ("voters",), ("party_organization", "voters")),
    ],
)
def test_what_changed_for_villages_in_2026(norm: str, before: object, now: object) -> None:
    """The old value would not pass under the new law, nor the new one under the old."""
    assert getattr(under("nation-2018-village"), norm) == before
    assert getattr(under(VILLAGE), norm) == now


def test_delegates_need_more_than_two_thirds_since_2026() -> None:
    """Community article 19: of 50 delegates 34, where 26 were enough."""
    now, before = under(COMMUNITY).quorum_delegates, under("nation-2018-community").quorum_delegates
    assert now is not None
    assert before is not None
    assert (now.numerator, now.denominator, now.inclusive) == (2, 3, False)
    assert (before.numerator, before.denominator, before.inclusive) == (1, 2, False)


# ---------------------------------------------------------------- properties

DAYS = st.integers(1, 60)
DATES = st.dates().map(lambda day: day.replace(year=2000 + day.year % 60 if day.month != 2 else 2024).isoformat())


@st.composite
def layers(draw: st.DrawFn) -> tuple[Layer, ...]:
    """A nation, at most one province, counties and elections with values drawn at random."""

    def values() -> dict[str, object]:
        drawn = {
            "voters_list_days": draw(st.none() | DAYS),
            "decision_days": draw(st.none() | DAYS),
            "term_years": draw(st.none() | st.integers(1, 7)),
            "staff_kin": draw(st.none() | st.sampled_from(["spouse_lineal", "spouse_lineal_siblings", "near"])),
            "more_than_seats": draw(st.none() | st.booleans()),
        }
        return {norm: value for norm, value in drawn.items() if value is not None}

    made_ = [made(Level.NATION, effective_from=draw(DATES), **values())]
    for level in draw(st.lists(st.sampled_from([Level.PROVINCE, Level.COUNTY, Level.ELECTION]), max_size=4)):
        made_.append(made(level, name=f"l{len(made_)}", effective_from=draw(DATES), **values()))
    return tuple(made_)


@given_(layers())
def test_nothing_is_ever_weaker_than_the_floor(given: tuple[Layer, ...]) -> None:
    """Whatever is piled upon it."""
    composition = compose(given)
    for stated in given[0].stated():
        assert not TERMS[stated.norm].weaker(composition.binding[stated.norm].value, stated.value)


@given_(layers())
def test_the_order_of_layers_changes_nothing(given: tuple[Layer, ...]) -> None:
    """Every order gives the same binding clauses, the same that gave way, the same that are refused."""
    first = compose(given)
    for order in list(permutations(given))[:24]:
        other = compose(order)
        assert other.binding == first.binding
        assert set(map(repr, other.gave_way)) == set(map(repr, first.gave_way))
        assert set(map(repr, other.refused)) == set(map(repr, first.refused))


@given_(layers())
def test_a_layer_that_adds_nothing_weaker_only_tightens(given: tuple[Layer, ...]) -> None:
    """Taking a layer in never makes a binding value weaker than it was without that layer."""
    for left_out in given[1:]:
        with_it, without = compose(given), compose(tuple(one for one in given if one is not left_out))
        for norm, stated in without.binding.items():
            if not with_it.refused and not without.refused:
                term = TERMS[norm]
                assert term.strictness(with_it.binding[norm].value)[0] >= term.strictness(stated.value)[0]
