"""The states that units, bodies, candidates, gates and complaints pass through, and the steps forbidden between them.

Each lifecycle is one `transitions` machine, built once at import; `advance` reads that machine's own transition table,
so a workflow pays a dictionary look-up instead of a machine per object. Some states interrupt others (held, postponed,
an overdue complaint): what may follow then depends on the state before, which a `Track` remembers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, TypeVar

from transitions import EventData, Machine

from policies.people import Labelled


class UnitState(Labelled):
    """A village or community in the whole election."""

    PLANNED = "planned", "已列入计划"
    PREPARING = "preparing", "准备中"
    ELECTING_PARTY = "electing_party", "党组织换届中"
    ELECTING_RESIDENTS = "electing_residents", "居（村）委会换届中"
    ELECTING_SUPERVISORY = "electing_supervisory", "监督委员会推选中"
    ELECTING_WOMEN = "electing_women", "妇联组织换届中"
    COMPLETED = "completed", "换届完成"
    HELD = "held", "暂停"
    POSTPONED = "postponed", "延期"


class UnitTrigger(Labelled):
    """What moves a unit."""

    PREPARE = "prepare", "启动准备"
    START = "start", "准备验收合格，启动换届"
    PARTY_DONE = "party_done", "党组织换届完成"
    RESIDENTS_DONE = "residents_done", "居（村）委会换届完成"
    SUPERVISORY_DONE = "supervisory_done", "监督委员会推选完成"
    START_WOMEN = "start_women", "准备就绪，启动妇联组织换届"
    WOMEN_DONE = "women_done", "妇联组织换届完成"
    HOLD = "hold", "暂停"
    RELEASE = "release", "解除暂停"
    POSTPONE = "postpone", "批准延期"
    RESUME = "resume", "延期届满恢复"


class BodyState(Labelled):
    """One body's own election, from its turn to the handover (in the Party organization: approval, filing, archive)."""

    WAITING = "waiting", "等待前一组织"
    OPEN = "open", "已启动"
    NOMINATING = "nominating", "提名推荐中"
    REVIEWING = "reviewing", "资格审查中"
    PUBLICISED = "publicised", "候选人公示中"
    POLLING = "polling", "投票选举中"
    FURTHER_VOTE = "further_vote", "另行选举中"
    REVOTE = "revote", "票数相等重新投票中"
    FAILED_POLL = "failed_poll", "选举无效"
    ELECTED = "elected", "已选出"
    HANDING_OVER = "handing_over", "移交归档中"
    COMPLETED = "completed", "已完成"


class BodyTrigger(Labelled):
    """What moves a body."""

    OPEN = "open", "轮到本组织"
    NOMINATE = "nominate", "开始提名"
    RENOMINATE = "renominate", "人数不足或重新提名"
    REVIEW = "review", "提交审查"
    PUBLICISE = "publicise", "审查通过，公示"
    REPUBLICISE = "republicise", "更正后重新公示"
    POLL = "poll", "组织投票"
    CALL_FURTHER_VOTE = "call_further_vote", "名额未满，另行选举"
    CALL_REVOTE = "call_revote", "得票相等，重新投票"
    FAIL = "fail", "投票无效"
    ELECT = "elect", "确认当选"
    ANNUL = "annul", "宣布当选无效"
    HAND_OVER = "hand_over", "开始移交"
    COMPLETE = "complete", "移交完成"


class CandidateState(Labelled):
    """One person's candidacy for one body."""

    NOMINATED = "nominated", "已提名"
    VETTED = "vetted", "审查合格"
    NOT_LISTED = "not_listed", "未列入候选人名单"
    LISTED = "listed", "列为候选人"
    EXCLUDED = "excluded", "审查不合格"
    APPEALED = "appealed", "申诉中"
    REINSTATED = "reinstated", "申诉成立，恢复资格"
    EXCLUSION_UPHELD = "exclusion_upheld", "申诉不成立，维持排除"
    WITHDRAWN = "withdrawn", "已退出"
    ELECTED = "elected", "当选"
    NOT_ELECTED = "not_elected", "未当选"
    ANNULLED = "annulled", "当选无效"
    REPLACED = "replaced", "已由他人递补"


class CandidateTrigger(Labelled):
    """What moves a candidacy."""

    VET = "vet", "审查通过"
    EXCLUDE = "exclude", "审查排除"
    APPEAL = "appeal", "提出申诉"
    REINSTATE = "reinstate", "申诉成立"
    UPHOLD = "uphold", "维持排除"
    LIST = "list", "列入名单"
    PASS_OVER = "pass_over", "未列入名单"
    WITHDRAW = "withdraw", "退出"
    ELECT = "elect", "当选"
    LOSE = "lose", "落选"
    MOVE_UP = "move_up", "依次递补当选"
    ANNUL = "annul", "宣布当选无效"
    REPLACE = "replace", "由他人递补"


