"""From a pack's text to a checked pack: every problem at once, with line numbers; and the hash an election runs under."""

import difflib
import json
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, TypeVar

from pydantic import ValidationError

from policies.law.confirm import Confirmation, Confirmations
from policies.law.layer import Clause, Layer, Level
from policies.law.norms import Norms
from policies.pack import schema
from policies.pack.expand import COMPOSED, LISTS, expand
from policies.pack.lawful import layer_problems, norm_problems, settled
from policies.pack.library import Empty, Library
from policies.pack.problem import PackError, Problem
from policies.pack.references import reference_problems
from policies.pack.schema import Pack
from policies.pack.text import Located, Path, read_text
from policies.value import Value

__all__ = ["PackError", "Problem", "load_confirmations", "load_layer", "load_pack"]

ALONE = Empty()
PART_NEVER = frozenset({"format", *COMPOSED})
"""What only a pack says: a part neither builds on others nor speaks of law."""


def load_pack(text: str, name: str, library: Library = ALONE) -> Pack:
    """The pack that `text` (YAML) describes, its norms settled; `name` only stands in messages, `library` holds what it builds on.

    Raises PackError with every problem at once: YAML syntax, duplicate and unknown keys, wrong types, impossible or
    reversed dates, duplicate ids, dangling references, roles without a name, cycles, E−n windows without a poll; packs and
    layers that are not there, layers that do not go together, values below the floor.
    """
    return _load(text, name, library, ())


@lru_cache(maxsize=32)
def load_layer(text: str, name: str) -> Layer:
    """The layer of law that `text` (YAML) describes. Raises PackError with every problem at once."""
    located, problems = read_text(text)
    layer = None if located is None else _validated(Layer, located, problems)
    if problems or layer is None:
        raise _refused(name, problems)
    return layer


def load_confirmations(text: str, name: str) -> Confirmations:
    """The confirmations that a county keeps, from their text (YAML). Raises PackError with every problem at once."""
    located, problems = read_text(text)
    kept = None if located is None else _validated(Confirmations, located, problems)
    if problems or kept is None:
        raise _refused(name, problems)
    return kept


def _load(text: str, name: str, library: Library, within: tuple[str, ...]) -> Pack:
    located, problems = read_text(text)
    if located is None:
        raise _refused(name, problems)

    def opened(kind: str, other: str) -> dict[str, Any]:
        if kind == "pack" and other in within:
            raise LookupError(other)
        found = {"pack": library.pack, "part": library.part, "layer": library.layer}[kind](other)
        if found is None:
            raise LookupError(other)
        if kind == "part":
            return _part(found, other)
        whole: Value
        whole = _load(found, other, library, (*within, other)) if kind == "pack" else load_layer(found, other)
        return whole.model_dump(mode="json", by_alias=True, exclude_none=True)

    written = located
    located, unfound = expand(written, library, opened)
    problems += unfound
    if any(problem.path.startswith(("extends", "includes")) for problem in unfound):
        raise _refused(name, problems)  # without what it builds on everything else would look missing
    pack = _validated(Pack, located, problems)
    problems += reference_problems(located)
    if pack is not None:
        problems += _altered_layers(pack, located, library)
        problems += layer_problems(pack, located) + norm_problems(pack, written, located)
    if problems or pack is None:
        raise _refused(name, problems)
    return settled(pack)


def _part(text: str, name: str) -> dict[str, Any]:
    """What a part says. It is no pack: what it comes to is checked in the pack that includes it."""
    located, problems = read_text(text)
    if problems or located is None:
        raise _refused(name, problems)
    for key in sorted(PART_NEVER & located.data.keys()):
        problems.append(located.at((key,), f"并入的部分不能写“{key}”，请写在方案里"))
    for path, entries in _lists(located.data):
        if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
            problems.append(located.at(path, "应为列表，每一项是“键: 值”的映射"))
    if problems:
        raise _refused(name, problems)
    return located.data  # type: ignore[no-any-return]


