"""The ways off the straight line: failed polls, ties, appeals, withdrawals, complaints, holds, postponements, lateness."""

from datetime import date, timedelta

import pytest
from temporalio.client import WorkflowFailureError

from policies.form import Body as FormBody
from policies.form import Mode
from policies.pack.schema import ExtraGate, Role
from policies.people import Post
from simulation.engine import StuckError
from tests.workflows.clerk import COMMITTEE, PARTY, RESIDENTS, UNIT, Clerk, at, brief, setting, signed, street_2021
from workflows.facts import Task
from workflows.messages import (
    Appeal,
    Complaint,
    Conclusion,
    Counted,
    Form,
    Hold,
    Postponement,
    Release,
    SignedOff,
    Withdrawal,
)
from workflows.setting import install

PARTY_ID, RESIDENTS_ID = f"{UNIT}/party", f"{UNIT}/residents"


def assembly(clerk: Clerk, task: Task, present: int, votes: list[int]) -> Counted:
    return clerk.counted(task, FormBody.PARTY, Mode.MEMBERS, 75, present, votes)


def excluding(*places: int) -> object:
    """A review that screens out some of those before it, by place."""

    def answer(task: Task, form: Form) -> Form:
        conclusions = tuple(
            Conclusion(person=one, passed=False, rule="X2", reason="有禁止情形", evidence="纪函1号", reviewer="区纪委")
            if number in places
            else Conclusion(person=one, passed=True)
            for number, one in enumerate(task.people)
        )
        return form.model_copy(update={"conclusions": conclusions})

    return answer


def test_a_poll_without_quorum_is_recorded_and_held_again() -> None:
    clerk = Clerk(brief())
    clerk.answers["party.assembly"] = lambda task, form: (
        assembly(clerk, task, 59, [40, 40, 40, 40, 40, 5]) if task.round == 1 else form
    )
    assert clerk.run().completed_on is not None
    (failed,) = clerk.of_kind("poll_failed")
    assert failed.gate == "party.assembly"
    assert failed.findings[0].rule == "P7"
    assert clerk.of_kind("poll_settled", "party")[0].gate == "party.assembly#2"


def test_a_tie_at_the_cut_is_voted_on_again_among_the_tied() -> None:
    clerk = Clerk(brief())
    clerk.answers["party.assembly"] = lambda task, form: (
        assembly(clerk, task, 70, [50, 49, 48, 47, 40, 40]) if task.round == 1 else assembly(clerk, task, 70, [45, 20])
    )
    clerk.run()
    first, second = clerk.of_kind("poll_settled", "party")[:2]
    assert (len(first.elected), first.open_seats, first.next) == (4, 1, "revote_tied")
    assert set(first.tied) == {PARTY[4].id, PARTY[5].id}
    assert [seat.person for seat in second.elected] == [PARTY[4].id]


def test_open_seats_get_a_further_vote_among_those_with_most_votes() -> None:
    clerk = Clerk(brief())
    clerk.answers["residents.poll"] = lambda task, form: (
        clerk.counted(
            task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50, [40, 39, 38, 37, 36, 35, 20, 19, 1, 1, 1, 1]
        )
        if task.round == 1
        else clerk.counted(task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50, [17, 16])
    )
    clerk.run()
    first, second = clerk.of_kind("poll_settled", "residents")
    assert (len(first.elected), first.next) == (6, "further_vote")
    assert [seat.person for seat in second.elected] == [RESIDENTS[6].id]  # 17 of 50 ballots: a third and most votes
    assert second.open_seats == 0


def test_a_further_vote_below_a_third_leaves_the_seat_open() -> None:
    clerk = Clerk(brief())
    clerk.answers["residents.poll"] = lambda task, form: (
        clerk.counted(
            task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50, [40, 39, 38, 37, 36, 35, 20, 19, 1, 1, 1, 1]
        )
        if task.round == 1
        else clerk.counted(task, FormBody.RESIDENTS, Mode.REPRESENTATIVES, 56, 50, [16, 15])
    )
    clerk.run()
    (done,) = clerk.of_kind("body_completed", "residents")
    assert (len(done.seats), done.open_seats) == (6, 1)


