"""Each lifecycle walked at random: in step with its `transitions` machine, and never into what the law forbids."""

import pickle
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from transitions import MachineError

from docs.generate import DOCUMENTS, HERE, diagram
from policies.lifecycles import (
    BODY,
    BOX,
    CANDIDATE,
    COMPLAINT,
    GATE,
    LIFECYCLES,
    UNIT,
    BodyState,
    BodyTrigger,
    BoxState,
    CandidateState,
    CandidateTrigger,
    ComplaintState,
    ComplaintTrigger,
    ForbiddenTransition,
    GateState,
    GateTrigger,
    Lifecycle,
    Track,
    UnitState,
    UnitTrigger,
    advance,
    begin,
)


class Model:
    """A light model driven by the machine itself."""

    state: str


class Walk(RuleBasedStateMachine):
    """Tries any trigger at any time; `past` is the list of states, `events` the accepted triggers."""

    lifecycle: Lifecycle[Any, Any]

    def __init__(self) -> None:
        super().__init__()
        self.track: Track[Any, Any] = begin(self.lifecycle)
        self.past = [self.track.state]
        self.events: list[Any] = []
        self.model = Model()
        self.lifecycle.machine.add_model(self.model)

    def teardown(self) -> None:
        """Leave the shared machine as it was."""
        self.lifecycle.machine.remove_model(self.model)

    @rule(data=st.data())
    def attempt(self, data: st.DataObject) -> None:
        """Try a trigger on the track and on the real machine: both must agree on yes or no, and on the state."""
        trigger = data.draw(st.sampled_from(list(self.lifecycle.triggers)))
        try:
            accepted = self.model.trigger(trigger.value, before=self.track.before)  # type: ignore[attr-defined]
        except MachineError:
            accepted = False
        assert self.track.allows(trigger) is accepted
        if accepted:
            self.track = self.track.after(trigger)
            self.past.append(self.track.state)
            self.events.append(trigger)
        else:
            with pytest.raises(ForbiddenTransition):
                self.track.after(trigger)
        assert self.model.state == self.track.state

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Take an allowed trigger, so that walks reach the far states."""
        allowed = self.lifecycle.allowed(self.track.state, self.track.before)
        if allowed:
            trigger = data.draw(st.sampled_from(allowed))
            assert self.model.trigger(trigger.value, before=self.track.before)  # type: ignore[attr-defined]
            self.track = self.track.after(trigger)
            self.past.append(self.track.state)
            self.events.append(trigger)


class UnitWalk(Walk):
    """Units go Party, committee, supervisory, in that order, whatever interrupts them; or the women's federation alone."""

    lifecycle = UNIT
    order = (
        UnitState.PLANNED,
        UnitState.PREPARING,
        UnitState.ELECTING_PARTY,
        UnitState.ELECTING_RESIDENTS,
        UnitState.ELECTING_SUPERVISORY,
        UnitState.COMPLETED,
    )
    federation = (UnitState.PLANNED, UnitState.PREPARING, UnitState.ELECTING_WOMEN, UnitState.COMPLETED)
    running = frozenset((*order, *federation))

    @invariant()
    def keeps_the_order(self) -> None:
        """Without the interruptions, the states are a prefix of one of the two orders, each perhaps resumed."""
        seen = list(dict.fromkeys(state for state in self.past if state in self.running))
        order = self.federation if UnitState.ELECTING_WOMEN in seen else self.order
        assert seen == list(order[: len(seen)])

    @invariant()
    def completed_is_the_end(self) -> None:
        """Nothing follows completion."""
        assert UnitState.COMPLETED not in self.past[:-1]

    @invariant()
    def an_interruption_ends_where_it_began(self) -> None:
        """What is remembered is exactly the last state on the way, and a held unit under postponement stays held."""
        if self.track.state is UnitState.POSTPONED:
            assert len(self.track.interrupted) in (1, 2)
            resumed = self.track.after(UnitTrigger.RESUME)
            running = [state for state in self.past if state in self.running][-1]
            assert (resumed.state if resumed.state in self.running else resumed.before) is running
        elif self.track.state is UnitState.HELD:
            assert self.track.after(UnitTrigger.RELEASE).state is [one for one in self.past if one in self.running][-1]
        else:
            assert self.track.interrupted == ()


