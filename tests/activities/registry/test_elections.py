"""Elections recorded whole, once; and where every unit stands, and what waits for whom."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from activities.registry import Registry
from activities.registry.elections import Listed, Place, Sitting
from activities.registry.errors import RefusedRecordError, UnknownElectionError
from activities.registry.model import Kind
from activities.registry.people import Grant
from activities.registry.record import FEDERATION, FIGURES
from activities.registry.standing import Closing
from policies.pack.schema import Role
from tests.activities.registry.county import (
    DAY,
    ELECTION,
    NOW,
    PARTY,
    SETTING,
    STREETS,
    UNITS,
    brief,
    closed,
    commit,
    decided,
    election,
    ground,
    of_unit,
    task,
    unit,
)
from workflows.messages import UnitBrief, VillageFigures

OTHER = "lishan-2026"


def test_incumbents_and_voters_are_kept_with_their_units(registry: Registry) -> None:
    """What the roster says of who sits now, and how many are registered, stays for the statistics of before and after."""
    other = brief("beishan-2026")
    first, second = other.streets[0].units
    sitting = tuple(
        Sitting(unit.id, "party", "secretary", f"甲{unit.id[-1]}", "female", date(1980, 5, 1), None, "full")
        for unit in (second, first, second)
    )
    registry.elections.record(election(brief=other, voters=((first.id, 2100),), incumbents=sitting))
    assert registry.elections.incumbents(other.id) == (sitting[1], sitting[0], sitting[2])
    with registry.database.reading() as connection:
        query = text("SELECT voters FROM units WHERE election = 'beishan-2026' ORDER BY id")
        assert connection.execute(query).scalars().all() == [2100, None, None]


def test_an_election_is_found_as_recorded(registry: Registry) -> None:
    """With every street and unit in order, and every figure."""
    assert registry.elections.find(ELECTION) == election()
    assert registry.elections.find("elsewhere") is None


def test_every_figure_of_a_unit_is_kept(registry: Registry) -> None:
    """A figure added to the brief must be added to the table, or a record that carries it is refused (see below)."""
    places = {"id", "name", "street", "district", "setting", "clock"}
    assert set(UnitBrief.model_fields) == places | set(FIGURES) | {"village"} | set(FEDERATION)


def test_the_federations_figures_are_kept_and_compared(registry: Registry) -> None:
    """Seats, women of age and the pilot's mark come back, of a unit that is no pilot too; another number is named in words."""
    pilot = unit(f"{OTHER}-S01-U001", women_seats=5, women=900, pilot=True)
    other = unit(f"{OTHER}-S01-U002", women_seats=7, women=1200)
    recorded = election(brief=brief(OTHER, [pilot, other]))
    registry.elections.record(recorded)
    assert registry.elections.find(OTHER) == recorded
    changed = pilot.model_copy(update={"women": 901, "pilot": False})
    with pytest.raises(RefusedRecordError, match="成年妇女数已登记为「900」，这次是「901」") as caught:
        registry.elections.record(election(brief=brief(OTHER, [changed, other])))
    assert len(caught.value.problems) == 2


def test_a_villages_own_figures_are_kept_and_compared(registry: Registry) -> None:
    """Groups, seats by post and a poll day of its own come back; another number is named in words."""
    village = VillageFigures(groups=12, deputies=2, women=1, poll_day=date(2026, 5, 10))
    one = unit(f"{OTHER}-S01-U001").model_copy(update={"village": village})
    recorded = election(brief=brief(OTHER, [one]))
    registry.elections.record(recorded)
    assert registry.elections.find(OTHER) == recorded
    changed = one.model_copy(update={"village": village.model_copy(update={"deputies": 1})})
    with pytest.raises(RefusedRecordError, match="副主任职数已登记为「2」，这次是「1」"):
        registry.elections.record(election(brief=brief(OTHER, [changed])))


def test_recording_the_same_again_changes_nothing(registry: Registry) -> None:
    """Neither when nor by whom it was started first is replaced."""
    again = election(started_by="A777", started_at=NOW + timedelta(days=3))
    assert registry.elections.record(again) is False
    assert registry.elections.find(ELECTION) == election()


