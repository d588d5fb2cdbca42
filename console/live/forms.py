"""A gate's empty form as YAML: which fields, what goes into each, with the people it is about filled in."""

import json
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from console.live import preparation
from policies.pack.schema import Act, Asks
from workflows.messages import (
    ActingNamed,
    Announced,
    BallotRulesSet,
    BoxesListed,
    Chosen,
    Counted,
    Delegated,
    HandedOver,
    ListCorrected,
    Nominated,
    ObjectionAnswered,
    Petitioned,
    PollDayFixed,
    Posted,
    ProxiesListed,
    RecallCounted,
    Recorded,
    Registered,
    Requested,
    Reviewed,
    Ruled,
    SignedOff,
    Slated,
    Staffed,
    StationsSet,
)
from workflows.preparationforms import LinkSigned

if TYPE_CHECKING:
    from activities.registry import Registry
    from policies.pack.schema import Step
    from workflows.facts import Task
    from workflows.setting import Setting

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
    Act.ACTING: ActingNamed,
    Act.HANDOVER: HandedOver,
    **preparation.FORMS,
    Act.POLL_DAY: PollDayFixed,
    Act.REGISTRATION: Registered,
    Act.CORRECTION: ListCorrected,
    Act.STATIONS: StationsSet,
    Act.STAFF: Staffed,
    Act.PROXIES: ProxiesListed,
    Act.ROVING_BOXES: BoxesListed,
    Act.BALLOT_RULES: BallotRulesSet,
    Act.PETITION: Petitioned,
    Act.RECALL: RecallCounted,
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
    "inventory": "移交清单：part（seal 公章、property 公共财产、accounts 财务账目、files 档案资料）、name、quantity、unit、note",
    "signatures": "三方签字：signer（outgoing 移交人、incoming 接收人、supervisor 监交人）、name、signed_on",
    "upheld": "是否成立（true/false）",
    "handler": "经办人",
    "effect": "对所涉环节的影响（none 不影响、block 更正前暂停、void 该环节无效）",
    "wrongs": "当选无效（村民委员会；2026年起的居民委员会）：person、means（violence、threat、deceit、bribery、forgery、false_count、other）、found_by（township、county）、paper（调查结论文号）",
    "head": "负责人",
    "last_elected": "上届选举日期",
    "full_members": "正式党员数",
    "excused": "不计入应到会的人数",
    "superior_consents": "上级是否同意（true/false）",
    "meeting_agreed": "大会是否通过（true/false）",
    "by_delegates": "是否开代表大会（true/false）",
    "approval": "上级批准的文号",
    **preparation.WORDS,
    "voters": "选民人数（罢免要求：联名的选民人数）",
    "women": "其中妇女人数",
    "groups": "村民小组数",
    "boxes": "逐箱：投票为 box（票箱编号）、form（该箱的结果报告单；选票不足三十张、混合计票的箱只写 present、issued、collected）；流动票箱公告为 id、reason、users、monitors、approval",
    "mixed": "混合计票的结果报告单：只写张数的各箱选票混合后一并清点",
    "tellings": "录入：每个票箱（混合计票写“混合计票”）每次清点一条，box、entries（两人各一条：teller；与上报数字不同的附 form）；huanjie tally result --form 可以写出",
    "written_in": "另选他人的人员信息",
    "sealed_on": "公章移交日期",
    "poll_day": "选举日",
    "residents": "户籍在本村并居住的选民数",
    "away": "户籍在本村、不在本村居住、表示参加的选民数",
    "outsiders": "户籍不在本村、申请并经同意的选民数",
    "entries": "须说明的选民：person、name、unit、kind、born、months_lived、asked、agreed、elsewhere",
    "published_on": "公布日期",
    "added": "增列（处理异议时为人员编号，更正名单时为人数）",
    "removed": "删去（处理异议时为人员编号，更正名单时为人数）",
    "opens": "投票开始的钟点",
    "closes": "投票结束的钟点",
    "stations": "投票站：id（票箱编号）、place、secret_booths（秘密写票处数）",
    "staff": "工作人员：person、name、duty、box",
    "over_marked_void": "所选人数多于应选名额的是否无效（true/false）",
    "two_posts_void": "选同一人任两职的是否无效（true/false）",
    "blank_abstains": "空白票是否为弃权票（true/false）",
    "submitted_on": "提出日期",
    "person": "人员编号",
    "grounds": "理由",
    "representatives": "联名的代表人数",
    "vote": "由会议推选的，会议的人数和票数：meeting（representatives 村民代表会议、adults 十八周岁以上村民的村民会议、households 户的代表的村民会议）、due 应到、present 到会、in_favour 同意",
    "roll": "登记参加选举的人数",
    "present": "参加投票的人数",
    "collected": "收回票数",
    "in_favour": "赞成票",
    "against": "反对票",
    "blank": "弃权票",
    "invalid": "无效票",
}


