"""One cell: what stands in it, made into the value its column asks for, or why that cannot be done.

Spreadsheets are typed by people: full-width digits, stray blanks, numbers typed as text and dates in several ways are
understood. Nothing is guessed that could be wrong: a code typed as a number has lost its leading zeros and is refused.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from live.roster.columns import COUNTY_WORDS, NO, YES, Column, Kind, options, understood
from live.roster.values import AREA, CODE, MOST_LETTERS, TEXT, WHOLE_AREA
from policies.pack.schema import Pack

Raw = str | int | float | bool | date | datetime | time | timedelta
Read = str | int | bool | date

EARLIEST_YEAR = 1900
MOST_SHOWN = 40
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff\U00020000-\U0003ffff])")
_ID_NUMBER = re.compile(r"(?<!\d)(\d{17}[\dXx]|\d{15})(?!\d)")
_MONTH = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|(?:月|[-/.])(\d{1,2})日?)?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})")


@dataclass(frozen=True)
class Wrong:
    """Why a cell cannot be used, and what to do about it."""

    message: str
    remedy: str


def is_blank(raw: Raw | None) -> bool:
    """True for a cell in which nothing can be seen."""
    return raw is None or (isinstance(raw, str) and not clean(raw))


def clean(text: str) -> str:
    """A text as it is kept: blanks at the ends and between Chinese characters (「张　三」) gone, nothing invisible left.

    Characters themselves are not normalised: rare ones in names must survive as they are.
    """
    return _BETWEEN_HAN.sub("", " ".join(text.translate(_INVISIBLE).split()))


def plain(text: str) -> str:
    """A text as it is compared: full-width letters, digits and brackets made plain, no blanks at all."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).split())


def shown(raw: Raw | None) -> str:
    """A cell's content as a message shows it: short, and an ID number never in full."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = clean(str(raw))
    text = "".join("�" if unicodedata.category(letter) in ("Cc", "Cf", "Cs") else letter for letter in text)
    text = _ID_NUMBER.sub(lambda found: f"{found[0][:3]}…（已略）", text)
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + "…"


def read(column: Column, raw: Raw, pack: Pack) -> Read | Wrong:
    """The value of a cell that is not blank. References come back as written; whether they lead anywhere is judged later."""
    if isinstance(raw, str | int | float) and not isinstance(raw, bool) and _ID_NUMBER.search(plain(_digits(raw))):
        return Wrong("疑似身份证号码，名册不收身份证号码", "删去，换成换届办编定的代码或正确的内容")
    match column.kind:
        case Kind.CODE | Kind.STREET:
            return _code(raw, CODE, "应为 1 至 12 位字母或数字")
        case Kind.UNIT:
            return _code(raw, AREA, "应写作社区代码（U003）或“街道代码-社区代码”（S01-U003）")
        case Kind.AREA:
            if isinstance(raw, str) and plain(raw) in COUNTY_WORDS:
                return WHOLE_AREA
            words = "”“".join(COUNTY_WORDS[:2])
            return _code(raw, AREA, f"应写作“{words}”、街道代码（S01）或社区代码（U003、S01-U003）")
        case Kind.TEXT:
            return _text(raw)
        case Kind.COUNT:
            return _count(column, raw)
        case Kind.YES_NO:
            return _yes_no(raw)
        case Kind.MONTH:
            return _month(raw)
        case Kind.CHOICE:
            return _choice(column, raw, pack)


def _digits(raw: str | int | float) -> str:
    """A number as its digits, so that one typed as a number is looked at like one typed as text."""
    return f"{raw:.0f}" if isinstance(raw, float) else str(raw)


def _code(raw: Raw, pattern: str, form: str) -> str | Wrong:
    if not isinstance(raw, str):
        kind = "数字" if isinstance(raw, int | float) and not isinstance(raw, bool) else "日期或逻辑值"
        return Wrong(
            f"代码成了{kind}，前面的 0 可能已经丢失",
            "把这一列的单元格格式设为“文本”，再重新填写完整的代码（如 007）",
        )
    text = plain(raw)
    return text if re.fullmatch(pattern, text) else Wrong("代码的写法不对", f"{form}，不含空格、汉字和其他符号")


def _text(raw: Raw) -> str | Wrong:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return Wrong("应为文字", "把单元格格式设为“文本”后重新填写")
    text = clean(str(raw))
    if not re.match(TEXT, text):
        return Wrong(f"不能以“{text[0]}”开头：表格软件会把它当作公式", "去掉开头的符号，填写文字本身")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in text):
        return Wrong("含有看不见的控制字符", "删去后重新键入，不要从网页或其他文件中粘贴")
    if len(text) > MOST_LETTERS:
        return Wrong(f"共 {len(text)} 个字，不能超过 {MOST_LETTERS} 个字", "缩短，说明文字不要填在这里")
    return text


def _count(column: Column, raw: Raw) -> int | Wrong:
    number = _number(raw)
    if number is None:
        return Wrong("应为整数", "只填数字，不带单位和说明")
    if number != number.to_integral_value():
        return Wrong("不是整数", "人数、户数和名额只能填整数")
    if number < 0:
        return Wrong("不能是负数", f"填写 {column.lowest} 或以上的整数")
    if number < column.lowest:
        return Wrong(f"不能小于 {column.lowest}", f"填写 {column.lowest} 或以上的整数")
    if number > column.highest:
        return Wrong(f"超过上限 {column.highest}", "核对是否多填了位数，或把别的号码填在了这里")
    return int(number)


def _number(raw: Raw) -> Decimal | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return None
    text = plain(raw).replace(",", "") if isinstance(raw, str) else repr(raw)
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _yes_no(raw: Raw) -> bool | Wrong:
    if isinstance(raw, bool):
        return raw
    text = plain(raw).upper() if isinstance(raw, str) else ""
    if text in (YES, "TRUE"):
        return True
    if text in (NO, "FALSE"):
        return False
    return Wrong(f"应为“{YES}”或“{NO}”", f"填“{YES}”或“{NO}”")


def _month(raw: Raw) -> date | Wrong:
    wrong = Wrong("不是能认出的年月", "写作 1985-03 或 1985年3月")
    if isinstance(raw, date):  # a datetime too
        return _first_of_month(raw.year, raw.month, raw.day) or wrong
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        return wrong
    text = plain(_digits(raw) if isinstance(raw, float) and raw.is_integer() else str(raw))
    if isinstance(raw, float) and not re.fullmatch(r"\d{4}(\.\d{2})?|\d{6}", text):
        return Wrong("年月成了数字，末尾的 0 可能已经丢失（1985.10 与 1985.1 分不清）", wrong.remedy)
    found = _MONTH.fullmatch(text) or _RUN_TOGETHER.fullmatch(text)
    if found is None:
        return wrong
    year, month, *day = found.groups()
    return _first_of_month(int(year), int(month), int(day[0]) if day and day[0] else 1) or wrong


def _first_of_month(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day).replace(day=1) if year >= EARLIEST_YEAR else None
    except ValueError:
        return None


def _choice(column: Column, raw: Raw, pack: Pack) -> str | Wrong:
    assert column.choices is not None
    known = understood(column.choices, pack)
    if isinstance(raw, str):
        meant = {plain(word): code for word, code in known.items()}.get(plain(raw))
        if meant is not None:
            return meant
    return Wrong(f"{column.title}中没有这一项", f"从下拉选项中选：{'、'.join(options(column.choices, pack))}")