def _lists(data: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every list of entries that a part has."""
    for key in ("bodies", *LISTS):
        yield (key,), data.get(key, [])
    bodies = data.get("bodies", [])
    for index, body in enumerate(bodies if isinstance(bodies, list) else []):
        if isinstance(body, dict):
            yield ("bodies", index, "steps"), body.get("steps", [])


def _altered_layers(pack: Pack, located: Located, library: Library) -> list[Problem]:
    """Layers written out in the text under the name of one in the library, but with other content; a nation of one's own."""
    if not library.layers():  # a record stands for itself: its hash tells whether it was altered
        return []
    problems = []
    for index, layer in enumerate(pack.layers):
        text = library.layer(layer.id)
        if text is None and layer.level is Level.NATION:
            problems.append(located.at(("layers", index), f"国家底线只能用自带的，不能自己写（“{layer.id}”）"))
        elif text is not None and load_layer(text, layer.id) != layer:
            problems.append(located.at(("layers", index), f"法律层“{layer.id}”与自带的内容不同，请只写名称"))
    return problems


Model = TypeVar("Model", bound=Value)


def _validated(model: type[Model], located: Located, problems: list[Problem]) -> Model | None:
    """The value that a document describes, or None with its problems added to those already found."""
    try:
        return model.model_validate_json(json.dumps(located.data), strict=True)
    except ValidationError as error:
        read = {problem.path for problem in problems}
        problems += [problem for problem in _schema_problems(error, located) if problem.path not in read]
    except (RecursionError, ValueError):
        problems.append(Problem(line=0, column=0, path="", message="内容无法解析：嵌套过深或含有非法字符"))
    return None


def _refused(name: str, problems: list[Problem]) -> PackError:
    unique = dict.fromkeys(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return PackError(name, tuple(unique))


# ---------------------------------------------------------------- pydantic's errors in Chinese

_MESSAGES = {
    "missing": "缺少必填项“{field}”；原文没有写的，请写 {field}: missing",
    "bool_type": "应为 true 或 false",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "string_type": "应为文字（数字或日期请加引号）",
    "string_too_short": "不能是空的；原文没有写的，请写 missing",
    "date_type": "应为日期，写作 2021-04-26",
    "date_parsing": "不是真实的日期，应写作 2021-04-26",
    "date_from_datetime_parsing": "不是真实的日期，应写作 2021-04-26",
    "date_from_datetime_inexact": "应为日期，不带时刻",
    "tuple_type": "应为列表",
    "dict_type": "应为“键: 值”的映射",
    "model_type": "应为“键: 值”的映射",
    "model_attributes_type": "应为“键: 值”的映射",
    "union_tag_invalid": "这种期间写法不认识",
    "json_invalid": "含有非法字符",
}


_PATTERNS = {
    schema.STEP_ID: "应写作“组织.名称”，如 residents.poll（小写字母、数字、下划线）",
    schema.PACK_ID: "只能用小写字母、数字、连字符",
    schema.MONTH: "应写作年-月，如 2021-03",
}


def _long_enough(item: Any) -> bool:
    given = item["input"]
    return isinstance(given, list) and len(given) >= item.get("ctx", {}).get("min_length", 1)


def _schema_problems(error: ValidationError, located: Located) -> list[Problem]:
    found: list[tuple[Path, Problem]] = []
    literals: list[tuple[Path, Problem]] = []
    for item in error.errors(include_url=False, include_input=True):
        path, rest = _document_path(item["loc"], located.data)
        kind = item["type"]
        if kind == "missing":
            field = str(item["loc"][-1])
            found.append((path, located.at(path, _MESSAGES["missing"].format(field=field))))
        elif kind == "extra_forbidden":
            found.append((path, located.at(path, f"不认识的键“{path[-1] if path else ''}”{_similar(path)}")))
        elif kind == "too_short" and _long_enough(item):
            continue  # pydantic counts only the sound items; the others have findings of their own
        elif kind == "literal_error" and rest:
            literals.append(
                (path, located.at(path, f"{_shown(item['input'])}不能写在这里；原文没有写的，请写 missing"))
            )
        else:
            found.append((path, located.at(path, _message(kind, item))))
    # A value that may also be `missing` fails twice; the second failure only matters where it stands alone.
    for path, problem in literals:
        if not any(other[: len(path)] == path for other, _ in found):
            found.append((path, problem))
    return [problem for _, problem in found]


def _message(kind: str, item: Any) -> str:
    context = item.get("ctx", {})
    value = _shown(item["input"])
    if kind in ("enum", "literal_error"):
        allowed = str(context.get("expected", "")).replace(" or ", "、").replace(", ", "、").replace("'", "")
        return f"{value}不在允许的值之内：{allowed}"
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return f"{value}的写法不对，{_PATTERNS.get(pattern, f'应符合 {pattern}')}"
    if kind in ("greater_than_equal", "less_than_equal"):
        word, limit = (
            ("早于或小于下限", context.get("ge")) if "greater" in kind else ("晚于或大于上限", context.get("le"))
        )
        return f"{value}{word} {limit}"
    if kind == "too_short":
        return f"至少要有 {context.get('min_length', 1)} 项"
    return f"{value}{_MESSAGES.get(kind, '不符合格式')}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return ""
    if value is None:
        return "空值"
    text = str(value)
    return f"“{text[:40]}{'…' if len(text) > 40 else ''}”"


def _document_path(loc: tuple[int | str, ...], data: Any) -> tuple[Path, bool]:
    """pydantic's location as a path in the document (names of union branches left out), and whether any were."""
    path: list[str | int] = []
    left_out = False
    for number, part in enumerate(loc):
        inside = isinstance(data, dict) and part in data
        inside = inside or (isinstance(data, list) and isinstance(part, int) and part < len(data))
        if inside:
            data = data[part]
            path.append(part)
        elif number < len(loc) - 1 or part != "[key]":
            left_out = True
    return tuple(path), left_out


@cache
def _known_keys() -> tuple[str, ...]:
    models = [m for m in vars(schema).values() if isinstance(m, type) and issubclass(m, Value)]
    models += [Layer, Clause, Norms, Confirmation, Confirmations]
    names = {field.alias or key for model in models for key, field in model.model_fields.items()}
    return tuple(sorted(names))


def _similar(path: Path) -> str:
    near = difflib.get_close_matches(str(path[-1]) if path else "", _known_keys(), n=1)
    return f"，是不是“{near[0]}”？" if near else "；可用的键见 docs/pack-format.md"
