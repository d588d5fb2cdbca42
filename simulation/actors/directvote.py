"""The honest result form of a direct vote: every box opened, small ones mixed with the main venue's, the sum declared."""

from policies.form import ResultForm, Sex
from policies.pack.schema import Threshold
from policies.people import Post
from policies.rules.village.mixing import MIXED
from policies.tally import BoxTelling, TellerEntry
from simulation.actors.polls import declared
from simulation.actors.scene import Scene
from simulation.actors.village import electorate_of
from simulation.population.chance import numpy_stream
from simulation.population.direct import draw_direct_poll, merged, opened
from simulation.population.voting import Contender, Poll
from simulation.population.writein import draw_write_in
from workflows.messages import BoxCount, Counted

_FEWEST_AT_A_STATION = 0.15  # of those registered, against the main venue's rest


def poll(scene: Scene) -> Counted:
    """The vote post by post over the task's contests, box by box, and the sum of all boxes."""
    task = scene.task
    ballot = scene.step.ballot if scene.step is not None else None
    forms = draw_direct_poll(
        numpy_stream(scene.seed, task.workflow, task.gate),
        rolls=rolls(scene),
        seats={contest.post: contest.seats for contest in task.contests},
        contenders=contenders(scene),
        parameters=scene.parameters,
        poll=Poll(law=scene.setting.pack.law, on=scene.day, round=2 if task.vote == 2 else 1),
        quorum=ballot.quorum if ballot is not None and isinstance(ballot.quorum, Threshold) else None,
    )
    other = somebody_else(scene)
    if other is not None:
        rng = numpy_stream(scene.seed, task.workflow, task.gate, "write-in")
        forms = draw_write_in(rng, forms, other, tellers(scene, "")[0], scene.parameters)
    return counted(
        scene, forms, () if other is None or len(forms[0].candidates) == len(printed(scene)) else (other.id,)
    )


def somebody_else(scene: Scene) -> Contender | None:
    """Whom voters may write in for the last post: somebody of the village who neither stands nor serves at the vote."""
    body, staff = scene.body, scene.memory.direct.staff
    busy = {*body.nominated, *body.listed, *body.members, *printed(scene), *(person for person, _ in staff)}
    post, people = scene.task.contests[-1].post, scene.memory.people
    women = post == Post.WOMEN_MEMBER.label
    free = (people[one] for one in reversed(scene.unit.pools.tellers) if one not in busy)
    person = next((one for one in free if not women or one.sex.value == Sex.FEMALE.value), None)
    if person is None or not staff:
        return None
    return Contender(id=person.id, name=person.name, sex=Sex(person.sex.value), post=post)


def printed(scene: Scene) -> tuple[str, ...]:
    """Who is printed on the ballot, post by post."""
    return tuple(person for contest in scene.task.contests for person in contest.people)


def counted(scene: Scene, forms: tuple[ResultForm, ...], written_in: tuple[str, ...] = ()) -> Counted:
    """What honest officers hand in of the boxes: small ones mixed (V10), with the sum of all and what it says."""
    direct = scene.memory.direct
    names = (*printed(scene), *written_in)
    form = declared(scene, merged(forms, roll=direct.roll), names)
    sheets, mixed = opened(forms)
    handed_in = tuple(BoxCount(box=box, form=one) for box, one in zip(boxes(scene), sheets, strict=True))
    return form.model_copy(
        update={
            "monitors": tuple(dict.fromkeys(person for person, _ in direct.staff)),
            "proxies": len(electorate_of(scene).proxies),
            "roving_boxes": len(direct.roving),
            "boxes": handed_in,
            "mixed": mixed,
            "tellings": tellings(scene, handed_in, mixed),
            "written_in": tuple(scene.memory.people[person] for person in written_in),
        }
    )


def tellings(scene: Scene, handed_in: tuple[BoxCount, ...], mixed: ResultForm | None) -> tuple[BoxTelling, ...]:
    """Who entered each count, where the plan asks: two of the box's staff (of the main venue's for what is mixed), alike."""
    ballot = scene.step.ballot if scene.step is not None else None
    if ballot is None or not ballot.entered_twice:
        return ()
    own = {box.box: box.box for box in handed_in if isinstance(box.form, ResultForm)}
    if mixed is not None:
        own[MIXED] = handed_in[0].box
    return tuple(
        BoxTelling(box=count, entries=tuple(TellerEntry(teller=name) for name in tellers(scene, box)[:2]))
        for count, box in own.items()
    )


def tellers(scene: Scene, box: str) -> list[str]:
    """Names of those who serve at the vote, a box's own first."""
    here = sorted(scene.memory.direct.staff, key=lambda one: one[1] != box)
    return list(dict.fromkeys(scene.memory.people[person].name for person, _ in here))


def boxes(scene: Scene) -> tuple[str, ...]:
    """Every box opened: the stations' and the roving ones."""
    direct = scene.memory.direct
    return (*direct.stations, *direct.roving)


def rolls(scene: Scene) -> list[int]:
    """The registered voters of each box: a roving one's are its users, the stations share the rest."""
    direct = scene.memory.direct
    roving = list(direct.roving.values())
    rest = direct.roll - sum(roving)
    apart = [round(rest * _FEWEST_AT_A_STATION)] * (len(direct.stations) - 1)
    return [rest - sum(apart), *apart, *roving]


def contenders(scene: Scene) -> list[Contender]:
    """The names on the ballot, post by post in the order of the task."""
    people = scene.memory.people
    return [
        Contender(id=person, name=people[person].name, sex=Sex(people[person].sex.value), post=contest.post)
        for contest in scene.task.contests
        for person in contest.people
    ]