class GateState(Labelled):
    """A step that needs a decision, as it stands in somebody's inbox. Overdue is a state, never an end."""

    WAITING = "waiting", "未到时间"
    OPEN = "open", "待决定"
    REMINDED = "reminded", "已提醒"
    OVERDUE = "overdue", "逾期待决定"
    HELD = "held", "暂停"
    RETURNED = "returned", "退回补正"
    DECIDED = "decided", "已决定"
    CLOSED_BY_LAW = "closed_by_law", "依法终止"


class GateTrigger(Labelled):
    """What moves a gate; FLAG must come with an owner, whom the workflow records."""

    OPEN = "open", "进入待办"
    REMIND = "remind", "提醒"
    FLAG = "flag", "逾期标记并指定责任人"
    ESCALATE = "escalate", "升级督办"
    DECIDE = "decide", "作出决定"
    RETURN = "return", "退回补正"
    RESUBMIT = "resubmit", "补正后重新提交"
    HOLD = "hold", "暂停"
    RELEASE = "release", "解除暂停"
    CLOSE_BY_LAW = "close_by_law", "依法终止"


class ComplaintState(Labelled):
    """A complaint or report, until a named person signs the outcome."""

    RECEIVED = "received", "已收到"
    ACCEPTED = "accepted", "已受理"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    INVESTIGATED = "investigated", "已查核"
    OVERDUE = "overdue", "逾期未办结"
    DECIDED = "decided", "已签字办结"


class ComplaintTrigger(Labelled):
    """What moves a complaint; REFUSE and DECIDE need a named person's signature, which the workflow records."""

    ACCEPT = "accept", "受理"
    REFUSE = "refuse", "不予受理并书面答复"
    INVESTIGATE = "investigate", "完成查核"
    DECIDE = "decide", "承办人、负责人签字办结"
    FLAG = "flag", "逾期标记并指定责任人"


class BoxState(Labelled):
    """One ballot box while it is counted and its sheet is entered by two people, until a named person accepts it."""

    COUNTING = "counting", "待首录"
    ENTERED_ONCE = "entered_once", "已首录，待复录"
    DIFFERENT = "different", "两次录入不一致"
    AGREED = "agreed", "两次录入一致"
    ACCEPTED = "accepted", "已确认"


class BoxTrigger(Labelled):
    """What moves a box; an entry or a correction AGREES or DIFFERS by its figures, not by anybody's choice."""

    ENTER = "enter", "首录"
    AGREE = "agree", "复录或更正后一致"
    DIFFER = "differ", "复录或更正后不一致"
    RECOUNT = "recount", "重新清点"
    ACCEPT = "accept", "确认"


S = TypeVar("S", bound=Labelled)
T = TypeVar("T", bound=Labelled)


class ForbiddenTransition(Exception):  # noqa: N818 - it reads as what happened
    """A step the lifecycle does not allow; its text is Chinese, fit for a person, and lists what is allowed instead."""

    def __init__(self, lifecycle: str, state: Labelled, trigger: Labelled, allowed: tuple[Labelled, ...]) -> None:
        self.lifecycle, self.state, self.trigger, self.allowed = lifecycle, state, trigger, allowed
        choices = "、".join(f"“{one.label}”" for one in allowed)
        then = f"此时只能：{choices}。" if allowed else "该状态下不能再作任何变更。"
        super().__init__(f"{lifecycle}当前为“{state.label}”，不能执行“{trigger.label}”。{then}")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.lifecycle, self.state, self.trigger, self.allowed)


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Condition of a step out of an interrupting state: the state before the interruption was this one."""

    state: Labelled

    def __call__(self, event: EventData) -> bool:
        """True when the event's `before` keyword is the state asked for (the machine calls this, with send_event)."""
        return event.kwargs.get("before") is self.state


