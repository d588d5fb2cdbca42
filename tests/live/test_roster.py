"""The roster's reader: what people type is understood, everything wrong is said at once, and nothing comes in half."""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference

import live.roster.opening as opening
from console.packs import open_pack
from live.roster import Problem, Reading, read_roster, seats
from live.roster.briefs import district_brief
from live.roster.columns import EVERY, LEVELS, SHEETS
from policies.finding import Severity
from policies.pack.schema import Pack, Role
from policies.people import Education, PartyStanding, Post
from policies.rule import BOOK
from policies.rules import load
from tests.live.roster_books import FILES, INCUMBENTS, ROSTER, STAFF, UNITS, Edits, edited, pack, reading, workbook
from workflows.messages import VillageFigures


def read(path: Path) -> Reading:
    """A file as the reader sees it."""
    return read_roster(path, pack())


def at(problems: Iterable[Problem]) -> set[tuple[str, str]]:
    """Where problems are."""
    return {(problem.sheet, problem.cell) for problem in problems}


# ---------------------------------------------------------------- what is in order


def test_a_workbook_in_order_is_read_whole(tmp_path: Path) -> None:
    """Every cell arrives as its typed value; references are written out in full."""
    assert reading(tmp_path) == Reading(ROSTER)


@pytest.mark.parametrize("name", ["roster.xls", "roster.ods"])
def test_other_spreadsheets_say_the_same(name: str) -> None:
    """The workbook saved by LibreOffice as .xls and .ods is the same roster."""
    assert read(FILES / name) == Reading(ROSTER)


UNDERSTOOD: list[tuple[str, str, object]] = [
    ("街道", "A2", " Ｓ０１ "),
    ("街道", "B2", "前山　街道"),
    ("村社区", "D2", "１８００"),
    ("村社区", "D2", "1,800"),
    ("村社区", "D2", "1800.0"),
    ("村社区", "D2", 1800.0),
    ("村社区", "D2", "1800\u200b "),
    ("村社区", "I2", False),
    ("村社区", "I3", "是 "),
    ("工作人员", "B2", "李　明"),
    ("工作人员", "D2", "street_committee"),
    ("工作人员", "E4", "县"),
    ("工作人员", "E6", "S01-U002"),
    ("现任成员", "B2", "党支部"),
    ("现任成员", "C4", "主任"),
    ("现任成员", "F2", date(1972, 11, 1)),
    ("现任成员", "F2", datetime(1972, 11, 30)),
    ("现任成员", "F2", "1972年11月"),
    ("现任成员", "F2", "１９７２．１１"),
    ("现任成员", "F2", "1972/11/07"),
    ("现任成员", "F2", "1972年11月7日"),
    ("现任成员", "F2", 197211),
    ("现任成员", "F2", 1972.11),
    ("现任成员", "F3", "1980-2"),
    ("现任成员", "G4", "本科"),
    ("现任成员", "H2", "中共党员"),
]


@pytest.mark.parametrize(("sheet", "cell", "typed"), UNDERSTOOD, ids=lambda given: repr(given))
def test_what_people_type_is_understood(tmp_path: Path, sheet: str, cell: str, typed: object) -> None:
    """Full-width digits, stray blanks, numbers as text, dates in several ways, common other words: the same roster."""
    assert reading(tmp_path, {(sheet, cell): typed}) == Reading(ROSTER)


def test_titles_examples_blank_rows_and_order_do_not_matter(tmp_path: Path) -> None:
    """A title above the headers, an example row, blank rows, columns in another order: the same roster."""
    book = workbook()
    page = book["街道"]
    page.insert_rows(1, 2)
    page["A1"] = "香洲区街道一览"
    page.insert_rows(4)
    page["A4"], page["B4"] = "示例：S99", "某街道"
    page.append([" ", "　"])
    staff = book["工作人员"]
    staff.move_range("A1:A6", cols=5)
    staff.delete_cols(1)
    staff["E1"] = " 人员代码 * "
    book.create_sheet("填写说明").append(["不读"])
    book["现任成员"].title = "现任成员 "
    book.save(tmp_path / "roster.xlsx")
    assert read(tmp_path / "roster.xlsx") == Reading(ROSTER)


