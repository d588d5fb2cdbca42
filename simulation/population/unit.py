"""One unit from its own streams: figures, people, kin, answer key. Nothing here depends on any other unit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from policies.arithmetic import at_least
from policies.eligibility import Relaxation, Situation
from policies.people import Post
from simulation.population.chance import stream
from simulation.population.district import Bar, Pools, Sanction, Shortfall, SyntheticUnit
from simulation.population.electorate import Electorate, draw_electorate
from simulation.population.kin import Families
from simulation.population.parameters import Parameters
from simulation.population.people import Draft, Maker
from simulation.population.plan import Plan, draw_odd, draw_seats
from workflows.messages import UnitBrief, VillageFigures

_MOST_EXCLUDED = 2  # newcomers excluded in one pool
_SPARE = 4  # newcomers beyond a lawful list, so that exclusions, kin and withdrawals never empty it
_CONTESTS = 4  # a village votes post by post: chair, deputies, the women's seat, members; one name more for each
_TWO_DEPUTIES = 6  # members from which a village committee has two deputies
_WOMEN = 5  # newcomers among a village's: enough for the women's seat whoever is excluded or steps back
_PARTY_POSTS = (
    (Post.SECRETARY, Post.CHAIR),
    (Post.DEPUTY_SECRETARY, Post.DEPUTY_CHAIR),
    (Post.ORGANIZATION_MEMBER,),
    (Post.PUBLICITY_MEMBER, Post.COMMITTEE_MEMBER),
    (Post.DISCIPLINE_MEMBER, Post.SUPERVISORY_CHAIR),
)


def synthesize_unit(
    seed: int,
    unit: str,
    name: str,
    street: str,
    district: str,
    parameters: Parameters,
    plan: Plan,
    setting: str,
    *,
    first: bool = False,
) -> SyntheticUnit:
    """The unit with this id: always the same for the same seed, parameters and plan. `first`: of its street."""
    figures = stream(seed, unit, "figures")
    brief, adults = _brief(figures, unit, name, street, district, parameters, plan, setting)
    federation = stream(seed, unit, "federation")
    brief = _with_federation(federation, brief, adults, parameters, plan, first=first)
    committee_seats = draw_odd(figures, plan.committee_seats)
    rectified_on, late_by = _rectification(figures, brief.difficult, parameters, plan)

    maker = Maker(unit, stream(seed, unit, "people"), parameters, plan)
    electorate = None
    if plan.is_village or plan.registers:
        rng = stream(seed, unit, "electorate")
        electorate = draw_electorate(rng, unit, brief.households, adults, parameters, maker.taken)
    if plan.is_village and electorate is not None:
        brief = brief.model_copy(update={"village": _posts_of(brief, electorate)})
    cast = _cast(maker, brief, committee_seats, parameters, electorate if plan.is_village else None)
    key = _answer_key(stream(seed, unit, "review"), maker, cast, parameters)
    families = Families(maker, stream(seed, unit, "kin"))  # after the key, which may change a birthday
    families.join(cast.newcomers, cast.standing, parameters)
    women = _women(stream(seed, unit, "women"), maker, brief, parameters)
    return SyntheticUnit(
        brief=brief,
        people=tuple(draft.person() for draft in (*cast.everybody, *women)),
        relatives=tuple(draft.person() for draft in families.relatives),
        kin=tuple(families.declared),
        pools=replace(_pools(cast, key, stream(seed, unit, "finance"), parameters), women=_ids(women)),
        barred=key.barred,
        sanctioned=key.sanctioned,
        unqualified=key.unqualified,
        relaxed=key.relaxed,
        committee_seats=committee_seats,
        adults=adults,
        rectified_on=rectified_on,
        late_by=late_by,
        electorate=electorate,
    )


def _brief(
    rng: Random, unit: str, name: str, street: str, district: str, parameters: Parameters, plan: Plan, setting: str
) -> tuple[UnitBrief, int]:
    structure, party = parameters.structure, parameters.party
    households = structure.households.draw_count(rng)
    residents = round(households * structure.persons_per_household.draw(rng))
    members = party.members.draw_count(rng)
    brief = UnitBrief(
        id=unit,
        name=name,
        street=street,
        district=district,
        households=households,
        residents=residents,
        party_members=members,
        party_due=members - round(members * party.excusable_share.draw(rng)),
        organizations=structure.organizations.draw_count(rng),
        difficult=structure.difficult_share.happens(rng),
        party_seats=draw_seats(rng, plan.party_seats),
        residents_seats=draw_seats(rng, plan.residents_seats),
        supervisory_seats=draw_seats(rng, plan.supervisory_seats),
        setting=setting,
    )
    return brief, round(residents * structure.adult_share.draw(rng))


def _with_federation(
    rng: Random, brief: UnitBrief, adults: int, parameters: Parameters, plan: Plan, *, first: bool
) -> UnitBrief:
    """The women's federation's figures, where the plan elects it; each street's first unit is its pilot."""
    if plan.women_seats is None:
        return brief
    return brief.model_copy(
        update={
            "women_seats": draw_seats(rng, plan.women_seats),
            "women": round(adults * parameters.women.adult_share.draw(rng)),
            "pilot": plan.pilots_first and first,
        }
    )


