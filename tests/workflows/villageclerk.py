"""One clerk who answers every task of one small village honestly: 900 registered voters, two stations and a roving box.

Independent of the simulation's actors: people, figures and forms are written out here, so that a scenario reads by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.counting import count
from policies.form import Ballots, BoxPapers, Mode, ResultForm
from policies.form import Body as FormBody
from policies.form import Candidate as FormCandidate
from policies.pack.schema import Pack
from policies.people import Person, Post, Sex
from policies.roll import RollEntry, VoterKind
from policies.rules.village.boxes import BoxReason
from policies.rules.village.meetings import MeetingVote
from policies.tally import BoxTelling, TellerEntry
from policies.venue import Duty, Proxy, Relation, RovingBox, Staff, Station
from tests.workflows.clerk import COMMITTEE, UNIT, Clerk, brief, person
from workflows.catalogue import TASK_QUEUE
from workflows.facts import Task
from workflows.messages import (
    ActingNamed,
    BallotRulesSet,
    BoxCount,
    BoxesListed,
    Counted,
    Delegated,
    Form,
    HandedOver,
    ListCorrected,
    Nominated,
    Nominee,
    ObjectionAnswered,
    PollDayFixed,
    Posted,
    ProxiesListed,
    Recorded,
    Registered,
    Requested,
    Slated,
    Staffed,
    StationsSet,
    UnitBrief,
    VillageFigures,
)
from workflows.setting import Setting, install

POLL_DAY = date(2026, 5, 16)
VOTERS = 900
BOXES = {"中心会场": 400, "二组投票站": 220, "流动一": 12}
"""Persons voting at each box: 632 of 900, of whom 40 by proxy. The roving box's twelve are mixed with the main venue's."""


def told_alike(box: str, first: str = "计票人子", second: str = "计票人丑") -> BoxTelling:
    """A box counted once: two tellers have entered what its form says."""
    return BoxTelling(box=box, entries=(TellerEntry(teller=first), TellerEntry(teller=second)))


@cache
def village_2025() -> Pack:
    """The bundled village plan."""
    pack = open_pack("village-2025")
    assert isinstance(pack, Pack), pack
    return pack


@cache
def village_setting() -> Setting:
    """The village plan under the announced calendar of 2026."""
    return install(village_2025(), national_calendar([2026]))


def village(**changes: Any) -> UnitBrief:
    """A village of 320 households with a committee of five: chair, deputy, women's seat, two members."""
    figures: dict[str, Any] = {
        "name": "甲村",
        "households": 320,
        "residents": 1200,
        "organizations": 0,
        "residents_seats": 5,
        "village": VillageFigures(groups=6),
        "setting": village_setting().hash,
    }
    return brief(**{**figures, **changes})


def villager(number: int, **changes: Any) -> Person:
    """Somebody who meets every condition of the village plan."""
    return person(number, name=f"村民{number:02}", **changes)


NOMINEES: tuple[tuple[Person, Post], ...] = (
    (villager(11, sex=Sex.MALE), Post.CHAIR),
    (villager(12, sex=Sex.MALE), Post.CHAIR),
    (villager(13, sex=Sex.MALE), Post.DEPUTY_CHAIR),
    (villager(14, sex=Sex.FEMALE), Post.DEPUTY_CHAIR),
    (villager(15, sex=Sex.FEMALE), Post.WOMEN_MEMBER),
    (villager(16, sex=Sex.FEMALE), Post.WOMEN_MEMBER),
    (villager(17, sex=Sex.MALE), Post.COMMITTEE_MEMBER),
    (villager(18, sex=Sex.MALE), Post.COMMITTEE_MEMBER),
    (villager(19, sex=Sex.MALE), Post.COMMITTEE_MEMBER),
)
"""Two for chair, two for deputy, two for the women's seat, three for two members' seats: one more than the seats each."""
IDS = {f"{one.name}": one.id for one, _ in NOMINEES}

Votes = Mapping[str, int]
"""Votes by person id, in a poll of 632 ballots."""


