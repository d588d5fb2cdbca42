"""Beginning a recall or a by-election within a term, or recording a departure: judged by the registry, everything wrong at once.

What is begun is a workflow of its own, `单位/recall-1`, `单位/byelection-1`, `单位/departure-1` …, numbered through each unit, so that of two
people who begin at once only one does.
"""

from datetime import date, datetime
from typing import Any

from activities.registry import Registry
from activities.registry.elections import Place
from activities.registry.term import Term
from gateway.carrier import Beginning
from gateway.command import Answer, Command, Outcome
from policies.clock import BEIJING
from policies.finding import Finding
from policies.pack.schema import BODY_NAMES, BodyId
from policies.rules.village import term as rules
from policies.rules.village.recall import recall_clause
from policies.rules.village.vacancy import by_election_clause, too_few_since
from workflows.byelection import BY_ELECTIONS
from workflows.departure import DepartureRecord
from workflows.directvote import seats_by_post
from workflows.messages import (
    BodyBrief,
    ByElectionCall,
    Departure,
    DepartureBrief,
    DepartureCall,
    Ordered,
    RecallBrief,
    RecallCall,
    Receipt,
    UnitBrief,
    VillageFigures,
)
from workflows.recall import RecallElection
from workflows.setting import Setting

_CALLED = {BodyId.RECALL: "启动罢免", BodyId.BY_ELECTION: "启动补选", BodyId.DEPARTURE: "登记离任"}
_BODIES: dict[type, BodyId] = {
    RecallCall: BodyId.RECALL,
    ByElectionCall: BodyId.BY_ELECTION,
    DepartureCall: BodyId.DEPARTURE,
}


def beginning(
    registry: Registry, setting: Setting | None, command: Command, place: Place, now: datetime
) -> Beginning | Answer:
    """The workflow to begin; the receipt of one begun under the same key before; or the refusal, with every finding.

    `place` is the unit's, `setting` what its election ran under, `now` the instant in that election.
    """
    call, today = command.message, now.astimezone(BEIJING).date()
    assert isinstance(call, RecallCall | ByElectionCall | DepartureCall)
    body = _BODIES[type(call)]
    unit, term = _unit(registry, place), registry.terms.of(place.areas[0])
    before = term.under(command.key, body)
    if before:
        return Answer(Outcome.ACCEPTED, Receipt(gate=before))
    what, kind = _CALLED[body], "village" if setting is None else setting.pack.kind
    committee = BODY_NAMES[kind].get(BodyId.RESIDENTS, "")
    roles = {} if setting is None else setting.pack.roles
    findings = rules.may_begin(call.by, what, unit.name, place.areas, roles)
    findings += rules.in_office(unit.name, committee, term.ended, term.completed_on is not None, what)
    if setting is None or body not in {one.id for one in setting.pack.bodies} | {BodyId.DEPARTURE}:
        findings.append(rules.planned(what.removeprefix("启动"), place.setting if setting is None else setting.pack.id))
    elif term.completed_on is not None:
        if isinstance(call, RecallCall):
            findings += _recall(call, term, setting, committee)
        elif isinstance(call, DepartureCall):
            findings += _departure(call, term, setting, committee, today)
        else:
            findings += _by_election(call, unit, term, setting, committee, today)
    if findings or setting is None:
        return Answer(Outcome.REFUSED, findings=tuple(findings))
    clock, ordered = registry.elections.running_clock(place.election), Ordered(by=call.by.text, key=command.key)
    brief: RecallBrief | BodyBrief | DepartureBrief
    if isinstance(call, RecallCall):
        run: Any = RecallElection.run
        brief = RecallBrief(
            unit=unit,
            member=next(one.person for one in term.committee if one.person.id == call.person),
            entitled=call.entitled,
            registered=call.registered,
            representatives=call.representatives,
            clock=clock,
            ordered=ordered,
        )
    elif isinstance(call, DepartureCall):
        run = DepartureRecord.run
        left = Departure(person=call.person, reason=call.ground.label, on=call.on, document=call.document)
        brief = DepartureBrief(unit=unit, departure=left, clock=clock, ordered=ordered)
    else:
        run = BY_ELECTIONS[kind]
        gone = {one.person for one in call.departed}
        brief = BodyBrief(
            unit=unit,
            seated=(*term.party, *(one for one in term.committee if one.person.id not in gone)),
            kin=term.kin,
            representatives=call.representatives,
            clock=clock,
            vacant=call.vacant,
            departed=call.departed,
            vacant_since=call.vacant_since or _vacant_since(call, term, setting, today),
            ordered=ordered,
        )
    workflow = f"{unit.id}/{body}-{term.count(body) + 1}"
    return Beginning(run, brief, workflow, f"{unit.name} {what}", tuple(reversed(place.areas)))