def test_staff_may_be_incumbents_and_lists_of_people_may_be_empty(tmp_path: Path) -> None:
    """Nobody need be named yet, and an incumbent may act as staff."""
    book = workbook()
    for title in ("工作人员", "现任成员"):
        book[title].delete_rows(2, 10)
    book.save(tmp_path / "roster.xlsx")
    roster = read(tmp_path / "roster.xlsx").roster
    assert roster == ROSTER.model_copy(update={"staff": (), "incumbents": ()})
    assert {one.name for one in ROSTER.staff} & {one.name for one in ROSTER.incumbents}


RARE = ["𠮷田", "买买提·艾力", "㛃", "\U000323af", "﨑山", "葛\U000e0100城", "\ue863某"]


@pytest.mark.parametrize("name", RARE)
def test_rare_characters_survive(tmp_path: Path, name: str) -> None:
    """Names are kept as they are: rare, compatibility and private-use characters, variants, the middle dot."""
    roster = reading(tmp_path, {("现任成员", "D2"): name}).roster
    assert roster is not None
    assert roster.incumbents[0].name == name


# ---------------------------------------------------------------- what is wrong

WRONG: list[tuple[str, Edits, tuple[str, str], str]] = [
    ("missing value", {("村社区", "D2"): None}, ("村社区", "D2"), "“户数”没有填写"),
    ("blank value", {("村社区", "D2"): "　"}, ("村社区", "D2"), "没有填写"),
    ("not a number", {("村社区", "D2"): "约1800户"}, ("村社区", "D2"), "应为整数"),
    ("a date for a number", {("村社区", "D2"): date(2021, 3, 1)}, ("村社区", "D2"), "应为整数"),
    ("true for a number", {("村社区", "D2"): True}, ("村社区", "D2"), "应为整数"),
    ("infinity", {("村社区", "D2"): "Infinity"}, ("村社区", "D2"), "应为整数"),
    ("not whole", {("村社区", "D2"): 1800.5}, ("村社区", "D2"), "不是整数"),
    ("negative", {("村社区", "H2"): -3}, ("村社区", "H2"), "不能是负数"),
    ("zero", {("村社区", "D2"): 0}, ("村社区", "D2"), "不能小于 1"),
    ("beyond belief", {("村社区", "D2"): 13800001111}, ("村社区", "D2"), "超过上限"),
    ("formula without a value", {("村社区", "D2"): "=E2/2"}, ("村社区", "D2"), "是公式或错误值"),
    ("error value", {("村社区", "M2"): "#N/A"}, ("村社区", "M2"), "是公式或错误值"),
    ("due above members", {("村社区", "G2"): 43}, ("村社区", "G2"), "多于正式党员 42 名"),
    ("residents below households", {("村社区", "E2"): 1799}, ("村社区", "E2"), "少于户数 1800 户"),
    ("party seats of the plan", {("村社区", "J2"): 7}, ("村社区", "J2"), "P4"),
    ("a committee of six members", {("村社区", "J3"): 5}, ("村社区", "J3"), "不足 7 名"),
    ("residents' seats", {("村社区", "K2"): 5}, ("村社区", "K2"), "R1"),
    ("supervisory seats", {("村社区", "L2"): 5}, ("村社区", "L2"), "S1"),
    ("not yes or no", {("村社区", "I2"): "可能"}, ("村社区", "I2"), "应为“是”或“否”"),
    ("one for yes", {("村社区", "I2"): 1}, ("村社区", "I2"), "应为“是”或“否”"),
    ("unknown street", {("村社区", "C2"): "S09"}, ("村社区", "C2"), "没有这个代码"),
    ("street in other case", {("村社区", "C2"): "s01"}, ("村社区", "C2"), "没有这个代码"),
    ("unit code of a street", {("村社区", "A3"): "S02", ("工作人员", "E6"): "S01-S02", ("现任成员", "A2"): "S01-S02"}, ("村社区", "A3"), "与某个街道的代码相同"),
    ("unit twice", {("村社区", "A3"): "u001", ("工作人员", "E6"): "S01-u001", ("现任成员", "A2"): "u001"}, ("村社区", "A3"), "第 2 行已有"),
    ("unit name twice", {("村社区", "B3"): "翠微社区"}, ("村社区", "B3"), "社区名称重复"),
    ("street twice", {("街道", "A3"): "S01", ("村社区", "C4"): "S01", ("村社区", "A4"): "U003", ("工作人员", "E5"): "U003", ("现任成员", "A3"): "U003", ("现任成员", "A4"): "U003"}, ("街道", "A3"), "街道代码重复"),
    ("street name twice", {("街道", "B3"): "前山街道"}, ("街道", "B3"), "街道名称重复"),
    ("street without units", {("街道", "A4"): "S03", ("街道", "B4"): "空街道"}, ("街道", "A4"), "没有一个村、社区"),
    ("code typed as a number", {("工作人员", "A4"): 7}, ("工作人员", "A4"), "前面的 0 可能已经丢失"),
    ("code as a date", {("工作人员", "A4"): date(2021, 3, 1)}, ("工作人员", "A4"), "代码成了日期"),
    ("code with other signs", {("工作人员", "A4"): "P-02"}, ("工作人员", "A4"), "代码的写法不对"),
    ("code too long", {("工作人员", "A4"): "P000000000002"}, ("工作人员", "A4"), "代码的写法不对"),
    ("code of another script", {("工作人员", "A4"): "Р0002"}, ("工作人员", "A4"), "代码的写法不对"),
    ("an ID number as text", {("工作人员", "A4"): "110101199003070011"}, ("工作人员", "A4"), "疑似身份证号码"),
    ("an ID number in a name", {("工作人员", "B4"): "王芳 11010119900307001X"}, ("工作人员", "B4"), "疑似身份证号码"),
    ("an ID number as a number", {("村社区", "M2"): 110101199003070000}, ("村社区", "M2"), "疑似身份证号码"),
    ("unknown role", {("工作人员", "D2"): "街道书记"}, ("工作人员", "D2"), "职责中没有这一项"),
    ("street role for a unit", {("工作人员", "E2"): "U002"}, ("工作人员", "E2"), "是街道一级的职责，范围却是社区"),
    ("street role for the county", {("工作人员", "E2"): "区"}, ("工作人员", "E2"), "范围却是区（县）"),
    ("unit role for a street", {("工作人员", "E5"): "S02"}, ("工作人员", "E5"), "是社区一级的职责"),
    ("county role for a street", {("工作人员", "E4"): "S02"}, ("工作人员", "E4"), "是区（县）一级的职责"),
    ("scope unknown", {("工作人员", "E6"): "U009"}, ("工作人员", "E6"), "没有代码是“U009”的街道或社区"),
    ("scope ambiguous", {("工作人员", "E5"): "U001"}, ("工作人员", "E5"), "有 2 个社区用这个代码"),
    ("scope misspelt", {("工作人员", "E6"): "S01U002-"}, ("工作人员", "E6"), "代码的写法不对"),
    ("one code, two names", {("工作人员", "B3"): "李鸣"}, ("工作人员", "B3"), "在第 2 行是“李明”"),
    ("codes in two cases", {("工作人员", "A3"): "p0001"}, ("工作人员", "A3"), "只有大小写不同"),
    ("role twice", {("工作人员", "D3"): "街道党工委"}, ("工作人员", "A3"), "与第 2 行重复"),
    ("incumbent's unit unknown", {("现任成员", "A2"): "U009"}, ("现任成员", "A2"), "没有代码是“U009”的社区"),
    ("incumbent's unit ambiguous", {("现任成员", "A3"): "U001"}, ("现任成员", "A3"), "有 2 个社区用这个代码"),
    ("incumbent of a street", {("现任成员", "A2"): "S01"}, ("现任成员", "A2"), "没有代码是“S01”的社区"),
    ("unknown body", {("现任成员", "B2"): "理事会"}, ("现任成员", "B2"), "组织中没有这一项"),
    ("a village body in a community's plan", {("现任成员", "B3"): "村委会"}, ("现任成员", "B3"), "组织中没有这一项"),
    ("post of another body", {("现任成员", "C3"): "书记"}, ("现任成员", "C3"), "居民委员会没有“书记”这个职务"),
    ("second secretary", {("现任成员", "A3"): "U002", ("现任成员", "B3"): "党组织", ("现任成员", "C3"): "书记", ("现任成员", "H3"): "正式党员"}, ("现任成员", "C3"), "只能有一人"),
    ("unknown sex", {("现任成员", "E2"): "M"}, ("现任成员", "E2"), "性别中没有这一项"),
    ("unknown education", {("现任成员", "G2"): "博士后"}, ("现任成员", "G2"), "学历中没有这一项"),
    ("not full member", {("现任成员", "H2"): "预备党员"}, ("现任成员", "H2"), "应是正式党员"),
    ("month unreadable", {("现任成员", "F2"): "七二年冬"}, ("现任成员", "F2"), "不是能认出的年月"),
    ("month thirteen", {("现任成员", "F2"): "1972-13"}, ("现任成员", "F2"), "不是能认出的年月"),
    ("day that is none", {("现任成员", "F2"): "1973-02-29"}, ("现任成员", "F2"), "不是能认出的年月"),
    ("month that lost its zero", {("现任成员", "F2"): 1972.1}, ("现任成员", "F2"), "末尾的 0 可能已经丢失"),
    ("a minor", {("现任成员", "F2"): "2003-03"}, ("现任成员", "F2"), "不满 18 周岁"),
    ("text that is a formula", {("工作人员", "C2"): "＋前山街道"}, ("工作人员", "C2"), "当作公式"),
    ("text too long", {("工作人员", "C2"): "前" * 61}, ("工作人员", "C2"), "共 61 个字"),
    ("hidden direction mark", {("工作人员", "B4"): "王\u202e芳"}, ("工作人员", "B4"), "看不见的控制字符"),
    ("true for a name", {("工作人员", "C2"): True}, ("工作人员", "C2"), "应为文字"),
    ("header twice", {("工作人员", "F1"): "姓名"}, ("工作人员", "F1"), "列“姓名”重复"),
]  # fmt: skip
"""Each kind of problem alone: what is changed, and where and how it must be named."""


