"""What the rules say about the forms of a direct vote: translates each into the policies' questions, as `examination` does.

No rule is stated here; a gate's validator and nothing else calls these functions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from policies.counting import count
from policies.finding import Finding, Severity
from policies.form import Body as FormBody
from policies.form import ResultForm, contradictions
from policies.kinship import KinGraph
from policies.law.norms import Nominator, Norms, SurplusVoids
from policies.pack.schema import Ballot, Committee, Step
from policies.people import Kinship, Person, Post, Sex
from policies.rule import Law, Rule
from policies.rules import candidacy, conduct, party, residents
from policies.rules.polls import V10
from policies.rules.village import (
    acting,
    ballots,
    boxes,
    committee,
    handover,
    lists,
    meetings,
    mixing,
    nomination,
    notices,
    posts,
    proxies,
    register,
    relatives,
    results,
    staff,
)
from policies.tally import is_sum, told_by_two
from policies.venue import RovingBox
from workflows import examination
from workflows.messages import (
    ActingNamed,
    Announced,
    BallotRulesSet,
    BoxesListed,
    Chosen,
    Counted,
    Delegated,
    HandedOver,
    ListCorrected,
    Nominated,
    ObjectionAnswered,
    PollDayFixed,
    Posted,
    ProxiesListed,
    Recorded,
    Registered,
    Slated,
    Staffed,
    StationsSet,
    UnitBrief,
    Winner,
)
from workflows.register import Candidate

NOMINATORS = {nominator.value: nominator for nominator in Nominator}
"""The routes of a pack as the law names who nominates."""


@dataclass(frozen=True)
class Clauses:
    """Which article speaks of the roll: a village's, or (since 2026) a community's own."""

    once: Rule  # on one roll only
    listed: Rule  # the list so many days before the poll
    answered: Rule  # objections and their answers
    proxied: Rule  # who may vote for whom
    void: Rule | None  # a win by unlawful means; None: the law knows none


def remarked(findings: Iterable[Finding]) -> list[Finding]:
    """The same findings as remarks: what is late stays late, refusing it would mend nothing."""
    return [
        finding.model_copy(update={"severity": Severity.WARNING}) if finding.blocks else finding for finding in findings
    ]


def related(
    people: Iterable[Person], kin: Iterable[Kinship], names: Mapping[str, str] = MappingProxyType({})
) -> KinGraph:
    """Declared kinship among people known by name, others called by `names`, and voters by the form's own number only."""
    declared = list(kin)
    called = {one: f"编号 {one}" for link in declared for one in (link.a, link.b)} | dict(names)
    return KinGraph(list(people), declared, called)


# ---------------------------------------------------------------- before the candidates


def poll_day(form: PollDayFixed, first: date | None, last: date | None, norms: Norms, step: str) -> list[Finding]:
    """V6: within the plan's days, with room for the voters' list."""
    return notices.poll_day_possible(form.decided_on, form.poll_day, first, last, norms, step=step)


def election_committee(
    form: Chosen, rules: Committee | None, norms: Norms, seated: Sequence[Winner], step: str
) -> list[Finding]:
    """V2 and the plan's own words on the committee: its size, oddness and chair."""
    members = [member.id for member in form.members]
    secretary = next((winner.person.id for winner in seated if winner.post is Post.SECRETARY), None)
    findings = committee.committee_size(members, norms, step=step)
    if rules is not None:
        findings += residents.committee_composition(
            members,
            form.chair,
            rule=rules,
            secretary=secretary,
            clause=committee.V2,
            place="村",
            names=examination.names_on(form, seated),
            step=step,
        )
    if form.deputy not in members or form.deputy == form.chair:
        findings.append(candidacy.no_deputy(form.deputy, committee.V2))
    return findings


def registration(form: Registered, on: date, norms: Norms, clauses: Clauses, step: str) -> list[Finding]:
    """V4, V5: every special entry lawful, nobody on two rolls, every outsider with an entry."""
    lines = [line for entry in form.entries for line in entry.lines()]
    outside = (register.VoterKind.OUTSIDER, register.VoterKind.RELATED)
    named = len({entry.person for entry in form.entries if entry.kind in outside})
    lawful = [
        finding
        for entry in form.entries
        for finding in register.registered_rightly(entry.lines()[0], on, norms, rule=clauses.once, step=step)
    ]
    return [
        *lawful,
        *register.registered_once(lines, rule=clauses.once, step=step),
        *notices.outsiders_named(form.outsiders, named, rule=clauses.once, step=step),
    ]


def voters_list(form: Posted, voters: int, on: date, norms: Norms, clauses: Clauses, step: str) -> list[Finding]:
    """V6, V7: up in time, with as many names as are registered."""
    return [
        *lists.voters_list_posted(form.posted_on, on, norms, rule=clauses.listed, step=step),
        *notices.roll_adds_up("公布的选民名单", form.voters or 0, voters, rule=clauses.answered, step=step),
    ]


