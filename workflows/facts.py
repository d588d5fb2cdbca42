"""What the journal says: one small typed fact for each thing that happened. The checker reads these and nothing else."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from policies.authority import Signature
from policies.clock import Clock
from policies.finding import Finding
from policies.grievance import Channel, Effect
from policies.law.norms import Acting
from policies.pack.schema import DayUnit, Role
from policies.preparation import Colour, Difficulty
from policies.rules.village.wrongful import Authority, Means
from policies.value import Value
from workflows.messages import Departure, Form, Receipt, UnitBrief, unwritten


class DistrictOpened(Value):
    """The journal's first fact: what everything after it ran under, days included, so that a reader needs no calendar."""

    kind: Literal["district_opened"] = "district_opened"
    name: str
    pack: str
    pack_version: str
    pack_sha256: str
    setting: str
    law: str
    off_days: tuple[date, ...]
    working_weekends: tuple[date, ...]
    steps: tuple[str, ...]  # the plan's own: what it leaves out, nobody has to do
    units: int
    acting_chair: Acting | None = unwritten()  # villages: who acts without a chair and deputies, where a law says


class UnitOpened(Value):
    """A unit began, with the figures its rules are measured against."""

    kind: Literal["unit_opened"] = "unit_opened"
    unit: UnitBrief


class BodyOpened(Value):
    kind: Literal["body_opened"] = "body_opened"


class GateOpened(Value):
    """A decision is awaited from a role, from the first day it may be taken to the last (None: the plan sets no limit)."""

    kind: Literal["gate_opened"] = "gate_opened"
    gate: str
    role: Role
    opens_on: date
    last_day: date | None


class Reminded(Value):
    kind: Literal["reminded"] = "reminded"
    gate: str
    last_day: date


class Overdue(Value):
    """The last day has passed: flagged with the owner who must act and the superior who is told; the gate stays open."""

    kind: Literal["overdue"] = "overdue"
    gate: str
    owner: Role
    escalated_to: Role
    last_day: date
    rule: str


class Decided(Value):
    """A gate decided, with the whole form as handed in."""

    kind: Literal["decided"] = "decided"
    gate: str
    role: Role
    by: str
    second: str = ""
    form: Form


class Refused(Value):
    """A submission refused at the door, with every finding. Written by the edge: the workflow's history knows nothing of it."""

    kind: Literal["refused"] = "refused"
    gate: str
    role: Role
    by: str
    findings: tuple[Finding, ...]


class Published(Value):
    """A posting and how long it must stay up: `last_day` is its last whole day."""

    kind: Literal["published"] = "published"
    gate: str
    posted_on: date
    last_day: date
    days: int
    unit: DayUnit


class Excluded(Value):
    """Somebody screened out: by which rule, on whose word, on what evidence (a document number)."""

    kind: Literal["excluded"] = "excluded"
    gate: str
    person: str
    rule: str
    reason: str
    evidence: str
    reviewer: str


class Appealed(Value):
    kind: Literal["appealed"] = "appealed"
    person: str
    grounds: str


class AppealDecided(Value):
    """An appeal signed off; `upheld` puts the person back on the list of nominees."""

    kind: Literal["appeal_decided"] = "appeal_decided"
    person: str
    upheld: bool
    handler: str
    head: str


class ComplaintReceived(Value):
    """A complaint and its last day; how it came in and who is to look into it, where that was said."""

    kind: Literal["complaint_received"] = "complaint_received"
    complaint: str
    about: str
    last_day: date
    channel: Channel | None = unwritten()
    handler: str = unwritten("")


class ComplaintDecided(Value):
    """A complaint signed off; an effect on the step concerned names the step."""

    kind: Literal["complaint_decided"] = "complaint_decided"
    complaint: str
    upheld: bool
    handler: str
    head: str
    effect: Effect | None = unwritten()  # None: none
    about: str = unwritten("")


class ComplaintCorrected(Value):
    """What a complaint found wrong with a step has been put right: what it stopped goes on."""

    kind: Literal["complaint_corrected"] = "complaint_corrected"
    complaint: str
    about: str


class PollAnnulled(Value):
    """A poll declared void after it was settled (K3): nobody is elected by it, a new one follows. `closed`: gates it ended."""

    kind: Literal["poll_annulled"] = "poll_annulled"
    complaint: str
    step: str
    closed: tuple[str, ...]


