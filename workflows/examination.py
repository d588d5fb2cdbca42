"""What the rules say about a form: translates each form into the policies' questions and returns all their findings.

No rule is stated here; a gate's validator and nothing else calls these functions.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from policies import kinship
from policies.calendar import Calendar, CalendarUnknown, DayUnit
from policies.counting import count
from policies.eligibility import Nomination, Standards, standard_findings
from policies.finding import Finding
from policies.form import Body as FormBody
from policies.form import ResultForm, contradictions
from policies.kinship import KinGraph, Place
from policies.law.norms import Norms
from policies.pack.schema import MISSING, Ballot, BodyId, Committee, Delegates, Pack, Step, Threshold
from policies.people import Body, Education, Post
from policies.rule import Law
from policies.rules import candidacy, closing, conduct, party, residents, supervisory, women
from policies.rules.law2025 import R25_24
from policies.rules.village import committee as village
from policies.rules.village.posts import Standing, posts_contested
from workflows.messages import (
    Announced,
    Chosen,
    Counted,
    Delegated,
    Form,
    HandedOver,
    Nominated,
    Posted,
    Requested,
    Reviewed,
    Slated,
    UnitBrief,
    Winner,
)
from workflows.register import Candidate, Register

BODIES = {
    BodyId.PARTY: Body.PARTY,
    BodyId.RESIDENTS: Body.RESIDENTS,
    BodyId.SUPERVISORY: Body.SUPERVISORY,
    BodyId.WOMEN: Body.WOMEN,
    BodyId.BY_ELECTION: Body.RESIDENTS,
}
DIRECT = (BodyId.RESIDENTS, BodyId.BY_ELECTION)
"""In a village: the committee and a by-election to it."""
FORM_BODIES = {
    BodyId.PARTY: FormBody.PARTY,
    BodyId.RESIDENTS: FormBody.RESIDENTS,
    BodyId.SUPERVISORY: FormBody.SUPERVISORY,
    BodyId.WOMEN: FormBody.WOMEN,
    BodyId.BY_ELECTION: FormBody.RESIDENTS,
}

_DAYS = (
    "held_on",
    "submitted_on",
    "signed_on",
    "closed_on",
    "decided_on",
    "posted_on",
    "announced_on",
    "published_on",
    "completed_on",
)


def day_of(form: Form) -> date | None:
    """The day a form is dated."""
    for name in _DAYS:
        day = getattr(form, name, None)
        if day is not None:
            return day  # type: ignore[no-any-return]
    return None


def request(form: Requested, unit: UnitBrief, poll_day: date) -> list[Finding]:
    """P1, P2, P8: the term, the kind of meeting, and who is left out of those due to attend."""
    approved = bool(form.approval.strip())
    return [
        *party.term(form.last_elected, poll_day, approved=approved),
        *party.form_of_meeting(form.full_members, by_delegates=form.by_delegates, approved=approved),
        *party.due_to_attend(
            form.full_members,
            form.excused,
            superior_consents=form.superior_consents,
            meeting_agreed=form.meeting_agreed,
        ),
        *conduct.members_as_registered(unit.party_members, unit.party_due, form.full_members, form.excused),
    ]


def names_needed(ballot: Ballot | None, seats: int) -> int:
    """Names a list needs for its poll: the seats, and the margin that the pack's ballot asks for (P5)."""
    margin = None if ballot is None else ballot.margin
    if not isinstance(margin, Threshold):
        return seats
    return candidacy.names_needed(seats, (margin.numerator, margin.denominator))


