"""The template and the writer: what we hand out can be filled in and read back, and never holds a formula."""

import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from live.roster import Incumbent, Reading, Roster, Staff, Street, Unit, read_roster, write_roster, write_template
from live.roster.cells import clean
from live.roster.columns import EXAMPLE_MARK, GUIDE, LEVELS, LISTS, SHEETS, Choices, Kind, Level, options, posts_of
from live.roster.guide import HEADINGS, as_markdown, lines
from live.roster.values import CODE
from policies.people import Body, Education, PartyStanding, Post, Sex
from tests.live.roster_books import ROSTER, pack
from tests.live.roster_books import SHEETS as FILLED


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template of the street plan."""
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, pack())
    return path


def formulas(path: Path) -> list[str]:
    """Every formula in a workbook's cells, from the file's own text."""
    with zipfile.ZipFile(path) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        assert sheets
        return [found for name in sheets for found in re.findall(r"<f[ >/].*?", parts.read(name).decode())]


def test_the_same_template_byte_for_byte(template: Path, tmp_path: Path) -> None:
    """Nothing in it depends on when it was written."""
    write_template(tmp_path / "again.xlsx", pack())
    assert (tmp_path / "again.xlsx").read_bytes() == template.read_bytes()


def test_the_template_has_no_formula(template: Path) -> None:
    """Not in any cell."""
    assert formulas(template) == []


def test_the_template_filled_in_is_the_roster(template: Path, tmp_path: Path) -> None:
    """Typed below the examples, which stay; headers of the hand-typed workbook and the template's are the same."""
    book = openpyxl.load_workbook(template)
    for title, (header, *rows) in FILLED.items():
        page: Worksheet = book[title]
        assert [cell.value for cell in page[1]] == header
        assert str(page["A2"].value).startswith(EXAMPLE_MARK)
        for number, row in enumerate(rows, 3):
            for place, content in enumerate(row, 1):
                page.cell(number, place).value = content  # type: ignore[assignment]
    book.save(tmp_path / "filled.xlsx")
    assert read_roster(tmp_path / "filled.xlsx", pack()) == Reading(ROSTER)


def test_the_examples_are_themselves_in_order(template: Path, tmp_path: Path) -> None:
    """Whoever takes the mark off the example rows has a small roster without a problem."""
    book = openpyxl.load_workbook(template)
    for sheet in SHEETS:
        cell = book[sheet.title]["A2"]
        cell.value = str(cell.value).removeprefix(f"{EXAMPLE_MARK}：")
    book.save(tmp_path / "example.xlsx")
    came = read_roster(tmp_path / "example.xlsx", pack())
    assert came.problems == ()
    assert came.roster is not None
    assert [
        len(part) for part in (came.roster.streets, came.roster.units, came.roster.staff, came.roster.incumbents)
    ] == [1] * 4


def test_codes_and_months_are_text_to_the_last_row(template: Path) -> None:
    """A code typed as 007 stays 007: the whole column is formatted as text."""
    book = openpyxl.load_workbook(template)
    for sheet in SHEETS:
        for place, column in enumerate(sheet.asked(pack())):
            dimension = book[sheet.title].column_dimensions[chr(ord("A") + place)]
            assert dimension.number_format == ("0" if column.kind is Kind.COUNT else "@")


def test_every_column_is_guarded(template: Path) -> None:
    """Each has a validation with its help beside the cell; lists name ranges of the hidden sheet that hold the options."""
    book = openpyxl.load_workbook(template)
    assert book[LISTS].sheet_state == "hidden"
    for sheet in SHEETS:
        rules = {str(rule.sqref)[0]: rule for rule in book[sheet.title].data_validations.dataValidation}
        for place, column in enumerate(sheet.asked(pack())):
            rule = rules[chr(ord("A") + place)]
            assert column.help.startswith(rule.prompt)
            if column.choices is None:
                continue
            found = re.fullmatch(rf"'{LISTS}'!\$([A-Z])\$2:\$([A-Z])\$(\d+)", rule.formula1)
            assert found is not None
            letter, same, last = found.groups()
            assert letter == same
            listed = [book[LISTS][f"{letter}{row}"].value for row in range(2, int(last) + 1)]
            assert listed == list(options(column.choices, pack()))


def test_the_guide_explains_every_column(template: Path) -> None:
    """The sheet is the guide's own lines, one a column, in the order of the declaration."""
    rows = [[cell.value or "" for cell in row] for row in openpyxl.load_workbook(template)[GUIDE].iter_rows()]
    start = rows.index(list(HEADINGS))
    assert rows[start + 1 :] == [list(line.cells) for line in lines(pack())]
    assert len(rows) - start - 1 == sum(len(sheet.asked(pack())) for sheet in SHEETS)


def test_the_guide_knows_the_limits_of_the_plan() -> None:
    """Seats as the street plan has them: five in the Party organization, seven to nine, three."""
    said = {line.column: line.limits for line in lines(pack()) if line.sheet == "村社区"}
    assert said["党组织职数"].startswith("5（")
    assert (said["居委会职数"], said["监委会职数"]) == ("7 至 9", "3")