class BodyWalk(Walk):
    """A body hands over only what was elected, and elects only after a poll."""

    lifecycle = BODY

    @invariant()
    def hands_over_only_when_elected(self) -> None:
        """Before every handover stands an election, before that a poll, before that a review and a publication."""
        for later, sooner in (
            (BodyState.COMPLETED, BodyState.HANDING_OVER),
            (BodyState.HANDING_OVER, BodyState.ELECTED),
            (BodyState.ELECTED, BodyState.POLLING),
            (BodyState.POLLING, BodyState.PUBLICISED),
            (BodyState.PUBLICISED, BodyState.REVIEWING),
        ):
            if later in self.past:
                assert sooner in self.past[: self.past.index(later)]

    @invariant()
    def each_election_follows_a_vote(self) -> None:
        """The state just before an election is a vote: a failed or annulled poll must be repeated first."""
        votes = {BodyState.POLLING, BodyState.FURTHER_VOTE, BodyState.REVOTE}
        for before, after in zip(self.past, self.past[1:], strict=False):
            assert after is not BodyState.ELECTED or before in votes
            assert before is not BodyState.COMPLETED


class CandidateWalk(Walk):
    """An excluded candidate is never elected without having been reinstated."""

    lifecycle = CANDIDATE

    @invariant()
    def excluded_is_not_elected_unless_reinstated(self) -> None:
        """Between the last exclusion and an election stands a reinstatement."""
        if self.track.state is CandidateState.ELECTED and CandidateState.EXCLUDED in self.past:
            last = len(self.past) - 1 - self.past[::-1].index(CandidateState.EXCLUDED)
            assert CandidateState.REINSTATED in self.past[last:]

    @invariant()
    def nobody_is_elected_without_being_listed(self) -> None:
        """Also not by moving up: that takes having stood and lost."""
        assert CandidateState.ELECTED not in self.past or CandidateState.LISTED in self.past

    @invariant()
    def an_exclusion_can_always_be_appealed(self) -> None:
        """Excluded is never a dead end."""
        assert self.track.state is not CandidateState.EXCLUDED or self.track.allows(CandidateTrigger.APPEAL)

    @invariant()
    def a_withdrawn_candidate_stays_out(self) -> None:
        """After withdrawal only the replacement is recorded."""
        if CandidateState.WITHDRAWN in self.past:
            after = self.past[self.past.index(CandidateState.WITHDRAWN) + 1 :]
            assert after in ([], [CandidateState.REPLACED])


class GateWalk(Walk):
    """A gate never expires by itself: overdue is visible and still decidable."""

    lifecycle = GATE

    @invariant()
    def an_overdue_gate_can_be_decided(self) -> None:
        """Overdue allows a decision, now and after any hold."""
        if self.track.state is GateState.OVERDUE:
            assert self.track.after(GateTrigger.DECIDE).state is GateState.DECIDED
            resumed = self.track.after(GateTrigger.HOLD).after(GateTrigger.RELEASE)
            assert resumed == self.track

    @invariant()
    def it_ends_only_by_a_decision_or_by_law(self) -> None:
        """In every other state something can still happen; in those two nothing can."""
        ended = self.track.state in (GateState.DECIDED, GateState.CLOSED_BY_LAW)
        assert (not self.lifecycle.allowed(self.track.state, self.track.before)) is ended
        assert GateState.DECIDED not in self.past[:-1]

    @invariant()
    def it_is_decided_only_after_it_was_opened(self) -> None:
        """Nobody decides a gate before it stands in an inbox."""
        assert GateState.DECIDED not in self.past or GateState.OPEN in self.past


class ComplaintWalk(Walk):
    """A complaint is decided only when investigated, however late."""

    lifecycle = COMPLAINT

    @invariant()
    def it_is_decided_only_when_investigated(self) -> None:
        """Being overdue is no way around accepting and investigating."""
        if self.track.state is ComplaintState.DECIDED:
            assert {ComplaintTrigger.ACCEPT, ComplaintTrigger.INVESTIGATE} <= set(self.events)

    @invariant()
    def an_overdue_complaint_goes_on(self) -> None:
        """From overdue the step that was due is still possible."""
        if self.track.state is ComplaintState.OVERDUE:
            due = {
                ComplaintState.RECEIVED: ComplaintTrigger.ACCEPT,
                ComplaintState.ACCEPTED: ComplaintTrigger.INVESTIGATE,
                ComplaintState.INVESTIGATED: ComplaintTrigger.DECIDE,
            }
            assert self.track.allows(due[self.track.before])


