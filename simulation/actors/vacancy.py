"""What a by-election asks otherwise than the election: its day, and who is put forward for the vacant seat.

The same in villages and in communities; everything else of a by-election is answered as in the election it repeats.
"""

from datetime import timedelta

from policies.people import Post, Sex
from simulation.actors.memory import UnitMemory
from simulation.actors.people import nominee
from simulation.actors.scene import Scene
from simulation.actors.village import SPARE_NOMINEES, names_on_list, posts
from workflows.messages import Nominated, PollDayFixed

_CALLED_IN = 60  # days from the decision on a by-election to its poll


def poll_day(scene: Scene) -> PollDayFixed:
    """In two months: the roll, the nominations and their reviews take that long."""
    return PollDayFixed(decided_on=scene.day, poll_day=scene.day + timedelta(days=_CALLED_IN))


def able_to_join(memory: UnitMemory, post: Post) -> list[str]:
    """Who could stand in a by-election to a post: no member of a body, no near relative of one, nothing known against them."""
    unit, pools = memory.unit, memory.unit.pools
    sitting = {one for name in ("party", "residents", "supervisory") for one in memory.bodies[name].members}
    unfit = (
        {memory.gone}
        | unit.barred.keys()
        | unit.unqualified.keys()
        | unit.sanctioned.keys()
        | set(pools.election_committee)
    )
    return [
        one
        for one in dict.fromkeys((*pools.residents, *pools.supervisory))
        if one not in sitting
        and one not in unfit
        and not memory.kin_of(one) & sitting
        and (post is not Post.WOMEN_MEMBER or memory.people[one].sex is Sex.FEMALE)
    ]


def nominate(scene: Scene) -> Nominated:
    """The likeliest for the vacant seat, with some to spare."""
    ((post, seats),) = posts(scene)
    free = [one for one in able_to_join(scene.memory, post) if one not in scene.body.nominated]
    named = free[: names_on_list(scene, seats) + SPARE_NOMINEES]
    return Nominated(
        nominees=tuple(nominee(scene, person, post) for person in named),
        kin=scene.memory.declared_by(named),
        closed_on=scene.day,
    )