def objection_answered(
    form: ObjectionAnswered,
    number: str,
    received: date,
    today: date,
    norms: Norms,
    clauses: Clauses,
    step: str,
) -> list[Finding]:
    """V7: decided and published; what is late is remarked, and flagged by the gate."""
    objection = register.Objection(
        number=number, received=received, decided=form.decided_on, published=form.published_on
    )
    findings = register.objection_answered(objection, today, norms, rule=clauses.answered, step=step)
    due = register.decision_due(received, norms)
    late = due is not None and form.decided_on > due
    return remarked(findings) if late else findings


def corrected(form: ListCorrected, voters: int, added: int, removed: int, clauses: Clauses, step: str) -> list[Finding]:
    """V7: the corrected list is the published one and the objections' outcome."""
    return [
        *notices.roll_adds_up("增列", form.added, added, rule=clauses.answered, step=step),
        *notices.roll_adds_up("删去", form.removed, removed, rule=clauses.answered, step=step),
        *notices.roll_adds_up("更正后的名单", form.voters, voters + added - removed, rule=clauses.answered, step=step),
    ]


def representatives(form: Delegated, unit: UnitBrief, norms: Norms, step: str) -> list[Finding]:
    """V26: households as registered; representatives and women among them have their shares of the meeting."""
    members = form.total + unit.residents_seats
    return [
        *conduct.delegates_as_registered(unit.households, form.households, 0, form.from_organizations),
        *meetings.meeting_composed(members, form.total, form.women or 0, norms, step=step),
    ]


# ---------------------------------------------------------------- candidates


def nominated(
    form: Nominated, step: Step, seats: Mapping[Post, int], norms: Norms, listed: int, rule: Rule
) -> list[Finding]:
    """V8, V1: by a route the plan knows, with enough behind it, for a post that is elected; nobody twice."""
    findings = candidacy.named_once([nominee.person.name for nominee in form.nominees])
    routes = tuple(route.by for route in step.routes)
    for nominee in form.nominees:
        by = NOMINATORS.get(nominee.route)
        if nominee.route not in routes or by is None:
            findings.append(candidacy.no_such_route(nominee.person.name, nominee.route, routes, rule))
        else:
            findings.extend(
                nomination.nomination_backed(
                    nominee.person.name, by, nominee.supporters, norms, rule=rule, step=step.id
                )
            )
    standing = [posts.Standing(nominee.person, nominee.post) for nominee in form.nominees]
    findings.extend(posts.posts_contested(standing, seats, rule=rule, step=step.id))
    findings.extend(posts.womens_seat(standing, step=step.id))
    if not form.nominees and not listed:
        findings.append(candidacy.nobody_nominated(step.title, rule))
    return findings


def slate(
    form: Slated,
    fit: Sequence[Candidate],
    seats: Mapping[Post, int],
    sitting: Sequence[Winner],
    graph: KinGraph,
    norms: Norms,
    rule: Rule,
    step: str,
) -> list[Finding]:
    """V8, X2, P6: the margin post by post, all still in the running, all committed; women among them (V1).

    `sitting`: members whom a by-election joins; no candidate is a relative of theirs (V21).
    """
    able = {candidate.person.id: candidate for candidate in fit}
    named = [able[key] for key in form.names if key in able]
    stand = {post: sum(candidate.post is post for candidate in named) for post in seats}
    women = sum(candidate.person.sex is Sex.FEMALE for candidate in named)
    signed = {candidate.person.name for candidate in named if candidate.person.id in form.committed}
    return [
        *candidacy.named_once(list(form.names)),
        *(candidacy.still_eligible(key, key) for key in form.names if key not in able),
        *nomination.margins(stand, seats, norms, rule=rule, step=step),
        *(committee.women_possible(women, norms, step=step) if not sitting else ()),
        *_beside(named, sitting, graph, norms, step),
        *party.commitments_signed([candidate.person.name for candidate in named], signed),
    ]


def _beside(
    named: Sequence[Candidate], sitting: Sequence[Winner], graph: KinGraph, norms: Norms, step: str
) -> list[Finding]:
    return [
        finding
        for candidate in named
        for member in sitting
        for finding in relatives.relatives_declared(
            [
                relatives.Winner(person=candidate.person.id, post=candidate.post, votes=0),
                relatives.Winner(person=member.person.id, post=member.post, votes=member.votes or 0),
            ],
            graph,
            norms,
            step=step,
        )
    ]


def posted_list(form: Posted, names: Sequence[str], title: str, on: date, norms: Norms, step: str) -> list[Finding]:
    """V9, O4: the list that was decided, up in time."""
    return [
        *conduct.same_names(title, form.names, names),
        *lists.candidate_list_posted(form.posted_on, on, norms, step=step),
    ]


