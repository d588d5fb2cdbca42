"""What keeps a plan from live use: every value that its source leaves out."""

from collections.abc import Iterator

from policies.finding import Finding, Severity
from policies.lint.context import Context, Found
from policies.pack.schema import MISSING, Pack
from policies.rules.timetable import STATED

Where = tuple[str, str | None, str]  # path for people, step id, path inside the step (or the pack)


def live_obstacles(pack: Pack) -> list[Finding]:
    """T5: one finding for every `missing` value, naming its path. Any error among them forbids live use.

    A value that the pack's resolutions supply is still reported, as a warning: the county has to confirm it in writing.
    """
    still = {path for path, _, _ in _missing(pack.as_executed())}
    found = []
    for path, step, _ in _missing(pack):
        if path in still:
            message = f"{path} 在原文中缺漏（missing），补定之前不得用于正式换届。"
            found.append(STATED.finding(message, value=path, limit="写明", remedy=_how(pack, path), step=step))
        else:
            message = f"{path} 在原文中缺漏，现按处理决定执行；正式换届前须由区换届办书面确认。"
            found.append(STATED.finding(message, value=path, severity=Severity.WARNING, step=step))
    return found


def _how(pack: Pack, path: str) -> str:
    """How a county supplies a value: in a plan of its own upon this one."""
    own = f"在本县自己的方案文件（extends: {pack.id}）中"
    if not path.startswith("eligibility.retirement."):
        return f"由区换届办书面补定，{own}写明该数值"
    return (
        f"由区换届办书面确定后，{own}写明 eligibility: {{ retirement: {{ male: 男性周岁, female: 女性周岁 }} }}，没有退休年龄的写 null；"
        f"也可以用 huanjie pack new 新方案.yaml --base {pack.id} 逐项回答（没有的答“无”），再用新方案开始"
    )


def stated(context: Context) -> Iterator[Found]:
    """T5: values the source leaves out, apart from windows (T4), distances and ballots, which have checks of their own."""
    for path, step, inner in _missing(context.pack):
        if inner == "window" or inner.startswith(("ballot.", "gaps")):
            continue
        message = f"{path} 在原文中缺漏（missing），保留为缺；补定之前不得用于正式换届。"
        finding = STATED.finding(message, value=path, limit="写明", severity=Severity.WARNING, step=step)
        yield Found(finding, topic=inner, curable=step is not None)


def _missing(pack: Pack) -> Iterator[Where]:
    data = pack.model_dump(mode="json", by_alias=True, exclude={"resolutions", "bodies"})
    for path in _walk(data, ""):
        yield path, None, path
    for body in pack.bodies:
        rest = body.model_dump(mode="json", by_alias=True, exclude={"steps"})
        for path in _walk(rest, ""):
            yield f"{body.id.value}.{path}", None, f"{body.id.value}.{path}"
        for step in body.steps:
            for path in _walk(step.model_dump(mode="json", by_alias=True), ""):
                yield f"{step.id}.{path}", step.id, path


def _walk(value: object, path: str) -> Iterator[str]:
    if value == MISSING:
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")


CHECKS = (stated,)
