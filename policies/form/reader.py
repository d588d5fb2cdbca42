"""Reads what somebody typed value by value, noting each problem and going on with None in its place: the base of every form's reader.

Figures are integers or null and nothing else: text, a fraction or true/false where a number belongs is refused, not converted.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from policies.finding import Finding
from policies.form.problems import problem

Choice = TypeVar("Choice", bound=StrEnum)

LIMIT = 10**12  # more than any roll; a longer number is a slip of the key
INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and format characters, half surrogate pairs, line separators


class Reader:
    """Collects `findings` (F.1xx). `places` says where each path stands: {"roll": "第 7 行"}."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.findings: list[Finding] = []
        self._places = places

    def figure(self, raw: object, path: str, wanted: str = "整数") -> int | None:
        """The whole number, or None; `wanted` says in the message what belongs there."""
        if type(raw) is int and abs(raw) >= LIMIT:
            self.wrong(path, raw, "不超过 12 位的整数")
            return None
        if raw is None or type(raw) is int:
            return raw
        self.wrong(path, raw, wanted)
        return None

    def text(self, raw: object, path: str) -> str | None:
        """Visible text of one line."""
        if not isinstance(raw, str) or not raw.strip():
            self.wrong(path, raw, "文字")
            return None
        if any(unicodedata.category(each) in INVISIBLE for each in raw.strip()):
            self.wrong(path, raw, "一行看得见的文字（不含换行和控制字符）")
            return None
        return raw.strip()

    def needed(self, raw: Mapping[object, object], path: str, kind: type[Choice]) -> Choice | None:
        """A choice that may not be left out."""
        if raw.get(path) is None:
            self.note("F.106", path, known="、".join(kind))
            return None
        return self.choice(raw[path], path, kind)

    def choice(self, raw: object, path: str, kind: type[Choice]) -> Choice | None:
        """A word of a closed list."""
        if not isinstance(raw, str):
            self.wrong(path, raw, "文字")
            return None
        try:
            return kind(raw.strip())
        except ValueError:
            self.note("F.108", path, value=shown(raw), known="、".join(kind))
            return None

    def date(self, raw: object) -> dt.date | None:
        """The form's date."""
        if isinstance(raw, dt.datetime):
            return raw.date()
        if raw is None or isinstance(raw, dt.date):
            return raw
        try:
            return dt.date.fromisoformat(raw)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.wrong("date", raw, "日期（如 2021-04-28）")
            return None

    def keys(self, raw: Mapping[object, object], known: tuple[str, ...], prefix: str) -> None:
        """Notes every name that does not belong there."""
        for key in raw:
            if key not in known:
                self.note("F.105", f"{prefix}{key}", known="、".join(known))

    def wrong(self, path: str, raw: object, wanted: str) -> None:
        """Notes a value of the wrong kind (F.107)."""
        self.note("F.107", path, wanted=wanted, value=shown(raw), kind=_kind(raw))

    def note(self, number: str, path: str, **words: str) -> None:
        """Notes a numbered problem at a path, with the place where it stands."""
        self.findings.append(
            problem(number, {"path": self.called(path), "where": self.where(path), **words}, figure=path)
        )

    def called(self, path: str) -> str:
        """What a message calls a path; the names that people type, unless a form knows better ones."""
        return path

    def where(self, path: str) -> str:
        """The place of a path in brackets, or nothing; what is missing stands where its parent stands."""
        near = path if path in self._places else path.rpartition(".")[0]
        return f"（{self._places[near]}）" if near in self._places else ""


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "真假值"),
    (int, "整数"),
    (float, "小数"),
    (str, "文字"),
    (dt.date, "日期"),
    (Mapping, "一组值"),
    ((list, tuple), "列表"),
)


def _kind(raw: object) -> str:
    return "空" if raw is None else next((name for kind, name in _KINDS if isinstance(raw, kind)), "其他")


def shown(raw: object) -> str:
    """A value as a message shows it: short, and nothing invisible in it."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping | list | tuple):
        return f"{len(raw)} 项"
    if isinstance(raw, str):
        raw = "".join("�" if unicodedata.category(each) in INVISIBLE else each for each in raw)
    text = f"“{raw}”" if isinstance(raw, str) else "null" if raw is None else str(raw)
    return text if len(text) <= 40 else f"{text[:40]}…"
