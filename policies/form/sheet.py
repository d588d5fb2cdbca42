"""From what somebody typed to a `ResultForm`, or every reason why not, at once.

Takes plain data (what a YAML or JSON reader gives); it opens no file and knows no clock: today's date comes in. Figures
are integers or null and nothing else: text, a fraction or true/false where a number belongs is refused, not converted.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from policies.finding import Finding
from policies.form.contradictions import contradictions
from policies.form.problems import problem
from policies.form.values import BALLOT_FIELDS, MODES, Ballots, Body, Candidate, Mode, ResultForm, Sex
from policies.rule import Law, law_in_force

Choice = TypeVar("Choice", bound=StrEnum)

SHEET_KEYS = ("body", "mode", "law", "date", "roll", "present", "ballots", "seats", "candidates", "round")
LIMIT = 10**12  # more than any roll; a longer number is a slip of the key
INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control and format characters, half surrogate pairs, line separators
CANDIDATE_KEYS = ("name", "votes", "post", "sex", "write_in")


class FormRefused(Exception):  # noqa: N818 - named for what happened, as a reader of a procedure would say it
    """The data is no usable result form; `findings` lists every problem (F.1xx, F.2xx)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))


def read_form(
    raw: object, *, today: dt.date, lines: Mapping[str, int] | None = None, earlier: Iterable[Finding] = ()
) -> ResultForm:
    """The form that `raw` (a mapping as YAML or JSON gives it) describes.

    The law is the one named, else the one in force on the form's date, else today's. `lines` gives the line of each
    path ("candidates[2].votes": 14) for the messages. Raises FormRefused with all problems: what cannot be read, and
    the contradictions among the figures that can. A form that only contradicts itself is refused too. `earlier`
    findings, from reading the text, refuse the form as well and come first.
    """
    reader = _Reader(lines or {})
    reader.findings += earlier
    form = reader.form(raw, today)
    if form is not None:
        unread = {str(finding.value).partition(".")[0].partition("[")[0] for finding in reader.findings}
        skip = (
            {"F.211", "F.212"} if unread & {"candidates", "seats"} else set()
        )  # they would only echo what went unread
        reader.findings += [finding for finding in contradictions(form) if finding.rule not in skip]
    if form is None or reader.findings:
        raise FormRefused(reader.findings)
    return form


