"""V12 and V13: roving boxes and the staff's kin, province against province. Expected values: 浙江 22, 24; 上海 14; 北京 21, 23."""

from datetime import date, timedelta

import pytest

from policies.kinship import KinGraph
from policies.law.norms import Norms, StaffKin
from policies.people import Kin, Kinship, Person, Sex
from policies.rules.village.boxes import (
    BoxReason,
    Roving,
    box_users_counted,
    enough_monitors,
    roving_box_allowed,
)
from policies.rules.village.staff import staff_unrelated
from tests.builders.family import family
from tests.builders.norms import BEIJING, NATION_2018, NATION_2025, SHANGHAI, SILENT, ZHEJIANG

POLL = date(2026, 4, 28)
DAY_BEFORE = POLL - timedelta(1)


def box(**facts: object) -> Roving:
    """A box that Zhejiang lets go out, changed by the facts."""
    known = {
        "name": "一号流动票箱",
        "reason": BoxReason.DISPERSED,
        "monitors": ("甲", "乙", "丙"),
        "users": ("张三", "李四"),
        "approval": "镇选〔2026〕5号",
        "published": DAY_BEFORE,
    }
    return Roving.model_validate({**known, **facts})


def limits(one: Roving, norms: Norms) -> list[object]:
    """What each finding says the limit is."""
    found = roving_box_allowed(one, POLL, norms)
    assert {each.rule for each in found} <= {"V12"}
    return [each.limit for each in found]


@pytest.mark.parametrize(("monitors", "lawful"), [(2, False), (3, True), (4, True)])
def test_v12_three_monitors(monitors: int, lawful: bool) -> None:
    """三名以上 includes three; the same one twice is one."""
    names = [f"m{n}" for n in range(monitors)]
    for norms in (ZHEJIANG, BEIJING):
        assert [one.value for one in enough_monitors("一号", names, norms)] == ([] if lawful else [monitors])
    assert enough_monitors("一号", ["m0", "m1", "m1"], ZHEJIANG)[0].value == 2
    assert not enough_monitors("一号", names, NATION_2018)


def test_v12_for_whom_by_province() -> None:
    """Scattered homes: Zhejiang yes, Beijing no. Hard to move: Beijing yes, Zhejiang no. Shanghai has none at all."""
    by_reason = {reason: box(reason=reason) for reason in BoxReason}
    assert [limits(by_reason[reason], ZHEJIANG) == [] for reason in BoxReason] == [False, True, False]
    assert [limits(by_reason[reason], BEIJING) == [] for reason in BoxReason] == [True, False, False]
    assert all(limits(by_reason[reason], SHANGHAI) == ["不设流动票箱"] for reason in BoxReason)
    assert all(limits(by_reason[reason], NATION_2025) == [] for reason in BoxReason)


def test_v12_approval_and_list_are_zhejiangs() -> None:
    """Without the township's paper, without a list, with one on the day itself: refused in Zhejiang, not asked in Beijing."""
    for facts, limit in (({"approval": None}, "乡镇批准"), ({"approval": " "}, "乡镇批准")):
        assert limits(box(**facts), ZHEJIANG) == [limit]
    for published in (None, POLL):
        assert limits(box(published=published), ZHEJIANG) == [POLL.isoformat()]
    assert limits(box(reason=BoxReason.IMPAIRED, approval=None, published=None), BEIJING) == []


def test_v12_two_monitors_no_paper_no_list_at_once() -> None:
    """All problems of one box together."""
    assert len(limits(box(monitors=("甲", "乙"), approval=None, published=None), ZHEJIANG)) == 3


def test_v12_an_unlisted_user() -> None:
    """No more ballots come back than the list has names: who took one there nobody writes down. Beijing publishes no list."""
    assert not box_users_counted(box(), 3, BEIJING)
    assert not box_users_counted(box(), 2, ZHEJIANG)
    assert box_users_counted(box(), 3, ZHEJIANG)[0].limit == 2
    assert not box_users_counted(box(), 3, BEIJING)


@pytest.mark.parametrize(
    ("kin", "zhejiang", "shanghai_beijing", "near"),
    [
        (family("监票 spouse 候选"), True, True, True),
        (family("监票 parent 候选"), True, True, True),
        (family("候选 parent 监票"), True, True, True),
        (family("监票 sibling 候选"), True, False, True),  # 兄弟姐妹: named in Zhejiang, not 直系亲属
        (family("监票 parent 中; 中 parent 候选"), False, True, True),  # grandparents: 直系亲属, not 父母子女
        (family("监票 parent 祖; 祖 parent 父; 父 parent 候选"), False, True, False),  # great-grandparents
        (family("监票 sibling 中; 中 parent 候选"), False, False, False),
        (family("监票 parent 中; 中 spouse 候选"), False, False, False),  # parents-in-law
        (family("", "监票", "候选"), False, False, False),
    ],
)
def test_v13_whose_kin_may_not_watch(kin: KinGraph, zhejiang: bool, shanghai_beijing: bool, near: bool) -> None:
    """Zhejiang 配偶、父母子女、兄弟姐妹; Shanghai and Beijing 配偶、直系亲属; near relatives where a county asks for them."""
    for norms, barred in (
        (ZHEJIANG, zhejiang),
        (SHANGHAI, shanghai_beijing),
        (BEIJING, shanghai_beijing),
        (Norms(staff_kin=StaffKin.NEAR), near),
        (SILENT, False),
    ):
        assert [one.rule for one in staff_unrelated(["监票", "别人"], ["候选"], kin, norms)] == (
            ["V13"] if barred else []
        )


def test_v13_a_candidate_watches() -> None:
    """Once, though he is on the list of staff twice and has a brother who stands."""
    (found,) = staff_unrelated(["甲", "甲"], ["甲", "乙"], family("甲 sibling 乙"), ZHEJIANG)
    assert (found.value, found.limit) == ("甲", "候选人以外的人")


def test_v13_tells_names() -> None:
    """The staff by the name on the list of staff, a candidate by his own."""
    links = [Kinship(a="M8", b="C1", relation=Kin.SIBLING)]
    graph = KinGraph([Person(id="C1", name="张三", sex=Sex.MALE)], links, {"M8": "张监"})
    (found,) = staff_unrelated(["M8"], ["C1"], graph, ZHEJIANG)
    assert found.message.startswith("张监 是候选人的亲属（张监—")
    assert "M8" not in found.message + str(found.value)
    (stands,) = staff_unrelated(["C1"], ["C1"], graph, ZHEJIANG)
    assert (stands.value, stands.message[:2]) == ("张三", "张三")