@dataclass
class VillageClerk(Clerk):
    """As `Clerk`; `votes` gives every poll's votes by gate, by person id (else the first of each post win clearly)."""

    votes: dict[str, Votes] = field(default_factory=dict)
    nominees: tuple[tuple[Person, Post], ...] = NOMINEES
    written_in: tuple[Person, ...] = ()
    meeting: MeetingVote | None = None  # where a meeting chooses who acts for the chair
    term: tuple[Any, Any, str] | None = None  # a workflow of the term, its brief, its name; None: the election itself

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people |= {one.id: one for one, _ in self.nominees} | {one.id: one for one in self.written_in}
        self.posts = {one.id: post for one, post in self.nominees}

    def form(self, task: Task) -> Form:
        """The honest form for a task of a village; the Party's and the supervisors' gates are as in a community."""
        today = self.today
        if task.gate.startswith("objection:"):
            return ObjectionAnswered(
                decided_on=today, published_on=today, upheld=True, added=("V901",), removed=(), reason="属实"
            )
        if task.gate.startswith("complaint:"):
            return super().form(task)
        match task.step.replace("byelection.", "residents."):
            case "party.meeting":
                return Requested(
                    held_on=today,
                    last_elected=date(2021, 4, 20),
                    full_members=80,
                    excused=5,
                    superior_consents=True,
                    meeting_agreed=True,
                )
            case "residents.poll_day":
                return PollDayFixed(decided_on=today, poll_day=POLL_DAY)
            case "residents.registration":
                return Registered(closed_on=today, residents=700, away=199, outsiders=1, entries=(outsider(),))
            case "residents.voters_list":
                return Posted(posted_on=today, place="村务公开栏", voters=VOTERS)
            case "residents.objections":
                joined = len(self.of_kind("objection_decided"))
                return ListCorrected(published_on=today, added=joined, removed=0, voters=VOTERS + joined)
            case "residents.representatives":
                return Delegated(
                    households=self.unit.households,
                    from_households=30,
                    organizations_present=0,
                    from_organizations=0,
                    held_on=today,
                    women=12,
                    groups=6,
                )
            case "residents.nomination":
                return self.nominated_by_post()
            case "residents.candidates":
                return Slated(names=task.people, committed=task.people, decided_on=today)
            case "residents.preliminary":
                return Posted(posted_on=today, place="村务公开栏", names=task.people)
            case "residents.meeting":
                return Recorded(held_on=today)
            case "residents.stations":
                return StationsSet(
                    published_on=today,
                    poll_day=self.poll_day(),
                    opens=8,
                    closes=15,
                    stations=(
                        Station(id="中心会场", place="村委会", secret_booths=6),
                        Station(id="二组投票站", place="二组", secret_booths=2),
                    ),
                )
            case "residents.staff":
                return Staffed(published_on=today, staff=staff())
            case "residents.proxies":
                return ProxiesListed(published_on=today, proxies=tuple(proxy(number) for number in range(40)))
            case "residents.boxes":
                return BoxesListed(published_on=today, boxes=(roving_box(),))
            case "residents.ballot_rules":
                return BallotRulesSet(
                    published_on=today, over_marked_void=True, two_posts_void=True, blank_abstains=True
                )
            case "residents.poll" | "residents.runoff":
                return self.polled(task)
            case "residents.acting":
                return ActingNamed(held_on=today, person=task.people[0], vote=self.meeting)
            case "residents.handover":
                return HandedOver(
                    completed_on=today,
                    items=("公章", "公共财产", "财务账目", "档案资料"),
                    supervised_by="乡镇人民政府",
                    sealed_on=self.poll_day(),
                )
            case "supervisory.nomination":
                return self.nominated_for_supervision()
            case "supervisory.vote":
                return self.counted(task, FormBody.VILLAGE_SUPERVISORY, Mode.SHOW_OF_HANDS, 30, 25, hands(task))
        return super().form(task)

    async def begin(self) -> Any:
        """Start the village, or what befalls its committee within the term."""
        if self.term is None:
            return await super().begin()
        run, given, name = self.term
        return await self.engine.client.start_workflow(run, given, id=f"{UNIT}/{name}", task_queue=TASK_QUEUE)

    def poll_day(self) -> date:
        """The poll day as the journal has it last."""
        days = self.of_kind("poll_day_set")
        return days[-1].poll_day if days else POLL_DAY

    def nominated_by_post(self) -> Nominated:
        """Every nominee of the village, by the voters."""
        return Nominated(
            nominees=tuple(
                Nominee(person=one, post=post, route="voters", supporters=12) for one, post in self.nominees
            ),
            kin=self.kin,
            closed_on=self.today,
        )

    def nominated_for_supervision(self) -> Nominated:
        """The three supervisors and one more."""
        return self.nominated([person(number) for number in range(31, 36)], "voters", 10)

    def polled(self, task: Task, boxes: Mapping[str, int] = BOXES, mixed: tuple[str, ...] = ("流动一",)) -> Counted:
        """A poll box by box: each box gives every candidate its share of the votes, the rest of it at the first box.

        `mixed` are the boxes whose ballots go among the first box's.
        """
        present = dict(boxes)
        total = sum(present.values())
        votes = self.votes.get(task.gate) or self.easy(task, total)
        rows = [(one, contest.post) for contest in task.contests for one in contest.people]
        rows += [(one.id, self.posts.get(one.id, Post.COMMITTEE_MEMBER).label) for one in self.written_in]
        first = next(iter(present))
        small = [box for box in present if box in mixed]
        forms: dict[str, ResultForm | BoxPapers] = {}
        left = {one: votes.get(one, 0) for one, _ in rows}
        for box, n in present.items():
            if box == first or box in small:
                continue
            shares = {one: votes.get(one, 0) * n // total for one, _ in rows}
            for one, n_ in shares.items():
                left[one] -= n_
            forms[box] = self.sheet(task, n, None, shares, rows)
        together = self.sheet(task, sum(present[box] for box in (first, *small)), None, left, rows)
        if small:
            forms |= {
                box: BoxPapers(present=n, issued=n, collected=n) for box in (first, *small) for n in [present[box]]
            }
        else:
            forms[first] = together
        merged = self.sheet(task, total, self.registered(), votes, rows)
        return Counted(
            held_on=self.today,
            form=merged,
            declared=count(merged).elected,
            names=tuple(one for one, _ in rows),
            proxies=40,
            roving_boxes=1,
            monitors=tuple(one.person for one in staff()),
            boxes=tuple(BoxCount(box=box, form=forms[box]) for box in present),
            mixed=together if small else None,
            tellings=tuple(
                told_alike(box)
                for box in (
                    *(box for box, one in forms.items() if isinstance(one, ResultForm)),
                    *["混合计票"][: len(small)],
                )
            ),
            written_in=self.written_in,
        )

    def registered(self) -> int:
        """Voters on the list now."""
        return VOTERS + len(self.of_kind("objection_decided"))

    def easy(self, task: Task, total: int) -> dict[str, int]:
        """The first of each post win clearly: two thirds of the ballots, a little fewer for each place; the others a tenth."""
        votes = {}
        for contest in task.contests:
            for place, one in enumerate(contest.people):
                votes[one] = total * 2 // 3 - place if place < contest.seats else total // 10
        return votes

    def sheet(
        self, task: Task, present: int, roll: int | None, votes: Votes, rows: list[tuple[str, str]]
    ) -> ResultForm:
        """A result form on which everybody who came cast a valid ballot."""
        return ResultForm(
            body=FormBody.VILLAGE,
            mode=Mode.VOTERS,
            law="2025",
            roll=roll,
            present=present,
            ballots=Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0),
            seats={contest.post: contest.seats for contest in task.contests},
            candidates=tuple(
                FormCandidate(
                    name=self.people[one].name,
                    votes=votes.get(one, 0),
                    post=post,
                    sex=self.people[one].sex.value,
                    write_in=self.people[one] in self.written_in,
                )
                for one, post in rows
            ),
            round=task.vote,
        )


