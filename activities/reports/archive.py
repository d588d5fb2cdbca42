"""A unit's archive, checked: which papers and forms the plan wants, which are there, and what in them contradicts itself.

Read out of the registry: the journal's decisions with their forms, the papers issued, the seats. What only exists on paper
(ballots, attendance sheets) is listed to be looked at by a person; it is neither there nor missing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.registry.model import JournalRow
from activities.registry.outcomes import fact_of
from activities.registry.standing import UnitStanding
from activities.stores.protocol import IssuedPaper
from policies.clock import BEIJING
from policies.finding import Finding
from policies.form.values import Body as BallotOf
from policies.pack.load import load_pack
from policies.pack.schema import Act, Body, BodyId, Condition, Pack, Paper, Step
from policies.people import Labelled, Person
from policies.rules import archive, closing
from policies.value import Value
from workflows.facts import (
    BodyCompleted,
    Decided,
    GateOpened,
    KinDisplaced,
    PollAnnulled,
    PollSettled,
    Published,
    WinVoided,
    WithdrewFact,
)
from workflows.messages import (
    Announced,
    Chosen,
    Counted,
    Form,
    HandedOver,
    Nominated,
    Posted,
    Recorded,
    Requested,
    Reviewed,
    Ruled,
)

KINDS = (
    "gate_opened",
    "decided",
    "poll_settled",
    "poll_annulled",
    "withdrew",
    "kin_displaced",
    "win_voided",
    "published",
    "body_completed",
)
FORMS_THEMSELVES = frozenset(
    {"推荐表", "登记表", "审查意见", "联审表", "考察材料", "结果报告单", "承诺书", "名单", "验收单"}
)
"""Kinds of papers whose content is the form that decides the step: the form on record is the paper."""
BY_HAND = frozenset({Act.NOMINATION, Act.REVIEW, Act.SLATE, Act.POLL})
"""Acts whose other papers (ballots, minutes, the chair's words) the system does not write: they exist on paper only."""


DECIDE_ON_A_POSTING = frozenset({Act.SLATE, Act.APPROVAL, Act.POLL})
"""Acts that wait until the posting before them has been up its days; a meeting with the voters may be held meanwhile."""
ON_DEMAND = (BodyId.RECALL, BodyId.BY_ELECTION)
"""What may befall a committee in its term: due only where it was begun."""


class Status(Labelled):
    """Where an item of the archive stands."""

    PRESENT = "present", "在案"
    MISSING = "missing", "缺漏"
    ON_PAPER = "on_paper", "须核对纸质件"


class Item(Value):
    """One thing the archive must hold. `detail` says where it is: a series with its number, a form with its day."""

    step: str
    step_title: str
    kind: str
    title: str
    status: Status
    detail: str = ""


class UnitArchive(Value):
    """A unit's archive: every item, and everything wrong with it (A1 missing, A2 inconsistent, A3 mistyped, H1, H2, R6)."""

    unit: str
    name: str
    street_name: str
    drill: bool
    completed_on: date | None
    held_by: str
    items: tuple[Item, ...]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing, inconsistent or mistyped; remarks do not count."""
        return not any(finding.blocks for finding in self.findings)

    def count(self, status: Status) -> int:
        """Items of a status."""
        return sum(item.status is status for item in self.items)


@dataclass(frozen=True, slots=True)
class Filed:
    """One form on record, with the day it is dated and the day it was handed in."""

    gate: str
    form: Form
    submitted: date

    @property
    def step(self) -> str:
        """The pack's step, without the round."""
        return self.gate.split("#")[0]

    @property
    def dated(self) -> date | None:
        """The first date of the form is the day it speaks of."""
        return next(
            (day for name in type(self.form).model_fields if isinstance(day := getattr(self.form, name), date)), None
        )


@dataclass(slots=True)
class BodyFile:
    """What the journal holds of one of a unit's workflows, in order."""

    forms: list[Filed] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)  # steps
    published: dict[str, Published] = field(default_factory=dict)  # by step, the last one
    settled: list[PollSettled | PollAnnulled | WithdrewFact | KinDisplaced | WinVoided] = field(default_factory=list)
    seated: BodyCompleted | None = None

    def of(self, step: str) -> list[Filed]:
        """A step's forms, every round of it."""
        return [filed for filed in self.forms if filed.step == step]


