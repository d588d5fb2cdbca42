"""From what somebody typed to a poll's head or a box's sheet, or every reason why not, at once.

Takes plain data, as a YAML or JSON reader or the reader of a workbook gives it, with the place of each path (「第 7 行」,
「主任票 B5」); opens no file. An estimate is written 约 300; an empty figure is not stated, never 0.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from policies.counting import RECALLED
from policies.finding import Finding
from policies.form import FormRefused, contradictions, problem
from policies.form.reader import Reader
from policies.form.values import Body, Mode, Sex
from policies.law.norms import SurplusVoids
from policies.rule import Law, law_in_force
from policies.tally.catalogue import LABELS
from policies.tally.figures import About, Stated
from policies.tally.forms import form_of
from policies.tally.values import (
    BOX_FIELDS,
    KIND_FIELDS,
    ROW_FIELDS,
    SUMMARY,
    WHOLE_POLL,
    BallotKind,
    Box,
    BoxKind,
    BoxSheet,
    KindSheet,
    Poll,
    Printed,
    Purpose,
    RollKind,
    Row,
    blank_sheet,
)

POLL_KEYS = (
    "title",
    "body",
    "mode",
    "law",
    "date",
    "purpose",
    "round",
    "rolls",
    "boxes",
    "kinds",
    "surplus_voids",
)
MOST_LETTERS = 60
_UNREAD = "（职务）"
_ABOUT = re.compile(r"约(\d{1,12})")


def read_poll(
    raw: object, *, today: dt.date, places: Mapping[str, str] | None = None, earlier: Iterable[Finding] = ()
) -> Poll:
    """The head of a poll. The law is the one named, else the one in force on its date, else today's.

    Raises FormRefused with every problem: what cannot be read (F.1xx) and what does not fit together (F.2xx).
    """
    reader = _PollReader(places or {})
    reader.findings += earlier
    poll = reader.poll(raw, today)
    if poll is not None and not reader.findings:
        reader.findings += _poll_problems(poll)
    if poll is None or reader.findings:
        raise FormRefused(reader.findings)
    return poll


def read_sheet(
    raw: object, poll: Poll, *, places: Mapping[str, str] | None = None, earlier: Iterable[Finding] = ()
) -> BoxSheet:
    """One box's sheet as it was filled in; whether its figures make sense is asked later, when both entries are there.

    A post may be left out where a kind of ballot has one only. Raises FormRefused with every problem (F.1xx, F.201).
    """
    reader = _SheetReader(places or {})
    reader.findings += earlier
    sheet = reader.sheet(raw, poll)
    if sheet is None or reader.findings:
        raise FormRefused(reader.findings)
    return sheet


def read_cell(text: str) -> Stated:
    """A figure as typed on a command line: 321, 约 300, or 未填. Raises FormRefused (F.107, F.201)."""
    reader = _SheetReader({})
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    raw: object = None if plain == "未填" else int(plain) if re.fullmatch(r"[-+]?\d{1,12}", plain) else text
    figure = reader.amount(raw, text)
    if reader.findings:
        raise FormRefused(reader.findings)
    return figure


class _TallyReader(Reader):
    """What heads and sheets have in common: names that can stand in the name of a cell, lists, figures that may be estimates."""

    def word(self, raw: object, path: str) -> str | None:
        """A name of 60 letters at most, without a stroke."""
        if raw is None:
            self.note("F.106", path, known="名称")
            return None
        word = self.text(raw, path)
        if word is not None and ("/" in word or len(word) > MOST_LETTERS):
            self.wrong(path, raw, f"不超过 {MOST_LETTERS} 个字、不含“/”的文字")
            return None
        return word

    def many(self, raw: object, path: str, wanted: str) -> list[object]:
        """A list; not stated is empty."""
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            self.wrong(path, raw, wanted)
            return []
        return list(raw)

    def mapping(self, raw: object, path: str, wanted: str) -> Mapping[object, object] | None:
        """A group of named values."""
        if isinstance(raw, Mapping):
            return raw
        self.wrong(path or "全文", raw, wanted)
        return None

    def amount(self, raw: object, path: str) -> Stated:
        """A number from 0, an estimate (约 300, or {about: 300}), or nothing."""
        if isinstance(raw, str):
            found = _ABOUT.fullmatch("".join(unicodedata.normalize("NFKC", raw).split()))
            if found is not None:
                return About(about=int(found[1]))
        if isinstance(raw, Mapping) and set(raw) == {"about"}:
            about = self.whole(raw["about"], f"{path}.about")
            return None if about is None else About(about=about)
        return self.whole(raw, path, "整数，或“约 300”")

    def whole(self, raw: object, path: str, wanted: str = "整数") -> int | None:
        """A number from 0, or nothing."""
        figure = self.figure(raw, path, wanted)
        if figure is not None and figure < 0:
            words = {"path": f"{self.called(path)}{self.where(path)}", "value": figure}
            self.findings.append(problem("F.201", words, figure=figure, bound=0))
            return None
        return figure


class _PollReader(_TallyReader):
    def poll(self, raw: object, today: dt.date) -> Poll | None:
        head = self.mapping(raw, "", "一张表（各项名称和值）")
        if head is None:
            return None
        self.keys(head, POLL_KEYS, "")
        title = self.word(head.get("title"), "title")
        body, mode = self.needed(head, "body", Body), self.needed(head, "mode", Mode)
        purpose = self.choice(head["purpose"], "purpose", Purpose) if head.get("purpose") is not None else None
        day = self.date(head.get("date"))
        voids = head.get("surplus_voids")
        surplus = None if voids is None else self.choice(voids, "surplus_voids", SurplusVoids)
        law = head.get("law")
        named = None if law is None else self.choice(str(law) if type(law) is int else law, "law", Law)
        second = self._second(head.get("round"))
        rolls, boxes, kinds = self._rolls(head.get("rolls")), self._boxes(head), self._kinds(head)
        if self.findings or title is None or body is None or mode is None:
            return None
        return Poll(
            title=title,
            body=body,
            mode=mode,
            law=named or law_in_force(day or today),
            date=day,
            purpose=purpose or Purpose.ELECTION,
            round=2 if second else 1,
            rolls=rolls,
            boxes=boxes,
            kinds=kinds,
            surplus_voids=surplus,
        )

    def _second(self, raw: object) -> bool:
        figure = self.figure(raw, "round")
        if figure not in (None, 1, 2):
            self.note("F.108", "round", value=str(figure), known="1（首次投票）、2（另行选举）")
        return figure == 2

    def _rolls(self, raw: object) -> dict[RollKind, int]:
        if raw is None:
            return {}
        stated = self.mapping(raw, "rolls", "一组人数（entitled、registered、due）") or {}
        self.keys(stated, tuple(RollKind), "rolls.")
        found = {kind: self.whole(stated.get(kind.value), f"rolls.{kind.value}") for kind in RollKind}
        return {kind: n for kind, n in found.items() if n is not None}

    def _boxes(self, head: Mapping[object, object]) -> tuple[Box, ...]:
        entries = self.many(head.get("boxes"), "boxes", "票箱列表")
        if not entries:
            self.note("F.106", "boxes", known="各票箱的 name 和 kind")
        return tuple(box for place, raw in enumerate(entries) if (box := self._box(raw, f"boxes[{place}]")) is not None)

    def _box(self, raw: object, path: str) -> Box | None:
        if isinstance(raw, str):
            name = self.word(raw, path)
            return None if name is None else Box(name=name)
        entry = self.mapping(raw, path, "一个票箱（name、kind）")
        if entry is None:
            return None
        self.keys(entry, ("name", "kind"), f"{path}.")
        name = self.word(entry.get("name"), f"{path}.name")
        kind = BoxKind.STATION if entry.get("kind") is None else self.choice(entry["kind"], f"{path}.kind", BoxKind)
        return None if name is None or kind is None else Box(name=name, kind=kind)

    def _kinds(self, head: Mapping[object, object]) -> tuple[BallotKind, ...]:
        entries = self.many(head.get("kinds"), "kinds", "选票种类列表")
        if not entries:
            self.note("F.106", "kinds", known="各种选票的 name、seats、printed")
        found = (self._kind(raw, f"kinds[{place}]") for place, raw in enumerate(entries))
        return tuple(kind for kind in found if kind is not None)

    def _kind(self, raw: object, path: str) -> BallotKind | None:
        entry = self.mapping(raw, path, "一种选票（name、seats、printed）")
        if entry is None:
            return None
        self.keys(entry, ("name", "seats", "printed"), f"{path}.")
        name = self.word(entry.get("name"), f"{path}.name")
        stated = self.mapping(entry.get("seats"), f"{path}.seats", "按职务填写的一组整数，如 {主任: 1}") or {}
        seats = {
            post: self.whole(n, f"{path}.seats.{post}")
            for key, n in stated.items()
            if (post := self.word(key, f"{path}.seats 的职务名称")) is not None
        }
        people = self.many(entry.get("printed"), f"{path}.printed", "印在选票上的人的列表")
        only = _only(seats)
        printed = [self._printed(each, f"{path}.printed[{place}]", only) for place, each in enumerate(people)]
        if not seats and isinstance(entry.get("seats"), Mapping):
            self.note("F.106", f"{path}.seats", known="各职务的应选名额")
        if name is None or not seats:
            return None
        return BallotKind(name=name, seats=seats, printed=tuple(each for each in printed if each is not None))

    def _printed(self, raw: object, path: str, only: str | None) -> Printed | None:
        if isinstance(raw, str):
            raw = {"name": raw}
        entry = self.mapping(raw, path, "一个人（name、post、sex）")
        if entry is None:
            return None
        self.keys(entry, ("name", "post", "sex"), f"{path}.")
        name = self.word(entry.get("name"), f"{path}.name")
        post = only if entry.get("post") is None and only else self.word(entry.get("post"), f"{path}.post")
        sex = None if entry.get("sex") is None else self.choice(entry["sex"], f"{path}.sex", Sex)
        return None if name is None or post is None else Printed(name=name, post=post, sex=sex)


_CALLED = LABELS | {
    "box": "票箱",
    "kind": "选票",
    "name": "姓名",
    "post": "职务",
    "write_in": "另选他人",
    "rows": "各人得票",
}


class _SheetReader(_TallyReader):
    def called(self, path: str) -> str:
        """A cell by the name that stands beside it on the sheet."""
        return _CALLED.get(path.rpartition(".")[2], path)

    def sheet(self, raw: object, poll: Poll) -> BoxSheet | None:
        entry = self.mapping(raw, "", "一张表（各项名称和值）")
        if entry is None:
            return None
        self.keys(entry, ("box", *BOX_FIELDS, "kinds"), "")
        box = self.word(entry.get("box"), "box")
        known = (*poll.box_names(), SUMMARY)
        if box is not None and box not in known:
            self.note("F.108", "box", value=f"“{box}”", known="、".join(known))
        figures = {field: self.amount(entry.get(field), field) for field in BOX_FIELDS}
        kinds = self.many(entry.get("kinds"), "kinds", "各种选票的计票数")
        found = [self._kind(each, f"kinds[{place}]", poll) for place, each in enumerate(kinds)]
        if box is None:
            return None
        return BoxSheet(box=box, kinds=tuple(each for each in found if each is not None), **figures)

    def _kind(self, raw: object, path: str, poll: Poll) -> KindSheet | None:
        entry = self.mapping(raw, path, "一种选票的计票数（kind、issued、collected、rows 等）")
        if entry is None:
            return None
        self.keys(entry, ("kind", *KIND_FIELDS, "rows"), f"{path}.")
        name = self.word(entry.get("kind"), f"{path}.kind")
        figures = {field: self.amount(entry.get(field), f"{path}.{field}") for field in KIND_FIELDS}
        kinds = {kind.name: kind.seats for kind in poll.kinds}
        if name is not None and name not in kinds:
            self.note("F.108", f"{path}.kind", value=f"“{name}”", known="、".join(kinds))
        only = _only(kinds.get(name or "", {}))
        rows = self.many(entry.get("rows"), f"{path}.rows", "各人得票的列表")
        found = [self._row(each, f"{path}.rows[{place}]", only) for place, each in enumerate(rows)]
        if name is None:
            return None
        return KindSheet(kind=name, rows=tuple(each for each in found if each is not None), **figures)

    def _row(self, raw: object, path: str, only: str | None) -> Row | None:
        entry = self.mapping(raw, path, "一个人（name、post、votes、write_in）")
        if entry is None:
            return None
        self.keys(entry, ("name", "post", *ROW_FIELDS, "write_in"), f"{path}.")
        name = self.word(entry.get("name"), f"{path}.name")
        post = only if entry.get("post") is None and only else self.word(entry.get("post"), f"{path}.post")
        write_in = entry.get("write_in")
        if write_in is not None and not isinstance(write_in, bool):
            self.wrong(f"{path}.write_in", write_in, "true 或 false")
        figures = {field: self.amount(entry.get(field), f"{path}.{field}") for field in ROW_FIELDS}
        if name is None or post is None:
            return None
        return Row(name=name, post=post, write_in=write_in is True, **figures)


def _only(seats: Mapping[str, int | None]) -> str | None:
    """The post of a person for whom none is given: the only one; a stand-in where the posts themselves went unread."""
    return next(iter(seats), _UNREAD) if len(seats) < 2 else None


def _poll_problems(poll: Poll) -> Iterator[Finding]:
    """What does not fit together in a head that can be read."""
    for path, names in (("boxes", poll.box_names()), ("kinds", [kind.name for kind in poll.kinds])):
        for name in dict.fromkeys(each for each in names if list(names).count(each) > 1):
            yield problem("F.104", {"path": f"{path}：{name}", "where": ""}, figure=name)
    if len({kind.name for kind in poll.kinds}) < len(poll.kinds):
        return  # nothing more can be said of a kind that stands twice
    for reserved in (SUMMARY, WHOLE_POLL):
        if reserved in poll.box_names():
            words = {"path": "boxes", "value": f"“{reserved}”", "where": "", "known": "票箱自己的名称"}
            yield problem("F.108", words, figure=reserved)
    if poll.purpose is Purpose.RECALL and poll.body not in RECALLED:
        words = {"path": "purpose", "value": "recall", "where": "", "known": "village、residents 的 recall"}
        yield problem("F.108", words, figure=poll.body.value)
    seen: dict[str, Finding] = {}
    for kind in poll.kinds:
        for finding in contradictions(form_of(poll, blank_sheet(poll, SUMMARY), kind.name)):
            if finding.rule != "F.211":  # nobody need be printed: then every name is written in
                seen.setdefault(finding.message, finding)
    yield from seen.values()
