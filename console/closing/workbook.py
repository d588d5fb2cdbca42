"""The closing's answers as workbooks: figures as numbers, text as text, every denominator in a column of its own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from live.roster.pages import fit_row, printed_wide, put_text, save

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from activities.reports.archive import UnitArchive
    from activities.reports.closing import AreaFigures, ClosingStatistics, Named
    from activities.reports.handover import HandoverList
    from policies.closing.figures import Share

Cell = str | int | None
LEVELS = {"county": "全县", "street": "街道", "unit": "单位"}
SIDES = {"before": "换届前", "after": "换届后"}


def write_statistics(statistics: "ClosingStatistics", path: Path) -> None:
    """Write every figure of every level: a summary, benches, posts held together, polls, origins. Raises OSError."""
    from activities.reports.closing import sentences

    book = _book()
    drill = ("演练数据，不得作为正式换届的依据。",) if statistics.drill else ()
    page(
        book,
        "说明",
        ("前后对比统计",),
        [(line,) for line in (statistics.title, *drill, *sentences(statistics))],
        (110,),
    )
    page(
        book,
        "班子成员",
        (
            *_AREA,
            "班子、职务",
            "换届前后",
            "人数",
            *("平均年龄（岁）", "年龄合计", "注明出生年月人数"),
            *_share("35岁及以下"),
            *_share("大专及以上"),
            *_share("女性"),
            *_share("至少有1名女性的单位"),
        ),
        _bench_rows(statistics),
    )
    page(book, "一肩挑和交叉任职", (*_AREA, "项目", "换届前后", *_share("人数（单位数）")), _post_rows(statistics))
    polls = [
        (*_place(area), title, row.label, row.share.of, *_shared(row.share))
        for area in statistics.areas
        for title, rows in (("一次选举成功率", area.at_once), ("参选率", area.turnout))
        for row in rows
    ]
    page(book, "选举", (*_AREA, "项目", "组织（投票方式）", "分母", *_share("数")), polls)
    origins = [(*_place(area), *_origin(row)) for area in statistics.areas for row in area.origins]
    page(book, "来源", (*_AREA, "来源", *_share("人数")), origins)
    chairs = [(*_place(area), *_origin(row)) for area in statistics.areas for row in area.federation_chairs]
    if chairs:
        page(book, "妇联主任（主席）", (*_AREA, "项目", *_share("人数")), chairs)
    save(book, path)


_AREA = ("层级", "编号", "名称", "单位数", "完成数")


def _share(what: str) -> tuple[str, ...]:
    return (what, f"{what}：分母", f"{what}：未注明", f"{what}：占比")


def _shared(share: "Share | None") -> tuple[Cell, ...]:
    if share is None:
        return (None, None, None, None)
    from policies.closing.figures import tenths

    percent = "" if share.permille is None else f"{tenths(share.permille)}%"
    return (share.part, share.whole, share.not_stated, percent)


def _place(area: "AreaFigures") -> tuple[Cell, ...]:
    return (LEVELS[area.level.value], area.area, area.name, area.units, area.completed)


def _bench_rows(statistics: "ClosingStatistics") -> Iterable[tuple[Cell, ...]]:
    from policies.closing.figures import tenths

    for area in statistics.areas:
        for row in area.benches:
            for side, figures in (("before", row.before), ("after", row.after)):
                if figures is None:
                    continue
                age = figures.age
                mean = "" if age.tenths is None else tenths(age.tenths)
                yield (
                    *_place(area),
                    row.label,
                    SIDES[side],
                    figures.persons,
                    *(mean, age.total, age.count),
                    *_shared(figures.young),
                    *_shared(figures.high),
                    *_shared(figures.women),
                    *_shared(figures.with_woman),
                )


def _post_rows(statistics: "ClosingStatistics") -> Iterable[tuple[Cell, ...]]:
    for area in statistics.areas:
        for compared in (area.one_person, area.crossing):
            for side, share in (("before", compared.before), ("after", compared.after)):
                if share is not None:
                    yield (*_place(area), compared.label, SIDES[side], *_shared(share))


def _origin(row: "Named") -> tuple[Cell, ...]:
    return (row.label, *_shared(row.share))


def write_archives(archives: "Sequence[UnitArchive]", path: Path) -> None:
    """Write the archives: units in a line each, every item, every finding. Raises OSError."""
    from activities.reports.archive import Status

    book = _book()
    units = [
        (
            one.street_name,
            one.name,
            one.unit,
            "完整" if one.complete else "有缺漏或差错",
            *(one.count(status) for status in Status),
            sum(finding.blocks for finding in one.findings),
        )
        for one in archives
    ]
    page(book, "单位", ("街道", "单位", "编号", "结果", *(status.label for status in Status), "问题"), units)
    items = [
        (one.name, one.unit, item.step_title, item.kind, item.title, item.status.label, item.detail)
        for one in archives
        for item in one.items
    ]
    heads = ("单位", "编号", "步骤", "种类", "材料", "状态", "所在")
    page(book, "材料", heads, items, (16, 22, 28, 14, 36, 14, 36))
    findings = [
        (one.name, one.unit, finding.rule, finding.message, finding.remedy, finding.source)
        for one in archives
        for finding in one.findings
    ]
    page(book, "问题", ("单位", "编号", "规则", "问题", "办法", "依据"), findings, (16, 22, 8, 50, 36, 50))
    save(book, path)


def write_handovers(lists: "Sequence[HandoverList]", path: Path) -> None:
    """Write each handover list on a sheet of its own, with places to sign. Raises OSError."""
    book = _book()
    for number, one in enumerate(lists, 1):
        rows: list[tuple[Cell, ...]] = [
            (line.part, line.name, line.quantity, line.unit, line.note) for line in one.lines
        ]
        if one.completed_on is None:
            rows += [(None,) * 5] * EMPTY_LINES
        rows.append((None,) * 5)
        rows.append(("监交单位", one.supervised_by))
        rows.append(("移交完成日期", "" if one.completed_on is None else one.completed_on.isoformat()))
        rows += [
            (place.label, place.name, None, "日期", "" if place.signed_on is None else place.signed_on.isoformat())
            for place in one.signatures
        ]
        sheet = page(book, f"移交清单{number}", ("类别", "名称", "数量", "单位", "备注"), rows, (16, 36, 12, 10, 36))
        drill = "【演练】" if one.drill else ""
        sheet.oddHeader.center.text = _header(f"{drill}{one.unit_name}　{one.title}")
        sheet.print_title_rows = "1:1"
    if not lists:
        page(book, "移交清单", ("方案没有规定移交",), ())
    save(book, path)


EMPTY_LINES = 12
"""To be filled in by hand."""


def _header(text: str) -> str:
    """Text above a printed page: an ampersand would begin a code there."""
    return text.replace("&", "&&")


# ---------------------------------------------------------------- pages


def _book() -> "Workbook":
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def page(
    book: "Workbook",
    title: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[int] = (),
) -> "Worksheet":
    """One sheet with a heading row that stays in sight; `widths` in digits, 16 where none is given."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(title)
    wide = [widths[place] if place < len(widths) else 16 for place in range(len(heads))]
    for place, head in enumerate(heads, 1):
        put_text(sheet.cell(1, place), head)
        sheet.cell(1, place).font = Font(bold=True)
        sheet.column_dimensions[sheet.cell(1, place).column_letter].width = wide[place - 1]
    for number, row in enumerate(rows, 2):
        for place, content in enumerate(row, 1):
            if isinstance(content, int):
                sheet.cell(number, place).value = content
            elif content:
                put_text(sheet.cell(number, place), content)
                sheet.cell(number, place).alignment = Alignment(wrap_text=True, vertical="top")
        fit_row(sheet, number, [str(content or "") for content in row], wide[: len(row)])
    sheet.freeze_panes = "A2"
    printed_wide(sheet)
    return sheet