class ReadinessChanged(Value):
    """A unit's readiness colour from now on, with the kinds of difficulty still open (Z1); never about persons."""

    kind: Literal["readiness_changed"] = "readiness_changed"
    colour: Colour
    open: tuple[Difficulty, ...]


class SteppedOut(Value):
    """An election-committee member left because nominated; `successor` is the next in order of the original vote."""

    kind: Literal["stepped_out"] = "stepped_out"
    person: str
    successor: str | None
    presides: str  # who chairs from now on


class WithdrewFact(Value):
    """Somebody stepped back; `successor` is who moved up in order of the original vote, if anybody."""

    kind: Literal["withdrew"] = "withdrew"
    person: str
    reason: str
    successor: str | None = None


class Seat(Value):
    person: str
    name: str
    post: str
    votes: int | None


class PollFailed(Value):
    """A poll that did not count: which rule, and that a new one follows."""

    kind: Literal["poll_failed"] = "poll_failed"
    gate: str
    findings: tuple[Finding, ...]


class PollSettled(Value):
    """A valid poll's outcome: who is elected by it, what stays open, and what follows."""

    kind: Literal["poll_settled"] = "poll_settled"
    gate: str
    elected: tuple[Seat, ...]
    open_seats: int
    next: str | None
    tied: tuple[str, ...] = ()
    open_posts: tuple[str, ...] = unwritten(())  # a direct vote: the posts left open, one for each seat
    void_posts: tuple[str, ...] = unwritten(())  # posts whose own kind of ballot was void: voted on anew


class PollDaySet(Value):
    """The day of a direct vote is fixed, or moved with a postponement: the windows before it count from here."""

    kind: Literal["poll_day_set"] = "poll_day_set"
    poll_day: date


class ObjectionReceived(Value):
    """An objection to the list of voters: `last_day` is the last on which it may be decided."""

    kind: Literal["objection_received"] = "objection_received"
    objection: str
    about: str
    last_day: date


class ObjectionDecided(Value):
    kind: Literal["objection_decided"] = "objection_decided"
    objection: str
    upheld: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]


class KinDisplaced(Value):
    """Two near relatives were elected: `person` gives way to `stays`; `successor` is the next by votes, if anybody."""

    kind: Literal["kin_displaced"] = "kin_displaced"
    person: str
    stays: str
    path: str  # how the two are kin, in Chinese
    successor: str | None


class WinVoided(Value):
    """V22, R25-22: a complaint found that somebody won by unlawful means; the seat is open again. `paper`: the finding's number."""

    kind: Literal["win_voided"] = "win_voided"
    complaint: str
    person: str
    means: Means
    found_by: Authority
    paper: str


class ActingChair(Value):
    """The committee has no chair: who acts (V20). None: a meeting must choose, under a plan that has no step for it."""

    kind: Literal["acting_chair"] = "acting_chair"
    person: str | None


class BegunOnDemand(Value):
    """A recall or a by-election was begun within the term: by whom, under which key, about whom or for which posts."""

    kind: Literal["begun_on_demand"] = "begun_on_demand"
    by: str
    key: str
    person: str = unwritten("")  # a recall's
    posts: tuple[str, ...] = unwritten(())  # a by-election's, one for each seat
    departed: tuple[Departure, ...] = unwritten(())
    entitled: int = unwritten(0)  # a recall's figures, of which the law's shares are taken
    registered: int = unwritten(0)
    representatives: int = unwritten(0)  # of a by-election too, where they vote


class RecallProposed(Value):
    """A demand for recall that has enough behind it."""

    kind: Literal["recall_proposed"] = "recall_proposed"
    person: str
    voters: int
    representatives: int


class RecallSettled(Value):
    """A recall voted on: whether the vote was valid, and whether the member is recalled."""

    kind: Literal["recall_settled"] = "recall_settled"
    person: str
    valid: bool
    recalled: bool
    findings: tuple[Finding, ...] = ()


class BodyCompleted(Value):
    """A body is in office: its members, after every poll and replacement."""

    kind: Literal["body_completed"] = "body_completed"
    seats: tuple[Seat, ...]
    open_seats: int


class Held(Value):
    kind: Literal["held"] = "held"
    rule: str
    reason: str
    by: str