def met(form: Recorded, on: date, norms: Norms, rule: Rule, step: str) -> list[Finding]:
    """V25-18: the candidates met the voters before the poll day."""
    return nomination.met_voters(form.held_on, on, norms, rule=rule, step=step)


# ---------------------------------------------------------------- the venue


def stations(form: StationsSet, on: date, norms: Norms, step: str) -> list[Finding]:
    """V10: the day, the hours and the places, with secret places to write, published in time."""
    booths = {station.id: station.secret_booths for station in form.stations}
    return [
        *notices.poll_day_stated(form.poll_day, on, step=step),
        *notices.stations_ready(booths, [station.id for station in form.stations], step=step),
        *lists.venue_posted(form.published_on, on, norms, step=step),
    ]


def staffed(
    form: Staffed, candidates: Sequence[Candidate], kin: Iterable[Kinship], norms: Norms, step: str
) -> list[Finding]:
    """V13: no candidate and no relative of one on the staff."""
    people = [candidate.person for candidate in candidates]
    graph = related(people, (*kin, *form.kin), {one.person: one.name for one in form.staff})
    return staff.staff_unrelated(
        [one.person for one in form.staff], [one.id for one in people], graph, norms, step=step
    )


def proxies_listed(
    form: ProxiesListed,
    on: date,
    candidates: Collection[str],
    kin: Iterable[Kinship],
    norms: Norms,
    clauses: Clauses,
    step: str,
) -> list[Finding]:
    """V11, R25-19: every proxy on the list, all problems at once."""
    given = [
        proxies.Proxy(
            principal=one.principal,
            holder=one.holder,
            noticed=one.received_on,
            written=one.written,
            published=form.published_on,
            principal_name=one.principal_name,
            holder_name=one.holder_name,
        )
        for one in form.proxies
    ]
    graph = related((), (*kin, *form.kin))
    return proxies.proxies_lawful(given, on, norms, graph, candidates=candidates, rule=clauses.proxied, step=step)


def boxes_listed(
    form: BoxesListed,
    on: date,
    candidates: Sequence[Candidate],
    kin: Iterable[Kinship],
    serving: Mapping[str, str],
    norms: Norms,
    step: str,
) -> list[Finding]:
    """V12, V13: each roving box allowed, watched by enough people who are no candidates and none of their relatives.

    `serving`: names by id of those appointed to serve at the vote.
    """
    people = [candidate.person for candidate in candidates]
    graph, ids = related(people, kin, serving), [person.id for person in people]
    findings = []
    for box in form.boxes:
        findings += boxes.roving_box_allowed(roving(box, form.published_on), on, norms, step=step)
        findings += staff.staff_unrelated(box.monitors, ids, graph, norms, step=step)
    return findings


def roving(box: RovingBox, published: date) -> boxes.Roving:
    """A published box as the rule asks about it."""
    return boxes.Roving(
        name=box.id,
        reason=box.reason,
        monitors=box.monitors,
        users=box.users,
        approval=box.approval,
        published=published,
    )


def ballot_rules(form: BallotRulesSet, norms: Norms, step: str) -> list[Finding]:
    """V16: what voids a ballot, as the law has it."""
    return notices.ballot_rules_lawful(
        over_marked_void=form.over_marked_void,
        two_posts_void=form.two_posts_void,
        blank_abstains=form.blank_abstains,
        norms=norms,
        step=step,
    )


# ---------------------------------------------------------------- the poll


def poll(
    form: Counted,
    *,
    field: Sequence[Candidate],
    seats: Mapping[Post, int],
    vote: int,
    law: Law,
    ballot: Ballot,
    voters: int,
    stations: Collection[str],
    roving_boxes: Sequence[boxes.Roving],
    proxies_published: int,
    kin: Iterable[Kinship],
    serving: Mapping[str, str],
    norms: Norms,
    step: str,
) -> list[Finding]:
    """The poll's form at the door, box by box and in all: people, posts, denominators, boxes, proxies, staff, declaration."""
    sheet = form.form
    printed = [key for key, entry in zip(form.names, sheet.candidates, strict=False) if not entry.write_in]
    findings = conduct.same_names("结果报告单候选人", printed, [candidate.person.id for candidate in field])
    findings += notices.roll_adds_up("结果报告单的人员编号", len(form.names), len(sheet.candidates), rule=V10)
    on_ballot = {(one.person.id, one.post.label): one.person.name for one in field}
    findings += conduct.rows_are_of(sheet, form.names, on_ballot, {one.id: one.name for one in form.written_in})
    findings += conduct.right_form(
        sheet, body=FormBody.VILLAGE, mode=ballot.mode, seats=sum(seats.values()), vote=vote, law=law
    )
    findings += conduct.right_posts(sheet, {post.label: n for post, n in seats.items()})
    findings += conduct.right_roll(sheet, FormBody.VILLAGE, voters)
    findings += conduct.forbidden_means(FormBody.VILLAGE, form.proxies, form.roving_boxes, ballot)
    findings += notices.proxies_used(form.proxies, proxies_published, step=step)
    people = [candidate.person for candidate in field]
    names = [person.name for person in people]
    findings += _by_box(form, stations, roving_boxes, names, ballot.entered_twice, norms, step)
    findings += staff.staff_unrelated(
        form.monitors, [person.id for person in people], related(people, kin, serving), norms, step=step
    )
    wrong = contradictions(sheet)
    if wrong:
        return [*findings, *wrong]
    return [*findings, *conduct.declared_as_counted(form.declared, count(sheet), FormBody.VILLAGE, by_lot=form.by_lot)]


