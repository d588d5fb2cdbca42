"""What a complaint's finding does to the step concerned: nothing, a stop until it is put right, or the step done again.

Every journal goes before the independent checker too.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from policies.grievance import Channel, Effect
from policies.pack.schema import Role
from tests.workflows.checked import checked
from tests.workflows.clerk import RESIDENTS, UNIT, Clerk, at, brief, signed
from tests.workflows.prepared import PreparedClerk, unit
from workflows.facts import Task
from workflows.messages import Complaint, Form, Recorded, SignedOff, Submission

PARTY, COMMITTEE = f"{UNIT}/party", f"{UNIT}/residents"


HOURS = 7
"""How long the clerk takes: no multiple of it ends at midnight, where a decision and its last day's end would coincide."""


class Patient(Clerk):
    """A clerk who comes back six hours later where everything is stopped (K3)."""

    def send(self, workflow: str, submission: Submission, refused: Callable[[], Any] = lambda: None) -> None:
        def again() -> None:
            stopped = self.refusals[-1].rules == ("K3",) and ":" not in submission.gate
            if stopped:
                self.engine.at(self.engine.now + timedelta(hours=6), self.send, workflow, submission, refused)
            else:
                refused()

        super().send(workflow, submission, again)


def complaint(about: str, **more: Any) -> Complaint:
    return Complaint(id="J1", about=about, text="反映情况", by=signed(Role.STREET_DISCIPLINE), **more)


def heard(about: str, workflow: str, day: str, effect: Effect, hour: int = 15, **more: Any) -> Clerk:
    """An election in which a complaint is received on a day and upheld with an effect the next morning."""
    clerk = Patient(brief(), delay=lambda task: timedelta(hours=HOURS))
    clerk.events.append((at(day, hour), lambda c: c.tell(workflow, "complain", complaint(about, **more))))
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True, "effect": effect})
    corrected(clerk)
    return clerk


def corrected(clerk: Clerk) -> None:
    """The second gate of a complaint is the correction, recorded."""
    honest = clerk.form

    def form(task: Task) -> Form:
        if task.gate.startswith("complaint:") and "#" in task.gate:
            return Recorded(held_on=clerk.today, document="更正1")
        return honest(task)

    clerk.form = form  # type: ignore[method-assign]
    clerk.answers["complaint:J1#2"] = lambda task, form: form


def test_channel_and_handler_are_kept_and_told() -> None:
    """Four ways in, and the network of the street's plan; who is to look into it is named when it is received."""
    assert [one.label for one in Channel] == ["电话", "来信", "举报箱", "来访", "网络"]
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.NONE, channel=Channel.BOX, handler="甲")
    assert clerk.run().completed_on is not None
    (received,) = clerk.of_kind("complaint_received")
    assert (received.channel, received.handler, received.last_day) == (Channel.BOX, "甲", date(2021, 4, 5))
    assert checked(clerk).violations == ()


def test_what_nobody_said_is_not_written() -> None:
    """A complaint as before leaves the journal's bytes as they were."""
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.NONE)
    clerk.run()
    (received,), (decided,) = clerk.of_kind("complaint_received"), clerk.of_kind("complaint_decided")
    assert set(received.model_dump()) == {"kind", "complaint", "about", "last_day"}
    assert set(decided.model_dump()) == {"kind", "complaint", "upheld", "handler", "head"}


def test_another_handler_is_a_remark() -> None:
    """K3 remarks and refuses nothing: people fall ill."""
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.NONE, handler="丙")
    assert clerk.run().completed_on is not None
    assert clerk.refusals == []


def test_what_is_not_upheld_has_no_effect() -> None:
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.NONE)
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"effect": Effect.BLOCK})
    assert clerk.run().completed_on is not None
    assert [one.rules for one in clerk.refusals] == [("K3",)]


def test_a_stop_holds_everything_until_it_is_put_right() -> None:
    """Other gates are refused meanwhile (K3); the correction is the step's own office's; then all goes on."""
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.BLOCK, hour=9)
    clerk.delay = lambda task: timedelta(days=2 if task.gate == "complaint:J1#2" else 0, hours=HOURS)
    assert clerk.run().completed_on is not None
    refused = [one for one in clerk.refusals if one.rules == ("K3",)]
    assert refused
    assert not any(one.gate.startswith("complaint") for one in refused)
    (lifted,) = [e.at for e in clerk.facts if e.fact.kind == "complaint_corrected"]
    (stopped,) = [e.at for e in clerk.facts if e.fact.kind == "complaint_decided"]
    between = [
        e.fact.gate for e in clerk.facts if e.fact.kind == "decided" and e.body == "party" and stopped < e.at <= lifted
    ]
    assert between == ["complaint:J1#2"]
    (gate,) = [fact for fact in clerk.of_kind("gate_opened") if fact.gate == "complaint:J1#2"]
    assert gate.role is Role.PARTY_ASSEMBLY
    assert checked(clerk).violations == ()


