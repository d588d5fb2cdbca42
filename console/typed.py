"""Reads what somebody typed, YAML or JSON, from a file or from stdin: for every command that takes a form."""

import json
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from console.output import reason
from policies.finding import Finding
from policies.form import FormRefused, problem
from policies.pack.text import read_text, written


def text_of(sheet: str) -> str:
    """The text of file `sheet` ("-": stdin). Raises FormRefused (F.101, F.102)."""
    try:
        data = sys.stdin.buffer.read() if sheet == "-" else Path(sheet).read_bytes()
    except (OSError, ValueError) as failed:
        raise FormRefused([problem("F.101", {"path": sheet, "why": reason(failed)}, figure=sheet)]) from failed
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        line = data.count(b"\n", 0, failed.start) + 1
        raise FormRefused([problem("F.102", {"where": f"（第 {line} 行）"}, figure=line)]) from failed


def parse(text: str) -> tuple[object, dict[str, int], list[Finding]]:
    """The data, the line of each path, and what is wrong with the text. Raises FormRefused when nothing can be read.

    JSON is read as JSON where it is sound (its escapes are not YAML's); everything else, broken JSON too, by the reader
    of packs, which knows the lines.
    """
    braces = text.lstrip()[:1] == "{"
    if braces:
        with suppress(ValueError, RecursionError):
            found = json.loads(text, object_pairs_hook=_once)
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair (an escape cut in two) is no text
            return found, {}, []
    located, problems = read_text(text)
    findings = [problem("F.103", {"why": str(each)}, figure=each.line or None) for each in problems]
    if braces and (comment := _COMMENT.search(text)):
        line = text.count("\n", 0, comment.start()) + 1
        findings = [problem("F.103", {"why": f"第 {line} 行：JSON 里不能写注释（// 或 /*）"}, figure=line)]
        raise FormRefused(findings)
    if located is None:
        raise FormRefused(findings)
    return located.data, {written(path): line for path, (line, _) in located.places.items()}, findings


_COMMENT = re.compile(r"^(?:[^\"\n]|\"(?:[^\"\\\n]|\\.)*\")*?(?://|/\*)", re.MULTILINE)
"""A comment as JSON with comments has it, outside quotation marks."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found
