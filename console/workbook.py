"""Where a workbook may be written: asked alike by every command that writes one, before anything is made."""

from pathlib import Path
from typing import Annotated

import typer

WORKBOOK = ".xlsx"

ForceOption = Annotated[bool, typer.Option("--force", help="文件已存在时覆盖。")]


def target_problems(file: Path, name: str, *, force: bool, source: Path | None = None) -> list[str]:
    """Every reason, in Chinese, why a workbook cannot be written there; `source` is what it must not overwrite."""
    if file.suffix.lower() != WORKBOOK:
        return [f"{name} 应以 {WORKBOOK} 结尾，不能是“{file}”"]
    if source is not None and file.exists() and source.exists() and file.samefile(source):
        return [f"{name} 与名册是同一个文件（{file}），请换一个名称，如 {source.stem}-已标注{WORKBOOK}"]
    if file.is_dir():
        return [f"{file} 是文件夹，请给出其中的文件名"]
    if file.exists() and not force:
        return [f"{file} 已存在，不覆盖；请换一个名称，或加上 --force"]
    if not file.parent.is_dir():
        return [f"没有文件夹 {file.parent}，请先建立"]
    return []
