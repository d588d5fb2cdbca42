"""What people hand in: the forms that decide a gate, and the other messages an election answers. Shapes only, no rules."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from policies.authority import Signature
from policies.clock import Clock, Instant
from policies.closing.handover import Entry, HandoverSignature
from policies.departure import Ground
from policies.eligibility import Relaxation
from policies.finding import Finding
from policies.form import BoxPapers, BoxPapersByKind, ResultForm
from policies.grievance import Channel, Effect
from policies.people import Kinship, Person, Post
from policies.preparation import DepartmentRow
from policies.roll import RollEntry
from policies.rules.village.meetings import MeetingVote
from policies.rules.village.wrongful import Wrong
from policies.tally.telling import BoxTelling
from policies.value import Value
from policies.venue import Proxy, RovingBox, Staff, Station
from workflows.preparationforms import PreparationForm

Words = Annotated[str, Field(min_length=1, max_length=500)]


def unwritten(default: Any = None) -> Any:
    """A field that a form leaves out of its text while it says nothing: what was written before it existed reads the same."""
    return Field(default, exclude_if=lambda value: value == default)


# ---------------------------------------------------------------- forms, one for each kind of act


class Recorded(Value):
    """Something done and written down. `complete` is False when it fell short (a rectification not accepted, staff untrained)."""

    kind: Literal["recorded"] = "recorded"
    held_on: date
    complete: bool = True
    document: str = ""


class Requested(Value):
    """A Party organization asks to hold its election: the term that ends, who is due to attend, by what kind of meeting.

    `excused` members are left out of those due; that takes the superior's consent and a vote of the meeting.
    """

    kind: Literal["requested"] = "requested"
    held_on: date
    last_elected: date
    full_members: int = Field(ge=0)
    excused: int = Field(0, ge=0)
    superior_consents: bool = False
    meeting_agreed: bool = False
    by_delegates: bool = False
    approval: str = ""  # the superior's document where the term or the kind of meeting needs one beforehand


class Ruled(Value):
    """A superior's answer: approved or not, with the document's number and, when refused, the reason."""

    kind: Literal["ruled"] = "ruled"
    approved: bool
    document: Words
    signed_on: date
    reason: str = ""


class Nominee(Value):
    """One person put forward: for which post, by which route of the pack, with how many supporters."""

    person: Person
    post: Post
    route: Words
    supporters: int = Field(ge=0)
    relaxations: tuple[Relaxation, ...] = ()  # recorded grounds on which a condition is relaxed for this person (X3)
    finance: bool = unwritten(False)  # knows finance or management (S1)


class Nominated(Value):
    """The nominees collected, with the kinship they declare; relatives in office are named by id in `kin`."""

    kind: Literal["nominated"] = "nominated"
    nominees: tuple[Nominee, ...]
    kin: tuple[Kinship, ...] = ()
    closed_on: date


class Conclusion(Value):
    """One level's conclusion on one person: the conclusion and the document's number, never the sensitive record."""

    person: str
    passed: bool
    rule: str = ""  # rule id of the exclusion, such as X2
    reason: str = ""
    evidence: str = ""  # document number
    reviewer: str = ""


class Reviewed(Value):
    """One level of review over all persons before it; every person has a conclusion."""

    kind: Literal["reviewed"] = "reviewed"
    conclusions: tuple[Conclusion, ...]
    signed_on: date
    document: Words
    departments: tuple[DepartmentRow, ...] = unwritten(())  # the joint vetting's rows (Z9)


class Slated(Value):
    """The list to be voted on, and who has signed the commitment."""

    kind: Literal["slated"] = "slated"
    names: tuple[str, ...]  # person ids
    committed: tuple[str, ...]  # person ids
    decided_on: date


class Posted(Value):
    """A paper put up for everybody to read, from a day, at a place."""

    kind: Literal["posted"] = "posted"
    posted_on: date
    place: Words
    names: tuple[str, ...] = ()  # person ids
    voters: int | None = unwritten()  # how many names stand on a list of voters


class Chosen(Value):
    """The election committee as chosen: members in the order of votes, chair and deputy among them, then the reserves."""

    kind: Literal["chosen"] = "chosen"
    members: tuple[Person, ...]
    chair: str
    deputy: str
    reserves: tuple[Person, ...]
    held_on: date


class Delegated(Value):
    """Residents' representatives: households, how many representatives of households, how many of organizations."""

    kind: Literal["delegated"] = "delegated"
    households: int = Field(ge=0)
    from_households: int = Field(ge=0)
    organizations_present: int = Field(ge=0)  # organizations entitled to send one
    from_organizations: int = Field(ge=0)
    held_on: date
    women: int | None = unwritten()  # of the representatives
    groups: int | None = unwritten()  # villagers' groups, each of which has chosen its leader

    @property
    def total(self) -> int:
        """All representatives."""
        return self.from_households + self.from_organizations