def nomination(form: Nominated, step: Step, standing: Sequence[Candidate], posts: Sequence[Post] = ()) -> list[Finding]:
    """R3, W2: every nominee came by a route the plan knows, with enough behind them; nobody is named twice.

    `posts`: those a by-election fills; nobody is nominated for another. Where the plan asks for it, one of them or of those standing already knows accounts (S1).
    """
    federation = step.id.startswith(f"{BodyId.WOMEN.value}.")
    rule, backed = (women.W2, women.nomination_backed) if federation else (residents.R3, residents.nomination_backed)
    findings = candidacy.named_once([nominee.person.name for nominee in form.nominees])
    routes = {route.by: route for route in step.routes}
    for nominee in form.nominees:
        route = routes.get(nominee.route)
        if route is None:
            findings.append(candidacy.no_such_route(nominee.person.name, nominee.route, tuple(routes), rule))
        else:
            findings.extend(backed(route, nominee.supporters, nominee=nominee.person.name, step=step.id))
    if not form.nominees and not standing:
        findings.append(candidacy.nobody_nominated(step.title, rule))
    if posts:
        nominees = [Standing(nominee.person, nominee.post) for nominee in form.nominees]
        findings.extend(posts_contested(nominees, Counter(posts), rule=R25_24, step=step.id))
    if step.asks is not None and step.asks.finance:
        known = [nominee.finance for nominee in (*form.nominees, *(candidate.nominee for candidate in standing))]
        findings.extend(supervisory.somebody_knows_accounts(known, step=step.id))
    return findings


def standards(pack: Pack) -> Standards | None:
    """X3 as a village's plan has it: its age, its education (0 primary, 1 junior …), its months; None: the street plan's."""
    plan, law = pack.eligibility, Standards()
    if pack.kind != "village" or plan == MISSING:
        return None
    levels = tuple(Education)
    education = plan.education.value
    return Standards(
        general_age=plan.age.value if isinstance(plan.age.value, int) else law.general_age,
        education=levels[education] if isinstance(education, int) and education < len(levels) else Education.PRIMARY,
        experience_months=plan.experience_months.value if isinstance(plan.experience_months.value, int) else 0,
    )


def review(
    form: Reviewed,
    waiting: Sequence[Candidate],
    body: BodyId,
    poll_day: date,
    committee: Iterable[str],
    standards: Standards | None = None,
) -> list[Finding]:
    """X2, X3, R2, W6: everybody before the level has one conclusion; nobody unfit or with adverse evidence passes; no reviewer
    sits in their own case."""
    elects = Body.VILLAGE if standards is not None and body in DIRECT else BODIES[body]
    concluded = {conclusion.person: conclusion for conclusion in form.conclusions}
    names = {candidate.person.id: candidate.person.name for candidate in waiting}
    findings = candidacy.all_concluded(names, [conclusion.person for conclusion in form.conclusions])
    for candidate in waiting:
        conclusion = concluded.get(candidate.person.id)
        if conclusion is None:
            continue
        if not conclusion.passed:
            findings.extend(
                candidacy.exclusion_reasoned(
                    candidate.person.name, conclusion.rule, conclusion.evidence, conclusion.reviewer
                )
            )
            continue
        if conclusion.evidence:
            findings.append(candidacy.passed_with_evidence(candidate.person.name, conclusion.evidence))
        findings.extend(
            finding for finding in _standards(candidate, body, elects, poll_day, standards) if finding.blocks
        )
    sitting = set(committee)
    findings.extend(
        candidacy.judge_in_own_case(names[conclusion.reviewer])
        for conclusion in form.conclusions
        if conclusion.reviewer in names or conclusion.reviewer in sitting & names.keys()
    )
    return findings


def _standards(
    candidate: Candidate, body: BodyId, elects: Body, poll_day: date, standards: Standards | None
) -> list[Finding]:
    """X3 for the three bodies; of the federation's candidates the source asks only that they are women (W6)."""
    if body is BodyId.WOMEN:
        return women.women_only(candidate.person.name, candidate.person.sex)
    nomination = Nomination(person=candidate.person, body=elects, relaxations=candidate.nominee.relaxations)
    return standard_findings(nomination, poll_day=poll_day, standards=standards)


def slate(
    form: Slated, fit: Sequence[Candidate], register: Register, needed: int, seats: int, seated: Sequence[Winner]
) -> list[Finding]:
    """P5, P6, X1, X2: enough names for the margin, all still in the running, all committed, no kin among or beside them."""
    able = {candidate.person.id: candidate for candidate in fit}
    named = {key: able[key].person.name for key in form.names if key in able}
    findings = candidacy.margin(len(form.names), seats, needed)
    findings.extend(candidacy.still_eligible(key, register.name(key)) for key in form.names if key not in able)
    signed = {name for key, name in named.items() if key in form.committed}
    findings.extend(party.commitments_signed(named.values(), signed))
    findings.extend(kin_conflicts(register, form.names, seated))
    return findings


