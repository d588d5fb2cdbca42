"""From YAML text to plain data with a place for every value; nothing in the text can run code or grow without bound.

Only mappings, lists, text, whole numbers, true/false and null are let through. Dates stay text: the schema judges them,
so that 2021-02-30 is reported like any other impossible value instead of failing inside the YAML reader.
"""

import re
import warnings
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from policies.pack.problem import Problem

MAX_CHARACTERS = 2_000_000
MAX_VALUES = 100_000
MAX_DEPTH = 40
PREFIX = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"^[-+]?\d{1,12}$")
_LONG = re.compile(r"^[-+]?\d{13,}$")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control and direction characters and halves of surrogate pairs: escapes can write them, no paper has them."""

Path = tuple[str | int, ...]
Place = tuple[int, int]


class Located:
    """Plain data with the place of every value: `place(path)` gives (line, column) of the nearest value that exists."""

    def __init__(self, data: Any, places: dict[Path, Place]) -> None:
        self.data = data
        self.places = places

    def place(self, path: Path) -> Place:
        """Line and column of the value at `path`, or of the closest value around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (0, 0))

    def at(self, path: Path, message: str) -> Problem:
        """A problem at `path`."""
        line, column = self.place(path)
        return Problem(line=line, column=column, path=written(path), message=message)


def written(path: Sequence[str | int]) -> str:
    """bodies[1].steps[3].window"""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_text(text: str) -> tuple[Located | None, list[Problem]]:
    """Plain data of one YAML document, or None when it cannot be read at all, with every problem found on the way."""
    if len(text) > MAX_CHARACTERS:
        return None, [_whole(f"文件过大：{len(text)} 个字符，上限 {MAX_CHARACTERS}")]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML allows it, and the warning would be in English
            node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        return None, [Problem(line=line, column=column, path="", message=f"YAML 语法错误：{_syntax(error)}")]
    except (YAMLError, ValueError, RecursionError, AttributeError, TypeError, IndexError, AssertionError) as error:
        reason = "嵌套过深" if isinstance(error, RecursionError) else "含有 YAML 不允许的字符或写法"
        return None, [_whole(f"YAML 语法错误：{reason}")]
    if node is None:
        return None, [_whole("文件是空的")]
    reader = _Reader()
    data = reader.read(node, ())
    if not isinstance(data, dict):
        reader.problems.append(_whole("最外层应为“键: 值”的映射"))
        return None, reader.problems
    return Located(data, reader.places), reader.problems


class _Reader:
    def __init__(self) -> None:
        self.places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self._count = 0
        self._stopped = False

    def read(self, node: Node, path: Path) -> Any:
        self._count += 1
        if self._stopped or self._count > MAX_VALUES or len(path) > MAX_DEPTH:
            if not self._stopped:
                self._stopped = True
                self._report(node, path, "引用或嵌套过多（锚点不得循环引用），读取中止")
            return None
        self.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._report(key, path, "键必须是简单的文字")
                continue
            name = _paired(str(key.value))
            if _UNPRINTABLE.search(name):
                self._report(key, path, "键里含有看不见的控制字符，请重新输入")
                continue
            if name in first:
                self._report(key, (*path, name), f"键“{name}”重复（第一次写在第 {first[name]} 行），请删去一处")
                continue
            first[name] = key.start_mark.line + 1
            answer[name] = self.read(value, (*path, name))
            if not isinstance(value, MappingNode | SequenceNode):
                continue
            self.places[(*path, name)] = (key.start_mark.line + 1, key.start_mark.column + 1)
        return answer

    def _scalar(self, node: Node, path: Path) -> Any:
        tag, value = str(node.tag), _paired(str(node.value))
        match tag.removeprefix(PREFIX):
            case "str" | "timestamp" if _UNPRINTABLE.search(value):
                self._report(node, path, "含有看不见的控制字符，请重新输入这一处文字")
            case "str" | "timestamp":
                return value
            case "null":
                return None
            case "bool" if value.lower() in ("true", "false"):
                return value.lower() == "true"
            case "int" if _WHOLE.match(value):
                return int(value)
            case "int" if _LONG.match(value):
                self._report(node, path, f"“{value[:20]}…”位数过多，整数至多 12 位")
            case "int" | "float" | "bool":
                self._report(node, path, f"“{value}”不是整数、true 或 false；若本来就是文字，请加引号")
            case _:
                self._report(node, path, f"不允许的标签 {tag}：只能写文字、整数、true/false、列表和映射")
        return None

    def _report(self, node: Node, path: Path, message: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(line=mark.line + 1, column=mark.column + 1, path=written(path), message=message))


def _paired(value: str) -> str:
    """Two escaped halves, as JSON writes a rare character, made one."""
    if value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value):
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


_SYNTAX = (
    ("could not find expected ':'", "这里少了冒号，或上一行缩进、引号不对"),
    ("mapping values are not allowed", "这里不能再写“键: 值”，请检查缩进，或给含冒号的文字加引号"),
    ("expected <block end>", "缩进与上文不一致"),
    ("found character '\\t'", "缩进不能用制表符，请改用空格"),
    ("found unexpected end of stream", "文件提前结束，可能缺少引号或括号"),
    ("while scanning a quoted scalar", "引号没有配对"),
    ("undefined alias", "引用了没有定义的锚点"),
    ("expected a single document", "一个文件只能写一份（不要再写 ---）"),
    ("expected ',' or", "方括号或花括号里缺少逗号或没有配对"),
)


def _syntax(error: MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    return next(
        (chinese for english, chinese in _SYNTAX if english in said), "此处写法不合 YAML 规则，请检查缩进、冒号和引号"
    )


def _whole(message: str) -> Problem:
    return Problem(line=0, column=0, path="", message=message)
