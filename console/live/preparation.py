"""The forms of preparation as people fill them in: words for every field, and what the plan itself already says of it."""

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from policies.pack.schema import Act, Asks
from policies.preparation import Circle, Difficulty
from workflows.preparationchecks import PAGES
from workflows.preparationforms import RollMade

if TYPE_CHECKING:
    from workflows.facts import Task

FORMS: dict[Act, type[BaseModel]] = {act: form for act, (form, _) in PAGES.items()} | {Act.ROLL: RollMade}

WORDS = {
    "surveyed": "入户户数",
    "opinions": "各方面测评票：circle（党员、代表、群众）、collected（收回）、satisfied（满意）、fairly（基本满意）、dissatisfied（不满意）、blank（弃权）",
    "promises_checked": "是否检查了创业承诺目标的完成情况（true/false）",
    "colour": "三色码：red、yellow、green",
    "troubles": "八类问题，没有的写 []：difficulty、plan（一策文号）、contingency（预案文号）、owner（联村领导）、cadre（驻村干部）、officer（民警）、deadline（时限）；"
    "difficulty 为 " + "、".join(f"{one.value}（{one.label}）" for one in Difficulty),
    "watch": "八类问题以外的关注事项",
    "removals": "逐项验收：difficulty、accepted（true/false）、accepted_by（验收人）、document（文号）",
    "actions": "各项行动：action、lead（牵头单位）、done_on（完成日期）、document（文号）",
    "standing": "清单：decided（有确定人选）、intended（有意向人选）、nobody（尚无合适人选）",
    "people": "人数",
    "signatures": "签字：office（职务）、name（姓名）、signed_on（日期）",
    "filing": "报备文号",
    "lead": "牵头单位",
    "entered": "进入本轮人数",
    "struck": "本轮筛除人数",
    "due": "应训人员",
    "passed": "考核合格人员",
    "by_meeting": "是否以会代训（true/false）",
    "published_on": "公布日期，尚未公布的写 null",
    "plans": "各项风险：risk、document（预案文号）、owner（负责人）",
    "election_check": "换届检查清单文号",
    "prevention_check": "防疫检查清单文号",
    "problems": "发现问题数",
    "mended": "改正数",
    "looked_again": "回头看数",
    "departments": "联审各部门：department、against（不同意的人员编号）、signer（签字人）、signed_on（日期）、document（文号）",
    "effect": "对所涉环节的影响：none（不影响）、block（更正前暂停后续）、void（无效，重办）",
}


def given(name: str, task: "Task", asks: Asks) -> str:
    """What the plan or the task already says of a field, as YAML on one line; empty where it says nothing."""
    rows: list[dict[str, Any]] = []
    match name:
        case "signatures":
            rows = [{"office": office, "name": None, "signed_on": None} for office in asks.signed_by]
        case "actions":
            rows = [
                {"action": action.name, "lead": action.lead, "done_on": None, "document": None}
                for action in asks.actions
            ]
        case "plans":
            rows = [{"risk": risk, "document": None, "owner": None} for risk in asks.risks]
        case "departments":
            rows = [
                {"department": one, "against": [], "signer": None, "signed_on": None, "document": None}
                for one in asks.departments
            ]
        case "opinions":
            parts = ("collected", "satisfied", "fairly", "dissatisfied", "blank")
            rows = [{"circle": one.value, **dict.fromkeys(parts)} for one in Circle]
        case "lead" if task.round <= len(asks.rounds):
            return json.dumps(asks.rounds[task.round - 1].lead, ensure_ascii=False)
        case "due" if task.people:
            return json.dumps(list(task.people), ensure_ascii=False)
    return json.dumps(rows, ensure_ascii=False) if rows else ""