@pytest.mark.parametrize("upheld", [True, False])
def test_somebody_screened_out_appeals_and_the_list_waits_for_the_answer(upheld: bool) -> None:
    clerk = Clerk(brief(), answers={"party.street_review": excluding(7)})
    clerk.answers[f"appeal:{PARTY[7].id}"] = lambda task, form: form.model_copy(update={"upheld": upheld})
    clerk.events.append(
        (
            at("2021-03-01", 12),
            lambda c: c.tell(
                PARTY_ID, "appeal", Appeal(person=PARTY[7].id, grounds="与事实不符", by=signed(Role.STREET_COMMITTEE))
            ),
        )
    )
    clerk.run()
    (decided,) = clerk.of_kind("appeal_decided")
    assert decided.upheld is upheld
    vetted = [fact for fact in clerk.of_kind("decided") if fact.gate.startswith("party.joint_vetting")]
    seen = [conclusion.person for fact in vetted for conclusion in fact.form.conclusions]
    assert (PARTY[7].id in seen) is upheld


def test_nobody_appeals_who_was_not_screened_out() -> None:
    clerk = Clerk(brief())
    clerk.events.append(
        (
            at("2021-03-01", 12),
            lambda c: c.tell(
                PARTY_ID, "appeal", Appeal(person=PARTY[0].id, grounds="不服", by=signed(Role.STREET_COMMITTEE))
            ),
        )
    )
    clerk.run()
    assert clerk.refusals[0].rules == ("K2",)


def test_too_few_after_review_means_more_recommendations() -> None:
    spare = [one.model_copy(update={"id": f"{one.id}b", "name": f"{one.name}乙"}) for one in PARTY[:3]]
    clerk = Clerk(brief())
    clerk.people.update({one.id: one for one in spare})
    clerk.answers["party.recommendation"] = lambda task, form: (
        form if task.round == 1 else clerk.nominated(spare, "party_members", 5)
    )
    clerk.answers["party.joint_vetting"] = excluding(1, 2, 3)
    clerk.answers["party.joint_vetting#2"] = lambda task, form: form
    clerk.run()
    gates = [fact.gate for fact in clerk.of_kind("gate_opened")]
    assert "party.recommendation#2" in gates
    assert gates.index("party.recommendation#2") < gates.index("party.slate")


def test_a_slate_the_street_returns_is_made_and_posted_again() -> None:
    clerk = Clerk(brief())
    clerk.answers["party.slate_approval"] = lambda task, form: (
        form.model_copy(update={"approved": False, "reason": "结构不合理"}) if task.round == 1 else form
    )
    clerk.run()
    gates = [fact.gate for fact in clerk.of_kind("gate_opened", "party")]
    assert {"party.slate#2", "party.publicity#2", "party.slate_approval#2"} <= set(gates)


def test_withdrawals_below_the_margin_send_the_list_back() -> None:
    clerk = Clerk(brief())
    clerk.events.append(
        (
            at("2021-03-29"),
            lambda c: c.tell(
                PARTY_ID, "withdraw", Withdrawal(person=PARTY[5].id, reason="个人原因", by=signed(Role.STREET_OFFICE))
            ),
        )
    )
    clerk.run()
    gates = [fact.gate for fact in clerk.of_kind("gate_opened", "party")]
    assert "party.slate#2" in gates
    assert gates.index("party.slate#2") < gates.index("party.assembly")
    assert PARTY[5].id not in [seat.person for fact in clerk.of_kind("poll_settled", "party") for seat in fact.elected]


