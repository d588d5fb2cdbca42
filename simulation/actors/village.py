"""The honest forms of a direct vote's preparation: poll day, roll, objections, candidates by post, stations, staff, proxies, boxes.

The election committee knows its village's register; only figures and the entries the law has published leave here.
"""

from collections import Counter
from datetime import date, timedelta

from policies.arithmetic import at_least
from policies.law.norms import Acting, Norms, RovingBox
from policies.pack.schema import Absolute, BodyId
from policies.people import Kinship, Post, Sex
from policies.roll import RollEntry, VoterKind
from policies.rules.residents import representatives_needed
from policies.rules.village.boxes import BoxReason
from policies.rules.village.meetings import Meeting, MeetingVote
from policies.venue import Duty, Proxy, Relation, Staff, Station
from policies.venue import RovingBox as Box
from simulation.actors.memory import DirectVote
from simulation.actors.papers import hand_over
from simulation.actors.papers import post as put_up
from simulation.actors.people import nominee
from simulation.actors.scene import Scene
from simulation.population.electorate import Electorate
from workflows.messages import (
    ActingNamed,
    BallotRulesSet,
    BoxesListed,
    Delegated,
    Form,
    HandedOver,
    ListCorrected,
    Nominated,
    ObjectionAnswered,
    PollDayFixed,
    Posted,
    ProxiesListed,
    Registered,
    Slated,
    Staffed,
    StationsSet,
)

MAIN_VENUE = "中心会场"
_OPENS, _CLOSES = 8, 16
_BOOTHS = 2
SPARE_NOMINEES = 2  # of each post, beyond what its list needs: some are screened out or step back
_DUTIES = (Duty.MONITOR, Duty.TELLER, Duty.CALLER)


def electorate_of(scene: Scene) -> Electorate:
    """The unit's voters. Raises LookupError where nobody registers any: nothing of this page belongs there."""
    if scene.unit.electorate is None:
        raise LookupError(f"{scene.unit.id} 不登记选民")
    return scene.unit.electorate


def norms_of(scene: Scene) -> Norms:
    """The law's values for this election; none where the pack gives none."""
    return scene.setting.pack.norms or Norms()


def remember(direct: DirectVote, form: Form) -> None:
    """What the election committee keeps in mind of a form accepted."""
    match form:
        case PollDayFixed():
            direct.poll_day = form.poll_day
        case Registered():
            direct.voters = form.total
        case ObjectionAnswered():
            direct.added += len(form.added)
        case ListCorrected():
            direct.roll = form.voters
        case StationsSet():
            direct.stations = tuple(station.id for station in form.stations)
        case Staffed():
            direct.staff = tuple((one.person, one.box) for one in form.staff)
        case BoxesListed():
            direct.roving = {box.id: len(box.users) for box in form.boxes}
        case _:
            pass


# ---------------------------------------------------------------- the day, the roll, objections


def poll_day(scene: Scene) -> PollDayFixed:
    """The day the county gave the village, else one within the plan's window for the poll."""
    given = scene.unit.brief.village.poll_day if scene.unit.brief.village is not None else None
    return PollDayFixed(decided_on=scene.day, poll_day=given or _any_day(scene))


def _any_day(scene: Scene) -> date:
    window = scene.setting.steps["residents.poll"].window
    shift = timedelta(days=scene.memory.shift)
    if not isinstance(window, Absolute) or window.from_ is None or window.to is None:
        return scene.setting.pack.completed_by - timedelta(days=30) + shift
    return window.from_ + timedelta(days=scene.rng.randrange((window.to - window.from_).days + 1)) + shift


def register(scene: Scene) -> Registered:
    """Everybody who may vote here, by kind; outsiders agreed to are entries of their own, each on one roll only."""
    known = electorate_of(scene)
    return Registered(
        closed_on=scene.day,
        residents=known.resident,
        away=known.away,
        outsiders=known.accepted,
        households=scene.unit.brief.households,
        entries=tuple(
            RollEntry(
                person=outsider.voter.id,
                name=outsider.voter.name,
                unit=scene.unit.id,
                kind=VoterKind.OUTSIDER,
                born=scene.setting.pack.starts - timedelta(days=round(outsider.age * 365.25)),
                months_lived=outsider.months,
                months_worked=None if scene.is_direct else outsider.months,  # a community registers who works for it
                asked=True,
                agreed=True,
                confirmed=None if scene.is_direct else True,
            )
            for outsider in known.outsiders
            if outsider.agreed
        ),
    )


def post_voters(scene: Scene) -> Posted:
    """The list of voters put up: how many names stand on it."""
    return put_up(scene).model_copy(update={"voters": scene.memory.direct.voters})


