"""What the door refuses: each wrong decision comes back with the rule that names it, and the election goes on unharmed."""

from datetime import date, timedelta

import pytest

from policies.form import ResultForm
from policies.pack.schema import Role
from policies.people import Kin, Kinship
from tests.workflows.clerk import COMMITTEE, PARTY, RESIDENTS, SUPERVISORS, UNIT, Answer, Clerk, at, brief, signed
from workflows.facts import Task
from workflows.messages import Conclusion, Counted, Form, Recorded, Submission


def refused_once(gate: str, answer: Answer, **changes: object) -> tuple[str, ...]:
    """The rules that refuse one wrong answer at one gate, in an election that completes all the same."""
    clerk = Clerk(brief(), answers={gate: answer}, **changes)  # type: ignore[arg-type]
    assert clerk.run().completed_on is not None
    (refusal,) = clerk.refusals
    assert refusal.gate == gate
    return refusal.rules


def changed(**values: object) -> Answer:
    """The honest form with some fields replaced."""
    return lambda task, form: form.model_copy(update=values)


def sheet(**values: object) -> Answer:
    """The honest result form with some figures replaced, its declaration left as it was."""

    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        return form.model_copy(update={"form": form.form.model_copy(update=values)})

    return answer


def ballots(form: ResultForm, **values: int) -> object:
    assert form.ballots is not None
    return form.ballots.model_copy(update=values)


def test_margin_short() -> None:  # P5: five seats need six names
    answer: Answer = lambda task, form: form.model_copy(update={"names": form.names[:5], "committed": form.names[:5]})
    assert refused_once("party.slate", answer) == ("P5",)


def test_a_commitment_missing() -> None:
    answer: Answer = lambda task, form: form.model_copy(update={"committed": form.names[:-1]})
    assert refused_once("party.slate", answer) == ("P6",)


def test_quorum_near_miss_with_winners_declared() -> None:  # P7: four fifths of 75 are 60
    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        low = form.form.model_copy(
            update={"present": 59, "ballots": ballots(form.form, issued=59, collected=59, valid=59)}
        )
        return form.model_copy(update={"form": low})

    assert "P7" in refused_once("party.assembly", answer)


def test_exactly_half_of_the_representatives() -> None:  # R5: 28 of 56 are not more than half
    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        votes = tuple(
            one.model_copy(update={"votes": 20 if one.name in form.declared else 2}) for one in form.form.candidates
        )
        half = form.form.model_copy(
            update={
                "present": 28,
                "candidates": votes,
                "ballots": ballots(form.form, issued=28, collected=28, valid=28),
            }
        )
        return form.model_copy(update={"form": half})

    assert "R5" in refused_once("residents.poll", answer)


def test_one_ballot_more_than_voters() -> None:
    def answer(task: Task, form: Form) -> Form:
        assert isinstance(form, Counted)
        more = form.form.model_copy(update={"ballots": ballots(form.form, collected=71, valid=71)})
        return form.model_copy(update={"form": more})

    assert "P10" in refused_once("party.assembly", answer)


def test_a_denominator_that_is_not_the_roll() -> None:
    assert "P7" in refused_once("party.assembly", sheet(roll=72))
    assert "R5" in refused_once("residents.poll", sheet(roll=51))


def test_a_loser_declared() -> None:
    answer: Answer = lambda task, form: form.model_copy(
        update={"declared": (*form.declared[:-1], form.form.candidates[-1].name)}
    )
    assert "P12" in refused_once("party.assembly", answer)


def test_a_tie_settled_by_lot() -> None:
    assert "P13" in refused_once("party.assembly", changed(by_lot=True))


def test_proxies_and_roving_boxes() -> None:
    assert refused_once("residents.poll", changed(proxies=1)) == ("R5",)
    assert refused_once("residents.poll", changed(roving_boxes=1)) == ("R5",)


def test_candidates_and_their_kin_do_not_count_the_vote() -> None:
    kin = (Kinship(a=COMMITTEE[10].id, b=RESIDENTS[0].id, relation=Kin.SPOUSE),)
    assert "P9" in refused_once("residents.poll", changed(monitors=(RESIDENTS[1].id,)))
    assert "P9" in refused_once("residents.poll", changed(monitors=(COMMITTEE[10].id,)), kin=kin)


def test_an_even_committee_and_a_chair_who_is_not_the_secretary() -> None:
    answer: Answer = lambda task, form: form.model_copy(update={"members": form.members[:-1]})
    assert refused_once("residents.election_committee", answer) == ("R2",)
    assert "R2" in refused_once("residents.election_committee", changed(chair=COMMITTEE[1].id))


def test_a_review_that_leaves_somebody_out_or_passes_somebody_reported() -> None:
    some: Answer = lambda task, form: form.model_copy(update={"conclusions": form.conclusions[1:]})
    assert refused_once("party.joint_vetting", some) == ("X2",)
    reported: Answer = lambda task, form: form.model_copy(
        update={
            "conclusions": (
                Conclusion(person=task.people[0], passed=True, evidence="纪函〔2021〕3号"),
                *form.conclusions[1:],
            )
        }
    )
    assert refused_once("party.joint_vetting", reported) == ("X2",)


