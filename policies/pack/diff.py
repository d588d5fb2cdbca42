"""How two plans differ: what binds (with the articles of both), what each does in which step and when, how each votes."""

from collections.abc import Iterator
from enum import StrEnum

from policies.law.terms import TERMS, shown
from policies.pack.schema import MISSING, Ballot, Body, Pack, Step
from policies.pack.words import (
    ACTS,
    CONDITIONS,
    MODES,
    asks_words,
    gap_words,
    plain,
    route_words,
    share_words,
    window_words,
)
from policies.value import Value

NO_SUCH = "没有这一步"
OWN_CHOICE = "方案自定，法律没有规定"


class Topic(StrEnum):
    """What kind of difference it is."""

    PLAN = "plan"
    NORM = "norm"
    BODY = "body"
    STEP = "step"


class Difference(Value):
    """One difference. `place` is a norm, a body id or a step id; `title` says in Chinese what is compared.

    `left` and `right` are what the two plans say; for a norm, `left_source` and `right_source` are the articles.
    """

    topic: Topic
    place: str
    title: str
    left: str
    right: str
    left_source: str = ""
    right_source: str = ""
    rule: str = ""


def differences(left: Pack, right: Pack) -> tuple[Difference, ...]:
    """Everything that the second plan does otherwise than the first, in the order norms, plan, bodies, steps."""
    return (*_norms(left, right), *_plans(left, right), *_bodies(left, right), *_steps(left, right))


def _norms(left: Pack, right: Pack) -> Iterator[Difference]:
    for norm, term in TERMS.items():
        mine, other = getattr(left.norms, norm), getattr(right.norms, norm)
        if mine == other or (mine is not None and other is not None and term.same(mine, other)):
            continue
        yield Difference(
            topic=Topic.NORM,
            place=norm,
            title=term.label,
            left=shown(term, mine),
            right=shown(term, other),
            left_source=_source(left, norm),
            right_source=_source(right, norm),
            rule=term.rule(right.governed, right.law.value),
        )


def _source(pack: Pack, norm: str) -> str:
    stated = pack.composition.binding.get(norm)
    if stated is not None:
        return stated.place
    return "" if getattr(pack.norms, norm) is None else OWN_CHOICE


def _plans(left: Pack, right: Pack) -> Iterator[Difference]:
    kinds = {"community": "社区", "village": "村", "women": "妇联组织"}
    rows = (
        ("kind", "适用对象", kinds[left.kind], kinds[right.kind]),
        ("law", "适用的法律", f"{left.law.value} 年文本", f"{right.law.value} 年文本"),
        ("term_years", "任期", plain(left.term_years), plain(right.term_years)),
        ("starts", "最早开始", str(left.starts), str(right.starts)),
        ("completed_by", "最后期限", str(left.completed_by), str(right.completed_by)),
        ("layers", "法律层", _layers(left), _layers(right)),
        ("extra_gates", "附加关口", _gates(left), _gates(right)),
        *(
            (place, title, mine, other)
            for (place, title), mine, other in zip(_CONDITIONS, _conditions(left), _conditions(right), strict=True)
        ),
    )
    for place, title, mine, other in rows:
        if mine != other:
            yield Difference(topic=Topic.PLAN, place=place, title=title, left=mine, right=other)


_CONDITIONS = (("prohibited", "禁入情形"), ("age", "年龄条件"), ("education", "学历条件"), ("kinship", "回避"))


def _conditions(pack: Pack) -> tuple[str, ...]:
    stated = pack.eligibility
    if stated == MISSING:
        return ("没有写",) * len(_CONDITIONS)
    return "；".join(stated.prohibited), stated.age.text, stated.education.text, stated.kinship


def _layers(pack: Pack) -> str:
    return "、".join(f"《{layer.title}》" for layer in pack.layers) or "没有写"


def _gates(pack: Pack) -> str:
    return "、".join(gate.title for gate in pack.extra_gates) or "没有"