def test_something_else_under_the_same_id_is_refused_with_every_difference(registry: Registry) -> None:
    """Pack, names, figures, units missing and units added: all at once, and nothing changes."""
    units = [unit(UNITS[0], party_due=70), unit(UNITS[1], name="改名社区"), unit(f"{STREETS[1]}-U004")]
    other = election(title="别的标题", ground=ground(pack_version="2", pack_text="id: x\n"), brief=brief(units=units))
    with pytest.raises(RefusedRecordError) as caught:
        registry.elections.record(other)
    assert caught.value.problems == (
        "方案版本已登记为「1」，这次是「2」",
        "名称已登记为「千山区2026年社区换届」，这次是「别的标题」",
        "方案的文本不同",
        f"缺少已登记的单位「{UNITS[2]}」",
        f"多出未登记的单位「{STREETS[1]}-U004」",
        f"单位「{UNITS[0]}」的应到会党员数已登记为「75」，这次是「70」",
        f"单位「{UNITS[1]}」的名称已登记为「社区2」，这次是「改名社区」",
    )
    assert registry.elections.find(ELECTION) == election()


def test_another_order_of_units_is_a_difference(registry: Registry) -> None:
    """Same units, another order: not the same election."""
    turned = election(brief=brief(units=[unit(one) for one in (UNITS[1], UNITS[0], UNITS[2])]))
    with pytest.raises(RefusedRecordError, match="先后顺序不同"):
        registry.elections.record(turned)


def test_a_record_that_contradicts_itself_is_refused_with_every_problem(registry: Registry) -> None:
    """A repeated id, a wrong district, another setting, a clock in a live registry, an unreadable calendar."""
    units = [
        unit(f"{OTHER}-S01-U001"),
        unit(f"{OTHER}-S01-U001", district="elsewhere"),
        unit(f"{OTHER}-S01-U002", setting="x"),
    ]
    with pytest.raises(RefusedRecordError) as caught:
        registry.elections.record(
            election(ground=ground(clock_json="{}", calendar_json="{"), brief=brief(OTHER, units=units))
        )
    told = "；".join(caught.value.problems)
    for part in (
        "编号「lishan-2026-S01-U001」重复",
        "写明属于「elsewhere」",
        "方案指纹是 x",
        "不能使用压缩日程",
        "日历不是可读",
    ):
        assert part in told
    assert len(caught.value.problems) == 5
    assert registry.elections.find(OTHER) is None


def test_ids_are_unique_over_elections(registry: Registry) -> None:
    """A unit of one election cannot be a unit of another; nothing of the second is recorded."""
    borrowed = [unit(UNITS[0], street=f"{OTHER}-S01", district=OTHER)]
    with pytest.raises(RefusedRecordError, match=f"单位编号「{UNITS[0]}」已用于换届「{ELECTION}」"):
        registry.elections.record(election(brief=brief(OTHER, units=borrowed)))
    assert [one.id for one in registry.elections.all()] == [ELECTION]


def test_what_a_setting_stands_for_is_found_by_its_hash(registry: Registry) -> None:
    """A worker that meets an unknown hash gets pack, calendar and clock."""
    assert registry.elections.ground(SETTING) == ground()
    assert registry.elections.ground("unknown") is None


def test_an_id_has_its_place(registry: Registry) -> None:
    """A unit, a street, an election: with every area above it, from which authority may come."""
    places = registry.elections
    assert places.place(UNITS[2]) == Place(ELECTION, SETTING, (UNITS[2], STREETS[1], ELECTION))
    assert places.place(STREETS[1]) == Place(ELECTION, SETTING, (STREETS[1], ELECTION))
    assert places.place(ELECTION) == Place(ELECTION, SETTING, (ELECTION,))
    assert places.place(PARTY) is None


def test_elections_are_listed_with_their_progress(registry: Registry) -> None:
    """Units completed and units closed as held are told apart."""
    second = election(brief=brief(OTHER), started_at=NOW + timedelta(days=1))
    assert registry.elections.record(second)
    registry.store.apply(of_unit(UNITS[0], 1, closed()), ())
    registry.store.apply(of_unit(UNITS[1], 1, closed(held_by="X4")), ())
    title = "千山区2026年社区换届"
    assert registry.elections.all() == (
        Listed(ELECTION, title, Kind.LIVE, SETTING, NOW, 3, 1, 1),
        Listed(OTHER, title, Kind.LIVE, SETTING, NOW + timedelta(days=1), 3, 0, 0),
    )


# ---------------------------------------------------------------- standing


def committed(registry: Registry) -> None:
    """The first unit has its Party election with two open gates, the second is closed, the third has not begun."""
    store = registry.store
    store.apply(of_unit(UNITS[0], 1, state="electing_party", opened=(task("prep.audit", workflow=UNITS[0]),)), ())
    store.apply(of_unit(UNITS[0], 2, decided("prep.audit"), closed=("prep.audit",)), ())
    gates = (task("party.meeting"), task("party.reply", role=Role.STREET_COMMITTEE, last_day=None))
    store.apply(commit(1, state="open", opened=gates), ())
    store.apply(of_unit(UNITS[1], 1, closed(held_by="X4"), state="held"), ())