def _graph(register: Register, seated: Sequence[Winner]) -> KinGraph:
    people = [*(candidate.person for candidate in register.candidates.values()), *(winner.person for winner in seated)]
    return KinGraph(people, register.kin, register.others)


def _places(seated: Sequence[Winner]) -> list[Place]:
    return [
        Place(
            person=winner.person.id,
            body=Body.PARTY
            if winner.post.in_party
            else Body.SUPERVISORY
            if winner.post.in_supervisory
            else Body.RESIDENTS,
        )
        for winner in seated
    ]


def kin_conflicts(register: Register, names: Iterable[str], seated: Sequence[Winner]) -> list[Finding]:
    """X1: every pair of near relatives among the names, and between them and those already elected."""
    if not register.kin or register.body is BodyId.WOMEN:
        return []
    slate_places = [Place(person=key, body=BODIES[register.body]) for key in names]
    return kinship.conflicts(slate_places, _places(seated), _graph(register, seated))


def without_kin(names: Sequence[str], register: Register, seated: Sequence[Winner], barred: bool) -> tuple[str, ...]:
    """The names in order, leaving out whoever is near kin of somebody before them or of somebody elected (X1, S1).

    `barred`: members of the body that this one supervises may not sit here themselves (S1). X1 is the three bodies' own:
    the federation's source keeps no relatives apart.
    """
    if register.body is BodyId.WOMEN:
        return tuple(names)
    graph = _graph(register, seated)
    in_committee = {winner.person.id for winner in seated if winner.post.in_committee}
    kept: list[str] = []
    for key in names:
        others = [*kept, *(winner.person.id for winner in seated if winner.person.id != key)]
        if barred and key in in_committee:
            continue
        if not any(graph.related(key, other) and kinship.kin_path(graph, key, other) for other in others):
            kept.append(key)
    return tuple(kept)


def posting(
    form: Posted, names: Sequence[str], title: str, calendar: Calendar, days: int, unit: DayUnit
) -> list[Finding]:
    """O4, C1: what is posted is the list that was decided, no name more or less; its last day is in an announced year."""
    findings = conduct.same_names(title, form.names, names)
    if days:
        try:
            calendar.end_of_publicity(form.posted_on, days, unit)
        except CalendarUnknown as unknown:
            findings.append(unknown.finding)
    return findings


def names_on(form: Chosen, seated: Sequence[Winner]) -> dict[str, str]:
    """Names by id of those chosen and of the Party committee in office."""
    return {one.person.id: one.person.name for one in seated} | {one.id: one.name for one in form.members}


def election_committee(form: Chosen, rules: Committee | None, seated: Sequence[Winner]) -> list[Finding]:
    """R2: size, odd number, chair and deputy among the members, the Party secretary in the chair."""
    secretary = next((winner.person.id for winner in seated if winner.post is Post.SECRETARY), None)
    if rules is None:
        return []
    members = [member.id for member in form.members]
    findings = residents.committee_composition(
        members, form.chair, rule=rules, secretary=secretary, names=names_on(form, seated)
    )
    if form.deputy not in members or form.deputy == form.chair:
        findings.append(candidacy.no_deputy(form.deputy))
    return findings


def representatives(form: Delegated, unit: UnitBrief, rules: Delegates | None) -> list[Finding]:
    """R7: one for so many households and a floor; one for every organization entitled; households as registered."""
    if rules is None:
        return []
    organizations = unit.organizations if rules.from_organizations else 0
    return [
        *residents.representatives_enough(unit.households, form.from_households, delegates=rules),
        *conduct.delegates_as_registered(unit.households, form.households, organizations, form.from_organizations),
    ]