def begun_already(asked: Beginning) -> Answer:
    """The refusal where another command began it in the meantime."""
    finding = rules.not_twice(asked.title, asked.workflow)
    return Answer(Outcome.REFUSED, findings=(finding,))


def _recall(call: RecallCall, term: Term, setting: Setting, committee: str) -> list[Finding]:
    rule = recall_clause(setting.pack.kind)
    names = {one.person.id: one.person.name for one in term.committee}
    findings = rules.member(call.person, committee, names, rule=rule)
    findings += rules.roll_stated(setting.committee_mode(), call.registered, call.representatives, rule=rule)
    running = term.running(BodyId.RECALL, call.person)
    if running:
        findings.append(rules.not_twice(f"对{names.get(call.person, call.person)}的罢免", running))
    return findings


def _departure(call: DepartureCall, term: Term, setting: Setting, committee: str, today: date) -> list[Finding]:
    rule = by_election_clause(setting.pack.kind)
    names = {one.person.id: one.person.name for one in term.committee}
    return rules.member(call.person, committee, names, rule=rule) + rules.left_already(call.on, today, rule=rule)


def _vacant_since(call: ByElectionCall, term: Term, setting: Setting, today: date) -> date:
    """Since when the committee is too small; where it is not, since its first seat became vacant; else since today."""
    vacated = sorted((*term.vacated, *(one.on or today for one in call.departed)))
    least = None if setting.pack.norms is None else setting.pack.norms.members_min
    assert term.completed_on is not None
    small = too_few_since(len(term.committee) - len(call.departed), vacated, term.completed_on, least or 0)
    return small or next(iter(vacated), today)


def _by_election(
    call: ByElectionCall, unit: UnitBrief, term: Term, setting: Setting, committee: str, today: date
) -> list[Finding]:
    running = term.running(BodyId.BY_ELECTION)
    if running:  # its posts are not vacant any more, nor filled yet
        return [rules.not_twice(f"{unit.name}的补选", running)]
    community = setting.pack.kind == "community"
    rule = by_election_clause(setting.pack.kind)
    gone = [one.person for one in call.departed]
    names = {one.person.id: one.person.name for one in term.committee}
    findings = rules.departed(gone, committee, names, rule=rule)
    sitting = [one.post for one in term.committee if one.person.id not in gone]
    if community:
        findings += rules.seats_vacant(call.vacant, unit.residents_seats, sitting, rule=rule)
        findings += rules.delegates_stated(setting.committee_mode(), call.representatives, rule=rule)
    else:
        seats = seats_by_post(unit.residents_seats, unit.village or VillageFigures(groups=0))
        findings += rules.posts_vacant(call.vacant, seats, sitting, rule=rule)
    return findings + rules.vacant_already(call.vacant_since, today, rule=rule)


def _unit(registry: Registry, place: Place) -> UnitBrief:
    election = registry.elections.find(place.election)
    assert election is not None
    units = (unit for street in election.brief.streets for unit in street.units)
    return next(unit for unit in units if unit.id == place.areas[0])