def test_the_page_has_a_row_a_column() -> None:
    """docs/roster.md: four tables; no cell breaks out of its row."""
    page = as_markdown(pack())
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| 列 ")]
    assert len(rows) == sum(len(sheet.asked(pack())) for sheet in SHEETS)
    assert {row.count("|") for row in rows} == {len(HEADINGS)}


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    """A target that cannot be replaced: the error is the system's, and no draft stays beside it."""
    (tmp_path / "template.xlsx").mkdir()
    with pytest.raises(IsADirectoryError):
        write_template(tmp_path / "template.xlsx", pack())
    assert [path.name for path in tmp_path.iterdir()] == ["template.xlsx"]


# ---------------------------------------------------------------- a roster written and read


def test_a_roster_written_is_read_the_same(tmp_path: Path) -> None:
    """The roster of the hand-typed workbook, rare names included, and no formula in the file."""
    write_roster(ROSTER, tmp_path / "roster.xlsx", pack())
    assert read_roster(tmp_path / "roster.xlsx", pack()) == Reading(ROSTER)
    assert formulas(tmp_path / "roster.xlsx") == []


CODES = st.from_regex(CODE, fullmatch=True).filter(lambda code: code.isascii())
NAMES = st.text(
    st.one_of(
        st.characters(categories=["Lo", "Nd"]), st.sampled_from("𠮷㛃·•（）\U000323af\ue863"), st.sampled_from("ABz09")
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: clean(name) == name and not re.search(r"\d{15}", name) and not name.startswith(EXAMPLE_MARK))
MONTHS = st.dates(min_value=date(1930, 1, 1), max_value=date(2002, 12, 31))


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    """A small roster in which everything is allowed."""
    codes = draw(st.lists(CODES, min_size=3, max_size=6, unique_by=str.casefold))
    names = draw(st.lists(NAMES, min_size=len(codes), max_size=len(codes), unique_by=str.casefold))
    cut = draw(st.integers(1, (len(codes)) // 2))
    streets = tuple(Street(code=code, name=name) for code, name in zip(codes[:cut], names[:cut], strict=True))
    places = list(zip(codes[cut:], names[cut:], strict=True))
    units = []
    for number, (code, name) in enumerate(places):
        members, households = draw(st.integers(7, 5000)), draw(st.integers(1, 9999))
        units.append(
            Unit(
                street=streets[number % cut].code,
                code=code,
                name=name,
                households=households,
                residents=draw(st.integers(households, 99999)),
                party_members=members,
                party_due=draw(st.integers(1, members)),
                organizations=draw(st.integers(0, 99)),
                difficult=draw(st.booleans()),
                party_seats=5,
                residents_seats=draw(st.integers(7, 9)),
                supervisory_seats=3,
                voters=draw(st.none() | st.integers(0, households)),
            )
        )
    return Roster(
        streets=streets, units=tuple(units), staff=draw(_staff(streets, units)), incumbents=draw(_incumbents(units))
    )


@st.composite
def _staff(draw: st.DrawFn, streets: tuple[Street, ...], units: list[Unit]) -> tuple[Staff, ...]:
    people = draw(st.lists(CODES, max_size=4, unique_by=str.casefold))
    staff = []
    for person in people:
        name, roles = (
            draw(NAMES),
            draw(st.lists(st.sampled_from(list(pack().roles)), min_size=1, max_size=3, unique=True)),
        )
        for role in roles:
            scope = {
                Level.COUNTY: "",
                Level.STREET: draw(st.sampled_from(streets)).code,
                Level.UNIT: draw(st.sampled_from(units)).reference,
            }[LEVELS[role]]
            staff.append(Staff(person=person, name=name, organization=draw(NAMES), role=role, scope=scope))
    return tuple(staff)


@st.composite
def _incumbents(draw: st.DrawFn, units: list[Unit]) -> tuple[Incumbent, ...]:
    found: dict[tuple[str, Post], Incumbent] = {}
    for _ in range(draw(st.integers(0, 4))):
        unit = draw(st.sampled_from(units)).reference
        body = draw(st.sampled_from([Body.PARTY, Body.RESIDENTS, Body.SUPERVISORY]))
        post = draw(st.sampled_from(posts_of(body)))
        standing = PartyStanding.FULL if body is Body.PARTY else draw(st.sampled_from(PartyStanding))
        found[unit, post] = Incumbent(
            unit=unit,
            body=body,
            post=post,
            name=draw(NAMES),
            sex=draw(st.sampled_from(Sex)),
            born=draw(MONTHS).replace(day=1),
            education=draw(st.none() | st.sampled_from(Education)),
            standing=standing,
        )
    return tuple(found.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(roster=rosters())
def test_every_roster_survives_the_workbook(roster: Roster, tmp_path: Path) -> None:
    """Written and read, any roster in order is the same roster, without a remark."""
    write_roster(roster, tmp_path / "roster.xlsx", pack())
    assert read_roster(tmp_path / "roster.xlsx", pack()) == Reading(roster)


def test_the_options_of_roles_are_the_pack_s_names() -> None:
    """As the pack writes them, in its order."""
    assert list(options(Choices.ROLE, pack())) == list(pack().roles.values())