class Released(Value):
    kind: Literal["released"] = "released"
    reason: str
    by: str


class Postponed(Value):
    kind: Literal["postponed"] = "postponed"
    days: int
    reason: str
    by: str


class UnitClosed(Value):
    """A unit's end: complete on a day, or not started or not finished and held by a rule."""

    kind: Literal["unit_closed"] = "unit_closed"
    completed_on: date | None
    held_by: str = ""
    reason: str = ""


class ClockMoved(Value):
    """A drill's clock was set forward, for every unit alike; the registry reckons by it from then on."""

    kind: Literal["clock_moved"] = "clock_moved"
    clock: Clock
    reason: str
    by: str


class DistrictClosed(Value):
    """The journal's closing fact for a district: without it the tail was cut."""

    kind: Literal["district_closed"] = "district_closed"
    completed: int
    held: int


FactBody = Annotated[
    DistrictOpened
    | UnitOpened
    | BodyOpened
    | GateOpened
    | Reminded
    | Overdue
    | Decided
    | Refused
    | Published
    | Excluded
    | Appealed
    | AppealDecided
    | ComplaintReceived
    | ComplaintDecided
    | ComplaintCorrected
    | PollAnnulled
    | ReadinessChanged
    | SteppedOut
    | WithdrewFact
    | PollFailed
    | PollSettled
    | PollDaySet
    | ObjectionReceived
    | ObjectionDecided
    | KinDisplaced
    | WinVoided
    | ActingChair
    | BegunOnDemand
    | RecallProposed
    | RecallSettled
    | BodyCompleted
    | Held
    | Released
    | Postponed
    | UnitClosed
    | ClockMoved
    | DistrictClosed,
    Field(discriminator="kind"),
]


_FACT: TypeAdapter[FactBody] = TypeAdapter(FactBody)


class Noted(Value):
    """A fact on its way into the journal: its kind, and the very text the journal will hold.

    The text is written once, by the workflow; nothing on the way decodes it and encodes it anew, so what is hashed is
    what was decided, whatever version of a model reads it later.
    """

    kind: str
    text: str

    @staticmethod
    def of(fact: FactBody) -> "Noted":
        """Write a fact down."""
        return Noted.model_construct(kind=fact.kind, text=fact.model_dump_json())

    def read(self) -> FactBody:
        """The fact again. Raises pydantic.ValidationError when the text is not one."""
        return _FACT.validate_json(self.text)


class Contest(Value):
    """The seats of one post, by its Chinese name, and who stands for it (person ids)."""

    post: str
    seats: int
    people: tuple[str, ...] = ()


class Task(Value):
    """A gate waiting in somebody's inbox. `key` is the gate's key within its workflow."""

    workflow: str
    gate: str
    step: str
    title: str
    role: Role
    opens_on: date
    last_day: date | None
    round: int = 1
    people: tuple[str, ...] = ()  # person ids the decision is about
    seats: int = 0  # polls: seats still open
    vote: int = 1  # polls: 2 for a further vote
    contests: tuple[Contest, ...] = unwritten(())  # a direct vote: post by post, the higher first


class PaperRequest(Value):
    """A paper to issue, with everything its text needs: number within its series, issuer, legal basis, names, last day."""

    number: int
    kind: str
    title: str
    series: str
    unit: str
    issuer: str
    basis: str
    names: tuple[str, ...] = ()
    until: date | None = None


class Commit(Value):
    """Everything one step changes, written in one transaction; its natural key is (workflow, number)."""

    workflow: str
    number: int
    district: str
    street: str
    unit: str
    body: str
    at: datetime
    facts: tuple[Noted, ...]
    opened: tuple[Task, ...] = ()
    closed: tuple[str, ...] = ()  # gate keys
    papers: tuple[PaperRequest, ...] = ()
    state: str = ""


class Handing(Receipt):
    """A receipt that hands a sender who keeps the registry what is to be written there, in order; empty for any other."""

    commits: tuple[Commit, ...] = unwritten(())

    @property
    def receipt(self) -> Receipt:
        """What the sender hears."""
        return Receipt(gate=self.gate, remarks=self.remarks)


class Refusal(Value):
    """A refused command, as the edge reports it to the journal: the gate it was meant for, or what else was asked."""

    workflow: str
    gate: str
    by: Signature
    findings: tuple[Finding, ...]