def _how_counted(form: Any) -> str:
    """A box's figures by what is in them, so that a slip in one reading is not reported as an error of both."""
    if isinstance(form, dict):
        if form.keys() >= {"kinds"} and "body" not in form:
            return "papers_by_kind"
        return "papers" if form.keys().isdisjoint(("body", "ballots", "candidates")) else "count"
    if isinstance(form, BoxPapersByKind):
        return "papers_by_kind"
    return "papers" if isinstance(form, BoxPapers) else "count"


class BoxCount(Value):
    """One box as it was opened: the station's or roving box's id and its figures. Counts only.

    Of a box whose ballots are mixed with others before they are counted (V10) there are only papers: no votes to write down.
    """

    box: Words
    form: Annotated[
        Annotated[ResultForm, Tag("count")]
        | Annotated[BoxPapers, Tag("papers")]
        | Annotated[BoxPapersByKind, Tag("papers_by_kind")],
        Discriminator(_how_counted),
    ]


class Counted(Value):
    """A poll's result form with what the officers declare. Counts only: nothing here joins a voter to a choice."""

    kind: Literal["counted"] = "counted"
    held_on: date
    form: ResultForm
    declared: tuple[str, ...]  # names declared elected; empty when the poll failed
    names: tuple[str, ...]  # person ids in the order of the form's candidates
    proxies: int = Field(0, ge=0)
    roving_boxes: int = Field(0, ge=0)
    monitors: tuple[str, ...] = ()  # person ids of tellers and monitors
    by_lot: bool = False  # a tie was settled by lot
    boxes: tuple[BoxCount, ...] = unwritten(())  # a direct vote: box by box; `form` is the sum of all counts
    mixed: ResultForm | None = unwritten()  # a direct vote: the one count of all boxes that state papers only
    tellings: tuple[BoxTelling, ...] = unwritten(())  # a direct vote: who entered each count (`Ballot.entered_twice`)
    written_in: tuple[Person, ...] = unwritten(())  # a direct vote: people the voters wrote in


class Announced(Value):
    """A result published."""

    kind: Literal["announced"] = "announced"
    announced_on: date
    names: tuple[str, ...]  # person ids


class ActingNamed(Value):
    """Who does the chair's work while a village has none (person id); the meeting's vote where it was for one to choose."""

    kind: Literal["acting_named"] = "acting_named"
    held_on: date
    person: Words
    vote: MeetingVote | None = None


class HandedOver(Value):
    """Seals, property, accounts and files passed on.

    `inventory` and `signatures` are asked for where the plan's step says so (`Step.signed_by_three`); a form without them
    is written as it was before there were any.
    """

    kind: Literal["handed_over"] = "handed_over"
    completed_on: date
    items: tuple[str, ...]
    supervised_by: Words
    sealed_on: date | None = unwritten()  # the day the seal itself changed hands
    inventory: tuple[Entry, ...] = unwritten(())
    signatures: tuple[HandoverSignature, ...] = unwritten(())


class PollDayFixed(Value):
    """公告第1号: the day of a direct vote, from which its other days count."""

    kind: Literal["poll_day_fixed"] = "poll_day_fixed"
    decided_on: date
    poll_day: date