def test_a_correction_that_fell_short_is_asked_for_again() -> None:
    clerk = heard("party.assembly", PARTY, "2021-04-02", Effect.BLOCK, hour=9)
    clerk.answers["complaint:J1#2"] = lambda task, form: form.model_copy(update={"complete": False})
    clerk.answers["complaint:J1#3"] = lambda task, form: form
    assert clerk.run().completed_on is not None
    decided = [fact.gate for fact in clerk.of_kind("decided") if fact.gate.startswith("complaint")]
    assert decided == ["complaint:J1", "complaint:J1#2", "complaint:J1#3"]


def test_a_void_step_is_done_again_by_itself() -> None:
    """The appraisal after the list was recommended: the same form once more, nothing else meanwhile, nothing else again."""
    clerk = heard("party.appraisal", PARTY, "2021-03-01", Effect.VOID)
    assert clerk.run().completed_on is not None
    order = [fact.gate for fact in clerk.of_kind("decided", "party")]
    assert order.count("party.appraisal#2") == 1
    assert sum(gate.startswith("party.recommendation") for gate in order) == 1
    assert [fact.about for fact in clerk.of_kind("complaint_corrected")] == ["party.appraisal"]
    assert checked(clerk).violations == ()


def test_a_void_posting_that_is_up_goes_up_anew() -> None:
    clerk = heard("party.publicity", PARTY, "2021-03-17", Effect.VOID)
    assert clerk.run().completed_on is not None
    first, second = [fact for fact in clerk.of_kind("published", "party") if fact.gate.startswith("party.publicity")]
    assert second.posted_on > first.last_day
    (decided,) = clerk.of_kind("complaint_decided")
    assert (decided.effect, decided.about) == (Effect.VOID, "party.publicity")
    (corrected_,) = clerk.of_kind("complaint_corrected")
    assert (corrected_.complaint, corrected_.about) == ("J1", "party.publicity")
    assert checked(clerk).violations == ()


@pytest.mark.parametrize(
    ("about", "day"),
    [
        ("party.recommendation", "2021-03-17"),  # reviews and the list were built upon it
        ("party.assembly", "2021-03-17"),  # not voted yet
        ("residents.list", "2021-03-17"),  # another body's step
        ("party.nothing", "2021-03-17"),
    ],
)
def test_what_cannot_be_done_again_cannot_be_void(about: str, day: str) -> None:
    """Refused with the reason; the honest answer, without an effect, is taken."""
    clerk = heard(about, PARTY, day, Effect.VOID)
    assert clerk.run().completed_on is not None
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("complaint:J1", ("K3",))]


def slow_announcement(clerk: Clerk) -> None:
    """The result is not announced before the complaint about the poll is answered."""
    clerk.delay = lambda task: timedelta(
        days=2 if task.gate == "residents.announcement" and not clerk.of_kind("poll_annulled") else 0, hours=HOURS
    )


def test_a_void_poll_is_held_anew_with_everybody_who_stood() -> None:
    """Nobody is elected by it; the announcement that waited is ended; the second poll elects others and stands."""
    clerk = heard("residents.poll", COMMITTEE, "2021-04-29", Effect.VOID, hour=8)
    slow_announcement(clerk)
    honest = clerk.form

    def form(task: Task) -> Form:
        given = honest(task)
        if task.gate == "residents.poll#2":  # the votes fall the other way round
            return clerk.counted(
                task,
                given.form.body,
                given.form.mode,
                56,
                50,
                [5] * 5 + [40 + n for n in range(len(task.people) - 5)],  # type: ignore[union-attr]
            )
        return given

    clerk.form = form  # type: ignore[method-assign]
    assert clerk.run().completed_on is not None
    first, second = clerk.of_kind("poll_settled", "residents")
    assert {seat.person for seat in first.elected} != {seat.person for seat in second.elected}
    (annulled,) = clerk.of_kind("poll_annulled")
    assert (annulled.step, annulled.closed) == ("residents.poll", ("residents.announcement",))
    (announced,) = [f for f in clerk.of_kind("decided", "residents") if f.gate.startswith("residents.announcement")]
    assert announced.gate == "residents.announcement#2"
    assert set(announced.form.names) == {seat.person for seat in second.elected}
    (body,) = clerk.of_kind("body_completed", "residents")
    assert {seat.person for seat in body.seats} == {seat.person for seat in second.elected}
    assert RESIDENTS[0].id not in {seat.person for seat in body.seats}
    assert checked(clerk).violations == ()