def test_nobody_withdraws_while_the_poll_is_open() -> None:
    clerk = Clerk(brief())
    clerk.events.append(
        (
            at("2021-04-02", 5),
            lambda c: c.tell(
                PARTY_ID, "withdraw", Withdrawal(person=PARTY[5].id, reason="个人原因", by=signed(Role.STREET_OFFICE))
            ),
        )
    )
    clerk.run()
    assert clerk.refusals[0].rules == ("O2",)


def test_one_elected_steps_back_and_the_next_by_votes_moves_up() -> None:
    clerk = Clerk(brief())
    clerk.answers["residents.poll"] = lambda task, form: clerk.counted(
        task,
        FormBody.RESIDENTS,
        Mode.REPRESENTATIVES,
        56,
        50,
        [40, 39, 38, 37, 36, 35, 34, 30, 29, 1, 1, 1],
    )
    person = RESIDENTS[0].id
    clerk.events.append(
        (
            at("2021-04-28", 15),
            lambda c: c.tell(
                RESIDENTS_ID, "withdraw", Withdrawal(person=person, reason="放弃", by=signed(Role.STREET_OFFICE))
            ),
        )
    )
    clerk.answers["residents.announcement"] = lambda task, form: form.model_copy(
        update={"names": tuple(one.id for one in RESIDENTS[1:8])}
    )
    clerk.run()
    (withdrew,) = clerk.of_kind("withdrew")
    assert withdrew.successor == RESIDENTS[7].id
    (done,) = clerk.of_kind("body_completed", "residents")
    assert {seat.person for seat in done.seats} == {one.id for one in RESIDENTS[1:8]}


def test_nominated_committee_members_step_out_and_the_deputy_presides() -> None:
    clerk = Clerk(brief())
    secretary = PARTY[0]
    clerk.answers["residents.nomination"] = lambda task, form: clerk.nominated(
        [*RESIDENTS, secretary, COMMITTEE[1]], "voters", 10
    )
    clerk.run()
    facts = clerk.of_kind("stepped_out")
    assert [(fact.person, fact.successor) for fact in facts] == [
        (secretary.id, COMMITTEE[6].id),
        (COMMITTEE[1].id, COMMITTEE[7].id),
    ]
    assert {fact.presides for fact in facts} == {COMMITTEE[0].id}


def test_a_complaint_upheld_means_a_corrected_posting_that_counts_from_the_start() -> None:
    clerk = Clerk(brief())
    complaint = Complaint(id="J1", about="party.publicity", text="名单有误", by=signed(Role.STREET_DISCIPLINE))
    clerk.events.append((at("2021-03-17"), lambda c: c.tell(PARTY_ID, "complain", complaint)))
    clerk.answers["complaint:J1"] = lambda task, form: form.model_copy(update={"upheld": True})
    clerk.run()
    first, second = [fact for fact in clerk.of_kind("published", "party") if fact.gate.startswith("party.publicity")]
    assert second.posted_on > first.last_day
    assert [fact.complaint for fact in clerk.of_kind("complaint_decided")] == ["J1"]


def test_an_unanswered_complaint_is_flagged_and_keeps_the_body_from_completing() -> None:
    clerk = Clerk(brief())
    complaint = Complaint(id="J2", about="party.assembly", text="拉票", by=signed(Role.STREET_DISCIPLINE))
    clerk.events.append((at("2021-04-02", 15), lambda c: c.tell(PARTY_ID, "complain", complaint)))
    clerk.delay = lambda task: timedelta(days=20 if task.gate.startswith("complaint") else 0, hours=10)
    clerk.run()
    (flagged,) = [fact for fact in clerk.of_kind("overdue") if fact.gate == "complaint:J2"]
    assert (flagged.rule, flagged.owner, flagged.last_day) == ("K1", Role.STREET_DISCIPLINE, date(2021, 4, 5))
    days = {e.fact.kind: e.at.date() for e in clerk.facts if e.body == "party"}
    assert days["body_completed"] >= date(2021, 4, 22)


