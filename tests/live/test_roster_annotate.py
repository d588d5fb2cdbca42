"""The annotated copy: marks at exactly the cells that are wrong, a list that leads to them, the rest as it was."""

from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from live.roster import annotate, read_roster
from live.roster.annotate import AUTHOR, MARK
from live.roster.columns import FOUND
from live.roster.problem import Problem
from tests.live.roster_books import FILES, ROSTER, SHEETS, Edits, edited, pack, workbook

WRONG: Edits = {
    ("街道", "B3"): "前山街道",
    ("村社区", "D2"): "约1800户",
    ("村社区", "K3"): 5,
    ("工作人员", "F1"): "手机",
    ("工作人员", "A4"): 7,
    ("工作人员", "E6"): "U009",
    ("现任成员", "F2"): "1972-13",
}


def copied(source: Path, target: Path) -> tuple[tuple[Problem, ...], Workbook]:
    """The problems of a workbook and its annotated copy, opened again."""
    problems = read_roster(source, pack()).problems
    annotate(source, problems, target)
    return problems, openpyxl.load_workbook(target)


def comments(book: Workbook) -> dict[tuple[str, str], str]:
    """Every comment in a workbook by its cell."""
    return {
        (page.title, cell.coordinate): cell.comment.text
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
        if cell.comment is not None
    }


def test_exactly_the_wrong_cells_are_marked(tmp_path: Path) -> None:
    """Each has a comment with message and remedy, and a colour; nothing else has; contents are as they were."""
    source = edited(tmp_path / "roster.xlsx", WRONG)
    problems, book = copied(source, tmp_path / "marked.xlsx")
    found = comments(book)
    assert set(found) == set(WRONG)
    for problem in problems:
        text = found[problem.sheet, problem.cell]
        assert problem.message in text
        assert problem.remedy in text
    before = openpyxl.load_workbook(source)
    for title in SHEETS:
        for row in before[title].iter_rows():
            for cell in row:
                after = book[title][cell.coordinate]
                assert after.value == cell.value
                assert (after.fill.fill_type == "solid") is ((title, cell.coordinate) in WRONG)


def test_the_list_leads_to_every_cell(tmp_path: Path) -> None:
    """First in the workbook: a row a problem with a link to its cell; an error and a warning differ."""
    problems, book = copied(edited(tmp_path / "roster.xlsx", WRONG), tmp_path / "marked.xlsx")
    page = book[FOUND]
    assert book.sheetnames[0] == FOUND
    assert book.active is page
    rows = list(page.iter_rows(min_row=2))
    assert [(row[2].value, row[3].value, row[5].value) for row in rows] == [
        (one.sheet, one.cell, one.message) for one in problems
    ]
    assert [row[3].hyperlink.location for row in rows] == [f"'{one.sheet}'!{one.cell}" for one in problems]
    assert {row[3].value: row[1].value for row in rows}["F1"] == "提醒"
    assert [row[1].value for row in rows].count("错误") == len(WRONG) - 1


def test_the_source_is_left_alone(tmp_path: Path) -> None:
    """Not a byte of it changes."""
    source = edited(tmp_path / "roster.xlsx", WRONG)
    before = source.read_bytes()
    copied(source, tmp_path / "marked.xlsx")
    assert source.read_bytes() == before


def test_what_people_added_is_kept(tmp_path: Path) -> None:
    """Their own comments, sheets, fonts, widths and merged titles stay; our comment follows theirs."""
    book = workbook()
    page = book["村社区"]
    page["D2"].value = "约1800户"
    page["D2"].comment = Comment("问过居委会", "小李")
    page["B2"].comment = Comment("已核", "小李")
    page["B2"].font = Font(bold=True)
    page["C3"].fill = PatternFill("solid", fgColor="FF00B050")
    page.column_dimensions["B"].width = 40
    book.create_sheet("备注")["A1"] = "随便写写"
    book.save(tmp_path / "roster.xlsx")
    _, after = copied(tmp_path / "roster.xlsx", tmp_path / "marked.xlsx")
    page = after["村社区"]
    assert page["D2"].comment.text.startswith(f"问过居委会\n{MARK}")
    assert page["B2"].comment.text == "已核"
    assert page["B2"].font.bold
    assert page["C3"].fill.fgColor.rgb == "FF00B050"
    assert page.column_dimensions["B"].width == 40
    assert after["备注"]["A1"].value == "随便写写"