def unit_archives(registry: Registry, election: str, on: date, unit: str = "") -> tuple[UnitArchive, ...]:
    """The archives of an election's units, or of one. Raises UnknownElectionError, PackError."""
    found = registry.elections.find(election)
    if found is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")
    pack = load_pack(found.ground.pack_text, found.ground.pack_id).as_executed()
    standings = registry.standings.units(election, on, unit=unit)
    return tuple(_archive(registry, pack, standing) for standing in standings)


def body_files(registry: Registry, unit: str) -> dict[str, BodyFile]:
    """What the journal holds of a unit, by body; a recall and a by-election by the name of its workflow (`recall-1`)."""
    query = select(JournalRow.at, JournalRow.body, JournalRow.workflow, JournalRow.entry).where(
        JournalRow.unit == unit, JournalRow.kind.in_(KINDS)
    )
    files: dict[str, BodyFile] = {}
    with registry.database.reading() as connection:
        rows = connection.execute(query.order_by(JournalRow.n)).all()
    for row in rows:
        name = row.workflow.rpartition("/")[2] if row.body in ON_DEMAND else row.body
        file = files.setdefault(name, BodyFile())
        fact = fact_of(row.entry)
        match fact:
            case Decided():
                file.forms.append(Filed(fact.gate, fact.form, row.at.astimezone(BEIJING).date()))
            case GateOpened():
                file.opened.add(fact.gate.split("#")[0])
            case Published():
                file.published[fact.gate.split("#")[0]] = fact
            case PollSettled() | PollAnnulled() | WithdrewFact() | KinDisplaced() | WinVoided():
                file.settled.append(fact)
            case BodyCompleted():
                file.seated = fact
    return files


def _names(body: BodyId, files: dict[str, BodyFile]) -> list[str]:
    """Under which names a body's files are kept: its own, or those of the workflows that were begun on demand."""
    return [name for name in files if name.split("-")[0] == body] if body in ON_DEMAND else [body.value]


def _archive(registry: Registry, pack: Pack, unit: UnitStanding) -> UnitArchive:
    files, papers = body_files(registry, unit.id), registry.standings.papers(unit.id)
    items: list[Item] = []
    findings: list[Finding] = []
    if unit.closing is None:
        findings.append(archive.not_closed(unit.name))
    for body, name in ((one, name) for one in pack.bodies for name in _names(one.id, files)):
        file = files.get(name, BodyFile())
        workflow = unit.id if body.id is BodyId.PREPARATION else f"{unit.id}/{name}"
        issued = [paper for paper in papers if paper.workflow == workflow]
        due = [step for step in body.steps if _due(step, unit, file)]
        for step in due:
            of_step, wrong = _items(step, file, issued)
            items += of_step
            findings += wrong
        findings += _numbered(body, issued)
        findings += _consistent(pack, body, file, issued)
    findings += _ordered(pack, files)
    findings += _written(pack, files)
    return UnitArchive(
        unit=unit.id,
        name=unit.name,
        street_name=unit.street_name,
        drill=registry.drill,
        completed_on=None if unit.closing is None else unit.closing.completed_on,
        held_by="" if unit.closing is None else unit.closing.held_by,
        items=tuple(items),
        findings=tuple(dict.fromkeys(findings)),
    )


# ---------------------------------------------------------------- what must be there


def _due(step: Step, unit: UnitStanding, file: BodyFile) -> bool:
    """Whether this unit's archive must hold the step: unconditional ones, others once their gate was opened.

    Of a unit that was closed as held only what was begun is due.
    """
    if step.id in file.opened or file.of(step.id):
        return True
    if unit.closing is not None and unit.closing.held_by:
        return False
    return step.condition is Condition.ALWAYS or (step.condition is Condition.DIFFICULT_UNIT and unit.difficult)


