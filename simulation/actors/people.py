"""The honest forms about persons: who is nominated, who reviews and what they find, who is put on the list.

Reviewers consult the population's answer key the way departments consult their files; only their conclusions leave here.
"""

from collections.abc import Sequence

from policies.arithmetic import at_least
from policies.pack.schema import Act, Role, Step, Threshold
from policies.people import PartyStanding, Post
from policies.rules.residents import representatives_needed
from simulation.actors.preparation import asks, department_rows
from simulation.actors.scene import Scene
from workflows.messages import Chosen, Conclusion, Delegated, Nominated, Nominee, Reviewed, Slated

SPARE = {"party": 3, "residents": 3, "supervisory": 2, "women": 2}
"""Nominees beyond what a lawful list needs, because some will be screened out or step back."""
_SPARE_ON_LIST = 1  # names on a slate beyond its margin, in case somebody steps back
_EXTRA_SUPPORTERS = 6


# ---------------------------------------------------------------- nominations


def names_needed(scene: Scene) -> int:
    """Names the list of the scene's body needs: its seats and the margin of its poll."""
    seats = seats_of(scene, scene.body_name)
    ballot = next((step.ballot for step in steps_of(scene) if step.ballot is not None), None)
    margin = None if ballot is None else ballot.margin
    if not isinstance(margin, Threshold):
        return seats
    return seats + at_least((margin.numerator, margin.denominator), seats)


def seats_of(scene: Scene, body: str) -> int:
    """The unit's seats in a body."""
    brief = scene.unit.brief
    seats = {"party": brief.party_seats, "residents": brief.residents_seats, "women": brief.women_seats}
    return seats.get(body, brief.supervisory_seats)


def steps_of(scene: Scene) -> tuple[Step, ...]:
    """The steps of the scene's body in the pack's order."""
    for body in scene.setting.pack.bodies:
        if body.id == scene.body_name:
            return body.steps
    return ()


def nominate(scene: Scene) -> Nominated:
    """The likeliest of the pool, enough of them for a list with some to spare; in a later round those still left."""
    name, memory = scene.body_name, scene.memory
    before = set(scene.body.nominated)
    wanted = names_needed(scene) + SPARE.get(name, 2) - len(scene.body.fit())
    chosen = [person for person in _pool(scene, name) if person not in before][: max(wanted, 1)]
    posts = _posts(scene, name, chosen, again=bool(before))
    nominees = tuple(nominee(scene, person, post) for person, post in zip(chosen, posts, strict=True))
    nominees = _with_accounts(scene, nominees)
    return Nominated(nominees=nominees, kin=memory.declared_by(chosen), closed_on=scene.day)


def _pool(scene: Scene, body: str) -> list[str]:
    """Who could be put forward, the likeliest first; should a pool run out, those of the other pools."""
    pools, memory = scene.unit.pools, scene.memory
    if body == "party":
        others = (*pools.residents, *pools.supervisory)
        members = (person for person in others if memory.people[person].standing is PartyStanding.FULL)
        return list(dict.fromkeys((*pools.party, *members)))
    if body == "women":
        return list(pools.women)
    if body == "residents":  # 一肩挑: the new secretary is put forward first
        first = (memory.secretary,) if memory.secretary else ()
        return list(dict.fromkeys((*first, *pools.residents, *pools.supervisory)))
    sitting = set(memory.bodies["residents"].members)  # S1 bars them and their near relatives
    willing = dict.fromkeys((*pools.supervisory, *pools.residents))
    apart = [person for person in willing if person not in sitting and not memory.kin_of(person) & sitting]
    accounts = [person for person in apart if person in pools.finance][:1]  # S1: one who knows accounts
    return [*accounts, *(person for person in apart if person not in accounts)]


def _posts(scene: Scene, body: str, chosen: Sequence[str], *, again: bool) -> list[Post]:
    others = {
        "party": Post.PARTY_MEMBER,
        "residents": Post.COMMITTEE_MEMBER,
        "women": Post.FEDERATION_MEMBER,
    }.get(body, Post.SUPERVISORY_MEMBER)
    heads = {
        "party": [Post.SECRETARY, Post.DEPUTY_SECRETARY],
        "residents": [Post.CHAIR, Post.DEPUTY_CHAIR],
        "supervisory": [Post.SUPERVISORY_CHAIR],
        "women": [Post.FEDERATION_CHAIR],
    }[body]
    if again:
        heads = []
    if body == "party":  # whoever holds the post now goes first, where they stand again
        held = {post: person for person in chosen for post in scene.memory.people[person].incumbent}
        wanted = {held[post]: post for post in heads if post in held}
        free = [post for post in heads if post not in held]
        return [wanted.get(person) or (free.pop(0) if free else others) for person in chosen]
    return [heads[place] if place < len(heads) else others for place in range(len(chosen))]


def nominee(scene: Scene, person: str, post: Post) -> Nominee:
    """One person put forward for a post by one of the plan's routes, with enough who join."""
    routes = scene.step.routes if scene.step is not None else ()
    superior = [route for route in routes if route.by == "superior_party"] if post is Post.SECRETARY else []
    route = superior[0] if superior else scene.rng.choice(routes)
    fewest = route.at_least if isinstance(route.at_least, int) else 1
    alone = route.by in ("self", "superior_party", "party_organization")
    relaxation = scene.unit.relaxed.get(person)
    return Nominee(
        person=scene.memory.people[person],
        post=post,
        route=route.by,
        supporters=fewest if alone else fewest + scene.rng.randrange(_EXTRA_SUPPORTERS),
        relaxations=() if relaxation is None else (relaxation,),
        finance=asks(scene).finance and person in scene.unit.pools.finance,
    )