def form_of(registry: "Registry", task: "Task") -> type[BaseModel]:
    """Which form a gate wants: by its step's act; complaints and appeals are signed off, objections answered."""
    about = task.gate.split(":", 1)[0]
    if about in ("complaint", "appeal"):
        return SignedOff if task.round == 1 or about == "appeal" else Recorded
    if about == "objection":
        return ObjectionAnswered
    if task.step in BY_STEP:
        return BY_STEP[task.step]
    act, asks = _planned(registry, task)
    if act is None:
        return LinkSigned if asks.signed_by else Recorded
    return FORMS[act]


def _planned(registry: "Registry", task: "Task") -> "tuple[Act | None, Asks]":
    """What the plan says of the task's step: its act and what its form must show; no act for a county's extra gate."""
    setting = _setting(registry, task)
    if setting is None:
        return None, Asks()
    step = setting.steps.get(task.step)
    if step is not None:
        return step.act, step.asks or Asks()
    extra = next((one for one in setting.pack.extra_gates if one.id == task.step), None)
    return None, Asks(signed_by=extra.signed_by if extra else ())


def _step(registry: "Registry", task: "Task") -> "Step | None":
    setting = _setting(registry, task)
    return None if setting is None else setting.steps.get(task.step)


def _setting(registry: "Registry", task: "Task") -> "Setting | None":
    from gateway.command import unit_of
    from gateway.ground import supplier

    place = registry.elections.place(unit_of(task.workflow))
    return None if place is None else supplier(registry)(place.setting)


def skeleton(registry: "Registry", task: "Task") -> str:
    """YAML with a comment on every field. What must be filled in is null: nothing is decided by a default."""
    form, (_, asks) = form_of(registry, task), _planned(registry, task)
    lines = [f"# {task.title}（{task.gate}）", "# 把 null 换成要填的内容；“可不填”的可以原样留着。"]
    if task.contests:
        lines.append("# 应选 " + "、".join(f"{contest.post} {contest.seats} 名" for contest in task.contests))
    elif task.seats:
        lines.append(f"# 应选 {task.seats} 名")
    if "person" in form.model_fields and len(task.people) > 1:
        lines.append("# 从中推选一人：" + "、".join(task.people))
    step = _step(registry, task)
    asked: tuple[str, ...] = ("inventory", "signatures") if step is not None and step.signed_by_three else ()
    if step is not None and step.ballot is not None and step.ballot.entered_twice:
        asked = ("tellings",)
    for name, field in form.model_fields.items():
        if name == "kind":
            lines.append(f"kind: {get_args(field.annotation)[0]}")
            continue
        required = field.is_required() or name in asked
        given = (
            _known(name, task)
            or preparation.given(name, task, asks)
            or ("null" if required else json.dumps(field.default))
        )
        lines.append(f"{name}: {given}  # {WORDS.get(name, name)}（{'必填' if required else '可不填'}）")
    return "\n".join(lines) + "\n"


def _known(name: str, task: "Task") -> str:
    """What the task says already: whom the decision is about."""
    people = [json.dumps(person, ensure_ascii=False) for person in task.people]
    if name == "names" and people:
        return f"[{', '.join(people)}]"
    if name == "person" and len(people) == 1:
        return people[0]
    if name == "conclusions":
        return "[" + ", ".join(f"{{person: {person}, passed: null}}" for person in people) + "]"
    return ""