class Registered(Value):
    """公告第3号: how many voters of each kind are registered, and those entries among them that needed a look."""

    kind: Literal["registered"] = "registered"
    closed_on: date
    residents: int = Field(ge=0)  # hukou here, living here
    away: int = Field(ge=0)  # hukou here, living elsewhere, wish to vote
    outsiders: int = Field(ge=0)  # hukou elsewhere, applied, agreed to
    households: int = Field(0, ge=0)  # of the registered voters; asked where households vote
    entries: tuple[RollEntry, ...] = ()

    @property
    def total(self) -> int:
        """All registered voters."""
        return self.residents + self.away + self.outsiders


class ObjectionAnswered(Value):
    """One objection to the list decided and the decision published: who goes on the list, who comes off it (person ids)."""

    kind: Literal["objection_answered"] = "objection_answered"
    decided_on: date
    published_on: date
    upheld: bool
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reason: Words


class ListCorrected(Value):
    """公告第5号: the list of voters after every objection, from the figure published."""

    kind: Literal["list_corrected"] = "list_corrected"
    published_on: date
    added: int = Field(ge=0)
    removed: int = Field(ge=0)
    voters: int = Field(ge=0)  # on the list now


class StationsSet(Value):
    """公告第11号: the day and hours of the vote and where it is taken."""

    kind: Literal["stations_set"] = "stations_set"
    published_on: date
    poll_day: date
    opens: int = Field(ge=0, le=23)  # o'clock
    closes: int = Field(ge=1, le=24)
    stations: tuple[Station, ...]


class Staffed(Value):
    """公告第12号: who monitors, counts, calls, issues and writes for others, with the kinship they declare."""

    kind: Literal["staffed"] = "staffed"
    published_on: date
    staff: tuple[Staff, ...]
    kin: tuple[Kinship, ...] = ()


class ProxiesListed(Value):
    """公告第13号: every proxy examined and accepted, both names published, with the kinship that was shown."""

    kind: Literal["proxies_listed"] = "proxies_listed"
    published_on: date
    proxies: tuple[Proxy, ...]
    kin: tuple[Kinship, ...] = ()


class BoxesListed(Value):
    """公告第14号: the roving boxes, who votes in them and who watches them; none is an answer too."""

    kind: Literal["boxes_listed"] = "boxes_listed"
    published_on: date
    boxes: tuple[RovingBox, ...] = ()


class BallotRulesSet(Value):
    """公告第16号: which ballots will not count, made known before the vote."""

    kind: Literal["ballot_rules_set"] = "ballot_rules_set"
    published_on: date
    over_marked_void: bool  # more names than seats
    two_posts_void: bool  # one name for two posts
    blank_abstains: bool  # a blank ballot abstains and stays valid


class Petitioned(Value):
    """A demand to recall a member: the grounds, and how many voters or representatives join it."""

    kind: Literal["petitioned"] = "petitioned"
    submitted_on: date
    person: str
    grounds: Words
    voters: int = Field(0, ge=0)
    representatives: int = Field(0, ge=0)


class RecallCounted(Value):
    """A recall put to the vote. Counts only."""

    kind: Literal["recall_counted"] = "recall_counted"
    held_on: date
    roll: int = Field(ge=0)
    present: int = Field(ge=0)
    collected: int = Field(ge=0)
    in_favour: int = Field(ge=0)
    against: int = Field(ge=0)
    blank: int = Field(0, ge=0)
    invalid: int = Field(0, ge=0)
    declared: bool  # the officers declare the member recalled


class SignedOff(Value):
    """A complaint or an appeal decided: signed by who handled it and who answers for it, two different people."""

    kind: Literal["signed_off"] = "signed_off"
    upheld: bool
    decided_on: date
    handler: Words
    head: Words
    reason: Words
    effect: Effect = unwritten(Effect.NONE)  # on the step complained of (K3)
    wrongs: tuple[Wrong, ...] = unwritten(())  # whose win is void, by whose finding (V22, R25-22)