def answer_objection(scene: Scene) -> ObjectionAnswered:
    """The objection decided by looking at the register, and published the same day."""
    number = scene.task.gate.partition(":")[2]
    found = scene.memory.direct.objections[number]
    return ObjectionAnswered(
        decided_on=scene.day,
        published_on=scene.day,
        upheld=found.upheld,
        added=(found.about.id,) if found.upheld else (),
        reason="经核实漏登，补登" if found.upheld else "经核实，不符合登记条件",
    )


def correct(scene: Scene) -> ListCorrected:
    """The list after every objection."""
    direct = scene.memory.direct
    return ListCorrected(published_on=scene.day, added=direct.added, removed=0, voters=direct.voters + direct.added)


def representatives(scene: Scene) -> Delegated:
    """The village's delegates, at least a third of them women, and a leader for each group."""
    known, brief = electorate_of(scene), scene.unit.brief
    rules = next((body.delegates for body in scene.setting.pack.bodies if body.delegates is not None), None)
    needed = 0 if rules is None else representatives_needed(brief.households, rules)
    members = brief.residents_seats  # they sit in the delegates' meeting too: four fifths of it are delegates
    delegates = max(known.delegates, needed, 4 * members)
    return Delegated(
        households=brief.households,
        from_households=delegates,
        organizations_present=0,
        from_organizations=0,
        held_on=scene.day,
        women=max(known.women_delegates, at_least((1, 3), delegates + members)),
        groups=known.groups,
    )


# ---------------------------------------------------------------- candidates, post by post


def posts(scene: Scene) -> list[tuple[Post, int]]:
    """The committee's seats by post, the higher first; posts without a seat are left out. In a by-election what is vacant."""
    if scene.body_name == BodyId.BY_ELECTION:
        return list(Counter(scene.memory.vacant).items())
    brief = scene.unit.brief
    assert brief.village is not None
    others = brief.residents_seats - 1 - brief.village.deputies - brief.village.women
    seats = [
        (Post.CHAIR, 1),
        (Post.DEPUTY_CHAIR, brief.village.deputies),
        (Post.WOMEN_MEMBER, brief.village.women),
        (Post.COMMITTEE_MEMBER, others),
    ]
    return [(post, number) for post, number in seats if number > 0]


def names_on_list(scene: Scene, seats: int) -> int:
    """Candidates for a post of so many seats: as many more as the norms ask for, one at least."""
    return seats + max(norms_of(scene).margin_min or 1, 1)


def nominate(scene: Scene) -> Nominated:
    """The likeliest for each post; in a later round as many as are still wanting. Only women for the women's seat."""
    memory, body = scene.memory, scene.body
    first = (memory.secretary,) if memory.secretary else ()  # 一肩挑: the new secretary is put forward first
    pools = scene.unit.pools
    free = [one for one in dict.fromkeys((*first, *pools.residents, *pools.supervisory)) if one not in body.nominated]
    standing = body.fit()
    chosen: list[tuple[str, Post]] = []
    for post, seats in sorted(posts(scene), key=lambda entry: entry[0] is not Post.WOMEN_MEMBER):
        able = [one for one in free if post is not Post.WOMEN_MEMBER or memory.people[one].sex is Sex.FEMALE]
        if post is Post.WOMEN_MEMBER:
            able = [one for one in able if one not in first]
        have = sum(body.posts.get(one) is post for one in standing)
        for person in able[: max(names_on_list(scene, seats) + SPARE_NOMINEES - have, 0)]:
            chosen.append((person, post))
            free.remove(person)
    chosen.sort(key=lambda entry: _RANK[entry[1]])
    named = [person for person, _ in chosen]
    return Nominated(
        nominees=tuple(nominee(scene, person, post) for person, post in chosen),
        kin=memory.declared_by(named),
        closed_on=scene.day,
    )


_RANK = {Post.CHAIR: 0, Post.DEPUTY_CHAIR: 1, Post.WOMEN_MEMBER: 2, Post.COMMITTEE_MEMBER: 3}


def candidates(scene: Scene) -> Slated:
    """For each post its seats and the margin, in the order of nomination, every one committed in writing."""
    fit, body = scene.body.fit(), scene.body
    names: list[str] = []
    for post, seats in posts(scene):
        names += [one for one in fit if body.posts.get(one) is post][: names_on_list(scene, seats)]
    return Slated(names=tuple(names), committed=tuple(names), decided_on=scene.day)


# ---------------------------------------------------------------- where and by whom the vote is taken


