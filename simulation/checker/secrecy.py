"""No fact may join a voter to a choice: the only numbers beside a candidate are counts; nothing numbers a ballot."""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from simulation.checker.plan import FEWEST_IN_A_COUNT
from simulation.checker.tally import sheets

_BANNED = frozenset(
    {
        "voter",
        "voters",
        "voter_id",
        "voter_ids",
        "voter_name",
        "voted_for",
        "voted_by",
        "votes_by",
        "vote_of",
        "ballot_no",
        "ballot_id",
        "ballot_number",
        "ballot_serial",
        "serial",
        "serial_no",
        "serial_number",
        "choice",
        "choices",
        "chosen_by",
        "marked",
        "marks",
        "seat_number",
        "id_number",
        "id_no",
        "id_card",
        "identity",
        "identity_number",
        "phone",
        "身份证",
        "身份证号",
        "选民",
        "选票号",
        "票号",
    }
)
COUNTED = frozenset(
    {
        "kind",
        "held_on",
        "form",
        "declared",
        "names",
        "proxies",
        "roving_boxes",
        "monitors",
        "by_lot",
        "boxes",
        "mixed",
        "tellings",
        "written_in",
    }
)
BOX = frozenset({"box", "form"})
TELLING = frozenset({"box", "entries"})
ENTRY = frozenset({"teller", "form"})
PAPERS = frozenset({"present", "issued", "collected"})
PAPERS_BY_KIND = frozenset({"present", "kinds"})
FORM = frozenset({"body", "mode", "law", "date", "roll", "present", "ballots", "seats", "candidates", "round", "kinds"})
KIND = frozenset({"kind", "posts", "ballots"})
SHEETS = frozenset({"kind", "issued", "collected"})
BALLOTS = frozenset({"issued", "collected", "valid", "invalid", "blank"})
CANDIDATE = frozenset({"name", "votes", "post", "sex", "write_in"})
SEAT = frozenset({"person", "name", "post", "votes"})
NAMED: dict[str, tuple[str, frozenset[str]]] = {
    "registered": (
        "entries",
        frozenset(
            {
                "person",
                "name",
                "unit",
                "kind",
                "born",
                "months_lived",
                "months_worked",
                "asked",
                "agreed",
                "confirmed",
                "died",
                "deprived",
                "incapable",
                "elsewhere",
            }
        ),
    ),
    "proxies_listed": (
        "proxies",
        frozenset({"principal", "principal_name", "holder", "holder_name", "relation", "written", "received_on"}),
    ),
    "boxes_listed": ("boxes", frozenset({"id", "reason", "users", "monitors", "approval"})),
}
"""Forms that name voters because the law publishes the names: the list in each, and all that an entry may say."""
_A_NUMBER = "voters"  # how many there are: nobody's name

_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_ID_LENGTH = 18
_DIGITS = bytes.maketrans(bytes(range(256)), bytes(48 if 48 <= b <= 57 else 46 for b in range(256)))
_RUN = b"0" * 17


def may_hold_id(text: bytes) -> bool:
    """Quick refusal: False when the text has nowhere seventeen digits in a row."""
    return _RUN in text.translate(_DIGITS)


def id_numbers(text: str) -> bool:
    """True when the text contains something shaped like an identity number."""
    return len(text) >= _ID_LENGTH and _ID_NUMBER.search(text) is not None


def leaks(value: object, *, scan_text: bool) -> list[str]:
    """Every banned key in a fact, however deep, and with `scan_text` every text shaped like an identity number."""
    found: list[str] = []
    waiting: list[Any] = [value]
    for node in waiting:  # grows while it is walked
        if type(node) is dict:
            if not _BANNED.isdisjoint(node):
                found += [
                    f"出现字段“{key}”"
                    for key in node
                    if key in _BANNED and not (key == _A_NUMBER and type(node[key]) is int)
                ]
            values: Any = node.values()
        else:
            values = node
        for one in values:
            kind = type(one)
            if kind is str:
                if scan_text and len(one) >= _ID_LENGTH and _ID_NUMBER.search(one):
                    found.append("出现类似身份证号的数字")
            elif kind is dict or kind is list or kind is tuple:
                waiting.append(one)
    return found