def test_an_exclusion_without_evidence() -> None:
    bare: Answer = lambda task, form: form.model_copy(
        update={"conclusions": (Conclusion(person=task.people[0], passed=False), *form.conclusions[1:])}
    )
    assert refused_once("party.joint_vetting", bare) == ("X2",)


def test_kin_of_one_elected_is_kept_off_the_list_without_anybodys_help() -> None:
    kin = (Kinship(a=PARTY[0].id, b=RESIDENTS[0].id, relation=Kin.SIBLING),)
    clerk = Clerk(brief(), kin=kin)
    clerk.run()
    (posted,) = [fact for fact in clerk.of_kind("decided") if fact.gate == "residents.list"]
    assert RESIDENTS[0].id not in posted.form.names
    assert RESIDENTS[1].id in posted.form.names


def test_kin_on_one_slate() -> None:
    kin = (Kinship(a=PARTY[0].id, b=PARTY[1].id, relation=Kin.SPOUSE),)
    answer: Answer = lambda task, form: form.model_copy(update={"names": task.people[:6], "committed": task.people[:6]})
    assert refused_once("party.slate", answer, kin=kin, slate=(1, 7), secretary=PARTY[1].id) == ("X1",)


def test_a_wrong_role_a_wrong_form_and_a_single_signature_all_at_once() -> None:
    clerk = Clerk(brief())

    def interfere(clerk: Clerk) -> None:
        form = Recorded(held_on=clerk.today)
        clerk.send(UNIT, Submission(gate="prep.institution", by=signed(Role.PARTY_BRANCH, "甲"), form=form))

    clerk.events.append((at("2021-02-01", 5), interfere))
    clerk.run()
    assert clerk.refusals[0].rules == ("O3",)


@pytest.mark.parametrize("days", [-30, 1])
def test_a_form_dated_before_its_step_or_after_today(days: int) -> None:
    answer: Answer = lambda task, form: form.model_copy(update={"posted_on": form.posted_on + timedelta(days=days)})
    assert refused_once("party.publicity", answer) == ("O4",)


def test_a_body_out_of_turn() -> None:
    clerk = Clerk(brief())
    form = Recorded(held_on=at("2021-03-01").date())

    def out_of_turn(clerk: Clerk) -> None:
        for gate in ("residents.election_committee", "supervisory.nomination"):
            clerk.send(
                UNIT,
                Submission(
                    gate=gate,
                    by=signed(Role.RESIDENTS_COMMITTEE, "甲"),
                    second=signed(Role.RESIDENTS_COMMITTEE, "乙"),
                    form=form,
                ),
            )

    clerk.events.append((at("2021-03-01"), out_of_turn))
    assert clerk.run().completed_on is not None
    assert [refusal.rules for refusal in clerk.refusals] == [("O1",), ("O1",)]


@pytest.mark.parametrize(
    ("posting", "next_gate", "rule"),
    [("party.publicity", "party.slate_approval", "P6"), ("residents.list", "residents.poll", "R4")],
)
def test_the_next_step_before_the_publicity_is_over(posting: str, next_gate: str, rule: str) -> None:
    undisturbed = Clerk(brief())
    undisturbed.run()
    two_days_on = undisturbed.day("published", posting) + timedelta(days=2)

    def hurry(clerk: Clerk) -> None:
        body = next_gate.split(".")[0]
        form = Recorded(held_on=clerk.today)
        clerk.send(
            f"{UNIT}/{body}",
            Submission(
                gate=next_gate,
                by=signed(Role.STREET_COMMITTEE, "甲"),
                second=signed(Role.STREET_COMMITTEE, "乙"),
                form=form,
            ),
        )

    clerk = Clerk(brief(), events=[(at(str(two_days_on)), hurry)])
    assert clerk.run().completed_on is not None
    assert [(refusal.gate, refusal.rules) for refusal in clerk.refusals] == [(next_gate, (rule,))]


def test_seats_outside_plan_and_law() -> None:
    clerk = Clerk(brief(residents_seats=11), answers={"prep.plan": lambda task, form: form})
    clerk.answers["prep.plan"] = lambda task, form: form if len(clerk.refusals) < 1 else None
    with pytest.raises(Exception, match=r"prep\.plan"):
        clerk.run()
    assert clerk.refusals[0].rules == ("R1",)


def test_supervisors_are_no_members_of_what_they_supervise() -> None:
    spouse = (Kinship(a=SUPERVISORS[0].id, b=RESIDENTS[0].id, relation=Kin.SPOUSE),)
    clerk = Clerk(brief(), kin=spouse)
    clerk.run()
    (posted,) = [fact for fact in clerk.of_kind("decided") if fact.gate == "supervisory.list"]
    assert SUPERVISORS[0].id not in posted.form.names


def test_a_request_with_a_term_not_due_or_members_left_out_without_consent() -> None:
    assert refused_once("party.meeting", changed(last_elected=date(2018, 4, 20))) == ("P1",)
    assert refused_once("party.meeting", changed(superior_consents=False)) == ("P8",)
    assert refused_once("party.meeting", changed(by_delegates=True)) == ("P2",)
    assert refused_once("party.meeting", changed(excused=4)) == ("P7",)