def _items(step: Step, file: BodyFile, issued: list[IssuedPaper]) -> tuple[list[Item], list[Finding]]:
    forms = file.of(step.id)
    papers = step.papers or (Paper(kind="办理记录", title=step.title),)
    if step.record_only and not forms:
        return [_item(step, paper, Status.ON_PAPER, "方案只要求做到，没有设办理环节") for paper in papers], []
    if not forms:
        undone = archive.step_undone(step.title, step.id)
        return [_item(step, paper, Status.MISSING, "没有办结") for paper in papers], [undone]
    last = forms[-1]
    on_record = f"表单 {last.gate}（{last.dated or last.submitted}）"
    items, findings = [], []
    for paper in papers:
        there = [one for one in issued if (one.kind, one.title) == (paper.kind, paper.title)]
        if there:
            items.append(_item(step, paper, Status.PRESENT, f"{there[-1].series} {there[-1].number}"))
        elif paper.kind in FORMS_THEMSELVES or not step.papers:
            items.append(_item(step, paper, Status.PRESENT, on_record))
        elif step.act in BY_HAND:
            items.append(_item(step, paper, Status.ON_PAPER))
        else:
            items.append(_item(step, paper, Status.MISSING))
            findings.append(archive.paper_missing(step.title, paper.title, step.id))
    return items, findings


def _item(step: Step, paper: Paper, status: Status, detail: str = "") -> Item:
    return Item(step=step.id, step_title=step.title, kind=paper.kind, title=paper.title, status=status, detail=detail)


def _numbered(body: Body, issued: Iterable[IssuedPaper]) -> Iterator[Finding]:
    numbers: dict[str, list[int]] = {}
    for paper in issued:
        numbers.setdefault(paper.series, []).append(paper.number)
    for series, given in numbers.items():
        yield from archive.series_broken(series, given, body.title)


# ---------------------------------------------------------------- what must agree


def _consistent(pack: Pack, body: Body, file: BodyFile, issued: Iterable[IssuedPaper]) -> Iterator[Finding]:
    """The count, the poll as settled, the seats, the announcement and its paper; who stood, and who was posted."""
    elected, declared = _elected(file), {filed.gate: filed for filed in file.forms if isinstance(filed.form, Counted)}
    for fact in file.settled:
        filed = declared.get(fact.gate) if isinstance(fact, PollSettled) else None
        if isinstance(fact, PollSettled) and filed is not None and isinstance(filed.form, Counted):
            winners = [seat.name for seat in fact.elected]
            what = f"「{_title(pack, filed.step)}」结果报告单宣布当选的人"
            yield from archive.names_differ(what, filed.form.declared, "核定当选的人", winners, step=filed.step)
    if file.seated is not None:
        seats = {seat.person: seat.name for seat in file.seated.seats}
        against = "历次投票选出、经递补的人"
        yield from archive.names_differ(f"{body.title}的在任人员", list(seats), against, list(elected))
        void = {fact.person for fact in file.settled if isinstance(fact, WinVoided)}
        for filed in [filed for filed in file.forms if isinstance(filed.form, Announced)][-1:]:  # seats voted on again
            if isinstance(filed.form, Announced):
                what = f"「{_title(pack, filed.step)}」"
                named_then = [person for person in filed.form.names if person in seats or person not in void]
                yield from archive.names_differ(what, named_then, "在任人员", list(seats), step=filed.step)
                titles = {paper.title for paper in pack.step(filed.step).papers}
                for paper in issued:
                    if paper.title in titles and (named := _names_in(paper)) is not None:
                        against = f"{body.title}的在任人员"
                        yield from archive.names_differ(
                            f"文书“{paper.title}”", named, against, list(seats.values()), step=filed.step
                        )
    posted = {name for filed in file.forms if isinstance(filed.form, Posted) for name in filed.form.names}
    for filed in declared.values():
        assert isinstance(filed.form, Counted)
        if posted and filed.form.form.body is not BallotOf.PARTY_PLENARY:
            what = f"「{_title(pack, filed.step)}」结果报告单"
            yield from archive.never_posted(what, filed.form.names, posted, step=filed.step)