def _women(rng: Random, maker: Maker, brief: UnitBrief, parameters: Parameters) -> list[Draft]:
    """Those who come forward for the women's federation: more than its list needs."""
    if not brief.women_seats:
        return []
    maker.rng = rng
    usual = parameters.women.contenders.draw_count(rng)
    return [maker.woman() for _ in range(max(usual, at_least((6, 5), brief.women_seats) + _SPARE))]


def _posts_of(brief: UnitBrief, electorate: Electorate) -> VillageFigures:
    """A village's seats by post: one woman's seat, a second deputy only in a large committee."""
    return VillageFigures(groups=electorate.groups, deputies=1 if brief.residents_seats < _TWO_DEPUTIES else 2, women=1)


def _rectification(rng: Random, difficult: bool, parameters: Parameters, plan: Plan) -> tuple[date | None, int]:
    """The day a difficult unit's rectification is accepted, and by how many days that misses the limit."""
    never, late = parameters.events.rectification_never.happens(rng), parameters.events.rectification_late.happens(rng)
    early = rng.randint(0, (plan.rectify_by - plan.rectify_from).days)
    delay = max(1, parameters.events.rectification_delay.draw_count(rng))
    if not difficult or never:
        return None, 0
    if late:
        return plan.rectify_by + timedelta(days=delay), delay
    return plan.rectify_by - timedelta(days=early), 0


# ---------------------------------------------------------------- who there is


@dataclass(slots=True)
class _Cast:
    """Everybody looked at one by one, by what they are there for."""

    party_incumbents: list[Draft]
    residents_incumbents: list[Draft]  # those who sit in the residents' committee only
    supervisors: list[Draft]  # those who sit in the supervisory committee only
    leaving: list[Draft]
    party: list[Draft]
    residents: list[Draft]
    supervisory: list[Draft]
    part_time: list[Draft]
    committee: list[Draft]
    tellers: list[Draft]

    @property
    def incumbents(self) -> list[Draft]:
        """Members of the three bodies."""
        return [*self.party_incumbents, *self.residents_incumbents, *self.supervisors]

    @property
    def standing(self) -> list[Draft]:
        """Incumbents who stand again."""
        return self.staying(self.incumbents)

    @property
    def newcomers(self) -> list[Draft]:
        """Nominees who hold no post."""
        return [*self.party, *self.residents, *self.supervisory]

    @property
    def everybody(self) -> list[Draft]:
        """All of them, in the order of their ids."""
        return [*self.incumbents, *self.newcomers, *self.part_time, *self.committee, *self.tellers]

    def staying(self, group: list[Draft]) -> list[Draft]:
        """Those of a group who do not leave."""
        return [draft for draft in group if draft not in self.leaving]


def _cast(
    maker: Maker, brief: UnitBrief, committee_seats: int, parameters: Parameters, electorate: Electorate | None
) -> _Cast:
    figures, rng = parameters.people, maker.rng
    posts = _posts_now(brief)
    party = [maker.incumbent(held) for held in posts]
    shared = sum(any(post.in_committee for post in held) for held in posts)
    residents = [maker.incumbent((Post.COMMITTEE_MEMBER,)) for _ in range(brief.residents_seats - shared)]
    chaired = any(Post.SUPERVISORY_CHAIR in held for held in posts)
    ranks = [Post.SUPERVISORY_CHAIR, *[Post.SUPERVISORY_MEMBER] * brief.supervisory_seats][chaired:]
    supervisors = [maker.incumbent((post,)) for post in ranks[: brief.supervisory_seats - chaired]]
    leaving = [one for one in (*party, *residents, *supervisors) if figures.leaving_share.happens(rng)]

    def newcomers(
        group: list[Draft], usual: int, list_length: int, member: bool | None = None, women: int = 0
    ) -> list[Draft]:
        staying = sum(one not in leaving for one in group)
        wanted = max(usual, list_length + _SPARE - staying, women)
        return [maker.contender(member=member, woman=place < women) for place in range(wanted)]

    return _Cast(
        party_incumbents=party,
        residents_incumbents=residents,
        supervisors=supervisors,
        leaving=leaving,
        party=newcomers(party, figures.party_contenders.draw_count(rng), at_least((6, 5), brief.party_seats), True),
        residents=newcomers(
            residents,
            figures.residents_contenders.draw_count(rng),
            at_least((6, 5), brief.residents_seats) if electorate is None else brief.residents_seats + _CONTESTS,
            women=0 if electorate is None else _WOMEN,
        ),
        supervisory=newcomers(
            supervisors, figures.supervisory_contenders.draw_count(rng), at_least((6, 5), brief.supervisory_seats)
        ),
        part_time=[maker.helper(member=True) for _ in range(figures.part_time.draw_count(rng))],
        committee=[
            maker.helper(member=True if place == 0 else None)  # the deputy is a Party member of standing (R2)
            for place in range(committee_seats - 1 + figures.committee_reserves.draw_count(rng))
        ],
        tellers=[maker.helper(member=True) for _ in range(_tellers(rng, parameters, electorate))],
    )


