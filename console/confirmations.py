"""The file in which a county keeps who has compared which value of law with the gazette: read with line numbers, written whole."""

import json
import os
from pathlib import Path

from console.county import settings
from console.output import reason
from console.packs import Unusable
from policies.law.confirm import Confirmations
from policies.pack.load import PackError, load_confirmations

FILE = "confirmations.yaml"
HEAD = "# 法律数值的确认记录：谁、哪天、与哪一份公报核对过。由 huanjie pack confirm 写入，请随换届档案保存。\n"


def kept_at() -> Path:
    """Where the county keeps it unless told otherwise: in its home folder."""
    return settings().home / FILE


def read_confirmations(path: Path) -> Confirmations | Unusable:
    """What is confirmed so far; nothing where there is no file yet; all that is wrong with the file."""
    try:
        return load_confirmations(path.read_text(encoding="utf-8-sig"), str(path))
    except FileNotFoundError:
        return Confirmations()
    except UnicodeDecodeError:
        return Unusable((f"{path}：不是 UTF-8 编码的文本",))
    except OSError as error:
        return Unusable((f"{path}：无法读取（{reason(error)}）",))
    except PackError as error:
        return Unusable(tuple(f"{path}：{problem}" for problem in error.problems))


def write_confirmations(path: Path, confirmations: Confirmations) -> None:
    """Write the file whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps(one.model_dump(mode="json"), ensure_ascii=False) for one in confirmations.confirmations]
    listed = "".join(f"\n  - {row}" for row in rows) or " []"
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(f"{HEAD}format: 1\nconfirmations:{listed}\n", encoding="utf-8")
    os.replace(beside, path)