def test_a_complaint_is_signed_by_two() -> None:
    clerk = Clerk(brief())
    complaint = Complaint(id="J3", about="party.assembly", text="拉票", by=signed(Role.STREET_DISCIPLINE))
    clerk.events.append((at("2021-04-02", 15), lambda c: c.tell(PARTY_ID, "complain", complaint)))
    alone = SignedOff(upheld=False, decided_on=date(2021, 4, 3), handler="甲", head="甲", reason="查无实据")
    clerk.answers["complaint:J3"] = lambda task, form: alone
    clerk.run()
    assert [refusal.rules for refusal in clerk.refusals] == [("K1",)]


def test_an_overdue_gate_is_flagged_with_its_owner_and_still_decidable() -> None:
    clerk = Clerk(brief())
    clerk.delay = lambda task: timedelta(days=6 if task.gate == "prep.institution" else 0, hours=10)
    assert clerk.run().completed_on is not None
    reminded = next(fact for fact in clerk.of_kind("reminded"))
    overdue = next(fact for fact in clerk.of_kind("overdue"))
    assert (reminded.gate, overdue.gate) == ("prep.institution", "prep.institution")
    assert overdue.owner is Role.STREET_COMMITTEE
    assert clerk.day("overdue", "prep.institution") == date(2021, 2, 6)  # the day after the last day


def test_a_result_announced_late_and_a_handover_on_day_eleven_are_flagged_by_the_law() -> None:
    late = {"residents.announcement": 2, "residents.handover": 12}
    clerk = Clerk(brief())
    clerk.delay = lambda task: timedelta(days=late.get(task.gate, 0), hours=10)
    clerk.run()
    flagged = {fact.gate: (fact.rule, fact.last_day) for fact in clerk.of_kind("overdue")}
    assert flagged["residents.announcement"] == ("R6", date(2021, 4, 29))
    assert flagged["residents.handover"] == ("R6", date(2021, 5, 8))


def test_a_difficult_unit_does_not_start_before_its_rectification_is_accepted() -> None:
    clerk = Clerk(brief(difficult=True))
    clerk.answers["prep.rectification"] = lambda task, form: form.model_copy(update={"complete": task.round == 3})
    clerk.delay = lambda task: timedelta(days=4 if task.step == "prep.rectification" else 0, hours=10)
    assert clerk.run().completed_on is not None
    (held,), (released,) = clerk.of_kind("held"), clerk.of_kind("released")
    assert held.rule == "X4"
    assert released.reason


def test_a_unit_never_rectified_ends_held_when_the_plans_days_are_over() -> None:
    clerk = Clerk(brief(difficult=True))
    clerk.answers["prep.rectification"] = lambda task, form: form.model_copy(update={"complete": False})
    clerk.delay = lambda task: timedelta(days=14 if task.step == "prep.rectification" else 0, hours=10)
    outcome = clerk.run()
    assert (outcome.completed_on, outcome.held_by) == (None, "X4")
    assert clerk.of_kind("body_opened") == []


HOLD = Hold(rule="X4", reason="信访矛盾突出", by=signed(Role.STREET_COMMITTEE, "街道党工委"))
RELEASE = Release(reason="矛盾已化解", by=signed(Role.STREET_COMMITTEE, "街道党工委"))


def test_a_held_unit_refuses_every_decision_until_released() -> None:
    clerk = Clerk(brief())
    clerk.events += [
        (at("2021-03-01", 5), lambda c: c.tell(UNIT, "order_hold", HOLD)),
        (at("2021-03-03", 5), lambda c: c.tell(UNIT, "order_release", RELEASE)),
    ]
    again: list[Task] = []
    original = clerk.answer

    def answer(task: Task, honest_only: bool = False) -> None:
        if clerk.engine.now < at("2021-03-03", 6) and task.gate == "party.street_review" and not again:
            again.append(task)
            clerk.engine.at(at("2021-03-03", 9), original, task)
        original(task, honest_only)

    clerk.answer = answer  # type: ignore[method-assign]
    assert clerk.run().completed_on is not None
    assert clerk.refusals[0].rules == ("X4",)
    assert clerk.day("decided", "party.street_review") == date(2021, 3, 3)


