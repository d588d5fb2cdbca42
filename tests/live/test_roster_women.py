"""The roster of the women's federation: its own columns and no others, its pilots, and synthetic rosters under every plan."""

from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

from console.packs import bundled_packs, open_pack
from console.synthetic import synthetic_district, synthetic_roster
from live.roster import Reading, Roster, district_brief, read_roster, write_roster, write_template
from live.roster.columns import EXAMPLE_MARK, UNITS
from live.roster.template import prepared
from policies.pack.schema import Pack
from policies.people import Post

HEADER = ["社区代码", "社区名称", "街道代码", "户数", "居民数", "重点难点", "妇联职数", "成年妇女数", "试点单位"]
"""Typed in as a county sees them: nothing of the Party organization, the committee or the supervisors."""
ROWS: list[list[object]] = [
    ["U001", "翠微社区", "S01", 1800, 4680, "否", 5, 1650, "是"],
    ["U002", "梅溪社区", "S01", 900, 2100, "否", 7, 700, "否"],
]


def women() -> Pack:
    """The bundled plan of the federation."""
    pack = open_pack("women-2021")
    assert isinstance(pack, Pack)
    return pack


def reading(folder: Path, rows: list[list[object]], pack: Pack | None = None, header: list[str] = HEADER) -> Reading:
    """What the reader says to a workbook with these units and one incumbent."""
    book = Workbook()
    book.remove(book.active)
    for title, content in (
        ("街道", [["街道代码", "街道名称"], ["S01", "前山街道"]]),
        ("村社区", [header, *rows]),
        ("工作人员", [["人员代码", "姓名", "单位", "职责", "范围"], ["P0001", "王芳", "区妇联", "县（区）妇联", "区"]]),
        (
            "现任成员",
            [
                ["社区代码", "组织", "职务", "姓名", "性别", "出生年月", "学历", "政治面貌"],
                ["U001", "妇联组织", "主任", "赵丽", "女", "1980-02", None, "群众"],
            ],
        ),
    ):
        page = book.create_sheet(title)
        for row in content:
            page.append(row)
    book.save(folder / "roster.xlsx")
    return read_roster(folder / "roster.xlsx", pack or women())


def changed(place: int, value: object, row: int = 0) -> list[list[object]]:
    """The rows with one cell changed."""
    rows = [list(one) for one in ROWS]
    rows[row][place] = value
    return rows


def test_the_federations_roster_asks_for_its_own_figures_only(tmp_path: Path) -> None:
    """Read whole, without a remark; its figures reach the brief; 主任 of the federation is its own chair."""
    found = reading(tmp_path, ROWS)
    assert found.problems == ()
    assert found.roster is not None
    assert [column.title for column in UNITS.asked(women())] == HEADER
    brief = district_brief(found.roster, election="e", name="县", setting="s")
    units = brief.streets[0].units
    assert [(one.women_seats, one.women, one.pilot) for one in units] == [(5, 1650, True), (7, 700, False)]
    assert [(one.party_seats, one.residents_seats, one.supervisory_seats) for one in units] == [(0, 0, 0)] * 2
    assert [one.post for one in found.roster.incumbents] == [Post.FEDERATION_CHAIR]


@pytest.mark.parametrize(
    ("rows", "cell", "said"),
    [
        (changed(6, 1), "G2", "W1"),  # a chair and one member are the fewest
        (changed(6, None), "G2", "没有填写"),
        (changed(7, 4681), "H2", "多于居民"),
        (changed(8, "否"), "I2", "W3"),  # nobody is a pilot
        (changed(8, "也许"), "I2", "是"),
    ],
)
def test_what_cannot_be_is_said_at_its_cell(tmp_path: Path, rows: list[list[object]], cell: str, said: str) -> None:
    found = reading(tmp_path, rows)
    assert found.roster is None
    assert [(problem.cell, said in problem.message) for problem in found.problems if problem.cell == cell] == [
        (cell, True)
    ]


@pytest.mark.parametrize("rows", [changed(6, 2), changed(7, 4680)])
def test_the_boundaries_are_in_order(tmp_path: Path, rows: list[list[object]]) -> None:
    """Two seats; as many women as residents."""
    assert reading(tmp_path, rows).roster is not None


def test_a_plan_without_pilots_has_none(tmp_path: Path) -> None:
    """W3, the other way round: at the cell that says so."""
    found = reading(tmp_path, ROWS, women().model_copy(update={"pilot": None}))
    assert [problem.cell for problem in found.problems] == ["I2"]
    assert reading(tmp_path, changed(8, "否"), women().model_copy(update={"pilot": None})).roster is not None


def test_columns_of_other_plans_are_named_and_passed_over(tmp_path: Path) -> None:
    """A county may take the workbook of the three bodies and add its three columns."""
    found = reading(tmp_path, [[*row, 42] for row in ROWS], header=[*HEADER, "正式党员数"])
    assert found.roster is not None
    assert found.roster.units[0].party_members == 0
    assert [(problem.cell, problem.message) for problem in found.problems] == [("J1", "这份方案不用这一列，没有读取")]


def test_the_federations_example_rows_are_themselves_in_order(tmp_path: Path) -> None:
    """Whoever takes the mark off them has a small roster without a problem."""
    write_template(tmp_path / "template.xlsx", women())
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for title in ("街道", "村社区", "工作人员", "现任成员"):
        cell = book[title]["A2"]
        cell.value = str(cell.value).removeprefix(f"{EXAMPLE_MARK}：")
    book.save(tmp_path / "example.xlsx")
    came = read_roster(tmp_path / "example.xlsx", women())
    assert came.problems == ()
    assert came.roster is not None
    assert [cell.value for cell in prepared(women(), first_row=2)["村社区"][1]] == HEADER


@pytest.mark.parametrize("name", bundled_packs())
def test_a_synthetic_roster_of_any_plan_is_a_roster(tmp_path: Path, name: str) -> None:
    """Made for drills from the plan's own roles and kind: written, read back the same, and its figures are the district's."""
    pack = open_pack(name)
    assert isinstance(pack, Pack)
    district = synthetic_district(pack, 3, 2026)
    made: Roster = synthetic_roster(district, pack)
    write_roster(made, tmp_path / "roster.xlsx", pack)
    came = read_roster(tmp_path / "roster.xlsx", pack)
    assert came.problems == ()
    assert came.roster is not None
    assert {one.role for one in came.roster.staff} == set(pack.roles)
    here = district_brief(came.roster, election=district.id, name=district.brief.name, setting=district.brief.setting)
    asked = {column.field for column in UNITS.asked(pack)}
    for one, other in zip(here.streets, district.brief.streets, strict=True):
        for unit, drawn in zip(one.units, other.units, strict=True):
            assert (unit.id, unit.name, unit.households, unit.village) == (
                drawn.id,
                drawn.name,
                drawn.households,
                drawn.village,
            )
            assert ("party_seats" not in asked) or unit == drawn
            assert (unit.women_seats, unit.women, unit.pilot) == (drawn.women_seats, drawn.women, drawn.pilot)
