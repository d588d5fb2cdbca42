"""A county's own pack from its plan on paper: what is asked, how each answer is judged at once, and the text it comes to.

The draft extends a pack that comes with Huanjie and holds what the county's paper says otherwise. What the paper leaves out
is written `missing` and stays so.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from policies.law.terms import TERMS, shown
from policies.pack.schema import MISSING, PACK_ID, Absolute, Body, BodyId, Pack, RelativeToPoll, Step
from policies.pack.words import window_words
from policies.rule import law_in_force
from policies.timetable.windows import bounds, poll_of

LEFT_OUT = ("missing", "缺", "没有写", "未写明")
"""What a person types where the paper says nothing."""

Answers = dict[str, Any]


class Question(NamedTuple):
    """One question. `read` turns what was typed into a value, or raises ValueError with what is wrong, in Chinese.

    `default` is taken for an empty answer (None: an answer is needed); `hint` shows how to write it.
    """

    key: str
    ask: str
    hint: str
    read: Callable[[str, Answers], Any]
    default: Callable[[Answers], str | None]


def questions(base: Pack, taken: tuple[str, ...] = ()) -> tuple[Question, ...]:
    """What is asked of a county that builds on `base`; `taken` are pack ids that it may not use."""
    return (
        Question("id", "方案编号", "小写字母、数字、连字符，如 qianshan-2026", _id_reader(taken), _needed),
        Question("title", "方案名称", "如 千山县村“两委”2026年换届工作实施方案", _words, _needed),
        Question("source", "出自哪份文件", "文件名称、文号", _words, _needed),
        Question("starts", "最早的一天", "如 2026-03-01", _day, _needed),
        Question("completed_by", "最后期限", "如 2026-07-15", _after("starts", "最早的一天"), _needed),
        Question(POLL, "选举日（首日和末日）", "如 2026-05-15 至 2026-05-20；只有一天写一个日期", _poll(base), _needed),
        *_numbers(base),
        *_retirement(base),
        *(_step_question(base, step) for step in _dated(base)),
    )


POLL = "poll"


def judged(asked: tuple[Question, ...], given: Mapping[str, str]) -> tuple[Answers, list[str]]:
    """All answers at once, from a file: the values, and every problem (unknown keys too)."""
    answers: Answers = {}
    known = {question.key for question in asked}
    problems = [f"{key}：不认识的问题；可以回答的有 {'、'.join(sorted(known))}" for key in given if key not in known]
    for question in asked:
        typed = given.get(question.key, "")
        try:
            answers[question.key] = answer(question, typed, answers)
        except ValueError as wrong:
            problems.append(f"{question.key}（{question.ask}）：{wrong}")
    return answers, problems


def answer(question: Question, typed: str, answers: Answers) -> Any:
    """One answer judged. Raises ValueError with what is wrong."""
    text = typed.strip()
    if not text:
        default = question.default(answers)
        if default is None:
            raise ValueError(f"不能空着；{question.hint}")
        text = default
    return question.read(text, answers)


def written(base: Pack, answers: Answers, *, extends: str) -> str:
    """The draft as YAML. Every value is as answered; `missing` is kept."""
    poll = _poll_step(base)
    lines = [
        f"# 按纸面方案编写，其余照“{extends}”。原文没有写的保留为 missing；写全、核对之后才能用于正式换届。",
        f"extends: {extends}",
        f"id: {answers['id']}",
        'version: "1.0"',
        f"title: {_text(answers['title'])}",
        f"source: {_text(answers['source'])}",
        f'law: "{law_in_force(answers[POLL].to).value}"',
        f"starts: {answers['starts']}",
        f"completed_by: {answers['completed_by']}",
        *_people(answers),
        "bodies:",
    ]
    for body in base.bodies:
        lines += [f"  - id: {body.id.value}", *_headings(body, answers)]
        if body.id is _elected(base).id:
            lines += [f"    {line}" for line in _seated(body, answers)]
        steps = [step for step in body.steps if step.id == poll.id or _key(step) in answers]
        if steps:
            lines.append("    steps:")
        for step in steps:
            window = answers[POLL] if step.id == poll.id else answers[_key(step)]
            lines.append(f"      - {{ id: {step.id}, window: {_window(window)} }} # {step.title}")
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- what is asked


def _numbers(base: Pack) -> tuple[Question, ...]:
    """Seats and the election committee, judged against what binds."""
    body = _elected(base)
    what = "妇联" if body.id is BodyId.WOMEN else "委员会"
    found = []
    for key, ask, norm, stated in (
        ("seats_min", f"{what}职数至少几名", "members_min", body.seats and body.seats.min),
        ("seats_max", f"{what}职数至多几名", "members_max", body.seats and body.seats.max),
        ("committee_min", "选举委员会至少几人", "committee_min", body.committee and body.committee.min),
        ("committee_max", "选举委员会至多几人", "committee_max", body.committee and body.committee.max),
    ):
        if stated is not None:
            found.append(Question(key, ask, "整数；原文没有写的写“缺”", _number(base, norm), _always(str(stated))))
    return tuple(found)


def _retirement(base: Pack) -> tuple[Question, ...]:
    """Asked only where the base leaves it out."""
    if base.eligibility == MISSING:
        return ()
    stated = base.eligibility.retirement
    return tuple(
        Question(
            f"retirement_{key}",
            f"{name}退休年龄",
            "周岁；没有退休年龄的写“无”，原文没有写的写“缺”",
            _age,
            _always("缺"),
        )
        for key, name, value in (("male", "男", stated.male), ("female", "女", stated.female))
        if value == MISSING
    )


def _dated(base: Pack) -> list[Step]:
    """Steps whose days the county must give itself: dated in the base, or left out there; the poll is asked before."""
    poll = _poll_step(base)
    return [
        step
        for body in base.bodies
        for step in body.steps
        if step.id != poll.id and (isinstance(step.window, Absolute) or step.window == MISSING or bounds(step)[1])
    ]


def _step_question(base: Pack, step: Step) -> Question:
    def default(answers: Answers) -> str | None:
        """The base's days, as far from the poll as there."""
        window, poll = step.window, bounds(_poll_step(base))[0]
        new: Absolute | None = answers.get(POLL)
        if not isinstance(window, Absolute) or poll is None or new is None or new.from_ is None:
            return "missing"
        moved = new.from_ - poll
        days = [None if day is None else max(day + moved, answers.get("starts", date.min)) for day in _ends(window)]
        if days[0] is not None and days[1] is not None:
            return f"{days[0]} 至 {days[1]}"
        return f"至 {days[1]}" if days[1] else f"{days[0]} 起"

    hint = (
        f"如 2026-04-01 至 2026-04-05；E-20 至 E-5（选举日前）；原文没有写的写“缺”；样本：{window_words(step.window)}"
    )
    return Question(_key(step), f"「{step.title}」哪几天", hint, _window_reader, default)


