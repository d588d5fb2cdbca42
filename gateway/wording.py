"""What pydantic finds wrong with something handed in, told in Chinese: where, what it is, what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

SHOWN = 40  # characters of an offending value that are quoted

_WORDS = {
    "missing": "缺少必填项",
    "extra_forbidden": "没有这一项，请删去或更正名称",
    "bool": "应为 true 或 false",
    "int": "应为整数",
    "string": "应为文字（数字或日期请加引号）",
    "date": "应为真实的日期，写作 2021-04-26",
    "datetime": "应为时刻，写作 2021-04-26T09:00:00+08:00",
    "tuple": "应为列表",
    "list": "应为列表",
    "dict": "应为“键: 值”的一组内容",
    "model": "应为“键: 值”的一组内容",
    "union_tag_not_found": "没有写明 kind（表单的种类）",
    "path": "应为文件或文件夹的路径",
}
"""By an error's type, or the type's first word ("date_parsing" is a `date`)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its place in what was handed in, and a Chinese sentence."""

    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        return f"{written(self.path)}：{self.message}" if self.path else self.message


def faults(error: ValidationError, given: Any = None) -> tuple[Fault, ...]:
    """Everything pydantic found, each once. `given`: what was validated; places are then told as they stand in it."""
    found = (
        Fault(one["loc"] if given is None else _place(one["loc"], given, one["type"] == "missing"), _sentence(one))
        for one in error.errors(include_url=False, include_input=True)
    )
    return tuple(dict.fromkeys(found))


def written(path: tuple[str | int, ...]) -> str:
    """nominees[0].person.born"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _place(loc: tuple[str | int, ...], given: Any, missing: bool) -> tuple[str | int, ...]:
    """The path in what was given: pydantic also names the branch of a union it took, which nobody has written."""
    path: list[str | int] = []
    for number, part in enumerate(loc):
        inside = isinstance(given, Mapping) and part in given
        inside = inside or (isinstance(given, list | tuple) and isinstance(part, int) and part < len(given))
        if inside:
            given = given[part]
            path.append(part)
        elif missing and number == len(loc) - 1:
            path.append(part)
    return tuple(path)


def _sentence(one: Any) -> str:
    kind, context, value = str(one["type"]), one.get("ctx", {}), _shown(one["input"])
    if kind in ("missing", "extra_forbidden", "union_tag_not_found"):
        return _WORDS[kind]
    if kind in ("enum", "literal_error"):
        return f"{value}不在允许的值之内：{_choices(context.get('expected'))}"
    if kind == "union_tag_invalid":
        return f"没有“{context.get('tag')}”这种表单；可用的有：{_choices(context.get('expected_tags'))}"
    if kind == "value_error" and not str(context.get("error")).isascii():  # a sentence of our own
        return str(context["error"])
    for name, word in (
        ("ge", "不能小于"),
        ("gt", "应大于"),
        ("le", "不能大于"),
        ("lt", "应小于"),
        ("min_length", "太短或太少，至少为"),
        ("max_length", "太长或太多，至多为"),
    ):
        if name in context:
            return f"{value}{word} {context[name]}"
    return f"{value}{_WORDS.get(kind) or _WORDS.get(kind.partition('_')[0]) or '不符合格式'}"


def _choices(expected: object) -> str:
    return str(expected).replace(" or ", "、").replace(", ", "、").replace("'", "")


def _shown(value: object) -> str:
    if isinstance(value, Mapping | list | tuple):
        return ""
    if value is None:
        return "空值"
    text = str(value)
    return f"“{text[:SHOWN]}{'…' if len(text) > SHOWN else ''}”"