def plan(unit: UnitBrief, pack: Pack) -> list[Finding]:
    """P4, R1, S1: the seats the unit's plan gives its three bodies; W1: those of the women's federation."""
    given = {body.id: body.seats for body in pack.bodies}
    if BodyId.WOMEN in given:
        return women.seats_allowed(unit.women_seats, given[BodyId.WOMEN])
    if pack.kind == "village":
        return [
            *party.seats_allowed(unit.party_seats, full_members=unit.party_members, plan=given.get(BodyId.PARTY)),
            *village.seats_allowed(unit.residents_seats, pack.norms or Norms()),
            *supervisory.seats_allowed(unit.supervisory_seats, given.get(BodyId.SUPERVISORY)),
        ]
    seats = given.get(BodyId.RESIDENTS)
    stated = None
    if seats is not None and isinstance(seats.min, int) and isinstance(seats.max, int):
        stated = (seats.min, seats.max)
    return [
        *party.seats_allowed(unit.party_seats, full_members=unit.party_members, plan=given.get(BodyId.PARTY)),
        *residents.seats_allowed(unit.residents_seats, plan=stated),
        *supervisory.seats_allowed(unit.supervisory_seats, given.get(BodyId.SUPERVISORY)),
    ]


def poll(
    form: Counted,
    *,
    field: Sequence[Candidate],
    seats: int,
    vote: int,
    ballot: Ballot,
    body: FormBody,
    law: Law,
    roll: int,
    register: Register,
) -> list[Finding]:
    """A result form at the door: the right people on it, the right denominators, nothing the ballot forbids, and the
    officers' declaration against the count (P7–P14, R5, S2)."""
    findings = conduct.same_names("结果报告单候选人", form.names, [candidate.person.id for candidate in field])
    findings.extend(_sheet(form, body, law, ballot, seats, vote, roll))
    findings.extend(conduct.forbidden_means(body, form.proxies, form.roving_boxes, ballot))
    findings.extend(_monitors(form, field, register, body))
    return findings


def plenary(form: Counted, members: Sequence[Winner], ballot: Ballot, law: Law) -> list[Finding]:
    """The committee's own meeting: only members stand, as many names as posts (P15)."""
    known = {member.person.id for member in members}
    findings = [candidacy.still_eligible(key, key) for key in form.names if key not in known]
    findings.extend(_sheet(form, FormBody.PARTY_PLENARY, law, ballot, form.form.total_seats or 0, 1, len(members)))
    return findings


def _sheet(form: Counted, body: FormBody, law: Law, ballot: Ballot, seats: int, vote: int, roll: int) -> list[Finding]:
    sheet: ResultForm = form.form
    findings = conduct.right_form(sheet, body=body, mode=ballot.mode, seats=seats, vote=vote, law=law)
    findings.extend(conduct.right_roll(sheet, body, roll))
    problems = contradictions(sheet)
    if problems:
        return [*findings, *problems]
    verdict = count(sheet)
    findings.extend(conduct.declared_as_counted(form.declared, verdict, body, by_lot=form.by_lot))
    return findings


def _monitors(form: Counted, field: Sequence[Candidate], register: Register, body: FormBody) -> list[Finding]:
    """P9: tellers and monitors are neither candidates nor their near relatives."""
    if not form.monitors:
        return []
    standing = {candidate.person.id: candidate.person.name for candidate in field}
    findings = [conduct.monitor_stands(body, standing[key]) for key in form.monitors if key in standing]
    if register.kin:
        graph = _graph(register, ())
        for key in form.monitors:
            for candidate in standing:
                if key != candidate and graph.related(key, candidate):
                    path = kinship.kin_path(graph, key, candidate)
                    if path is not None:
                        findings.append(conduct.monitor_kin(body, path))
    return findings


def announcement(form: Announced, members: Sequence[str]) -> list[Finding]:
    """R6: what is announced is who was elected."""
    return conduct.same_names("当选名单公告", form.names, members)


def handover(form: HandedOver, step: Step) -> list[Finding]:
    """R6, H1, H2: seals, property, accounts and files are handed over, signed by three where the plan says so."""
    return closing.handed_over(
        form.items, form.inventory, form.signatures, form.completed_on, asked=step.signed_by_three, step=step.id
    )