@dataclass(frozen=True)
class Step(Generic[S, T]):
    """One allowed step; `before` (None: whatever) is the interrupted state it asks for."""

    trigger: T
    source: S
    dest: S
    before: S | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Lifecycle(Generic[S, T]):
    """A named machine with its first state; `interrupting` states remember the one they interrupted.

    `machine` is the single source of what is allowed. Drive it directly (`machine.add_model(model)`, then
    `model.trigger(name, before=…)`) or, faster, ask `advance`, which reads the machine's transition table.
    """

    code: str
    name: str  # Chinese, as people call it
    states: type[S]
    triggers: type[T]
    initial: S
    steps: tuple[Step[S, T], ...]
    interrupting: frozenset[S] = frozenset()
    machine: Machine = field(init=False)
    _table: dict[tuple[str, str], dict[S | None, S]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "machine", Machine(model=None, send_event=True, **self.definition()))
        for trigger, event in self.machine.events.items():
            for transition in chain.from_iterable(event.transitions.values()):
                conditions: list[Any] = [condition.func for condition in transition.conditions]
                before = conditions[0].state if conditions else None
                self._table.setdefault((transition.source, trigger), {})[before] = self.states(str(transition.dest))

    def __repr__(self) -> str:
        return f"<Lifecycle {self.code}>"

    def definition(self) -> dict[str, Any]:
        """What a `transitions` machine is built from: states, transitions, initial state, no automatic transitions."""
        return {
            "states": [state.value for state in self.states],
            "initial": self.initial.value,
            "transitions": [
                {
                    "trigger": step.trigger.value,
                    "source": step.source.value,
                    "dest": step.dest.value,
                    "conditions": [] if step.before is None else [CameFrom(step.before)],
                }
                for step in self.steps
            ],
            "auto_transitions": False,
        }

    def next(self, state: S, trigger: T, before: S | None = None) -> S | None:
        """The state after the trigger, None when forbidden; `before` is what an interrupting state interrupted."""
        ways = self._table.get((state, trigger))
        if ways is None:
            return None
        return ways.get(None) or (ways.get(before) if before is not None else None)

    def allowed(self, state: S, before: S | None = None) -> tuple[T, ...]:
        """The triggers that this state allows, in the order declared."""
        return tuple(trigger for trigger in self.triggers if self.next(state, trigger, before) is not None)

    def is_final(self, state: S) -> bool:
        """True when nothing can follow."""
        return not any(source == state for source, _ in self._table)


def advance(lifecycle: Lifecycle[S, T], state: S, trigger: T, before: S | None = None) -> S:
    """The state that follows. `before` is needed only to leave an interrupting state (see `Track`, which keeps it).

    Raises ForbiddenTransition, with a message in Chinese, when the lifecycle does not allow the step.
    """
    after = lifecycle.next(state, trigger, before)
    if after is None:
        raise ForbiddenTransition(lifecycle.name, state, trigger, lifecycle.allowed(state, before))
    return after


@dataclass(frozen=True, slots=True)
class Track(Generic[S, T]):
    """Where one object stands in its lifecycle, with the states that were interrupted, innermost last. Immutable."""

    lifecycle: Lifecycle[S, T]
    state: S
    interrupted: tuple[S, ...] = ()

    @property
    def before(self) -> S | None:
        """The state to return to from an interrupting one."""
        return self.interrupted[-1] if self.interrupted else None

    def after(self, trigger: T) -> "Track[S, T]":
        """The track one step on. Raises ForbiddenTransition."""
        state = advance(self.lifecycle, self.state, trigger, self.before)
        interrupting = self.lifecycle.interrupting
        if state not in interrupting:
            return Track(self.lifecycle, state)
        if state is self.state:
            return self
        if self.state in interrupting and state is self.before:
            return Track(self.lifecycle, state, self.interrupted[:-1])
        return Track(self.lifecycle, state, (*self.interrupted, self.state))

    def allows(self, trigger: T) -> bool:
        """True when `after(trigger)` would not raise."""
        return self.lifecycle.next(self.state, trigger, self.before) is not None


def begin(lifecycle: Lifecycle[S, T]) -> Track[S, T]:
    """A new object's track, at the lifecycle's first state."""
    return Track(lifecycle, lifecycle.initial)


def _step(trigger: T, sources: Iterable[S] | S, dest: S) -> list[Step[S, T]]:
    several = (sources,) if isinstance(sources, Labelled) else sources
    return [Step(trigger, source, dest) for source in several]


def _again(trigger: T, states: Iterable[S]) -> list[Step[S, T]]:
    return [Step(trigger, state, state) for state in states]


def _interruption(enter: T, leave: T, during: S, states: Iterable[S]) -> list[Step[S, T]]:
    return [step for state in states for step in (Step(enter, state, during), Step(leave, during, state, before=state))]