class _Reader:
    """Reads value by value, noting each problem and going on with None in its place."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        self.findings: list[Finding] = []
        self._lines = lines

    def form(self, raw: object, today: dt.date) -> ResultForm | None:
        if not isinstance(raw, Mapping):
            self._wrong("全文", raw, "一张表（各项名称和值）")
            return None
        self._keys(raw, SHEET_KEYS, "")
        body, mode = self._needed(raw, "body", Body), self._needed(raw, "mode", Mode)
        if body is None:  # stand-ins, so that the figures can still be checked against one another
            body = next((each for each in Body if mode in MODES[each]), Body.PARTY)
        mode = mode or MODES[body][0]
        day = self._date(raw.get("date"))
        law = self._law(raw.get("law")) or law_in_force(day or today)
        return ResultForm(
            body=body,
            mode=mode,
            law=law,
            date=day,
            roll=self._figure(raw.get("roll"), "roll"),
            present=self._figure(raw.get("present"), "present"),
            ballots=self._ballots(raw.get("ballots")),
            seats=self._seats(raw.get("seats")),
            candidates=self._candidates(raw.get("candidates")),
            round=2 if self._round(raw.get("round")) == 2 else 1,
        )

    def _ballots(self, raw: object) -> Ballots | None:
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self._wrong("ballots", raw, "一组选票数（issued、collected、valid、invalid、blank）")
            return None
        self._keys(raw, BALLOT_FIELDS, "ballots.")
        return Ballots(**{name: self._figure(raw.get(name), f"ballots.{name}") for name in BALLOT_FIELDS})

    def _seats(self, raw: object) -> int | dict[str, int | None] | None:
        if not isinstance(raw, Mapping):
            return self._figure(raw, "seats", "整数，或按职务填写的一组整数")
        seats: dict[str, int | None] = {}
        for post, n in raw.items():
            name = self._text(post, "seats 的职务名称")
            if name is not None and name in seats:
                self._note("F.104", f"seats.{name}")
            elif name is not None:
                seats[name] = self._figure(n, f"seats.{name}")
        return seats

    def _candidates(self, raw: object) -> tuple[Candidate, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self._wrong("candidates", raw, "候选人列表")
            return ()
        return tuple(self._candidate(entry, f"candidates[{place}]", place) for place, entry in enumerate(raw))

    def _candidate(self, raw: object, path: str, place: int) -> Candidate:
        stand_in = f"（第 {place + 1} 人）"
        if not isinstance(raw, Mapping):
            self._wrong(path, raw, "一名候选人（name、votes 等）")
            return Candidate(name=stand_in)
        self._keys(raw, CANDIDATE_KEYS, f"{path}.")
        if raw.get("name") is None:
            self._note("F.106", f"{path}.name", known="姓名")
            name = None
        else:
            name = self._text(raw["name"], f"{path}.name")
        sex, write_in = raw.get("sex"), raw.get("write_in")
        if write_in is not None and not isinstance(write_in, bool):
            self._wrong(f"{path}.write_in", write_in, "true 或 false")
        return Candidate(
            name=name or stand_in,
            votes=self._figure(raw.get("votes"), f"{path}.votes"),
            post=None if raw.get("post") is None else self._text(raw["post"], f"{path}.post"),
            sex=None if sex is None else self._choice(sex, f"{path}.sex", Sex),
            write_in=write_in is True,
        )

    def _figure(self, raw: object, path: str, wanted: str = "整数") -> int | None:
        if type(raw) is int and abs(raw) >= LIMIT:
            self._wrong(path, raw, "不超过 12 位的整数")
            return None
        if raw is None or type(raw) is int:
            return raw
        self._wrong(path, raw, wanted)
        return None

    def _text(self, raw: object, path: str) -> str | None:
        if not isinstance(raw, str) or not raw.strip():
            self._wrong(path, raw, "文字")
            return None
        if any(unicodedata.category(each) in INVISIBLE for each in raw.strip()):
            self._wrong(path, raw, "一行看得见的文字（不含换行和控制字符）")
            return None
        return raw.strip()

    def _needed(self, raw: Mapping[object, object], path: str, kind: type[Choice]) -> Choice | None:
        if raw.get(path) is None:
            self._note("F.106", path, known="、".join(kind))
            return None
        return self._choice(raw[path], path, kind)

    def _choice(self, raw: object, path: str, kind: type[Choice]) -> Choice | None:
        if not isinstance(raw, str):
            self._wrong(path, raw, "文字")
            return None
        try:
            return kind(raw.strip())
        except ValueError:
            self._note("F.108", path, value=_shown(raw), known="、".join(kind))
            return None

    def _law(self, raw: object) -> Law | None:
        return None if raw is None else self._choice(str(raw) if type(raw) is int else raw, "law", Law)

    def _round(self, raw: object) -> int | None:
        if raw is None:
            return None
        figure = self._figure(raw, "round")
        if figure not in (None, 1, 2):
            self._note("F.108", "round", value=_shown(raw), known="1（首次投票）、2（另行选举）")
        return figure

    def _date(self, raw: object) -> dt.date | None:
        if isinstance(raw, dt.datetime):
            return raw.date()
        if raw is None or isinstance(raw, dt.date):
            return raw
        try:
            return dt.date.fromisoformat(raw)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self._wrong("date", raw, "日期（如 2021-04-28）")
            return None

    def _keys(self, raw: Mapping[object, object], known: tuple[str, ...], prefix: str) -> None:
        for key in raw:
            if key not in known:
                self._note("F.105", f"{prefix}{key}", known="、".join(known))

    def _wrong(self, path: str, raw: object, wanted: str) -> None:
        self._note("F.107", path, wanted=wanted, value=_shown(raw), kind=_kind(raw))

    def _note(self, number: str, path: str, **words: str) -> None:
        near = (
            path if path in self._lines else path.rpartition(".")[0]
        )  # what is missing stands where its parent stands
        where = f"（第 {self._lines[near]} 行）" if near in self._lines else ""
        self.findings.append(problem(number, {"path": path, "where": where, **words}, figure=path))


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


def _shown(raw: object) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, Mapping | list | tuple):
        return f"{len(raw)} 项"
    if isinstance(raw, str):
        raw = "".join("�" if unicodedata.category(each) in INVISIBLE else each for each in raw)
    text = f"“{raw}”" if isinstance(raw, str) else "null" if raw is None else str(raw)
    return text if len(text) <= 40 else f"{text[:40]}…"