Form = Annotated[
    Recorded
    | Requested
    | Ruled
    | Nominated
    | Reviewed
    | Slated
    | Posted
    | Chosen
    | Delegated
    | Counted
    | Announced
    | ActingNamed
    | HandedOver
    | SignedOff
    | PollDayFixed
    | Registered
    | ObjectionAnswered
    | ListCorrected
    | StationsSet
    | Staffed
    | ProxiesListed
    | BoxesListed
    | BallotRulesSet
    | Petitioned
    | RecallCounted
    | PreparationForm,
    Field(discriminator="kind"),
]

# ---------------------------------------------------------------- updates


class Submission(Value):
    """One decision handed in at one gate. `gate` is the gate's key: a step id, with `#2` … for its further rounds.

    `written`: from a sender who keeps the registry and writes what the decision leads to; the number of the workflow's last
    commit that stands there.
    """

    gate: Words
    by: Signature
    second: Signature | None = None  # where the step wants two
    form: Form
    written: int | None = unwritten()


class Receipt(Value):
    """What the sender of an accepted decision gets back: the gate, and what the rules remark without refusing."""

    gate: str
    remarks: tuple[Finding, ...] = ()


class Hold(Value):
    """Stop a unit, a street or the district until released, with the rule that demands it."""

    rule: Words
    reason: Words
    by: Signature


class Release(Value):
    """Let what was held go on."""

    reason: Words
    by: Signature


class Postponement(Value):
    """Move every limit that is still ahead by so many calendar days."""

    days: int = Field(gt=0, le=180)
    reason: Words
    by: Signature


class Move(Value):
    """Set a drill's clock forward, for every unit alike. A live election refuses it."""

    to: Instant
    reason: Words
    by: Signature


class Withdrawal(Value):
    """Somebody on the list, or elected and not yet in office, steps back."""

    person: Words
    reason: Words
    by: Signature  # who enters it into the record


class Complaint(Value):
    """A complaint that must be answered by name and in time. `about` is the step complained of."""

    id: Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]
    about: Words
    text: Words
    by: Signature  # who received it
    channel: Channel | None = None  # how it was received
    handler: str = Field("", max_length=120)  # who is to look into it, named when it was received


class Appeal(Value):
    """Somebody excluded by a review asks for another look, by another reviewer."""

    person: Words
    grounds: Words
    by: Signature  # who received it


class Objection(Value):
    """Somebody objects to the list of voters: it must be decided, and the decision published, within the law's days."""

    id: Annotated[str, Field(pattern=r"^[\w-]{1,40}$")]
    about: Words  # whose name should be on the list or off it
    text: Words
    by: Signature  # who received it


# ---------------------------------------------------------------- what begins a workflow within the term, on demand


class Departure(Value):
    """A member who left office otherwise than by recall (resigned, died, was removed by law): person id, and why.

    `on`: the day on which the office ended, `document`: the paper's number, where they were stated.
    """

    person: Words
    reason: Words
    on: date | None = unwritten()
    document: str = unwritten("")


class DepartureCall(Value):
    """Enter into the record that a member in office left it. `document`: number of the minutes, the judgement or the notice."""

    person: Words
    ground: Ground
    on: date  # the day on which the office ended: of a resignation, when the meeting agreed to it
    document: Words
    by: Signature


class RecallCall(Value):
    """Begin the recall of a member in office. Figures are persons (or households), of which the law's shares are taken."""

    person: Words
    entitled: int = Field(ge=1)  # with the right to vote; households where each sends a delegate
    registered: int = Field(0, ge=0)  # voters registered for the vote, or households; none where delegates vote
    representatives: int = Field(ge=0)
    by: Signature


class ByElectionCall(Value):
    """Begin a by-election: the posts to be filled, one for each seat, and who has left office since."""

    vacant: tuple[Post, ...] = Field(min_length=1)
    departed: tuple[Departure, ...] = ()
    vacant_since: date | None = unwritten()  # the day the first of them became vacant; not stated: today
    representatives: int = unwritten(0)  # residents' delegates, where they vote
    by: Signature


class Ordered(Value):
    """Who had a workflow of the term begun, as the journal names them, and the key of their command."""

    by: str
    key: str


