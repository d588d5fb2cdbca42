"""Finding a pack: by the name of one that comes with Huanjie, or by the path of a YAML file."""

import difflib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from console.output import reason
from policies.calendar import Calendar, national_calendar
from policies.pack.expand import composed
from policies.pack.identity import self_contained
from policies.pack.load import PackError, load_pack
from policies.pack.schema import Pack
from policies.pack.text import read_text

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Unusable:
    """Why a pack cannot be used: every problem, each a Chinese sentence."""

    problems: tuple[str, ...]


def bundled_packs() -> tuple[str, ...]:
    """Names of the packs that come with Huanjie, sorted."""
    return _names("packs")


def pack_text(name: str) -> str:
    """The YAML of a bundled pack. Raises FileNotFoundError when there is none of that name."""
    return _text("packs", name)


def bundled_parts() -> tuple[str, ...]:
    """Names of the parts of packs that come with Huanjie, sorted."""
    return _names("parts")


def bundled_layers() -> tuple[str, ...]:
    """Names of the layers of law that come with Huanjie, sorted."""
    return _names("layers")


def _names(kind: str) -> tuple[str, ...]:
    folder = resources.files("policies") / kind
    return tuple(sorted(item.name.removesuffix(".yaml") for item in folder.iterdir() if item.name.endswith(".yaml")))


def _text(kind: str, name: str) -> str:
    return (resources.files("policies") / kind / f"{name}.yaml").read_text(encoding="utf-8")


class Bundled:
    """What a pack may build on: bundled packs and layers by name, packs beside it as files. See policies.pack.library."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def pack(self, name: str) -> str | None:
        """A bundled pack's text, or that of a file, looked for in the folder of the pack that names it."""
        return pack_text(name) if name in bundled_packs() else self._beside(name)

    def part(self, name: str) -> str | None:
        """A bundled part's text, or that of a file beside the pack."""
        return _text("parts", name) if name in bundled_parts() else self._beside(name)

    def _beside(self, name: str) -> str | None:
        path = (self.folder or Path()) / name
        if path.suffix not in SUFFIXES:
            return None
        try:
            return path.read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return None

    def parts(self) -> tuple[str, ...]:
        """Names of the bundled parts."""
        return bundled_parts()

    def layer(self, name: str) -> str | None:
        """A bundled layer's text."""
        return _text("layers", name) if name in bundled_layers() else None

    def layers(self) -> tuple[str, ...]:
        """Names of the bundled layers."""
        return bundled_layers()


def calendar_of(pack: Pack) -> Calendar:
    """The announced days of the years a plan runs through."""
    return national_calendar(range(pack.starts.year, pack.completed_by.year + 1))


def source_text(name_or_path: str) -> str:
    """The text behind a pack that `open_pack` has opened, whole: what it builds on is written out in it."""
    bundled = name_or_path in bundled_packs()
    text = pack_text(name_or_path) if bundled else Path(name_or_path).read_text(encoding="utf-8-sig")
    opened, (written, _) = open_pack(name_or_path), read_text(text)
    alone = written is None or not composed(written.data)
    return self_contained(opened) if isinstance(opened, Pack) and not alone else text


def open_pack(name_or_path: str) -> Pack | Unusable:
    """The pack of that name or in that file, or all that is wrong with it."""
    if name_or_path in bundled_packs():
        return _bundled(name_or_path)
    path = Path(name_or_path)
    if not (path.suffix in SUFFIXES or len(path.parts) > 1 or path.is_file()):
        return Unusable((_unknown(name_or_path),))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return Unusable((f"{path}：不是 UTF-8 编码的文本（第 {error.start + 1} 个字节起），请另存为 UTF-8",))
    except FileNotFoundError:
        return Unusable((f"{path}：没有这个文件；自带的方案有：{'、'.join(bundled_packs())}",))
    except IsADirectoryError:
        return Unusable((f"{path}：是文件夹，请给出其中的 YAML 文件",))
    except (OSError, ValueError) as error:
        return Unusable((f"{path}：无法读取（{reason(error)}）",))
    return _load(text, name_or_path, path.parent)


@cache
def _bundled(name: str) -> Pack | Unusable:
    return _load(pack_text(name), name)


def _load(text: str, name: str, folder: Path | None = None) -> Pack | Unusable:
    try:
        return load_pack(text, name, Bundled(folder))
    except PackError as error:
        return Unusable(tuple(f"{name}：{problem}" for problem in error.problems))


def _unknown(name: str) -> str:
    names = bundled_packs()
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.4)
    guess = f"，是不是“{near[0]}”？" if near else "。"
    return f"没有名为“{name}”的方案{guess}自带的方案有：{'、'.join(names)}；也可以给出 YAML 文件的路径。"