def test_a_poll_announced_already_stands() -> None:
    """Once the result is announced only the law's own ways are left: refused (K3), the election completes."""
    clerk = heard("residents.poll", COMMITTEE, "2021-04-30", Effect.VOID, hour=8)
    clerk.delay = lambda task: timedelta(
        days=5 if task.gate in ("residents.filing", "residents.handover") else 0, hours=HOURS
    )
    assert clerk.run().completed_on is not None
    assert [(one.gate, one.rules) for one in clerk.refusals] == [("complaint:J1", ("K3",))]
    assert clerk.of_kind("poll_annulled") == []


def test_a_preparation_may_be_done_again() -> None:
    """A training declared void: everybody is trained again before the preparation goes on."""
    clerk = PreparedClerk(unit(), delay=lambda task: timedelta(hours=HOURS))
    clerk.delay = lambda task: timedelta(days=4 if task.step == "prep.audit" else 0, hours=HOURS)

    def tell(c: Clerk) -> None:
        c.tell(UNIT, "complain", complaint("prep.training"))

    def when_trained(task: Task, form: Form) -> Form:
        clerk.engine.at(clerk.engine.now + timedelta(hours=1), tell, clerk)
        return form

    clerk.answers["prep.training"] = lambda task, form: when_trained(task, form) if task.round == 1 else form
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True, "effect": Effect.VOID})
    assert clerk.run().completed_on is not None
    assert [fact.gate for fact in clerk.of_kind("decided") if fact.gate.startswith("prep.training")] == [
        "prep.training",
        "prep.training#2",
    ]
    assert checked(clerk).violations == ()


def test_the_whole_preparation_stands_before_the_checker() -> None:
    """The script's journal of a plan of preparation in detail, recomputed line by line."""
    clerk = PreparedClerk(unit(), delay=lambda task: timedelta(hours=HOURS))
    clerk.run()
    report = checked(clerk)
    assert report.violations == ()
    assert report.completed == 1


def alter(clerk: Clerk, gate: str, **changes: Any) -> None:
    """Falsify one decided form in the journal."""
    for number, entry in enumerate(clerk.facts):
        if entry.kind == "decided" and entry.fact.gate == gate:
            form = entry.fact.form.model_copy(update=changes)
            fact = entry.fact.model_copy(update={"form": form})
            clerk.facts[number] = entry._replace(noted=entry.noted.of(fact))
            return
    raise AssertionError(gate)


@pytest.mark.parametrize(
    ("gate", "changes", "rule"),
    [
        ("prep.household_survey", {"surveyed": 899}, "Z4"),
        ("prep.training", {"passed": ("甲",)}, "X5"),
        ("prep.screening#3", {"entered": 20}, "Z8"),
        ("prep.audit", {"published_on": None}, "V24"),
        ("prep.joint_signatures", {"signatures": ()}, "Z12"),
        ("residents.committee_training", {"passed": ()}, "X5"),
    ],
)
def test_the_checker_finds_what_was_falsified(gate: str, changes: dict[str, Any], rule: str) -> None:
    """Each figure that a rule rests on is recomputed from the journal alone."""
    clerk = PreparedClerk(unit(), delay=lambda task: timedelta(hours=HOURS))
    clerk.run()
    alter(clerk, gate, **changes)
    assert rule in {violation.rule for violation in checked(clerk).violations}


def test_a_submission_is_a_submission() -> None:
    """An effect is part of the form: a sign-off without one reads as before."""
    form = SignedOff(upheld=False, decided_on=date(2021, 4, 3), handler="甲", head="乙", reason="查无实据")
    told = Submission(gate="complaint:J1", by=signed(Role.STREET_DISCIPLINE), form=form).model_dump(mode="json")
    assert "effect" not in told["form"]
    assert form.effect is Effect.NONE