# ---------------------------------------------------------------- what a workflow starts with and ends with


def _none(figure: int) -> bool:
    return not figure


class VillageFigures(Value):
    """What only a village's rules ask about a unit: its groups, its committee's seats by post, its own poll day."""

    groups: int = Field(ge=0)  # 村民小组
    deputies: int = Field(1, ge=0)
    women: int = Field(1, ge=0)  # seats of the 妇女委员, for which only women stand
    poll_day: date | None = None  # where the county has given the village one of its own


class UnitBrief(Value):
    """One unit as its workflow knows it. Numbers are persons and households."""

    id: str
    name: str
    street: str
    district: str
    households: int
    residents: int
    party_members: int  # full members
    party_due: int  # due to attend the members' meeting
    organizations: int  # entitled to send a representative
    difficult: bool
    party_seats: int
    residents_seats: int
    supervisory_seats: int
    setting: str  # hash of pack, calendar and timetable
    women_seats: int = Field(0, ge=0, exclude_if=_none)  # of the women's federation, its chair's among them
    women: int = Field(0, ge=0, exclude_if=_none)  # of eighteen and over
    pilot: bool = Field(False, exclude_if=_none)  # one of the units that go first, where the plan wants pilots
    village: VillageFigures | None = unwritten()
    clock: Clock | None = unwritten()  # a drill's clock as it runs when the unit begins


class StreetBrief(Value):
    """One street and its units."""

    id: str
    name: str
    district: str
    units: tuple[UnitBrief, ...]
    setting: str
    clock: Clock | None = unwritten()  # a drill's clock as it runs when the street begins


class DistrictBrief(Value):
    """One district and its streets."""

    id: str
    name: str
    streets: tuple[StreetBrief, ...]
    setting: str


class Winner(Value):
    """Somebody elected: the post and the votes."""

    person: Person
    post: Post
    votes: int | None


class BodyBrief(Value):
    """What a body's election starts from: its unit, those already elected before it, and the kinship declared so far."""

    unit: UnitBrief
    seated: tuple[Winner, ...] = ()
    kin: tuple[Kinship, ...] = ()
    representatives: int = 0  # residents' representatives, once chosen
    shift: int = 0  # calendar days by which the unit was postponed before this body began
    clock: Clock | None = None  # a drill's clock as it runs now
    vacant: tuple[Post, ...] = unwritten(())  # a by-election: the posts to be filled, one for each seat
    departed: tuple[Departure, ...] = unwritten(())  # a by-election: who left office since
    vacant_since: date | None = unwritten()  # a by-election: since when
    ordered: Ordered | None = unwritten()  # a by-election: by whom it was begun


class RecallBrief(Value):
    """What a recall starts from: the member, and the figures its shares are taken of."""

    unit: UnitBrief
    member: Person
    entitled: int = Field(ge=1)  # with the right to vote; households where each sends a delegate
    registered: int = Field(0, ge=0)  # voters registered for the vote, or households; none where delegates vote
    representatives: int = Field(ge=0)
    clock: Clock | None = None
    ordered: Ordered | None = unwritten()


class DepartureBrief(Value):
    """What is entered into the record: who left a unit's committee."""

    unit: UnitBrief
    departure: Departure
    clock: Clock | None = None
    ordered: Ordered | None = unwritten()


class RecallOutcome(Value):
    """How a recall ended."""

    person: str
    valid: bool  # enough voted
    recalled: bool
    held_on: date


class BodyOutcome(Value):
    """What a body's election leaves behind."""

    elected: tuple[Winner, ...]
    kin: tuple[Kinship, ...]
    open_seats: int
    representatives: int
    completed_on: date


class UnitOutcome(Value):
    """How a unit's election ended: complete, or still held with the reason."""

    unit: str
    completed_on: date | None
    held_by: str = ""  # rule id
    reason: str = ""


class StreetOutcome(Value):
    """How a street's units ended."""

    street: str
    units: tuple[UnitOutcome, ...]


class DistrictOutcome(Value):
    """How a district's units ended: figures only, so that it stays small."""

    district: str
    completed: int
    held: int
