"""The clerks of a community and of a village that prepare in detail: the same people, with the forms that such a plan wants besides."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.pack.schema import Pack
from policies.people import PartyStanding
from policies.preparation import (
    Circle,
    Cleaned,
    Colour,
    Contingency,
    DepartmentRow,
    Difficulty,
    Opinion,
    PostsList,
    Removal,
    RollMember,
    Signed,
    Trouble,
)
from tests.workflows.clerk import Clerk, brief
from tests.workflows.villageclerk import VillageClerk, village
from workflows import preparationforms as forms
from workflows.facts import Task
from workflows.messages import Form, Nominated, Reviewed, UnitBrief
from workflows.setting import Setting, install

SEVEN = ("镇党委书记", "镇长", "副书记", "纪委书记", "组织委员", "分管民政副镇长", "派出所长")
SUPERVISORS_OF_LINKS = ("县督导组", "乡镇党委书记", "组织委员", "参与竞争人员代表")
ACTIONS = (
    ("村社组织“清底”行动", "联村领导"),
    ("基层作风“清风”行动", "镇纪委监委"),
    ("涉黑涉恶“清障”行动", "派出所"),
    ("村社财务“清账”行动", "镇农业公共服务中心"),
    ("信访积案“清仓”行动", "镇综合信息指挥室"),
    ("教育引导“清心”行动", "镇党建办"),
)
LEADS = ("县乡联合", "乡镇党委", "审计工作督导组", "资格联合审查领导小组", "县委组织部", "县委常委会")
RISKS = ("信访矛盾风险", "舆论炒作风险", "疫情风险", "宗教势力干扰破坏选举风险")
DEPARTMENTS = ("组织部", "纪检监察", "综治维稳", "公安")


@cache
def prepared(name: str = "prepared-2021") -> Setting:
    """A plan of preparation in detail under the announced calendars."""
    pack = open_pack(name)
    assert isinstance(pack, Pack), pack
    return install(pack, national_calendar([2020, 2021, 2026]))


def unit(**changes: Any) -> UnitBrief:
    """The clerk's community under the plan of 2021."""
    return brief(setting=prepared().hash, **changes)


def signed(offices: tuple[str, ...], day: date) -> tuple[Signed, ...]:
    """Everybody, each under a name of their own."""
    return tuple(Signed(office=office, name=f"{office}甲", signed_on=day) for office in offices)


def trouble(difficulty: Difficulty, deadline: date) -> Trouble:
    """A difficulty with everything that belongs to it."""
    return Trouble(
        difficulty=difficulty,
        plan="策1",
        contingency="预1",
        owner="联村领导甲",
        cadre="驻村干部乙",
        officer="民警丙",
        deadline=deadline,
    )


@dataclass
class PreparedClerk(Clerk):
    """`open` are the difficulties of the last assessment, for the inspection that follows."""

    open: tuple[Difficulty, ...] = ()
    entered: int = 20

    def form(self, task: Task) -> Form:
        """The honest form for a task of this plan."""
        today = self.today
        if task.gate.startswith(("complaint:", "appeal:")):
            return super().form(task)
        if task.step.endswith("supervised"):
            return forms.LinkSigned(held_on=today, signatures=signed(SUPERVISORS_OF_LINKS, today))
        match task.step:
            case "prep.household_survey":
                sixty = -(-3 * self.unit.households // 5)  # of 1,500 households 900, of 320 192: 60% exactly
                return forms.HouseholdsSurveyed(held_on=today, surveyed=sixty, document="入1")
            case "prep.satisfaction":
                opinions = tuple(
                    Opinion(circle=one, collected=10, satisfied=7, fairly=2, dissatisfied=1) for one in Circle
                )
                return forms.SatisfactionReviewed(
                    held_on=today, opinions=opinions, promises_checked=True, document="测1"
                )
            case "prep.readiness":
                return self.assessed(())
            case "prep.removal":
                removals = tuple(
                    Removal(difficulty=one, accepted=True, accepted_by="验收组", document="验1") for one in self.open
                )
                return forms.RemovalInspected(held_on=today, removals=removals)
            case "prep.cleanup":
                return forms.CleanedUp(
                    held_on=today,
                    actions=tuple(Cleaned(action=a, lead=lead, done_on=today, document="清") for a, lead in ACTIONS),
                )
            case "prep.emergency_plans":
                plans = tuple(Contingency(risk=risk, document="预", owner="主任") for risk in RISKS)
                return forms.ContingenciesPlanned(held_on=today, plans=plans)
            case "prep.training":
                return forms.Trained(
                    held_on=today, due=("甲", "乙"), passed=("甲", "乙"), by_meeting=False, document="训1"
                )
            case "residents.committee_training":
                return forms.Trained(
                    held_on=today, due=task.people, passed=task.people, by_meeting=False, document="训2"
                )
            case "prep.audit":
                return forms.Audited(held_on=today, published_on=today, place="公开栏", document="审1")
            case "prep.both_posts":
                return forms.BothPostsListed(held_on=today, standing=PostsList.DECIDED, people=1, document="单1")
            case "prep.joint_signatures":
                return forms.JointlySigned(held_on=today, signatures=signed(SEVEN, today), filing="备1")
            case "prep.screening":  # two struck in every round
                entered = self.entered - 2 * (task.round - 1)
                lead = LEADS[task.round - 1]
                return forms.Screened(held_on=today, lead=lead, entered=entered, struck=2, document="筛")
            case "prep.reserves":
                return forms.ReservesListed(held_on=today, people=1, document="后1")
            case "prep.double_check":
                return forms.DoubleChecked(
                    held_on=today,
                    election_check="换1",
                    prevention_check="防1",
                    problems=1,
                    mended=1,
                    looked_again=1,
                )
            case "party.roll":
                members = tuple(
                    RollMember(id=f"M{number}", name=f"党员{number}", standing=PartyStanding.FULL)
                    for number in range(self.unit.party_members)
                )
                return forms.RollMade(held_on=today, members=members)
            case "supervisory.nomination":
                form = super().form(task)
                assert isinstance(form, Nominated)
                first = form.nominees[0].model_copy(update={"finance": True})
                return form.model_copy(update={"nominees": (first, *form.nominees[1:])})
        form = super().form(task)
        if isinstance(form, Reviewed) and task.step.endswith("joint_vetting"):
            rows = tuple(
                DepartmentRow(department=one, signer=f"{one}甲", signed_on=today, document="联1") for one in DEPARTMENTS
            )
            return form.model_copy(update={"departments": rows})
        return form

    def assessed(self, found: tuple[Difficulty, ...], *, removed: bool = False) -> forms.ReadinessAssessed:
        """An assessment that finds these difficulties, each to be removed within ten days."""
        self.open = found
        colour = Colour.RED if found else Colour.YELLOW if removed else Colour.GREEN
        return forms.ReadinessAssessed(
            held_on=self.today,
            colour=colour,
            troubles=tuple(trouble(one, self.today + timedelta(days=10)) for one in found),
            document="评1",
        )


@dataclass
class PreparedVillageClerk(PreparedClerk, VillageClerk):
    """The village's clerk under a plan that prepares in detail."""


def clerk(plan: str, **options: Any) -> PreparedClerk:
    """Whoever answers for a unit under this plan."""
    setting = prepared(plan).hash
    if plan.startswith("village"):
        return PreparedVillageClerk(village(setting=setting), **options)
    return PreparedClerk(brief(setting=setting), **options)