def _elected(file: BodyFile) -> dict[str, str]:
    """Whom the polls left elected, by id: later polls add, a void one elects nobody, who gives up is replaced."""
    names: dict[str, str] = {}
    for fact in file.settled:
        if isinstance(fact, PollSettled):
            names |= {seat.person: seat.name for seat in fact.elected}
        elif isinstance(fact, PollAnnulled):
            names.clear()
        elif fact.person in names:
            del names[fact.person]
            if not isinstance(fact, WinVoided) and fact.successor is not None:
                names[fact.successor] = ""
    return names


def _names_in(paper: IssuedPaper) -> list[str] | None:
    line = next((one for one in paper.text.splitlines() if one.startswith("名单：")), None)
    return None if line is None else line.removeprefix("名单：").split("、")


def _title(pack: Pack, step: str) -> str:
    """A step's title; an extra gate's or another matter's key where the plan has no such step."""
    return next((one.title for body in pack.bodies for one in body.steps if one.id == step), step)


def _ordered(pack: Pack, files: dict[str, BodyFile]) -> Iterator[Finding]:
    """A step's last form against the first one of what the plan puts before it: repeated rounds are never held against it."""
    days: dict[str, list[date]] = {}
    published: dict[str, Published] = {}
    for file in files.values():
        published |= file.published
        for filed in file.forms:
            if filed.dated is not None:
                days.setdefault(filed.step, []).append(filed.dated)
    for step in (step for body in pack.bodies for step in body.steps if step.id in days):
        last = days[step.id][-1]
        for before in (one for one in step.after if one in days):
            yield from archive.out_of_order(step.title, last, _title(pack, before), days[before][0], step=step.id)
            if before in published and step.act in DECIDE_ON_A_POSTING:
                posting = published[before]
                yield from archive.before_publicity_ended(
                    step.title, last, _title(pack, before), posting.last_day, step=step.id
                )


# ---------------------------------------------------------------- what must be written well


def _written(pack: Pack, files: dict[str, BodyFile]) -> Iterator[Finding]:
    known: dict[str, list[Person]] = {}
    for file in files.values():
        for filed in file.forms:
            title, day = _title(pack, filed.step), filed.dated
            if day is not None:
                yield from archive.dated_later(title, day, filed.submitted, step=filed.step)
                yield from archive.date_plausible(title, day, pack.starts, step=filed.step)
            yield from _numbers(title, filed)
            if isinstance(filed.form, HandedOver):
                form, asked = filed.form, pack.step(filed.step).signed_by_three
                yield from closing.handed_over(
                    form.items, form.inventory, form.signatures, form.completed_on, asked=asked, step=filed.step
                )
            for person in _people(filed.form):
                known.setdefault(person.id, []).append(person)
    for key, people in known.items():
        yield from archive.person_written(key, people[0].name)
        yield from archive.person_differs(key, "姓名", [one.name for one in people])
        yield from archive.person_differs(key, "性别", [one.sex.label for one in people])
        yield from archive.person_differs(key, "出生日期", [str(one.born) for one in people if one.born])


def _numbers(title: str, filed: Filed) -> Iterator[Finding]:
    form, day = filed.form, filed.dated
    match form:
        case Recorded() | Ruled():
            yield from archive.document_written(title, form.document, day, step=filed.step)
        case Requested():
            yield from archive.evidence_written(title, form.approval, day, step=filed.step)
        case Reviewed():
            yield from archive.document_written(title, form.document, day, step=filed.step)
            for conclusion in form.conclusions:
                yield from archive.evidence_written(title, conclusion.evidence, day, step=filed.step)


def _people(form: Form) -> Iterable[Person]:
    match form:
        case Nominated():
            return [nominee.person for nominee in form.nominees]
        case Chosen():
            return [*form.members, *form.reserves]
    return ()