def _bodies(left: Pack, right: Pack) -> Iterator[Difference]:
    mine, other = ({body.id: body for body in pack.bodies} for pack in (left, right))
    for body_id in dict.fromkeys([*mine, *other]):
        a, b = mine.get(body_id), other.get(body_id)
        if a is None or b is None:
            one = a or b
            assert one is not None
            words = [one.title if there else "没有这一节" for there in (a is not None, b is not None)]
            yield Difference(topic=Topic.BODY, place=body_id.value, title=one.title, left=words[0], right=words[1])
            continue
        for title, said, says in zip(_BODY, _body(a), _body(b), strict=True):
            if said != says:
                yield Difference(
                    topic=Topic.BODY, place=body_id.value, title=f"{b.title}：{title}", left=said, right=says
                )


_BODY = ("名称", "标题日期", "总时限", "职数", "选举委员会人数", "选举委员会退出", "代表")


def _body(body: Body) -> tuple[str, ...]:
    committee, seats, delegates = body.committee, body.seats, body.delegates
    return (
        body.title,
        "没有写明" if body.heading is None else window_words(body.heading),
        plain(body.outer_limit),
        "没有写明" if seats is None else f"{plain(seats.min)} 至 {plain(seats.max)} 名",
        "没有写明" if committee is None else f"{plain(committee.min)} 至 {plain(committee.max)} 人",
        "没有写明" if committee is None else "；".join(one.text for one in committee.withdrawal),
        "没有写明"
        if delegates is None
        else f"每 {plain(delegates.households_each)} 户一名，至少 {plain(delegates.at_least)} 人",
    )


def _steps(left: Pack, right: Pack) -> Iterator[Difference]:
    mine, other = ({step.id: step for body in pack.bodies for step in body.steps} for pack in (left, right))
    for step_id in dict.fromkeys([*mine, *other]):
        a, b = mine.get(step_id), other.get(step_id)
        if a is None or b is None:
            step = a or b
            assert step is not None
            says = f"{step.text}（{window_words(step.window)}）"
            yield Difference(
                topic=Topic.STEP,
                place=step_id,
                title=step.title,
                left=NO_SUCH if a is None else says,
                right=NO_SUCH if b is None else says,
            )
            continue
        said, says_ = _step(a, left), _step(b, right)
        for title in dict.fromkeys([*said, *says_]):
            if said.get(title) != says_.get(title):
                yield Difference(
                    topic=Topic.STEP,
                    place=step_id,
                    title=f"{b.title}：{title}",
                    left=said.get(title, "没有写明"),
                    right=says_.get(title, "没有写明"),
                )


def _step(step: Step, pack: Pack) -> dict[str, str]:
    days = step.publicity_days
    rows = {
        "内容": step.text,
        "办理": ACTS[step.act],
        "由谁办": "、".join(pack.roles.get(role, role.value) for role in (step.actor, *step.countersigned_by)),
        "期间": window_words(step.window) + ("（一直办到最后一天）" if step.occupies else ""),
        "在哪些步骤之后": "、".join(step.after) or "没有",
        "间隔": "；".join(map(gap_words, step.gaps)) or "没有",
        "适用": CONDITIONS[step.condition],
        "提名方式": route_words(step.routes) or "没有",
        "表单须写明": asks_words(step.asks),
        "公示": "没有" if days is None else f"{plain(days)} {step.publicity_unit.label}",
    }
    return rows | ({} if step.ballot is None else _ballot(step.ballot))


def _ballot(ballot: Ballot) -> dict[str, str]:
    return {
        "谁投票": MODES[ballot.mode],
        "无记名": plain(ballot.secret),
        "委托投票": plain(ballot.proxies_allowed),
        "流动票箱": plain(ballot.roving_boxes_allowed),
        "有效人数": share_words(ballot.quorum),
        "当选票数": share_words(ballot.majority),
        "差额": share_words(ballot.margin),
        "票数相等": plain(ballot.tie),
        "另行选举": plain(ballot.further_vote),
        "选票多于人数": plain(ballot.surplus_ballots),
        "每次清点两人录入": plain(ballot.entered_twice),
    }