@pytest.mark.parametrize(("edits", "place", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_each_problem_is_named_in_its_cell(tmp_path: Path, edits: Edits, place: tuple[str, str], said: str) -> None:
    """One problem, in its cell, with what stands there and a remedy; no roster comes of it."""
    came = reading(tmp_path, edits)
    assert came.roster is None
    assert at(came.problems) == {place}
    (problem,) = came.problems
    assert said in problem.message
    assert problem.remedy
    assert problem.severity is Severity.ERROR


def test_two_who_hold_one_post_twice(tmp_path: Path) -> None:
    """The same person in the same post twice is a repetition, not a second holder."""
    book = workbook()
    book["现任成员"].append(INCUMBENTS[1])
    book.save(tmp_path / "roster.xlsx")
    (problem,) = read(tmp_path / "roster.xlsx").problems
    assert (problem.cell, "重复" in problem.message) == ("D5", True)


MANY: Edits = {
    ("街道", "A4"): "S03",
    ("街道", "B4"): "空街道",
    ("村社区", "D2"): "约1800户",
    ("村社区", "H2"): -3,
    ("村社区", "B3"): "翠微社区",
    ("村社区", "K3"): 5,
    ("村社区", "G4"): 99,
    ("村社区", "L4"): 9,
    ("工作人员", "F1"): "手机",
    ("工作人员", "B3"): "李鸣",
    ("工作人员", "A4"): 7,
    ("工作人员", "D4"): "区委书记",
    ("工作人员", "E5"): "U001",
    ("工作人员", "E6"): "U009",
    ("现任成员", "A2"): "U009",
    ("现任成员", "E2"): "M",
    ("现任成员", "F3"): "2010-01",
    ("现任成员", "C4"): "书记",
}


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    """Seventeen things wrong in four sheets are seventeen problems, in the order of the workbook."""
    problems = reading(tmp_path, MANY).problems
    assert [(one.sheet, one.cell) for one in problems] == [place for place in MANY if place != ("街道", "B4")]


def test_problems_in_pairs_are_both_said(tmp_path: Path) -> None:
    """Any two independent problems of the units' numbers are reported together."""
    edits: list[tuple[Edits, str]] = [
        ({("村社区", "D3"): "x"}, "D3"),
        ({("村社区", "G2"): 43}, "G2"),
        ({("村社区", "K2"): 5}, "K2"),
        ({("村社区", "L4"): 9}, "L4"),
        ({("村社区", "C4"): "S09"}, "C4"),
    ]
    for (first, one), (second, other) in combinations(edits, 2):
        assert {one, other} <= {problem.cell for problem in reading(tmp_path, first | second).problems}


def test_an_unreadable_seat_number_leaves_the_others_judged(tmp_path: Path) -> None:
    """P4 needs the members' number; R1 and S1 do not wait for it."""
    came = reading(tmp_path, {("村社区", "F2"): "?", ("村社区", "J2"): 9, ("村社区", "K2"): 5, ("村社区", "L2"): 9})
    assert at(came.problems) == {("村社区", "F2"), ("村社区", "K2"), ("村社区", "L2")}


def test_an_id_number_is_not_repeated(tmp_path: Path) -> None:
    """A message about an ID number does not carry it on."""
    edits: Edits = {("工作人员", "A4"): "110101199003070011", ("村社区", "M2"): 110101199003070000}
    for problem in reading(tmp_path, edits).problems:
        assert "19900307" not in problem.model_dump_json()


# ---------------------------------------------------------------- sheets and columns


@pytest.mark.parametrize("title", [sheet.title for sheet in SHEETS])
def test_a_missing_sheet_is_one_problem(tmp_path: Path, title: str) -> None:
    """Not a cascade of references that lead nowhere; what it may be called instead is suggested."""
    book = workbook()
    book[title].title = f"{title}表"
    book.save(tmp_path / "roster.xlsx")
    errors = [problem for problem in read(tmp_path / "roster.xlsx").problems if problem.blocks]
    assert [(problem.sheet, problem.cell) for problem in errors] == [(title, "")]
    assert f"{title}表" in errors[0].remedy


@pytest.mark.parametrize(
    ("sheet", "column"),
    [(sheet.title, column.title) for sheet in SHEETS for column in sheet.asked(pack()) if column.required],
)
def test_a_missing_column_is_one_problem(tmp_path: Path, sheet: str, column: str) -> None:
    """Every required column is asked for, at the header, without a cascade."""
    book = workbook()
    page = book[sheet]
    titles = [cell.value for cell in page[1]]
    page.delete_cols(titles.index(column) + 1)
    book.save(tmp_path / "roster.xlsx")
    came = read(tmp_path / "roster.xlsx")
    assert came.roster is None
    assert [(one.sheet, one.cell, one.message) for one in came.problems] == [(sheet, "A1", f"缺少列“{column}”")]


def test_optional_columns_may_be_left_out(tmp_path: Path) -> None:
    """A workbook without registered voters and education is in order; both are then not stated."""
    book = workbook()
    book["村社区"].delete_cols(13)
    book["现任成员"].delete_cols(7)
    book.save(tmp_path / "roster.xlsx")
    came = read(tmp_path / "roster.xlsx")
    assert came.problems == ()
    assert came.roster is not None
    assert {unit.voters for unit in came.roster.units} == {None}
    assert {one.education for one in came.roster.incumbents} == {None}


def test_unknown_columns_and_sheets_are_only_remarked_on(tmp_path: Path) -> None:
    """They are not read and do not stand in the way; a near miss of a header is suggested."""
    book = workbook()
    book["工作人员"]["F1"] = "手机"
    book["村社区"]["M1"] = "登记选民"
    book.create_sheet("备注").append(["随便写写"])
    book.save(tmp_path / "roster.xlsx")
    came = read(tmp_path / "roster.xlsx")
    assert came.roster is not None
    assert {(one.sheet, one.cell, one.severity) for one in came.problems} == {
        ("工作人员", "F1", Severity.WARNING),
        ("村社区", "M1", Severity.WARNING),
        ("备注", "", Severity.WARNING),
    }
    assert any("登记选民数" in one.remedy for one in came.problems)


def test_more_voters_than_residents_is_remarked_on(tmp_path: Path) -> None:
    """It may be so where people registered who live elsewhere: a warning, not a refusal."""
    came = reading(tmp_path, {("村社区", "M3"): 2101})
    assert came.roster is not None
    assert [(one.cell, one.severity) for one in came.problems] == [("M3", Severity.WARNING)]


def test_empty_sheets_of_areas_are_refused(tmp_path: Path) -> None:
    """An election needs streets and units."""
    book = workbook()
    for title in ("街道", "村社区", "工作人员", "现任成员"):
        book[title].delete_rows(2, 10)
    book.save(tmp_path / "roster.xlsx")
    assert at(read(tmp_path / "roster.xlsx").problems) == {("街道", "A1"), ("村社区", "A1")}


# ---------------------------------------------------------------- formulas


def test_a_formula_typed_as_text_is_refused(tmp_path: Path) -> None:
    """`=HYPERLINK(…)` as text in a name is neither followed nor taken over."""
    book = workbook()
    cell = book["工作人员"]["B4"]
    cell.value = '=HYPERLINK("https://example.org","王芳")'
    cell.data_type = "s"
    book.save(tmp_path / "roster.xlsx")
    (problem,) = read(tmp_path / "roster.xlsx").problems
    assert (problem.cell, "当作公式" in problem.message) == ("B4", True)


def test_a_formula_is_taken_as_the_value_people_saw(tmp_path: Path) -> None:
    """A number that Excel computed and stored is that number; nothing is evaluated here."""
    path = edited(tmp_path / "plain.xlsx", {("村社区", "D2"): "=900*2"})
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(tmp_path / "stored.xlsx", "w") as stored:
        for name in parts.namelist():
            text = parts.read(name)
            if name == "xl/worksheets/sheet2.xml":
                assert b"<f>900*2</f><v></v>" in text or b"<f>900*2</f><v />" in text
                text = text.replace(b"<v></v>", b"<v>1800</v>").replace(
                    b"<f>900*2</f><v />", b"<f>900*2</f><v>1800</v>"
                )
            stored.writestr(name, text)
    assert read(tmp_path / "stored.xlsx") == Reading(ROSTER)


# ---------------------------------------------------------------- files that are no workbook


def one_problem(path: Path) -> str:
    """The message of a file that cannot be read at all: one problem, about the file."""
    came = read(path)
    assert came.roster is None
    assert not came.readable
    (problem,) = came.problems
    assert (problem.sheet, problem.cell) == ("", "")
    assert problem.remedy
    return problem.message


NOT_EXCEL = {
    "empty": b"",
    "text": "街道代码,街道名称\nS01,前山街道\n".encode(),
    "picture": bytes.fromhex("89504e470d0a1a0a") + b"\0" * 100,
    "web page": b"<html><table><tr><td>S01</td></tr></table></html>",
}


@pytest.mark.parametrize("content", NOT_EXCEL.values(), ids=NOT_EXCEL.keys())
def test_what_is_not_excel_is_said_so(tmp_path: Path, content: bytes) -> None:
    """Whatever its name says."""
    (tmp_path / "roster.xlsx").write_bytes(content)
    assert one_problem(tmp_path / "roster.xlsx") == "不是 Excel 文件"


def test_other_archives_and_documents_are_refused(tmp_path: Path) -> None:
    """A zip that holds no workbook."""
    with zipfile.ZipFile(tmp_path / "roster.xlsx", "w") as parts:
        parts.writestr("word/document.xml", "<w/>")
    assert one_problem(tmp_path / "roster.xlsx") == "不是 Excel 工作簿"


def test_damaged_workbooks_are_refused(tmp_path: Path) -> None:
    """Cut off, its old format broken, or its parts no XML."""
    whole = edited(tmp_path / "whole.xlsx", {}).read_bytes()
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as parts, zipfile.ZipFile(broken, "w") as made:
        for name in parts.namelist():
            made.writestr(name, b"<worksheet><sheetData><row" if "sheet2" in name else parts.read(name))
    old = (FILES / "roster.xls").read_bytes()
    for content in (whole[: len(whole) // 2], old[:700], old[:512] + b"\xff" * 2000, broken.getvalue()):
        (tmp_path / "roster.xlsx").write_bytes(content)
        assert "已损坏" in one_problem(tmp_path / "roster.xlsx")


def test_a_password_is_said_so() -> None:
    """A workbook that Excel encrypted."""
    assert one_problem(FILES / "locked.xlsx") == "工作簿有密码"


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    """More than 50 MB on disk."""
    with (tmp_path / "roster.xlsx").open("wb") as file:
        file.truncate(opening.MOST_BYTES + 1)
    assert "超过 50 MB" in one_problem(tmp_path / "roster.xlsx")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A small archive of very much; and one that understates what is in it."""
    path = tmp_path / "roster.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b"0" * (opening.MOST_UNPACKED + 1))
    assert path.stat().st_size < 1_000_000
    assert "超过 100 MB" in one_problem(path)
    content = path.read_bytes()
    size = (opening.MOST_UNPACKED + 1).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    assert "已损坏" in one_problem(path)


def test_cells_far_apart_do_not_exhaust_the_memory(tmp_path: Path) -> None:
    """Two cells in opposite corners make a sheet of seventeen thousand million."""
    assert "行，超过 100000 行" in one_problem(edited(tmp_path / "rows.xlsx", {("街道", "A1048576"): "x"}))
    assert "列，超过 256 列" in one_problem(edited(tmp_path / "columns.xlsx", {("街道", "XFD2"): "x"}))


ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)


def ods(path: Path, rows: str) -> Path:
    """An .ods with one sheet of these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        parts.writestr(
            "content.xml",
            f'{ODS_HEAD}<table:table table:name="街道">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


CELL = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
EMPTY_ROW = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'


def test_repeated_cells_of_an_ods_do_not_exhaust_the_memory(tmp_path: Path) -> None:
    """A row repeated a million times is refused when it holds something, or when something stands below it."""
    many = f'<table:table-row table:number-rows-repeated="1000000">{CELL}</table:table-row>'
    wide = CELL.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="9000"')
    assert "超过 100000 行" in one_problem(ods(tmp_path / "a.ods", many))
    assert "超过 100000 行" in one_problem(
        ods(tmp_path / "b.ods", f"{EMPTY_ROW}<table:table-row>{CELL}</table:table-row>")
    )
    assert "超过 256 列" in one_problem(ods(tmp_path / "c.ods", f"<table:table-row>{wide}</table:table-row>"))


def test_empty_rows_at_the_end_of_an_ods_are_as_usual(tmp_path: Path) -> None:
    """Every .ods ends in a million empty rows."""
    came = read(ods(tmp_path / "a.ods", f"<table:table-row>{CELL}</table:table-row>{EMPTY_ROW}"))
    assert came.readable


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    """The caller says so in its own words."""
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nowhere.xlsx")


# ---------------------------------------------------------------- the declaration


def test_every_role_has_a_level() -> None:
    """A new role must be given its reach here too."""
    assert set(LEVELS) == set(Role)


def test_every_field_has_one_column_and_every_rule_is_in_the_book() -> None:
    """The declaration and the typed values say the same; rules cited exist."""
    load()
    for sheet in SHEETS:
        assert sorted(column.field for column in sheet.columns) == sorted(sheet.value.model_fields)
        assert len({column.title for column in sheet.columns}) == len(sheet.columns)
        assert {column.rule for column in sheet.columns if column.rule} <= set(BOOK)
        optional = {name for name, field in sheet.value.model_fields.items() if not field.is_required()}
        some = {column.field for column in sheet.columns if not column.required or column.plans != EVERY}
        assert some == optional


def test_the_books_of_the_tests_have_every_header() -> None:
    """The workbook typed in by hand uses the headers that people see."""
    assert {tuple(rows[0]) for rows in (UNITS, STAFF, INCUMBENTS)} == {
        tuple(column.title for column in sheet.asked(pack())) for sheet in SHEETS[1:]
    }


def test_nothing_of_a_reading_is_half(tmp_path: Path) -> None:
    """One bad cell in one sheet, and no other sheet comes in either."""
    assert reading(tmp_path, {("现任成员", "E2"): "?"}).roster is None


def test_labels_of_people_are_unambiguous() -> None:
    """No two posts, standings or educations share a label: a label typed means one thing."""
    for labels in (Post, PartyStanding, Education):
        assert len({one.label for one in labels}) == len(labels)


def test_a_chart_sheet_is_passed_over(tmp_path: Path) -> None:
    """Sheets without cells have nothing to read."""
    book: Workbook = workbook()
    chart = BarChart()
    chart.add_data(Reference(book["村社区"], min_col=4, min_row=1, max_row=4))
    book.create_chartsheet("图").add_chart(chart)
    book.save(tmp_path / "roster.xlsx")
    assert openpyxl.load_workbook(tmp_path / "roster.xlsx").chartsheets
    assert read(tmp_path / "roster.xlsx").roster == ROSTER


def test_a_villages_committee_has_three_to_seven_seats() -> None:
    """V1, in the same column in which a community's are judged by R1."""
    village = open_pack("village-2025")
    assert isinstance(village, Pack)
    assert seats.allowed("R1", village) == (3, 7)
    known = {"party_members": 50, "party_seats": 5, "supervisory_seats": 3}
    assert [finding.rule for finding in seats.findings(village, residents_seats=8, **known)] == ["V1"]
    assert seats.findings(village, residents_seats=7, **known) == []


def test_a_villages_posts_fit_into_its_committee_and_stand_in_no_community(tmp_path: Path) -> None:
    """One chair, the deputies and the women's seats are no more than the seats (V1); a community leaves the columns empty."""
    figures = {("村社区", "N2"): 12, ("村社区", "O2"): 1, ("村社区", "P2"): 1}
    assert {problem.cell for problem in read(edited(tmp_path / "a.xlsx", figures)).problems} == {"N2", "O2", "P2"}
    village = open_pack("village-2025")
    assert isinstance(village, Pack)
    fits = figures | {("村社区", "K2"): 3, ("村社区", "K3"): 3, ("村社区", "K4"): 3}
    for deputies, wrong in ((1, False), (2, True)):  # 1 + 1 + 1 of 3; 1 + 2 + 1
        book = edited(tmp_path / f"{deputies}.xlsx", fits | {("村社区", "O2"): deputies})
        found = [problem for problem in read_roster(book, village).problems if "副主任" in problem.message]
        assert [problem.cell for problem in found] == (["O2"] if wrong else [])


def test_a_villages_figures_reach_its_brief() -> None:
    """Groups and posts as typed; what is left empty is one deputy and one woman's seat; a community has none of it."""
    told = ROSTER.units[0].model_copy(update={"groups": 12, "deputies": 2})
    roster = ROSTER.model_copy(update={"units": (told, *ROSTER.units[1:])})
    brief = district_brief(roster, election="e", name="县", setting="s")
    of = {unit.id: unit.village for street in brief.streets for unit in street.units}
    assert of.pop(f"e-{told.reference}") == VillageFigures(groups=12, deputies=2, women=1)
    assert set(of.values()) == {None}