def stations(scene: Scene) -> StationsSet:
    """The main venue and the village's other stations, each with places to write in secret."""
    known, name = electorate_of(scene), scene.unit.brief.name
    return StationsSet(
        published_on=scene.day,
        poll_day=scene.memory.direct.poll_day or scene.day,
        opens=_OPENS,
        closes=_CLOSES,
        stations=(
            Station(id=MAIN_VENUE, place=f"{name}村部", secret_booths=_BOOTHS + known.stations),
            *(
                Station(id=f"投票站{number + 1}", place=f"{name}第{number + 1}村民小组", secret_booths=_BOOTHS)
                for number in range(known.stations)
            ),
        ),
    )


def roving_boxes(scene: Scene) -> list[str]:
    """Names of the roving boxes the village will use: none where the law has none, nor in a by-election."""
    if norms_of(scene).roving_box is RovingBox.NONE or scene.body_name == BodyId.BY_ELECTION:
        return []
    return [f"流动票箱{number + 1}" for number in range(len(electorate_of(scene).roving))]


def staff(scene: Scene) -> Staffed:
    """Enough for every box, nobody who stands or whose near relative does."""
    known, direct = electorate_of(scene), scene.memory.direct
    free = _unrelated(scene)
    least = max(known.box_staff, norms_of(scene).box_monitors_min or 0)
    found: list[Staff] = []
    for box in [*direct.stations, *roving_boxes(scene)]:
        roving = box not in direct.stations
        for number, person in enumerate(free[len(found) : len(found) + least]):
            duty = Duty.MONITOR if roving else _DUTIES[number % len(_DUTIES)]
            found.append(Staff(person=person, name=scene.memory.people[person].name, duty=duty, box=box))
    ids = [one.person for one in found]
    return Staffed(published_on=scene.day, staff=tuple(found), kin=scene.memory.declared_by(ids))


def _unrelated(scene: Scene) -> list[str]:
    standing = set(scene.body.listed)
    return [
        person
        for person in scene.unit.pools.tellers
        if person not in standing and not scene.memory.kin_of(person) & standing
    ]


def proxies(scene: Scene) -> ProxiesListed:
    """Every proxy given in writing and in time, to a near relative who votes here and does not stand."""
    known, norms = electorate_of(scene), norms_of(scene)
    day = scene.memory.direct.poll_day or scene.day
    latest = min(day - timedelta(days=norms.proxy_notice_days or 1), scene.day)
    return ProxiesListed(
        published_on=scene.day,
        proxies=tuple(
            Proxy(
                principal=one.principal.id,
                principal_name=one.principal.name,
                holder=one.holder.id,
                holder_name=one.holder.name,
                relation=Relation.NEAR_RELATIVE,
                received_on=latest - timedelta(days=scene.rng.randrange(5)),
            )
            for one in known.proxies
        ),
        kin=tuple(Kinship(a=one.holder.id, b=one.principal.id, relation=one.kin) for one in known.proxies),
    )


def boxes(scene: Scene) -> BoxesListed:
    """The roving boxes with their users and monitors, approved by the township; none is an answer too."""
    known, norms = electorate_of(scene), norms_of(scene)
    reason = BoxReason.DISPERSED if norms.roving_box is RovingBox.DISPERSED else BoxReason.IMPAIRED
    direct = scene.memory.direct
    return BoxesListed(
        published_on=scene.day,
        boxes=tuple(
            Box(
                id=name,
                reason=reason,
                users=tuple(voter.id for voter in users),
                monitors=tuple(person for person, box in direct.staff if box == name),
                approval=scene.number("镇政批"),
            )
            for name, users in zip(roving_boxes(scene), known.roving, strict=False)
        ),
    )


def ballot_rules(scene: Scene) -> BallotRulesSet:
    """What the law says of ballots that do not count."""
    return BallotRulesSet(
        published_on=scene.day,
        over_marked_void=True,
        two_posts_void=bool(norms_of(scene).two_posts_void),
        blank_abstains=True,
    )


def name_who_acts(scene: Scene) -> ActingNamed:
    """The first of those who may act; where the law names nobody, the representatives' meeting has chosen, most of it there."""
    first, *others = scene.task.people
    by_votes = norms_of(scene).acting_chair is Acting.MOST_VOTES or scene.body.posts.get(first) is Post.DEPUTY_CHAIR
    due = scene.memory.representatives + len(scene.task.people)  # whoever else is in office was a representative before
    present = due - due // 5
    chosen = MeetingVote(
        meeting=Meeting.REPRESENTATIVES, due=due, present=present, in_favour=present - (present - 1) // 4
    )
    return ActingNamed(held_on=scene.day, person=first, vote=chosen if others or not by_votes else None)


def seal_and_hand_over(scene: Scene) -> HandedOver:
    """The seal on the day of the election, everything else when it is counted and signed."""
    last = scene.body.poll
    return hand_over(scene).model_copy(update={"sealed_on": scene.day if last is None else last.held_on})