def _by_box(
    form: Counted,
    stations: Collection[str],
    roving_boxes: Sequence[boxes.Roving],
    candidates: Collection[str],
    asks_tellers: bool,
    norms: Norms,
    step: str,
) -> list[Finding]:
    known = [*stations, *(box.name for box in roving_boxes)]
    counted = {box.box: box.form for box in form.boxes}
    findings = notices.boxes_accounted([box.box for box in form.boxes], known, step=step)
    counts = {name: one for name, one in (*counted.items(), (mixing.MIXED, form.mixed)) if isinstance(one, ResultForm)}
    findings += mixing.mixed_conserved(counted, form.mixed, step=step)
    entered = [entry.form for telling in form.tellings for entry in telling.entries if entry.form is not None]
    small = mixing.small_counts(counted, form.mixed, entered, step=step)
    findings += small
    if not small:  # else what is wrong in them would be told with the very votes that must not be written down
        findings += [finding for one in counts.values() for finding in contradictions(one)]
        findings += is_sum(form.form, list(counts.values()))
        if asks_tellers or form.tellings:
            findings += told_by_two(form.tellings, counts, candidates)
    every = norms.surplus_voids is SurplusVoids.BOX  # else a poll void in all is recorded with nobody declared
    findings += ballots.surplus(counted, norms, only=None if every else _declaring(form), step=step)
    for box in roving_boxes:
        sheet = counted.get(box.name)
        collected = ballots.collected(sheet) if sheet is not None else None
        if collected is not None:
            findings += boxes.box_users_counted(box, collected, norms, step=step)
    return findings


def _declaring(form: Counted) -> set[str]:
    """The kinds of ballot by which somebody is declared elected."""
    parts = form.form.parts()
    if len(parts) == 1:
        return {part.kind for part in parts if form.declared}
    return {part.kind for part in parts if any(each.name in form.declared for each in part.form.candidates)}


def run_off(
    form: Counted, first: date, unelected: Mapping[str, int], field: Sequence[str], seats: int, norms: Norms, step: str
) -> list[Finding]:
    """V19: within its window (what is late is remarked, and flagged by the gate), among those with most votes."""
    return [
        *remarked(results.further_vote_in_time(first, form.held_on, norms, step=step)),
        *results.further_vote_candidates(unelected, field, seats, step=step),
    ]


def left_vacant(form: Recorded, elected: int, seats: int, chair: bool, norms: Norms, step: str) -> list[Finding]:
    """V20: what of the province's conditions does not hold is remarked: after the last further vote the seats are open all the same."""
    return remarked(
        results.seats_left_vacant(
            elected,
            seats,
            norms,
            chair_elected=chair,
            further_vote_held=True,
            meeting_decided=form.complete,
            step=step,
        )
    )


def acting_named(
    form: ActingNamed,
    due: acting.Due,
    names: Mapping[str, str],
    norms: Norms,
    *,
    representatives: int,
    members: int,
    step: str,
) -> list[Finding]:
    """V20, V26: who acts is whom the law names, or whom the right meeting chose."""
    return acting.acts_lawfully(
        form.person, form.vote, due, names, norms, representatives=representatives, members=members, step=step
    )


def announced(form: Announced, members: Sequence[str]) -> list[Finding]:
    """V10, V21: what is announced is who was elected, relatives apart."""
    return conduct.same_names("选举结果公告", form.names, members)


def handed_over(form: HandedOver, elected_on: date, norms: Norms, step: Step) -> list[Finding]:
    """V23, H1, H2: everything on the list, signed where the plan says so; what is late is remarked, and flagged by the gate."""
    went = handover.Handover(seal=form.sealed_on, completed=form.completed_on, supervised=bool(form.supervised_by))
    return [
        *examination.handover(form, step),
        *remarked(handover.handed_over(went, elected_on, form.completed_on, norms, step=step.id)),
    ]