def _with_accounts(scene: Scene, nominees: tuple[Nominee, ...]) -> tuple[Nominee, ...]:
    """Where the plan asks for somebody who knows accounts (S1) and the pool has nobody left, the office looks for one."""
    known = scene.body.nominated and not set(scene.body.fit()).isdisjoint(scene.unit.pools.finance)
    if not asks(scene).finance or not nominees or known or any(nominee.finance for nominee in nominees):
        return nominees
    return (nominees[0].model_copy(update={"finance": True}), *nominees[1:])


# ---------------------------------------------------------------- review


def review(scene: Scene) -> Reviewed:
    """A conclusion on everybody before this level: exactly those are screened out whom this level's files show unfit."""
    level = _Level(scene)
    conclusions = tuple(level.conclude(person) for person in scene.task.people)
    return Reviewed(
        conclusions=conclusions,
        signed_on=scene.day,
        document=scene.number("审"),
        departments=department_rows(scene, conclusions),
    )


class _Level:
    """One level of review: its reviewer and which files it looks into."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        levels = [step for step in steps_of(scene) if step.act is Act.REVIEW]
        vetting = [step.id for step in levels if step.actor is Role.JOINT_VETTING]
        place = [step.id for step in levels].index(scene.task.step)
        self.first = place == 0
        departments = [step.id for step in levels].index(vetting[0]) if vetting else len(levels) - 1
        self.departments = place >= departments  # what the departments know stays known from here on
        self.reviewer = scene.office(scene.task.role)
        self.seated = scene.memory.seated_before(scene.body_name)
        self.reinstated = scene.body.reinstated

    def conclude(self, person: str) -> Conclusion:
        """This level's conclusion on one person."""
        unit = self.scene.unit
        if not self.seated.isdisjoint(self.scene.memory.kin_of(person)):
            return self._excluded(person, "X1", "与已当选的其他组织成员有近亲属关系", self.scene.number("亲属申报"))
        # The plan asks X3 of the two committees only (二（一）: 社区“两委”换届提名人选准入条件).
        shortfall = None if self.scene.body_name == "supervisory" else unit.unqualified.get(person)
        if shortfall is not None:
            return self._excluded(person, "X3", shortfall.reason, self.scene.number("资格审"))
        sanction = unit.sanctioned.get(person)
        if sanction is not None and not sanction.allowed:
            return self._excluded(person, "X2", "党纪政务轻处分未过影响期，街道党工委讨论未同意", sanction.evidence)
        bar = unit.barred.get(person)
        if bar is not None and self.departments and person not in self.reinstated:
            return self._excluded(person, "X2", bar.situation.heading, bar.evidence)
        reason = f"经街道党工委讨论同意作为人选（{sanction.document}）" if sanction is not None and self.first else ""
        return Conclusion(person=person, passed=True, reason=reason, reviewer=self.reviewer)

    def _excluded(self, person: str, rule: str, reason: str, evidence: str) -> Conclusion:
        return Conclusion(
            person=person, passed=False, rule=rule, reason=reason, evidence=evidence, reviewer=self.reviewer
        )


# ---------------------------------------------------------------- the list, the election committee, representatives


def slate(scene: Scene) -> Slated:
    """Enough names for the margin and one to spare, no two of them near kin, every one committed in writing."""
    fit = scene.body.fit()
    before = set(scene.body.listed)
    ordered = [person for person in fit if person in before] + [person for person in fit if person not in before]
    apart = scene.memory.kin_apart(ordered, scene.memory.seated_before(scene.body_name))
    names = tuple(apart[: names_needed(scene) + _SPARE_ON_LIST])
    return Slated(names=names, committed=names, decided_on=scene.day)


def election_committee(scene: Scene) -> Chosen:
    """The Party secretary in the chair, an odd number of others who do not stand, and the reserves behind them."""
    memory, unit = scene.memory, scene.unit
    pool = [memory.people[person] for person in unit.pools.election_committee if person != memory.secretary]
    chair = memory.people[memory.secretary] if memory.secretary else pool.pop()
    others = unit.committee_seats - 1
    return Chosen(
        members=(chair, *pool[:others]),
        chair=chair.id,
        deputy=pool[0].id,
        reserves=tuple(pool[others:]),
        held_on=scene.day,
    )


def representatives(scene: Scene) -> Delegated:
    """One for thirty households begun and fifty at least, sometimes one or two more, and one for each organization."""
    brief = scene.unit.brief
    rules = next((body.delegates for body in scene.setting.pack.bodies if body.delegates is not None), None)
    needed = 50 if rules is None else representatives_needed(brief.households, rules)
    return Delegated(
        households=brief.households,
        from_households=needed + scene.rng.randrange(3),
        organizations_present=brief.organizations,
        from_organizations=brief.organizations if rules is None or rules.from_organizations else 0,
        held_on=scene.day,
    )