def _ends(window: Absolute) -> tuple[date | None, date | None]:
    return window.from_, window.to


def _key(step: Step) -> str:
    return step.id


def _elected(base: Pack) -> Body:
    """The body whose seats and poll day are asked: the committee, or the women's federation under its own plan."""
    wanted = BodyId.WOMEN if base.kind == "women" else BodyId.RESIDENTS
    return base.body(wanted)


def _poll_step(base: Pack) -> Step:
    poll = poll_of(_elected(base))
    if poll is None:
        raise ValueError("样本方案没有投票步骤")
    return poll


def _needed(_: Answers) -> str | None:
    return None


def _always(value: str) -> Callable[[Answers], str]:
    return lambda _: value


# ---------------------------------------------------------------- how answers are judged


def _id_reader(taken: tuple[str, ...]) -> Callable[[str, Answers], str]:
    def read(text: str, _: Answers) -> str:
        if not re.fullmatch(PACK_ID, text):
            raise ValueError(f"“{text}”的写法不对，只能用小写字母、数字、连字符")
        if text in taken:
            raise ValueError(f"“{text}”是自带方案的编号，请另取一个")
        return text

    return read


def _words(text: str, _: Answers) -> str:
    if text in LEFT_OUT:
        raise ValueError("这一项不能缺")
    return text


def _day(text: str, _: Answers) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是真实的日期，应写作 2026-04-01") from None


def _after(key: str, name: str) -> Callable[[str, Answers], date]:
    def read(text: str, answers: Answers) -> date:
        day = _day(text, answers)
        if key in answers and day < answers[key]:
            raise ValueError(f"{day} 早于{name} {answers[key]}")
        return day

    return read


def _poll(base: Pack) -> Callable[[str, Answers], Absolute]:
    def read(text: str, answers: Answers) -> Absolute:
        window = _absolute(text, answers)
        if window.from_ is None or window.to is None:
            raise ValueError("选举日不能缺：请写首日和末日")
        due = law_in_force(window.to)
        if due is not base.law and base.kind != "women":  # no law speaks of the federation's poll
            raise ValueError(f"{window.to} 适用 {due.value} 年的法律，所选的样本按 {base.law.value} 年的法律写成")
        days, starts = base.norms.voters_list_days, answers.get("starts")
        if days is not None and starts is not None and window.from_ - timedelta(days=days) < starts:
            raise ValueError(
                f"选民（村民）名单须在选举日 {days} 日前公布，即最迟 {window.from_ - timedelta(days=days)}，早于最早的一天 {starts}"
            )
        return window

    return read