def hands(task: Task) -> list[int]:
    """A show of hands that fills every seat."""
    return [20 if place < task.seats else 3 for place in range(len(task.people))]


def outsider(**changes: Any) -> RollEntry:
    """Somebody with hukou elsewhere who has lived here for two years, applied and been agreed to."""
    facts: dict[str, Any] = {
        "person": "V900",
        "name": "外来户",
        "unit": "D01-S01-U001",
        "kind": VoterKind.OUTSIDER,
        "born": date(1980, 1, 1),
        "months_lived": 24,
        "asked": True,
        "agreed": True,
    }
    return RollEntry(**{**facts, **changes})


def staff() -> tuple[Staff, ...]:
    """Four at the main venue, two at the station; the roving box has its own monitors."""
    duties = (Duty.MONITOR, Duty.TELLER, Duty.CALLER, Duty.SCRIBE, Duty.MONITOR, Duty.TELLER)
    places = ("中心会场",) * 4 + ("二组投票站",) * 2
    return tuple(
        Staff(person=one.id, name=one.name, duty=duty, box=place)
        for one, duty, place in zip(COMMITTEE[5:], duties, places, strict=True)
    )


def proxy(number: int, **changes: Any) -> Proxy:
    """The number-th proxy: three to a holder, given four days before the poll."""
    facts: dict[str, Any] = {
        "principal": f"V{100 + number}",
        "principal_name": f"外出{number}",
        "holder": f"V{300 + number // 3}",
        "holder_name": f"受托{number // 3}",
        "relation": Relation.VILLAGER,
        "received_on": POLL_DAY - timedelta(days=4),
    }
    return Proxy(**{**facts, **changes})


def roving_box(**changes: Any) -> RovingBox:
    """A box for fifteen people who cannot walk, with three monitors, approved."""
    facts: dict[str, Any] = {
        "id": "流动一",
        "reason": BoxReason.IMPAIRED,
        "users": tuple(f"V{500 + number}" for number in range(15)),
        "monitors": ("V601", "V602", "V603"),
        "approval": "乡政〔2026〕9号",
    }
    return RovingBox(**{**facts, **changes})