_U, _UT = UnitState, UnitTrigger
_RUNNING = (
    _U.PLANNED,
    _U.PREPARING,
    _U.ELECTING_PARTY,
    _U.ELECTING_RESIDENTS,
    _U.ELECTING_SUPERVISORY,
    _U.ELECTING_WOMEN,
)
UNIT = Lifecycle(
    "unit",
    "换届单位",
    UnitState,
    UnitTrigger,
    _U.PLANNED,
    (
        *_step(_UT.PREPARE, _U.PLANNED, _U.PREPARING),
        *_step(_UT.START, _U.PREPARING, _U.ELECTING_PARTY),
        *_step(_UT.PARTY_DONE, _U.ELECTING_PARTY, _U.ELECTING_RESIDENTS),
        *_step(_UT.RESIDENTS_DONE, _U.ELECTING_RESIDENTS, _U.ELECTING_SUPERVISORY),
        *_step(_UT.SUPERVISORY_DONE, _U.ELECTING_SUPERVISORY, _U.COMPLETED),
        *_step(_UT.START_WOMEN, _U.PREPARING, _U.ELECTING_WOMEN),
        *_step(_UT.WOMEN_DONE, _U.ELECTING_WOMEN, _U.COMPLETED),
        *_interruption(_UT.HOLD, _UT.RELEASE, _U.HELD, _RUNNING),
        *_interruption(
            _UT.POSTPONE, _UT.RESUME, _U.POSTPONED, (*_RUNNING, _U.HELD)
        ),  # a held unit shares a postponement
    ),
    frozenset({_U.HELD, _U.POSTPONED}),
)

_B, _BT = BodyState, BodyTrigger
_VOTING = (_B.POLLING, _B.FURTHER_VOTE, _B.REVOTE)
BODY = Lifecycle(
    "body",
    "换届组织",
    BodyState,
    BodyTrigger,
    _B.WAITING,
    (
        *_step(_BT.OPEN, _B.WAITING, _B.OPEN),
        *_step(_BT.NOMINATE, _B.OPEN, _B.NOMINATING),
        *_step(_BT.REVIEW, (_B.NOMINATING, _B.PUBLICISED), _B.REVIEWING),
        *_step(_BT.RENOMINATE, (_B.REVIEWING, _B.PUBLICISED, _B.FAILED_POLL), _B.NOMINATING),
        *_step(_BT.PUBLICISE, _B.REVIEWING, _B.PUBLICISED),
        *_again(_BT.REPUBLICISE, (_B.PUBLICISED,)),
        *_step(_BT.POLL, (_B.PUBLICISED, _B.FAILED_POLL), _B.POLLING),
        *_step(_BT.CALL_FURTHER_VOTE, (*_VOTING, _B.ELECTED), _B.FURTHER_VOTE),
        *_step(_BT.CALL_REVOTE, _VOTING, _B.REVOTE),
        *_step(_BT.FAIL, _VOTING, _B.FAILED_POLL),
        *_step(_BT.ELECT, _VOTING, _B.ELECTED),
        *_step(_BT.ANNUL, (_B.FURTHER_VOTE, _B.REVOTE, _B.ELECTED, _B.HANDING_OVER), _B.FAILED_POLL),
        *_step(_BT.HAND_OVER, _B.ELECTED, _B.HANDING_OVER),
        *_step(_BT.COMPLETE, _B.HANDING_OVER, _B.COMPLETED),
    ),
)

_C, _CT = CandidateState, CandidateTrigger
CANDIDATE = Lifecycle(
    "candidate",
    "候选人",
    CandidateState,
    CandidateTrigger,
    _C.NOMINATED,
    (
        *_step(_CT.VET, _C.NOMINATED, _C.VETTED),
        *_step(_CT.EXCLUDE, (_C.NOMINATED, _C.VETTED, _C.REINSTATED, _C.NOT_LISTED, _C.LISTED), _C.EXCLUDED),
        *_step(_CT.APPEAL, _C.EXCLUDED, _C.APPEALED),
        *_step(_CT.REINSTATE, _C.APPEALED, _C.REINSTATED),
        *_step(_CT.UPHOLD, _C.APPEALED, _C.EXCLUSION_UPHELD),
        *_step(  # from ANNULLED and NOT_ELECTED: stands again where the whole poll was declared void
            _CT.LIST, (_C.VETTED, _C.REINSTATED, _C.NOT_LISTED, _C.NOT_ELECTED, _C.ANNULLED), _C.LISTED
        ),
        *_step(_CT.PASS_OVER, (_C.NOMINATED, _C.VETTED, _C.REINSTATED, _C.LISTED), _C.NOT_LISTED),
        *_step(
            _CT.WITHDRAW, (_C.NOMINATED, _C.VETTED, _C.REINSTATED, _C.NOT_LISTED, _C.LISTED, _C.APPEALED), _C.WITHDRAWN
        ),
        *_step(_CT.ELECT, _C.LISTED, _C.ELECTED),
        *_step(_CT.LOSE, _C.LISTED, _C.NOT_ELECTED),
        *_step(_CT.MOVE_UP, _C.NOT_ELECTED, _C.ELECTED),
        *_step(_CT.ANNUL, _C.ELECTED, _C.ANNULLED),
        *_step(_CT.REPLACE, (_C.WITHDRAWN, _C.EXCLUSION_UPHELD, _C.ELECTED, _C.ANNULLED), _C.REPLACED),
    ),
)