def _number(base: Pack, norm: str) -> Callable[[str, Answers], int | str]:
    def read(text: str, answers: Answers) -> int | str:
        if text in LEFT_OUT:
            return MISSING
        if not re.fullmatch(r"\d{1,4}", text):
            raise ValueError(f"“{text}”应为整数")
        value, binding = int(text), base.composition.binding.get(norm)
        if binding is not None and TERMS[norm].weaker(value, binding.value):
            raise ValueError(f"{value} 不合{binding.place}：{TERMS[norm].label} {shown(TERMS[norm], binding.value)}")
        lower = answers.get({"members_max": "seats_min", "committee_max": "committee_min"}.get(norm, ""))
        if isinstance(lower, int) and value < lower:
            raise ValueError(f"至多 {value} 小于至少 {lower}")
        return value

    return read


def _age(text: str, answers: Answers) -> int | str:  # noqa: ARG001 - every reader is called alike
    if text in LEFT_OUT:
        return MISSING
    if text == "无":
        return "null"
    if not re.fullmatch(r"[4-7]\d", text):
        raise ValueError(f"“{text}”应为 40 至 79 的周岁数，或者“无”“缺”")
    return int(text)


_POLL_RELATIVE = re.compile(r"E([+-]\d{1,4})?\s*(?:(?:至|到|~|—|\.\.)\s*E([+-]\d{1,4})?)?", re.IGNORECASE)


def _window_reader(text: str, answers: Answers) -> Absolute | RelativeToPoll | str:
    if text in LEFT_OUT:
        return MISSING
    if relative := _POLL_RELATIVE.fullmatch(text):
        first = int(relative[1] or 0)
        last = int(relative[2] or 0) if re.search(r"至|到|~|—|\.\.", text) else first
        if first > last:
            raise ValueError(f"起点 {first} 大于终点 {last}")
        return RelativeToPoll(poll_from=first, poll_to=last)
    return _absolute(text, answers)


def _absolute(text: str, answers: Answers) -> Absolute:
    """One day, two days with 至 between them, only 至 and a day, or a day with 起."""
    found = re.findall(r"\d{4}-\d{2}-\d{2}", text)
    if not re.fullmatch(r"(?:至|到)?\s*\d{4}-\d{2}-\d{2}\s*(?:起|(?:至|到|~|—|\s)\s*\d{4}-\d{2}-\d{2})?", text):
        raise ValueError(f"“{text}”的写法不对，应如 2026-04-01 至 2026-04-05")
    days = [_day(one, answers) for one in found]
    for day in days:
        if "starts" in answers and day < answers["starts"]:
            raise ValueError(f"{day} 早于最早的一天 {answers['starts']}")
        if "completed_by" in answers and day > answers["completed_by"]:
            raise ValueError(f"{day} 晚于最后期限 {answers['completed_by']}")
    if len(days) == 1:
        opens = None if text.startswith(("至", "到")) else days[0]
        return Absolute.model_validate({"from": opens, "to": None if text.endswith("起") else days[0]})
    if days[0] > days[1]:
        raise ValueError(f"起始日 {days[0]} 晚于截止日 {days[1]}")
    return Absolute.model_validate({"from": days[0], "to": days[1]})


# ---------------------------------------------------------------- how the draft is written


def _people(answers: Answers) -> list[str]:
    ages = {key: answers[f"retirement_{key}"] for key in ("male", "female") if f"retirement_{key}" in answers}
    said = ", ".join(f"{key}: {age}" for key, age in ages.items())
    return ["eligibility:", f"  retirement: {{ {said} }}"] if said else []


def _headings(body: Body, answers: Answers) -> list[str]:
    """The county's own span in place of the base's printed dates, which would contradict the new ones."""
    if body.heading is None:
        return []
    span = f"{{ from: {answers['starts']}, to: {answers['completed_by']} }}"
    return [f"    heading: {span}", f"    outer_limit: {answers['completed_by']}"]


def _seated(body: Body, answers: Answers) -> list[str]:
    lines = []
    if body.seats is not None:
        seats = f"min: {answers['seats_min']}, max: {answers['seats_max']}"
        lines.append(f"seats: {{ text: {_text(body.seats.text)}, {seats} }}")
    if body.committee is not None:
        data = body.committee.model_dump(mode="json")
        data |= {"min": answers["committee_min"], "max": answers["committee_max"]}
        lines.append(f"committee: {json.dumps(data, ensure_ascii=False)}")
    return lines


def _window(window: Absolute | RelativeToPoll | str) -> str:
    if isinstance(window, str):
        return window
    data = window.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    return "{ " + ", ".join(f"{key}: {value}" for key, value in data.items()) + " }"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