def _extra(holder: object, allowed: frozenset[str], where: str) -> list[str]:
    if not isinstance(holder, dict):
        return [f"{where}不是计数表"] if holder is not None else []
    if allowed.issuperset(holder):
        return []
    return [f"{where}多出字段“{key}”" for key in holder if key not in allowed]


def poll_leaks(counted: Mapping[str, Any]) -> list[str]:
    """What a counted poll says beyond counts: any field the form does not have, any figure that is not one number."""
    found = [*_extra(counted, COUNTED, "计票"), *_sheet_leaks(counted.get("form")), *_sheet_leaks(counted.get("mixed"))]
    boxes = counted.get("boxes")
    for box in boxes if isinstance(boxes, list | tuple) else ():
        found += _extra(box, BOX, "票箱")
        if isinstance(box, dict):
            sheet = box.get("form")
            found += _sheet_leaks(sheet) if is_count(sheet) else _paper_leaks(sheet)
    tellings = counted.get("tellings")
    for telling in tellings if isinstance(tellings, list | tuple) else ():
        found += _extra(telling, TELLING, "录入")
    for entry in entries(counted):
        found += [*_extra(entry, ENTRY, "录入"), *_sheet_leaks(entry.get("form"))]
    return found


def entries(counted: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What tellers entered, count by count."""
    return [entry for telling in counted.get("tellings") or () for entry in telling.get("entries") or ()]


def is_count(sheet: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether this says how votes fell, not only how many papers there are."""
    return isinstance(sheet, dict) and not {"ballots", "candidates"}.isdisjoint(sheet)


def small_counts(counted: Mapping[str, Any]) -> list[str]:
    """Every count on too few ballots to hide whose they are, unless it is the poll's only one."""
    opened = [(box["box"], box["form"]) for box in counted.get("boxes") or ()]
    counts = [(name, sheet) for name, sheet in [*opened, ("混合计票", counted.get("mixed"))] if is_count(sheet)]
    if len(counts) == 1:
        return []
    counts += [("一次录入", entry["form"]) for entry in entries(counted) if is_count(entry.get("form"))]
    few = [
        (
            name,
            min(
                _figure(sheet.get("present")),
                *(_figure((papers or {}).get("collected")) for _, papers in sheets(sheet)),
            ),
        )
        for name, sheet in counts
    ]
    return [
        f"{name}只有{ballots}票，不足{FEWEST_IN_A_COUNT}票，却单独写明得票"
        for name, ballots in few
        if ballots < FEWEST_IN_A_COUNT
    ]


def _figure(stated: object) -> int:
    return stated if type(stated) is int else 0


def named_leaks(form: Mapping[str, Any]) -> list[str]:
    """What a list that names voters says of them beyond what the law publishes."""
    key, allowed = NAMED.get(form["kind"], ("", frozenset[str]()))
    entries = form.get(key)
    if not isinstance(entries, list | tuple):
        return []
    return [text for entry in entries for text in _extra(entry, allowed, "名单")]


def _paper_leaks(papers: object) -> list[str]:
    kinds = papers.get("kinds") if isinstance(papers, dict) else None
    found = _extra(papers, PAPERS if kinds is None else PAPERS_BY_KIND, "选票张数")
    for kind in kinds if isinstance(kinds, list | tuple) else ():
        found += _extra(kind, SHEETS, "选票张数")
    return found


def _sheet_leaks(form: object) -> list[str]:
    found = _extra(form, FORM, "报告单")
    if isinstance(form, dict):
        found += _extra(form.get("ballots"), BALLOTS, "选票")
        kinds = form.get("kinds")
        for kind in kinds if isinstance(kinds, list | tuple) else ():
            found += _extra(kind, KIND, "选票种类")
            found += _extra(kind.get("ballots"), BALLOTS, "选票") if isinstance(kind, dict) else []
        candidates = form.get("candidates")
        for candidate in candidates if isinstance(candidates, list | tuple) else ():
            found += _extra(candidate, CANDIDATE, "候选人")
            if isinstance(candidate, dict) and isinstance(candidate.get("votes"), dict | list):
                found.append("候选人得票不是一个数")
    return found


def seat_leaks(seats: object) -> list[str]:
    """What a seat says beyond person, post and count."""
    return [text for seat in seats for text in _extra(seat, SEAT, "当选人")] if isinstance(seats, list | tuple) else []