class BoxWalk(Walk):
    """A box is accepted only on two entries that agree, and an accepted one changes only by being counted again."""

    lifecycle = BOX

    @invariant()
    def accepted_only_when_agreed(self) -> None:
        """The state just before an acceptance, and the only state just after one."""
        for before, after in pairwise(self.past):
            assert after is not BoxState.ACCEPTED or before is BoxState.AGREED
            assert before is not BoxState.ACCEPTED or after is BoxState.COUNTING

    @invariant()
    def agreed_only_after_two_entries(self) -> None:
        """Since the last count began somebody entered, and then somebody else."""
        if self.track.state is BoxState.AGREED:
            last = len(self.past) - 1 - self.past[::-1].index(BoxState.COUNTING)
            assert BoxState.ENTERED_ONCE in self.past[last:]


_WALKS: tuple[type[Walk], ...] = (UnitWalk, BodyWalk, CandidateWalk, GateWalk, ComplaintWalk, BoxWalk)
for _walk in _WALKS:
    _walk.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestUnit, TestBody, TestCandidate, TestGate, TestComplaint, TestBox = (walk.TestCase for walk in _WALKS)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.code)
def test_every_pair_not_declared_is_a_typed_error_in_chinese(lifecycle: Lifecycle[Any, Any]) -> None:
    """Every forbidden state and trigger raises, names both labels, and says what is possible instead."""
    allowed = {(step.source, step.trigger, step.before) for step in lifecycle.steps}
    for state in lifecycle.states:
        for trigger in lifecycle.triggers:
            if (state, trigger, None) in allowed:
                continue
            with pytest.raises(ForbiddenTransition) as caught:
                advance(lifecycle, state, trigger)
            assert state.label in str(caught.value)
            assert trigger.label in str(caught.value)
            assert caught.value.allowed == lifecycle.allowed(state)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.code)
def test_every_state_can_be_reached_and_every_trigger_does_something(lifecycle: Lifecycle[Any, Any]) -> None:
    """No dead vocabulary."""
    reached, waiting = {begin(lifecycle)}, [begin(lifecycle)]
    used = set()
    while waiting:
        track = waiting.pop()
        for trigger in lifecycle.allowed(track.state, track.before):
            used.add(trigger)
            after = track.after(trigger)
            if after not in reached:
                reached.add(after)
                waiting.append(after)
    assert {track.state for track in reached} == set(lifecycle.states)
    assert used == set(lifecycle.triggers)


def test_the_message_reads_like_a_sentence() -> None:
    """What a person sees when a step is refused."""
    with pytest.raises(ForbiddenTransition, match="决定事项当前为“已决定”，不能执行“提醒”。该状态下不能再作任何变更。"):
        advance(GATE, GateState.DECIDED, GateTrigger.REMIND)
    with pytest.raises(ForbiddenTransition) as caught:
        advance(BODY, BodyState.ELECTED, BodyTrigger.COMPLETE)
    assert (
        str(caught.value)
        == "换届组织当前为“已选出”，不能执行“移交完成”。此时只能：“名额未满，另行选举”、“宣布当选无效”、“开始移交”。"
    )
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_generated_documents_are_current(name: str) -> None:
    """Run `python -m docs.generate` after changing a lifecycle."""
    assert (HERE / name).read_text(encoding="utf-8") == DOCUMENTS[name]()


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.code)
def test_the_diagram_shows_every_state_and_every_step(lifecycle: Lifecycle[Any, Any]) -> None:
    """Nothing allowed is missing from the picture, and nothing in it is English."""
    text = diagram(lifecycle)
    for state in lifecycle.states:
        assert f'state "{state.label}" as {state.value}' in text
    for step in lifecycle.steps:
        (arrow,) = [line for line in text.splitlines() if line.strip().startswith(f"{step.source} --> {step.dest}:")]
        assert step.trigger.label in arrow