def test_holding_is_for_those_who_may_and_only_once() -> None:
    clerk = Clerk(brief())
    stranger = HOLD.model_copy(update={"by": signed(Role.RESIDENTS_COMMITTEE, "居委会")})
    clerk.events += [
        (at("2021-02-01", 5), lambda c: c.tell(UNIT, "order_hold", stranger)),
        (at("2021-02-01", 6), lambda c: c.tell(UNIT, "order_release", RELEASE)),
        (at("2021-02-03", 5), lambda c: c.tell(UNIT, "order_hold", HOLD)),
        (
            at("2021-02-03", 6),
            lambda c: c.tell(UNIT, "order_hold", HOLD.model_copy(update={"by": signed(Role.STREET_COMMITTEE, "再次")})),
        ),
        (
            at("2021-02-03", 7),
            lambda c: c.tell(
                UNIT, "order_release", RELEASE.model_copy(update={"by": signed(Role.STREET_COMMITTEE, "解除")})
            ),
        ),
    ]
    assert clerk.run().completed_on is not None
    assert [refusal.rules for refusal in clerk.refusals] == [("O3",), ("O2",), ("O2",)]


def test_a_postponement_moves_the_plans_limits_but_not_the_laws() -> None:
    clerk = Clerk(brief())
    later = Postponement(days=7, reason="疫情防控", by=signed(Role.DISTRICT_ORGANIZATION, "区换届办"))
    clerk.events.append((at("2021-04-10", 5), lambda c: c.tell(UNIT, "order_postponement", later)))
    clerk.run()
    opened = {fact.gate: fact.last_day for fact in clerk.of_kind("gate_opened")}
    assert opened["residents.group_leaders"] == date(2021, 4, 21)  # 14 April and seven days
    assert opened["residents.poll"] == date(2021, 5, 7)
    poll = clerk.day("decided", "residents.poll")
    assert opened["residents.handover"] == poll + timedelta(days=10)
    assert opened["supervisory.vote"] == date(2021, 5, 15)


def test_a_request_the_street_refuses_is_made_again() -> None:
    clerk = Clerk(brief())
    clerk.answers["party.reply"] = lambda task, form: (
        form.model_copy(update={"approved": False, "reason": "材料不全"}) if task.round == 1 else form
    )
    clerk.run()
    gates = [fact.gate for fact in clerk.of_kind("gate_opened", "party")][:5]
    assert gates == ["party.meeting", "party.reply", "party.meeting#2", "party.reply#2", "party.method"]


def test_officers_the_street_does_not_approve_are_chosen_again() -> None:
    clerk = Clerk(brief())
    clerk.answers["party.result_approval"] = lambda task, form: (
        form.model_copy(update={"approved": False, "reason": "另行酝酿"}) if task.round == 1 else form
    )
    clerk.run()
    (done,) = clerk.of_kind("body_completed", "party")
    posts = [seat.post for seat in done.seats]
    assert posts.count(Post.SECRETARY.value) == 1
    assert "party.plenary#2" in [fact.gate for fact in clerk.of_kind("gate_opened")]


def test_a_countys_own_gate_opens_at_its_point_and_must_approve() -> None:
    plan = street_2021()
    gate = ExtraGate(
        id="party.county_vetting",
        title="区纪委单独联审",
        actor=Role.DISTRICT_ORGANIZATION,
        before="party.slate",
        text="区换届办补充规定",
    )
    own = install(plan.model_copy(update={"extra_gates": (gate,)}), setting().calendar)
    clerk = Clerk(brief(setting=own.hash))
    clerk.answers["party.county_vetting"] = lambda task, form: form.model_copy(update={"complete": task.round == 2})
    assert clerk.run().completed_on is not None
    gates = [fact.gate for fact in clerk.of_kind("gate_opened", "party")]
    at_ = gates.index("party.county_vetting")
    assert gates[at_ : at_ + 3] == ["party.county_vetting", "party.county_vetting#2", "party.slate"]