def _posts_now(brief: UnitBrief) -> list[tuple[Post, ...]]:
    """What the Party committee's members hold now; no more of them sit in the committee than it has seats."""
    room = brief.residents_seats
    held: list[tuple[Post, ...]] = []
    for posts in [*_PARTY_POSTS, *[(Post.PARTY_MEMBER,)] * brief.party_seats][: brief.party_seats]:
        shared = any(post.in_committee for post in posts)
        held.append(posts if room or not shared else posts[:1])
        room -= shared
    return held


def _tellers(rng: Random, parameters: Parameters, electorate: Electorate | None) -> int:
    """Tellers and monitors: of the one venue, or of every box, with some to spare for those whose kin stands."""
    if electorate is None:
        return parameters.people.tellers.draw_count(rng)
    return electorate.boxes * electorate.box_staff + parameters.villages.staff_reserves.draw_count(rng)


def _pools(cast: _Cast, key: "_Key", rng: Random, parameters: Parameters) -> Pools:
    seated = [one for one in cast.party_incumbents if any(post.in_committee for post in one.incumbent)]
    supervisory = [*cast.staying(cast.supervisors), *cast.supervisory]
    clean = [one for one in supervisory if one.id not in key.barred]
    finance = [one for one in supervisory if parameters.people.finance_share.happens(rng)]
    if not any(one in clean for one in finance):
        finance.append(rng.choice(clean))
    return Pools(
        incumbents=_ids(cast.incumbents),
        party=_ids([*cast.staying(cast.party_incumbents), *cast.party]),
        residents=_ids([*cast.staying([*seated, *cast.residents_incumbents]), *cast.residents]),
        supervisory=_ids(supervisory),
        election_committee=_ids(cast.committee),
        tellers=_ids(cast.tellers),
        part_time=_ids(cast.part_time),
        finance=_ids(finance),
    )


def _ids(drafts: Sequence[Draft]) -> tuple[str, ...]:
    return tuple(draft.id for draft in drafts)


# ---------------------------------------------------------------- what review must find


@dataclass(slots=True)
class _Key:
    """The answer key: who is excluded, and why."""

    barred: dict[str, Bar]
    sanctioned: dict[str, Sanction]
    unqualified: dict[str, Shortfall]
    relaxed: dict[str, Relaxation]


def _answer_key(rng: Random, maker: Maker, cast: _Cast, parameters: Parameters) -> _Key:
    figures, year = parameters.people, maker.plan.starts.year
    key = _Key({}, {}, {}, {})
    situations = list(Situation)
    for pool, has_standards in ((cast.party, True), (cast.residents, True), (cast.supervisory, False)):
        excluded = 0
        for draft in pool:
            barred, short, relaxed = (
                figures.prohibited_rate.happens(rng),
                figures.unqualified_rate.happens(rng),
                figures.relaxed_share.happens(rng),
            )
            if barred and excluded < _MOST_EXCLUDED:
                key.barred[draft.id] = Bar(rng.choice(situations), f"区联审证〔{year}〕{draft.id}号")
                excluded += 1
            elif short and has_standards and excluded < _MOST_EXCLUDED:
                key.unqualified[draft.id] = maker.disqualify(draft)
                excluded += 1
            elif relaxed and has_standards:
                key.relaxed[draft.id] = maker.relax(draft)
    for draft in cast.standing:
        if figures.sanction_rate.happens(rng):
            key.sanctioned[draft.id] = Sanction(
                evidence=f"区纪处证〔{year}〕{draft.id}号",
                allowed=figures.sanction_allowed.happens(rng),
                document=f"街党工研〔{year}〕{draft.id}号",
            )
    return key
