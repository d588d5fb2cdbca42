"""Within a community's term: a recall by the way of voting that elected the committee, a vacant seat filled by it (R25-20, R25-24).

Figures: 3,000 residents with the right to vote (a tenth: 300), 1,400 households (a tenth: 140), 60 delegates (a third: 20, more
than two thirds: 41).
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from console.packs import open_pack
from policies.calendar import national_calendar
from policies.counting import count
from policies.form import Ballots, Mode, ResultForm
from policies.form import Body as FormBody
from policies.form import Candidate as FormCandidate
from policies.pack.schema import Pack, PollMode
from policies.people import Post
from tests.workflows.clerk import PARTY, RESIDENTS, Answer, Clerk, brief, person
from workflows.byelection import ResidentsByElection
from workflows.catalogue import TASK_QUEUE
from workflows.facts import Task
from workflows.messages import (
    BodyBrief,
    Counted,
    Form,
    ListCorrected,
    Petitioned,
    PollDayFixed,
    Posted,
    ProxiesListed,
    RecallBrief,
    RecallCounted,
    Registered,
    UnitBrief,
    Winner,
)
from workflows.recall import RecallElection
from workflows.setting import Setting, install

MEMBER = RESIDENTS[6]
VOTERS, HOUSEHOLDS, DELEGATES = 2800, 1400, 60
ROLLS = {PollMode.VOTERS: VOTERS, PollMode.HOUSEHOLDS: HOUSEHOLDS, PollMode.REPRESENTATIVES: DELEGATES}
STANDING = (person(71), person(72))


PLANS = {
    PollMode.VOTERS: "community-voters",
    PollMode.HOUSEHOLDS: "community-households",
    PollMode.REPRESENTATIVES: "community-2025",
}


@cache
def setting(mode: PollMode) -> Setting:
    """The community plan of 2025 that elects in a mode."""
    pack = open_pack(PLANS[mode])
    assert isinstance(pack, Pack), pack
    return install(pack, national_calendar([2026]))


def community(mode: PollMode) -> UnitBrief:
    """A community whose plan elects in a mode."""
    return brief(setting=setting(mode).hash)


@dataclass
class TermClerk(Clerk):
    """The community's clerk within the term: the workflow of the term, its brief, its name."""

    term: tuple[Any, Any, str] = (None, None, "")
    mode: PollMode = PollMode.REPRESENTATIVES
    present: int = 41
    in_favour: int = 21
    poll_in: int = 60  # days from the decision

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people |= {one.id: one for one in STANDING}

    async def begin(self) -> Any:
        """The workflow of the term."""
        run, starts_from, name = self.term
        return await self.engine.client.start_workflow(
            run, starts_from, id=f"{self.unit.id}/{name}", task_queue=TASK_QUEUE
        )

    def form(self, task: Task) -> Form:
        """The honest form."""
        today = self.today
        match task.step:
            case "recall.petition":
                return Petitioned(submitted_on=today, person=MEMBER.id, grounds="长期不在岗", representatives=20)
            case "recall.vote":
                return RecallCounted(
                    held_on=today,
                    roll=ROLLS[self.mode],
                    present=self.present,
                    collected=self.present,
                    in_favour=self.in_favour,
                    against=self.present - self.in_favour,
                    declared=True,
                )
            case "byelection.poll_day":
                return PollDayFixed(decided_on=today, poll_day=today + timedelta(days=self.poll_in))
            case "byelection.registration":
                return Registered(closed_on=today, residents=VOTERS, away=0, outsiders=0, households=HOUSEHOLDS)
            case "byelection.voters_list":
                return Posted(posted_on=today, place="公示栏", voters=VOTERS)
            case "byelection.objections":
                return ListCorrected(published_on=today, added=0, removed=0, voters=VOTERS)
            case "byelection.nomination":
                return self.nominated(list(STANDING), "voters", 10)
            case "byelection.proxies":
                return ProxiesListed(published_on=today, proxies=())  # no proxy given is published too
            case "byelection.poll":
                return self.polled(task, self.present)
        return super().form(task)

    def polled(self, task: Task, present: int) -> Counted:
        """`in_favour` for the first on the list, five for everybody else."""
        form = ResultForm(
            body=FormBody.RESIDENTS,
            mode=Mode(self.mode.value),
            law="2025",
            roll=ROLLS[self.mode],
            present=present,
            ballots=Ballots(issued=present, collected=present, valid=present, invalid=0, blank=0),
            seats=task.seats,
            candidates=tuple(
                FormCandidate(name=self.people[one].name, votes=self.in_favour if n == 0 else 5)
                for n, one in enumerate(task.people)
            ),
            round=task.vote,
        )
        return Counted(held_on=self.today, form=form, declared=count(form).elected, names=task.people)


def recall(
    mode: PollMode = PollMode.REPRESENTATIVES, present: int = 41, in_favour: int = 21, **answers: Answer
) -> TermClerk:
    """A recall of one member in a mode: `present` vote, `in_favour` agree, and it is declared carried."""
    registered = 0 if mode is PollMode.REPRESENTATIVES else ROLLS[mode]
    entitled = HOUSEHOLDS if mode is PollMode.HOUSEHOLDS else 3000
    starts_from = RecallBrief(
        unit=community(mode), member=MEMBER, entitled=entitled, registered=registered, representatives=DELEGATES
    )
    return TermClerk(
        community(mode),
        answers={gate.replace("_", "."): answer for gate, answer in answers.items()},
        term=(RecallElection.run, starts_from, "recall-1"),
        mode=mode,
        present=present,
        in_favour=in_favour,
    )