def test_a_worker_without_the_setting_fails_by_its_hash() -> None:
    with pytest.raises(WorkflowFailureError) as failed:
        Clerk(brief(setting="0123456789abcdef")).run()
    assert "0123456789abcdef" in str(failed.value.cause)


def test_somebody_reinstated_and_screened_out_again_stays_out() -> None:
    clerk = Clerk(brief(), answers={"party.street_review": excluding(7)})
    clerk.answers[f"appeal:{PARTY[7].id}"] = lambda task, form: form.model_copy(update={"upheld": True})
    clerk.answers["party.joint_vetting#2"] = excluding(0)
    clerk.events.append(
        (
            at("2021-03-01", 12),
            lambda c: c.tell(
                PARTY_ID, "appeal", Appeal(person=PARTY[7].id, grounds="与事实不符", by=signed(Role.STREET_COMMITTEE))
            ),
        )
    )
    assert clerk.run().completed_on is not None
    slates = [fact.form.names for fact in clerk.of_kind("decided", "party") if fact.gate == "party.slate"]
    assert PARTY[7].id not in slates[0]


def test_a_late_appeal_upheld_passes_every_level_before_the_list() -> None:
    clerk = Clerk(brief(), answers={"party.street_review": excluding(7)})
    clerk.answers[f"appeal:{PARTY[7].id}"] = lambda task, form: form.model_copy(update={"upheld": True})
    clerk.events.append(
        (
            at("2021-03-12", 12),
            lambda c: c.tell(
                PARTY_ID, "appeal", Appeal(person=PARTY[7].id, grounds="与事实不符", by=signed(Role.STREET_COMMITTEE))
            ),
        )
    )
    clerk.run()
    passed = {
        fact.gate.split("#")[0]
        for fact in clerk.of_kind("decided", "party")
        if fact.form.kind == "reviewed"
        for conclusion in fact.form.conclusions
        if conclusion.person == PARTY[7].id and conclusion.passed
    }
    listed = [fact.form.names for fact in clerk.of_kind("decided", "party") if fact.form.kind == "slated"]
    if any(PARTY[7].id in names for names in listed):
        assert passed == {"party.joint_vetting", "party.standing_committee", "party.inspection"}
    gates = [fact.gate for fact in clerk.of_kind("gate_opened", "party")]
    assert gates.index("party.joint_vetting#2") < gates.index("party.slate")


def test_a_posting_into_a_year_without_a_calendar_is_refused_by_name() -> None:
    clerk = Clerk(brief())
    clerk.delay = lambda task: timedelta(days=800 if task.gate == "party.slate" else 0, hours=10)
    with pytest.raises(StuckError, match=r"party\.publicity"):
        clerk.run()
    assert clerk.refusals[-1].rules == ("C1",)


def test_steps_a_plan_leaves_out_are_passed_by_and_the_rest_keeps_its_order() -> None:
    plan = street_2021()
    omitted = {"party.appraisal", "party.talks", "party.inspection_publicity", "residents.prereview", "prep.audit"}
    bodies = tuple(
        body.model_copy(
            update={
                "steps": tuple(
                    step.model_copy(update={"after": tuple(one for one in step.after if one not in omitted)})
                    for step in body.steps
                    if step.id not in omitted
                )
            }
        )
        for body in plan.bodies
    )
    shorter = install(plan.model_copy(update={"bodies": bodies}), setting().calendar)
    clerk = Clerk(brief(setting=shorter.hash))
    assert clerk.run().completed_on is not None
    opened = [fact.gate for fact in clerk.of_kind("gate_opened")]
    full = Clerk(brief())
    full.run()
    assert opened == [fact.gate for fact in full.of_kind("gate_opened") if fact.gate not in omitted]