_G, _GT = GateState, GateTrigger
_PENDING = (_G.OPEN, _G.REMINDED, _G.OVERDUE)
_UNDECIDED = (_G.WAITING, *_PENDING, _G.RETURNED)
GATE = Lifecycle(
    "gate",
    "决定事项",
    GateState,
    GateTrigger,
    _G.WAITING,
    (
        *_step(_GT.OPEN, _G.WAITING, _G.OPEN),
        *_step(_GT.REMIND, _G.OPEN, _G.REMINDED),
        *_again(_GT.REMIND, (_G.REMINDED, _G.OVERDUE)),
        *_step(_GT.FLAG, (_G.OPEN, _G.REMINDED), _G.OVERDUE),
        *_again(_GT.ESCALATE, (_G.OVERDUE,)),
        *_step(_GT.DECIDE, _PENDING, _G.DECIDED),
        *_step(_GT.RETURN, _PENDING, _G.RETURNED),
        *_step(_GT.RESUBMIT, _G.RETURNED, _G.OPEN),
        *_interruption(_GT.HOLD, _GT.RELEASE, _G.HELD, _UNDECIDED),
        *_step(_GT.CLOSE_BY_LAW, (*_UNDECIDED, _G.HELD), _G.CLOSED_BY_LAW),
    ),
    frozenset({_G.HELD}),
)

_O, _OT = ComplaintState, ComplaintTrigger
_OVERDUE_STEPS = (
    Step(_OT.ACCEPT, _O.OVERDUE, _O.ACCEPTED, before=_O.RECEIVED),
    Step(_OT.REFUSE, _O.OVERDUE, _O.NOT_ACCEPTED, before=_O.RECEIVED),
    Step(_OT.INVESTIGATE, _O.OVERDUE, _O.INVESTIGATED, before=_O.ACCEPTED),
    Step(_OT.DECIDE, _O.OVERDUE, _O.DECIDED, before=_O.INVESTIGATED),
)
COMPLAINT = Lifecycle(
    "complaint",
    "投诉举报",
    ComplaintState,
    ComplaintTrigger,
    _O.RECEIVED,
    (
        *_step(_OT.ACCEPT, _O.RECEIVED, _O.ACCEPTED),
        *_step(_OT.REFUSE, _O.RECEIVED, _O.NOT_ACCEPTED),
        *_step(_OT.INVESTIGATE, _O.ACCEPTED, _O.INVESTIGATED),
        *_step(_OT.DECIDE, _O.INVESTIGATED, _O.DECIDED),
        *_step(_OT.FLAG, (_O.RECEIVED, _O.ACCEPTED, _O.INVESTIGATED), _O.OVERDUE),
        *_OVERDUE_STEPS,
    ),
    frozenset({_O.OVERDUE}),
)

_X, _XT = BoxState, BoxTrigger
_ENTERED_TWICE = (_X.DIFFERENT, _X.AGREED)
BOX = Lifecycle(
    "box",
    "票箱计票",
    BoxState,
    BoxTrigger,
    _X.COUNTING,
    (
        *_step(_XT.ENTER, _X.COUNTING, _X.ENTERED_ONCE),
        *_step(_XT.AGREE, (_X.ENTERED_ONCE, *_ENTERED_TWICE), _X.AGREED),
        *_step(_XT.DIFFER, (_X.ENTERED_ONCE, *_ENTERED_TWICE), _X.DIFFERENT),
        *_step(_XT.RECOUNT, (_X.ENTERED_ONCE, *_ENTERED_TWICE, _X.ACCEPTED), _X.COUNTING),
        *_step(_XT.ACCEPT, _X.AGREED, _X.ACCEPTED),
    ),
)

LIFECYCLES: tuple[Lifecycle[Any, Any], ...] = (UNIT, BODY, CANDIDATE, GATE, COMPLAINT, BOX)
