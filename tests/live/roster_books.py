"""Workbooks for the roster's tests, typed in cell by cell as a county office would: nothing of the writer under test is used."""

from datetime import date
from functools import cache
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from console.packs import open_pack
from live.roster import Incumbent, Reading, Roster, Staff, Street, Unit, read_roster
from policies.pack.schema import Pack, Role
from policies.people import Body, Education, PartyStanding, Post, Sex

FILES = Path(__file__).parent / "files"

STREETS = [["街道代码", "街道名称"], ["S01", "前山街道"], ["S02", "香湾街道"]]
UNITS = [
    [
        "社区代码",
        "社区名称",
        "街道代码",
        "户数",
        "居民数",
        "正式党员数",
        "应到会党员数",
        "应派代表的组织数",
        "重点难点",
        "党组织职数",
        "居委会职数",
        "监委会职数",
        "登记选民数",
        "村民小组数",
        "副主任职数",
        "妇女委员职数",
    ],
    ["U001", "翠微社区", "S01", 1800, 4680, 42, 37, 12, "否", 5, 7, 3, None, None, None, None],
    ["U002", "梅溪社区", "S01", 900, 2100, 6, 6, 0, "是", 1, 9, 3, 1700, None, None, None],
    ["U001", "拱北社区", "S02", 2400, 6000, 80, 71, 20, "否", 5, 7, 3, None, None, None, None],
]
STAFF = [
    ["人员代码", "姓名", "单位", "职责", "范围"],
    ["P0001", "李明", "前山街道党工委", "街道党工委", "S01"],
    ["P0001", "李明", "前山街道党工委", "街道办事处", "S01"],
    ["P0002", "王芳", "区委组织部", "区委组织部", "区"],
    ["P0003", "张伟", "拱北社区党总支", "社区党组织", "S02-U001"],
    ["P0004", "𠮷田·买买提", "梅溪社区党支部", "社区党组织", "U002"],
]
INCUMBENTS = [
    ["社区代码", "组织", "职务", "姓名", "性别", "出生年月", "学历", "政治面貌"],
    ["U002", "党组织", "书记", "𠮷田·买买提", "男", "1972-11", "大专", "正式党员"],
    ["S02-U001", "居民委员会", "主任", "赵丽", "女", "1980-02", None, "群众"],
    ["S02-U001", "监督委员会", "监督委员会主任", "钱进", "男", "1990-12", "大学本科", "预备党员"],
]
SHEETS = {"街道": STREETS, "村社区": UNITS, "工作人员": STAFF, "现任成员": INCUMBENTS}

ROSTER = Roster(
    streets=(Street(code="S01", name="前山街道"), Street(code="S02", name="香湾街道")),
    units=(
        Unit(
            street="S01",
            code="U001",
            name="翠微社区",
            households=1800,
            residents=4680,
            party_members=42,
            party_due=37,
            organizations=12,
            difficult=False,
            party_seats=5,
            residents_seats=7,
            supervisory_seats=3,
        ),
        Unit(
            street="S01",
            code="U002",
            name="梅溪社区",
            households=900,
            residents=2100,
            party_members=6,
            party_due=6,
            organizations=0,
            difficult=True,
            party_seats=1,
            residents_seats=9,
            supervisory_seats=3,
            voters=1700,
        ),
        Unit(
            street="S02",
            code="U001",
            name="拱北社区",
            households=2400,
            residents=6000,
            party_members=80,
            party_due=71,
            organizations=20,
            difficult=False,
            party_seats=5,
            residents_seats=7,
            supervisory_seats=3,
        ),
    ),
    staff=(
        Staff(person="P0001", name="李明", organization="前山街道党工委", role=Role.STREET_COMMITTEE, scope="S01"),
        Staff(person="P0001", name="李明", organization="前山街道党工委", role=Role.STREET_OFFICE, scope="S01"),
        Staff(person="P0002", name="王芳", organization="区委组织部", role=Role.DISTRICT_ORGANIZATION, scope=""),
        Staff(person="P0003", name="张伟", organization="拱北社区党总支", role=Role.PARTY_BRANCH, scope="S02-U001"),
        Staff(
            person="P0004", name="𠮷田·买买提", organization="梅溪社区党支部", role=Role.PARTY_BRANCH, scope="S01-U002"
        ),
    ),
    incumbents=(
        Incumbent(
            unit="S01-U002",
            body=Body.PARTY,
            post=Post.SECRETARY,
            name="𠮷田·买买提",
            sex=Sex.MALE,
            born=date(1972, 11, 1),
            education=Education.COLLEGE,
            standing=PartyStanding.FULL,
        ),
        Incumbent(
            unit="S02-U001",
            body=Body.RESIDENTS,
            post=Post.CHAIR,
            name="赵丽",
            sex=Sex.FEMALE,
            born=date(1980, 2, 1),
            standing=PartyStanding.NONE,
        ),
        Incumbent(
            unit="S02-U001",
            body=Body.SUPERVISORY,
            post=Post.SUPERVISORY_CHAIR,
            name="钱进",
            sex=Sex.MALE,
            born=date(1990, 12, 1),
            education=Education.BACHELOR,
            standing=PartyStanding.PROBATIONARY,
        ),
    ),
)
"""What the workbook above says, written out by hand."""

Edits = dict[tuple[str, str], object]


def workbook() -> Workbook:
    """The workbook in order."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in SHEETS.items():
        page: Worksheet = book.create_sheet(title)
        for row in rows:
            page.append(row)
    return book


def edited(path: Path, edits: Edits) -> Path:
    """The workbook with some cells changed, written to a file."""
    book = workbook()
    for (sheet, cell), value in edits.items():
        book[sheet][cell].value = value
    book.save(path)
    return path


@cache
def pack() -> Pack:
    """The bundled street plan."""
    opened = open_pack("street-2021")
    assert isinstance(opened, Pack)
    return opened


def reading(path: Path, edits: Edits | None = None) -> Reading:
    """What the reader says to the workbook with these changes."""
    return read_roster(edited(path / "roster.xlsx", edits or {}), pack())
