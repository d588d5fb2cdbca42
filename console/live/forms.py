"""A gate's empty form as YAML: which fields, what goes into each, with the people it is about filled in."""

import json
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from console.live import preparation
from policies.pack.schema import Act, Asks
from workflows.messages import (
    Announced,
    Chosen,
    Counted,
    Delegated,
    HandedOver,
    Nominated,
    Posted,
    Recorded,
    Requested,
    Reviewed,
    Ruled,
    SignedOff,
    Slated,
)
from workflows.preparationforms import LinkSigned

if TYPE_CHECKING:
    from activities.registry import Registry
    from workflows.facts import Task

FORMS: dict[Act, type[BaseModel]] = {
    Act.RECORD: Recorded,
    Act.MEETING: Recorded,
    Act.FILING: Recorded,
    Act.REQUEST: Recorded,
    Act.APPROVAL: Ruled,
    Act.NOMINATION: Nominated,
    Act.REVIEW: Reviewed,
    Act.SLATE: Slated,
    Act.PUBLICITY: Posted,
    Act.COMMITTEE: Chosen,
    Act.REPRESENTATIVES: Delegated,
    Act.POLL: Counted,
    Act.ANNOUNCEMENT: Announced,
    Act.HANDOVER: HandedOver,
    **preparation.FORMS,
}
BY_STEP: dict[str, type[BaseModel]] = {"party.meeting": Requested}

WORDS = {
    "held_on": "办理日期",
    "complete": "是否完成（true/false）",
    "document": "文号",
    "approved": "是否批准（true/false）",
    "signed_on": "落款日期",
    "reason": "理由",
    "closed_on": "提名截止日期",
    "nominees": "被提名人：person（人员信息）、post（职务）、route（提名方式）、supporters（联名人数）",
    "kin": "申报的亲属关系：a、b（人员编号）、relation",
    "conclusions": "每人一条结论：person、passed；不通过的写明 rule、reason、evidence、reviewer",
    "names": "人员编号，按名单次序",
    "committed": "已签承诺书的人员编号",
    "decided_on": "决定日期",
    "posted_on": "张贴日期",
    "place": "张贴地点",
    "members": "成员（人员信息），按得票次序",
    "chair": "主任的人员编号",
    "deputy": "副主任的人员编号",
    "reserves": "候补（人员信息），按得票次序",
    "households": "户数",
    "from_households": "户推选的代表数",
    "organizations_present": "应派代表的组织数",
    "from_organizations": "组织派出的代表数",
    "form": "结果报告单：body、mode、law、roll、present、ballots、seats、candidates、round（同 huanjie count）",
    "declared": "宣布当选的姓名",
    "proxies": "委托投票数",
    "roving_boxes": "流动票箱数",
    "monitors": "监票人、计票人的人员编号",
    "by_lot": "是否抽签决定（true/false）",
    "announced_on": "公告日期",
    "completed_on": "移交完成日期",
    "items": "移交的物品",
    "supervised_by": "监交单位",
    "upheld": "是否成立（true/false）",
    "handler": "经办人",
    "head": "负责人",
    "last_elected": "上届选举日期",
    "full_members": "正式党员数",
    "excused": "不计入应到会的人数",
    "superior_consents": "上级是否同意（true/false）",
    "meeting_agreed": "大会是否通过（true/false）",
    "by_delegates": "是否开代表大会（true/false）",
    "approval": "上级批准的文号",
    **preparation.WORDS,
}


def form_of(registry: "Registry", task: "Task") -> type[BaseModel]:
    """Which form a gate wants: by its step's act; complaints and appeals are signed off."""
    if task.gate.split(":", 1)[0] in ("complaint", "appeal"):
        return SignedOff if task.round == 1 or not task.gate.startswith("complaint:") else Recorded
    if task.step in BY_STEP:
        return BY_STEP[task.step]
    act, asks = _planned(registry, task)
    if act is None:
        return LinkSigned if asks.signed_by else Recorded
    return FORMS[act]


def _planned(registry: "Registry", task: "Task") -> "tuple[Act | None, Asks]":
    """What the plan says of the task's step: its act and what its form must show; no act for a county's extra gate."""
    from gateway.command import unit_of
    from gateway.ground import supplier

    place = registry.elections.place(unit_of(task.workflow))
    setting = None if place is None else supplier(registry)(place.setting)
    if setting is None:
        return None, Asks()
    step = setting.steps.get(task.step)
    if step is not None:
        return step.act, step.asks or Asks()
    extra = next((one for one in setting.pack.extra_gates if one.id == task.step), None)
    return None, Asks(signed_by=extra.signed_by if extra else ())


def skeleton(registry: "Registry", task: "Task") -> str:
    """YAML with a comment on every field. What must be filled in is null: nothing is decided by a default."""
    form, (_, asks) = form_of(registry, task), _planned(registry, task)
    lines = [f"# {task.title}（{task.gate}）", "# 把 null 换成要填的内容；“可不填”的可以原样留着。"]
    if task.seats:
        lines.append(f"# 应选 {task.seats} 名")
    for name, field in form.model_fields.items():
        if name == "kind":
            lines.append(f"kind: {get_args(field.annotation)[0]}")
            continue
        required = "必填" if field.is_required() else "可不填"
        given = (
            _known(name, task)
            or preparation.given(name, task, asks)
            or ("null" if field.is_required() else json.dumps(field.default))
        )
        lines.append(f"{name}: {given}  # {WORDS.get(name, name)}（{required}）")
    return "\n".join(lines) + "\n"


def _known(name: str, task: "Task") -> str:
    """What the task says already: whom the decision is about."""
    people = [json.dumps(person, ensure_ascii=False) for person in task.people]
    if name == "names" and people:
        return f"[{', '.join(people)}]"
    if name == "conclusions":
        return "[" + ", ".join(f"{{person: {person}, passed: null}}" for person in people) + "]"
    return ""
