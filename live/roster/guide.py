"""What to fill in where, line by line from the declaration: for the workbook's own guide and for the page docs/roster.md."""

from collections.abc import Iterable
from dataclasses import dataclass

from live.roster import seats
from live.roster.columns import EXAMPLE_MARK, LEVELS, SHEETS, UNITS, Choices, Column, Kind, Level, options, posts_of
from live.roster.values import MOST, MOST_LETTERS
from policies.pack.schema import Pack, Role
from policies.people import Body
from policies.rule import BOOK
from policies.rules import load
from policies.rules.party import COMMITTEE_FROM

NOTES = (
    "只填人数和户数，不填任何选民的姓名，不填身份证号码和电话号码。",
    "表名和表头不要改动；列的先后不限，多出的列不读取。",
    f"第一格以“{EXAMPLE_MARK}”开头的行是示例，不读取，可以删去。",
    "代码一律按文本填写，前面的 0 不会丢失；同一代码各处写法相同。",
    "填好后运行 huanjie roster check 核对；有问题的，全部一次列出，并可生成标注了问题的副本。",
)

HEADINGS = ("工作表", "列", "必填", "填什么", "示例", "限制", "依据")


@dataclass(frozen=True)
class Line:
    """One column as people read about it, in the order of `HEADINGS`."""

    sheet: str
    column: str
    required: str
    help: str
    example: str
    limits: str
    reason: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as cells of a table."""
        return (self.sheet, self.column, self.required, self.help, self.example, self.limits, self.reason)


def lines(pack: Pack) -> tuple[Line, ...]:
    """Every column of every sheet, with the limits as this pack has them."""
    load()
    return tuple(
        Line(
            sheet=sheet.title,
            column=column.title,
            required="是" if column.required else "否",
            help=column.help,
            example=example(column, pack),
            limits=limits(column, pack),
            reason=reason(column),
        )
        for sheet in SHEETS
        for column in sheet.asked(pack)
    )


def example(column: Column, pack: Pack) -> str:
    """The column's example; where the pack has other options, the first of them, of a street's roles as the example's scope is."""
    if column.choices is None:
        return column.example
    offered = options(column.choices, pack)
    if column.example in offered:
        return column.example
    street = [
        name for name, code in offered.items() if column.choices is Choices.ROLE and LEVELS[Role(code)] is Level.STREET
    ]
    return next(iter(street or offered))


def limits(column: Column, pack: Pack) -> str:
    """What may stand in a column, in one phrase."""
    match column.kind:
        case Kind.CODE:
            return "字母、数字，1 至 12 位"
        case Kind.TEXT:
            return f"不超过 {MOST_LETTERS} 个字，不以 = + - @ 开头"
        case Kind.YES_NO:
            return "是、否"
        case Kind.CHOICE:
            return _offered(column, pack)
        case Kind.COUNT:
            return _span(column, pack)
        case _:
            return ""


def _offered(column: Column, pack: Pack) -> str:
    """The options of a column; roles by their level, posts by their body."""
    if column.choices is Choices.ROLE:
        groups = {level.value: [name for role, name in pack.roles.items() if LEVELS[role] is level] for level in Level}
    elif column.choices is Choices.POST:
        bodies = (Body(code) for code in options(Choices.BODY, pack).values())
        groups = {body.label: [post.label for post in posts_of(body)] for body in bodies}
    else:
        return "" if column.choices is None else "、".join(options(column.choices, pack))
    return "；".join(f"{name}：{'、'.join(words)}" for name, words in groups.items() if words)


def _span(column: Column, pack: Pack) -> str:
    for rule, (own, *_) in seats.COLUMNS.items():
        span = seats.allowed(rule, pack) if own == column.field else None
        if span is not None:
            low, high = span
            said = f"{low} 或以上" if high == seats.MOST else f"{low}" if low == high else f"{low} 至 {high}"
            return f"{said}（正式党员不足 {COMMITTEE_FROM} 名的只设书记，填 1）" if rule == "P4" else said
    return f"{column.lowest} 或以上的整数" if column.highest >= MOST else f"{column.lowest} 至 {column.highest}"


def reason(column: Column) -> str:
    """The rule or the reason behind a column's limit; empty where it needs none."""
    if not column.rule:
        return column.why
    rule = BOOK[column.rule]
    return f"{rule.id} {rule.title}：{rule.text}"


def as_markdown(pack: Pack, *others: Pack) -> str:
    """The page about the workbook, for one pack; of other packs the columns that this one does not ask for."""
    parts = [
        "# 名册工作簿",
        "",
        f"本页由 `live/roster/columns.py` 生成，请勿手改。适用方案：{pack.title}（`{pack.id}`）。",
        "",
        *(f"- {note}" for note in NOTES),
    ]
    shown = lines(pack)
    for sheet in SHEETS:
        parts += [
            "",
            f"## {sheet.title}",
            "",
            sheet.help,
            "",
            *_table(line for line in shown if line.sheet == sheet.title),
        ]
    known = {(line.sheet, line.column) for line in shown}
    for other in others:
        own = [line for line in lines(other) if (line.sheet, line.column) not in known]
        unasked = known - {(line.sheet, line.column) for line in lines(other)}
        words = f"“{UNITS.title}”表另填以下各列"
        if unasked:
            words += f"，不填{'、'.join(line.column for line in shown if (line.sheet, line.column) in unasked)}"
        parts += ["", f"## {other.title}（`{other.id}`）", "", f"{words}。", "", *_table(own)]
    return "\n".join(parts) + "\n"


def _table(rows: Iterable[Line]) -> list[str]:
    return [
        "| " + " | ".join(HEADINGS[1:]) + " |",
        "|" + "---|" * len(HEADINGS[1:]),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in line.cells[1:]) + " |" for line in rows),
    ]