def test_a_copy_mended_and_checked_again_is_marked_afresh(tmp_path: Path) -> None:
    """Marks of the first round go; the people's own comments stay; mended altogether, the copy is a roster in order."""
    book = workbook()
    book["村社区"]["D2"].value = "约1800户"
    book["村社区"]["D2"].comment = Comment("问过居委会", "小李")
    book["工作人员"]["E6"].value = "U009"
    book.save(tmp_path / "roster.xlsx")
    _, first = copied(tmp_path / "roster.xlsx", tmp_path / "first.xlsx")
    first["村社区"]["D2"].value = 1800
    first.save(tmp_path / "mended.xlsx")
    problems, second = copied(tmp_path / "mended.xlsx", tmp_path / "second.xlsx")
    assert [(one.sheet, one.cell) for one in problems] == [("工作人员", "E6")]
    assert set(comments(second)) == {("工作人员", "E6"), ("村社区", "D2")}
    assert second["村社区"]["D2"].comment.text == "问过居委会"
    assert second["村社区"]["D2"].fill.fill_type is None
    assert second["工作人员"]["E6"].comment.text.count(MARK) == 1
    assert second[FOUND].max_row == 2
    second["工作人员"]["E6"].value = "U002"
    second.save(tmp_path / "done.xlsx")
    assert read_roster(tmp_path / "done.xlsx", pack()).roster == ROSTER


def test_missing_sheets_and_columns_stand_in_the_list(tmp_path: Path) -> None:
    """A sheet that is not there has no cell to mark; a column that is not there is marked at the headers."""
    book = workbook()
    book.remove(book["现任成员"])
    book["街道"].delete_cols(2)
    book.save(tmp_path / "roster.xlsx")
    problems, after = copied(tmp_path / "roster.xlsx", tmp_path / "marked.xlsx")
    assert set(comments(after)) == {("街道", "A1")}
    assert after[FOUND].max_row == len(problems) + 1
    assert [row[3].hyperlink is None for row in after[FOUND].iter_rows(min_row=2)] == [True, False]


def test_several_problems_of_a_cell_share_its_comment(tmp_path: Path) -> None:
    """All are said."""
    edits: Edits = {
        ("村社区", "A3"): "S02",
        ("村社区", "A2"): "S02",
        ("工作人员", "E6"): "区",
        ("现任成员", "A2"): "S01-S02",
    }
    problems, book = copied(edited(tmp_path / "roster.xlsx", edits), tmp_path / "marked.xlsx")
    here = [one for one in problems if (one.sheet, one.cell) == ("村社区", "A3")]
    assert len(here) == 2
    text = comments(book)["村社区", "A3"]
    assert all(one.message in text for one in here)


def test_merged_cells_are_marked_where_they_show(tmp_path: Path) -> None:
    """The second of two merged rows has no value of its own; the mark goes to the cell that people see."""
    book = workbook()
    book["工作人员"].merge_cells("C2:C3")
    book.save(tmp_path / "roster.xlsx")
    problems, after = copied(tmp_path / "roster.xlsx", tmp_path / "marked.xlsx")
    assert [one.cell for one in problems] == ["C3"]
    assert set(comments(after)) == {("工作人员", "C2")}


def test_formulas_of_others_are_never_ours(tmp_path: Path) -> None:
    """A text that looks like a formula is shown in the list as text, and stays text in its cell."""
    book = workbook()
    evil = '=HYPERLINK("https://example.org","王芳")'
    book["工作人员"]["B4"].value = evil
    book["工作人员"]["B4"].data_type = "s"
    book.save(tmp_path / "roster.xlsx")
    _, after = copied(tmp_path / "roster.xlsx", tmp_path / "marked.xlsx")
    assert (after["工作人员"]["B4"].value, after["工作人员"]["B4"].data_type) == (evil, "s")
    shown = after[FOUND]["E2"]
    assert (str(shown.value).startswith("=HYPERLINK"), shown.data_type, shown.quotePrefix) == (True, "s", True)


def test_an_old_workbook_is_copied_by_its_values(tmp_path: Path) -> None:
    """.xls and .ods come back as .xlsx with the same values, marked."""
    for name in ("roster.xls", "roster.ods"):
        problem = Problem(sheet="村社区", cell="D2", value="1800", message="核对", remedy="更正")
        target = tmp_path / f"{name}.xlsx"
        annotate(FILES / name, (problem,), target)
        assert read_roster(target, pack()).roster == ROSTER
        book = openpyxl.load_workbook(target)
        assert set(comments(book)) == {("村社区", "D2")}
        assert book["村社区"]["D2"].comment.author == AUTHOR