def test_every_unit_stands_somewhere(registry: Registry) -> None:
    """Bodies in their order with their open gates, the end of a closed unit, and units that have not begun."""
    committed(registry)
    first, second, third = registry.standings.units(ELECTION, DAY)
    assert [(body.workflow, body.body, body.state) for body in first.bodies] == [
        (UNITS[0], "prep", "electing_party"),
        (PARTY, "party", "open"),
    ]
    assert [one.task for one in first.tasks] == [
        task("party.meeting"),
        task("party.reply", role=Role.STREET_COMMITTEE, last_day=None),
    ]
    assert (first.state, first.closing, first.begun, first.street_name) == ("electing_party", None, True, "街道1")
    assert second.closing == Closing(None, "X4", "整顿未通过", NOW + timedelta(seconds=1))
    assert (second.difficult, second.tasks) == (True, ())
    assert (third.id, third.begun, third.state) == (UNITS[2], False, "")


def test_overdue_begins_the_day_after_the_last(registry: Registry) -> None:
    """On the last day itself nobody is late; a gate without one never is."""
    committed(registry)
    last = DAY + timedelta(days=5)
    assert [one.overdue for one in registry.standings.units(ELECTION, last)] == [False, False, False]
    late = registry.standings.units(ELECTION, last + timedelta(days=1))
    assert [one.overdue for one in late] == [True, False, False]
    assert [one.overdue for one in late[0].tasks] == [True, False]


def test_units_of_one_street_or_one_unit(registry: Registry) -> None:
    """Narrowed where asked; an election nobody recorded is no empty one."""
    assert [one.id for one in registry.standings.units(ELECTION, DAY, street=STREETS[1])] == [UNITS[2]]
    assert [one.id for one in registry.standings.units(ELECTION, DAY, unit=UNITS[1])] == [UNITS[1]]
    with pytest.raises(UnknownElectionError, match="elsewhere"):
        registry.standings.units("elsewhere", DAY)


def granted(role: Role, scope: str) -> Grant:
    return Grant("A001", role, scope, NOW, "A009")


def test_an_inbox_shows_what_its_owner_may_decide(registry: Registry) -> None:
    """By role and area together: the unit itself, its street, its election; no grant, no task."""
    committed(registry)
    everything = registry.standings.inbox(DAY)
    assert [(one.task.gate, one.unit, one.unit_name, one.street_name, one.body) for one in everything] == [
        ("party.meeting", UNITS[0], "社区1", "街道1", "party"),
        ("party.reply", UNITS[0], "社区1", "街道1", "party"),
    ]
    for grants, expected in (
        ([granted(Role.PARTY_BRANCH, UNITS[0])], ["party.meeting"]),
        ([granted(Role.PARTY_BRANCH, UNITS[1])], []),
        ([granted(Role.STREET_COMMITTEE, STREETS[0])], ["party.reply"]),
        ([granted(Role.STREET_COMMITTEE, STREETS[1]), granted(Role.PARTY_BRANCH, STREETS[1])], []),
        (
            [granted(Role.STREET_COMMITTEE, ELECTION), granted(Role.PARTY_BRANCH, UNITS[0])],
            ["party.meeting", "party.reply"],
        ),
        ([], []),
    ):
        assert [one.task.gate for one in registry.standings.inbox(DAY, grants=grants)] == expected


def test_an_inbox_is_narrowed(registry: Registry) -> None:
    """By election, street, unit, role, and to what is overdue."""
    committed(registry)
    late = DAY + timedelta(days=6)

    def gates(**how: object) -> list[str]:
        return [one.task.gate for one in registry.standings.inbox(late, **how)]  # type: ignore[arg-type]

    both = ["party.meeting", "party.reply"]
    assert gates(election=ELECTION) == gates(street=STREETS[0]) == gates(unit=UNITS[0]) == both
    assert gates(election="elsewhere") == gates(street=STREETS[1]) == gates(unit=UNITS[1]) == []
    assert gates(roles=[Role.STREET_COMMITTEE]) == ["party.reply"]
    assert gates(roles=[]) == []
    assert gates(overdue_only=True) == ["party.meeting"]
    assert [one.overdue for one in registry.standings.inbox(late)] == [True, False]


def test_a_titles_change_is_the_only_difference_told(registry: Registry) -> None:
    """What agrees is not mentioned."""
    with pytest.raises(RefusedRecordError) as caught:
        registry.elections.record(replace(election(), title="新标题"))
    assert caught.value.problems == ("名称已登记为「千山区2026年社区换届」，这次是「新标题」",)