def changed(**changes: object) -> Answer:
    """Another form."""
    return lambda task, form: form.model_copy(update=changes)


@pytest.mark.parametrize(
    ("mode", "voters", "delegates", "accepted"),
    [
        (PollMode.REPRESENTATIVES, 299, 19, False),
        (PollMode.REPRESENTATIVES, 300, 0, True),
        (PollMode.REPRESENTATIVES, 0, 20, True),
        (PollMode.HOUSEHOLDS, 139, 0, False),  # 十分之一以上户的代表
        (PollMode.HOUSEHOLDS, 140, 0, True),
    ],
)
def test_a_tenth_of_the_voters_or_a_third_of_the_delegates_ask(
    mode: PollMode, voters: int, delegates: int, accepted: bool
) -> None:
    present = ROLLS[mode]
    clerk = recall(mode, present, present, recall_petition=changed(voters=voters, representatives=delegates))
    assert clerk.run().recalled
    assert [refusal.rules for refusal in clerk.refusals] == ([] if accepted else [("R25-20",)])


@pytest.mark.parametrize(
    ("mode", "present", "valid"),
    [
        (PollMode.REPRESENTATIVES, 40, False),  # 超过三分之二
        (PollMode.REPRESENTATIVES, 41, True),
        (PollMode.HOUSEHOLDS, 700, False),  # 过半数
        (PollMode.HOUSEHOLDS, 701, True),
        (PollMode.VOTERS, 1400, False),
        (PollMode.VOTERS, 1401, True),
    ],
)
def test_the_quorum_is_that_of_the_vote_that_elected(mode: PollMode, present: int, valid: bool) -> None:
    clerk = recall(mode, present, present, recall_vote=changed(declared=valid))
    outcome = clerk.run()
    assert (outcome.valid, outcome.recalled) == (valid, valid)
    assert clerk.refusals == []


def test_more_than_half_of_those_voting_recall() -> None:
    """Of 41 voting 21 are more than half, 20 are not: then nobody may declare the member recalled."""
    assert recall().run().recalled
    failed = recall(in_favour=20, recall_vote=changed(declared=False))
    outcome = failed.run()
    assert (outcome.valid, outcome.recalled) == (True, False)
    assert failed.refusals == []
    (settled,) = failed.of_kind("recall_settled")
    assert [(one.rule, one.value, one.limit) for one in settled.findings] == [("R25-20", 20, 21)]
    claimed = recall(recall_vote=changed(in_favour=20, against=21))
    claimed.run()
    assert [refusal.rules for refusal in claimed.refusals] == [("R25-20",)]


def by_election(
    mode: PollMode = PollMode.REPRESENTATIVES,
    post: Post = Post.COMMITTEE_MEMBER,
    present: int = 41,
    in_favour: int = 21,
    **answers: Answer,
) -> TermClerk:
    """One of seven seats is vacant; two stand."""
    seated = (
        Winner(person=PARTY[0], post=Post.SECRETARY, votes=70),
        *(Winner(person=one, post=Post.COMMITTEE_MEMBER, votes=45) for one in RESIDENTS[:6]),
    )
    starts_from = BodyBrief(unit=community(mode), seated=seated, vacant=(post,), representatives=DELEGATES)
    return TermClerk(
        community(mode),
        answers={gate.replace("_", ".", 1): answer for gate, answer in answers.items()},
        term=(ResidentsByElection.run, starts_from, "byelection-1"),
        mode=mode,
        present=present,
        in_favour=in_favour,
    )


@pytest.mark.parametrize(
    ("mode", "present", "in_favour"),
    [(PollMode.REPRESENTATIVES, 41, 21), (PollMode.HOUSEHOLDS, 701, 351), (PollMode.VOTERS, 1401, 701)],
)
def test_a_vacant_seat_is_filled_by_the_vote_that_elected(mode: PollMode, present: int, in_favour: int) -> None:
    """The quorum just reached, the majority just reached: the first on the list has the seat."""
    clerk = by_election(mode, present=present, in_favour=in_favour)
    outcome = clerk.run()
    assert clerk.refusals == []
    assert [(one.person.id, one.post) for one in outcome.elected] == [("P71", Post.COMMITTEE_MEMBER)]
    assert outcome.open_seats == 0
    assert clerk.of_kind("poll_failed") == []


def test_two_thirds_of_the_delegates_are_not_enough() -> None:
    """40 of 60 are two thirds, not more: the poll is void and held again."""
    short = by_election()
    short.answers["byelection.poll"] = lambda task, form: short.polled(task, 40 if task.round == 1 else 41)
    outcome = short.run()
    assert [one.person.id for one in outcome.elected] == ["P71"]
    (failed,) = short.of_kind("poll_failed")
    assert [(one.rule, one.limit) for one in failed.findings if one.blocks] == [("R25-19", 41)]


def test_nominees_stand_for_what_is_vacant() -> None:
    """R25-24: nobody is nominated for a seat that is taken."""
    clerk = by_election(post=Post.CHAIR)
    with pytest.raises(Exception, match=r"byelection\.nomination"):
        clerk.run()
    assert {(one.gate, set(one.rules) == {"R25-24"}) for one in clerk.refusals} == {("byelection.nomination", True)}


def test_the_list_is_up_three_clear_days() -> None:
    """R4: whoever would vote before is told from when on; the poll day itself was fixed long before."""
    clerk = by_election()
    clerk.run()
    listed, polled = clerk.day("decided", "byelection.list"), clerk.day("decided", "byelection.poll")
    assert (polled - listed).days > 3
    assert clerk.day("decided", "byelection.poll_day") + timedelta(days=60) == polled
