"""`huanjie pack new`: a county's plan on paper becomes a pack: asked one by one or read from a file, checked, written, linted."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding

from console.lint import show_schedule
from console.output import NO, OK, out, print_json, reason, unusable
from console.packs import SUFFIXES, Unusable, bundled_packs, calendar_of, open_pack
from policies.finding import Severity
from policies.lint import lint, schedule
from policies.lint.live import live_obstacles
from policies.pack.draft import Answers, Question, answer, judged, questions, written
from policies.pack.schema import Pack
from policies.pack.text import read_text

DEFAULT_BASE = "community-2025"


def new_command(
    file: Annotated[Path, typer.Argument(metavar="新文件", help="写到哪里，如 千山.yaml。")],
    base: Annotated[
        str, typer.Option("--base", metavar="样本", help="以哪份方案为样本（自带的名称或文件）。")
    ] = DEFAULT_BASE,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="文件", help="不提问，从 YAML 文件读取全部回答。")
    ] = None,
    list_questions: Annotated[bool, typer.Option("--questions", help="只列出要回答什么，供填写回答文件。")] = False,
    force: Annotated[bool, typer.Option("--force", help="文件已存在时覆盖。")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")] = False,
) -> None:
    """Exit 0 when the draft has no open errors, 1 when it has (it is written all the same), 2 when it cannot be written."""
    opened = open_pack(base)
    problems = [] if isinstance(opened, Pack) else list(opened.problems)
    if not list_questions:
        problems += _target_problems(file, force=force)
    if problems or isinstance(opened, Unusable):
        unusable(problems, as_json=as_json)
    asked = questions(opened, bundled_packs())
    if list_questions:
        _list(asked, as_json=as_json)
        return
    if answers is None:
        given = _ask(asked)
    else:
        given, problems = judged(asked, _read(answers, as_json=as_json))
        if problems:
            unusable(problems, as_json=as_json)
    extends = base if base in bundled_packs() else os.path.relpath(base, file.parent)
    _write(file, written(opened, given, extends=extends), as_json=as_json)
    made = open_pack(str(file))
    if isinstance(made, Unusable):
        unusable([f"已写入 {file}，但还不能用：", *made.problems], as_json=as_json)
    _report(file, made, as_json=as_json)


def _target_problems(file: Path, *, force: bool) -> list[str]:
    if file.suffix not in SUFFIXES:
        return [f"新文件应以 .yaml 结尾，不能是“{file}”"]
    if file.is_dir():
        return [f"{file} 是文件夹，请给出其中的文件名"]
    if file.exists() and not force:
        return [f"{file} 已存在，不覆盖；请换一个名称，或加上 --force"]
    return [] if file.parent.is_dir() else [f"没有文件夹 {file.parent}，请先建立"]


def _ask(asked: tuple[Question, ...]) -> Answers:
    """One question after the other; a wrong answer is told at once and asked again."""
    given: Answers = {}
    out.print(f"共 {len(asked)} 问。回车采用方括号里的值；原文没有写的写“缺”。")
    for number, question in enumerate(asked, 1):
        default = question.default(given)
        while True:
            shown = f" [{default}]" if default is not None else ""
            typed = typer.prompt(
                f"{number}/{len(asked)} {question.ask}（{question.hint}）{shown}", default="", show_default=False
            )
            try:
                given[question.key] = answer(question, typed, given)
                break
            except ValueError as wrong:
                out.print(f"[red]{escape(str(wrong))}[/]", highlight=False)
    return given


def _read(file: Path, *, as_json: bool) -> dict[str, str]:
    """The answers in a file: a mapping of question to answer, `windows` may hold those of the steps."""
    try:
        located, problems = read_text(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else "不是 UTF-8 编码的文本"
        unusable([f"{file}：无法读取（{why}）"], as_json=as_json)
    if located is None or problems:
        unusable([f"{file}：{problem}" for problem in problems], as_json=as_json)
    flat: dict[str, Any] = {}
    for key, value in located.data.items():
        flat |= value if key == "windows" and isinstance(value, dict) else {key: value}
    wrong = [f"{file}：{key} 的回答应为文字或数字" for key, value in flat.items() if isinstance(value, dict | list)]
    if wrong:
        unusable(wrong, as_json=as_json)
    return {key: "" if value is None else str(value) for key, value in flat.items()}


def _write(file: Path, text: str, *, as_json: bool) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        unusable([f"{file}：无法写入（{reason(error)}）"], as_json=as_json)


def _list(asked: tuple[Question, ...], *, as_json: bool) -> None:
    if as_json:
        print_json([{"key": one.key, "ask": one.ask, "hint": one.hint} for one in asked])
        return
    for one in asked:
        out.print(f"{one.key}: # {one.ask}（{one.hint}）", highlight=False, markup=False, soft_wrap=True)


def _report(file: Path, made: Pack, *, as_json: bool) -> None:
    calendar = calendar_of(made)
    findings = [one for one in lint(made, calendar) if not one.resolved]
    missing = [str(one.value) for one in live_obstacles(made) if one.severity is Severity.ERROR]
    errors = [one for one in findings if one.severity is Severity.ERROR]
    if as_json:
        print_json(
            {
                "file": str(file),
                "pack": made.id,
                "missing": missing,
                "findings": [one.model_dump(mode="json") for one in findings],
            }
        )
    else:
        out.print(f"已写入 {escape(str(file))}。")
        for one in findings:
            mark = "[bold red]错误[/]" if one.severity is Severity.ERROR else "[yellow]提醒[/]"
            out.print(f"{mark} [bold]{escape(one.id)}[/]")
            out.print(Padding(escape(one.message), (0, 0, 0, 4)))
        show_schedule(schedule(made, calendar))
        out.print(f"核对：错误 {len(errors)} 处，提醒 {len(findings) - len(errors)} 处；原文缺漏 {len(missing)} 处。")
        if missing:
            out.print(f"补全之前不得用于正式换届：{escape('、'.join(missing))}", highlight=False, soft_wrap=True)
    raise typer.Exit(NO if errors else OK)
