"""What is recorded of an election, what may be, and in what two records differ: every problem and every difference at once."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from activities.registry.model import Kind
from workflows.messages import DistrictBrief, StreetBrief, UnitBrief, VillageFigures

FIGURES = (
    "households",
    "residents",
    "party_members",
    "party_due",
    "organizations",
    "difficult",
    "party_seats",
    "residents_seats",
    "supervisory_seats",
)
"""A unit's figures, named alike in `UnitBrief` and in the table."""
VILLAGE = tuple(VillageFigures.model_fields)
"""A village's own figures, in the table with `village_` before them."""
FEDERATION = {"women_seats": "federation_seats", "women": "federation_women", "pilot": "federation_pilot"}
"""A unit's figures of the women's federation, with their columns; empty where its plan elects the three bodies."""
MOST_DIFFERENCES = 20  # shown of them; the rest are counted


@dataclass(frozen=True, slots=True)
class Ground:
    """What an election runs under: the pack as given (YAML), calendar and (in a drill) the first clock as JSON, and their hash."""

    setting: str
    pack_id: str
    pack_version: str
    pack_sha256: str
    pack_text: str
    calendar_json: str
    clock_json: str | None
    law: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A post held when the election begins: `unit` is the unit's id; body, post, sex, education and standing are their ids."""

    unit: str
    body: str
    post: str
    name: str
    sex: str
    born: date
    education: str | None
    standing: str


@dataclass(frozen=True, slots=True)
class Election:
    """One election as recorded. `brief` is what its first workflow starts with; its id is the election's."""

    title: str
    ground: Ground
    brief: DistrictBrief
    started_by: str  # a person's id
    started_at: datetime
    voters: tuple[tuple[str, int], ...] = ()  # unit id → registered voters, where the roster says
    incumbents: tuple[Sitting, ...] = ()

    @property
    def id(self) -> str:
        """The election's id, which is the district's and its workflow's."""
        return self.brief.id


def problems_of(election: Election, kind: Kind) -> list[str]:
    """Everything that is wrong with a record by itself."""
    brief, found = election.brief, []
    if not brief.streets:
        found.append("没有街道：至少应有一个街道")
    if election.ground.clock_json is not None and kind is Kind.LIVE:
        found.append("正式换届不能使用压缩日程：请去掉压缩日程的设置，或改在演练库中登记")
    for what, value in (("日历", election.ground.calendar_json), ("压缩日程", election.ground.clock_json)):
        if value is not None and not _is_json(value):
            found.append(f"{what}不是可读的 JSON")
    seen: set[str] = {brief.id}
    areas: list[DistrictBrief | StreetBrief | UnitBrief] = [brief]
    for street in brief.streets:
        areas.append(street)
        if not street.units:
            found.append(f"街道「{street.id}」没有换届单位：至少应有一个")
        if street.district != brief.id:
            found.append(f"街道「{street.id}」写明属于「{street.district}」，应为「{brief.id}」")
        for unit in street.units:
            areas.append(unit)
            if (unit.street, unit.district) != (street.id, brief.id):
                found.append(
                    f"单位「{unit.id}」写明属于「{unit.district}」「{unit.street}」，应为「{brief.id}」「{street.id}」"
                )
    for area in areas:
        if area is not brief and area.id in seen:
            found.append(f"编号「{area.id}」重复")
        seen.add(area.id)
        if area.setting != election.ground.setting:
            found.append(f"「{area.id}」的方案指纹是 {area.setting}，应为 {election.ground.setting}")
    return found


def _is_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return False
    return True


_LABELS = {
    "setting": "方案指纹",
    "pack_id": "方案",
    "pack_version": "方案版本",
    "pack_sha256": "方案内容的哈希",
    "law": "适用法律",
    "clock_json": "压缩日程",
}
_FIGURE_LABELS = {
    "name": "名称",
    "street": "所属街道",
    "households": "户数",
    "residents": "居民数",
    "party_members": "正式党员数",
    "party_due": "应到会党员数",
    "organizations": "驻区单位数",
    "difficult": "是否难点单位",
    "party_seats": "党组织职数",
    "residents_seats": "居委会职数",
    "supervisory_seats": "监委会职数",
    "women_seats": "妇联职数",
    "women": "成年妇女数",
    "pilot": "是否试点单位",
}
_VILLAGE_LABELS = {
    "groups": "村民小组数",
    "deputies": "副主任职数",
    "women": "妇女委员职数",
    "poll_day": "选举日",
}


def differences_between(known: Election, given: Election) -> list[str]:
    """In what a record differs from the one there is, but for who started it and when; the first twenty in words."""
    found = [
        _differs(label, getattr(known.ground, name), getattr(given.ground, name)) for name, label in _LABELS.items()
    ]
    found.append(_differs("名称", known.title, given.title))
    found.append(_differs("区名", known.brief.name, given.brief.name))
    if known.ground.pack_text != given.ground.pack_text:
        found.append("方案的文本不同")
    if known.ground.calendar_json != given.ground.calendar_json:
        found.append("日历的内容不同")
    streets = {street.id: street.name for street in known.brief.streets}
    streets_given = {street.id: street.name for street in given.brief.streets}
    found += _listed("街道", streets, streets_given)
    units = {unit.id: unit for street in known.brief.streets for unit in street.units}
    units_given = {unit.id: unit for street in given.brief.streets for unit in street.units}
    found += _listed("单位", units, units_given)
    for key in sorted(units.keys() & units_given.keys()):
        found += [
            _differs(f"单位「{key}」的{label}", getattr(units[key], name), getattr(units_given[key], name))
            for name, label in _FIGURE_LABELS.items()
        ]
        found += [
            _differs(f"单位「{key}」的{label}", _of_village(units[key], name), _of_village(units_given[key], name))
            for name, label in _VILLAGE_LABELS.items()
        ]
    for key in sorted(streets.keys() & streets_given.keys()):
        found.append(_differs(f"街道「{key}」的名称", streets[key], streets_given[key]))
    if not any(found) and known.brief != given.brief:
        found.append("街道或单位的先后顺序不同")
    shown = [one for one in found if one]
    if len(shown) > MOST_DIFFERENCES:
        return [*shown[:MOST_DIFFERENCES], f"另有{len(shown) - MOST_DIFFERENCES}处不同"]
    return shown


def _of_village(unit: UnitBrief, name: str) -> object:
    return "未填" if unit.village is None else getattr(unit.village, name)


def _differs(what: str, known: object, given: object) -> str:
    return "" if known == given else f"{what}已登记为「{known}」，这次是「{given}」"


def _listed(what: str, known: dict[str, Any], given: dict[str, Any]) -> list[str]:
    missing = [f"缺少已登记的{what}「{key}」" for key in sorted(known.keys() - given.keys())]
    return missing + [f"多出未登记的{what}「{key}」" for key in sorted(given.keys() - known.keys())]
