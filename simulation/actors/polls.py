"""The honest result forms: votes drawn as counts, winners declared exactly as the count has them."""

import numpy as np

from policies.form import Body as FormBody
from policies.form import Mode, ResultForm, Sex
from policies.pack.schema import BodyId, PollMode, Threshold
from simulation.actors.scene import COMMITTEE_VOTES, Scene
from simulation.population.chance import numpy_stream
from simulation.population.voting import (
    Contender,
    Poll,
    draw_party_poll,
    draw_plenary_poll,
    draw_residents_poll,
    draw_show_of_hands,
    draw_women_poll,
)
from workflows.messages import Counted

_MONITORS = 3
_OFFICERS = ("书记", "副书记")


def poll(scene: Scene) -> Counted:
    """A poll of the scene's mode over the people of its task, counted and declared."""
    ballot = scene.step.ballot if scene.step is not None else None
    mode = PollMode.REPRESENTATIVES if ballot is None else ballot.mode
    if mode is PollMode.PLENARY:
        return _plenary(scene)
    quorum = ballot.quorum if ballot is not None and isinstance(ballot.quorum, Threshold) else None
    form = declared(scene, _drawn(scene, mode, scene.roll, quorum), scene.task.people)
    return form.model_copy(update={"proxies": _proxies(scene)})


def _proxies(scene: Scene) -> int:
    """Every voter away votes by the proxy that was examined and published, where the plan lets anybody."""
    ballot, electorate = None if scene.step is None else scene.step.ballot, scene.unit.electorate
    given = ballot is not None and ballot.proxies_allowed is True and scene.body_name in COMMITTEE_VOTES
    return len(electorate.proxies) if given and electorate is not None else 0


def declared(scene: Scene, form: ResultForm, names: tuple[str, ...]) -> Counted:
    """A form handed in by honest officers: what they declare is what the count says."""
    return Counted(
        held_on=scene.day,
        form=form,
        declared=scene.body.count(form).elected,
        names=names,
        monitors=monitors(scene, names),
    )


def contenders(scene: Scene) -> list[Contender]:
    """The names on the ballot, in the order of the list."""
    people = (scene.memory.people[person] for person in scene.task.people)
    return [Contender(id=one.id, name=one.name, sex=Sex(one.sex.value)) for one in people]


def monitors(scene: Scene, names: tuple[str, ...]) -> tuple[str, ...]:
    """Tellers and monitors: nobody who stands, nobody's near relative who does."""
    standing = set(names)
    free = [
        person
        for person in scene.unit.pools.tellers
        if person not in standing and not scene.memory.kin_of(person) & standing
    ]
    return tuple(free[:_MONITORS])


def _drawn(scene: Scene, mode: PollMode, roll: int, quorum: Threshold | None) -> ResultForm:
    rng = _rng(scene)
    task = scene.task
    kind = _poll(scene, 2 if task.vote == 2 else 1)
    ballot, here = contenders(scene), _still_here(scene)
    if scene.body_name == BodyId.WOMEN:
        return draw_women_poll(
            rng,
            roll=roll,
            mode=Mode(mode.value),
            seats=task.seats,
            contenders=ballot,
            parameters=scene.parameters,
            poll=kind,
            quorum=quorum,
            present=here,
        )
    if mode is PollMode.MEMBERS:
        return draw_party_poll(
            rng,
            due=roll,
            seats=task.seats,
            contenders=ballot,
            parameters=scene.parameters,
            poll=kind,
            quorum=quorum,
            present=here,
        )
    if mode is PollMode.SHOW_OF_HANDS:
        return draw_show_of_hands(
            rng,
            roll=roll,
            seats=task.seats,
            contenders=ballot,
            parameters=scene.parameters,
            poll=kind,
            quorum=quorum,
            present=here,
            body=FormBody.SUPERVISORY if scene.unit.brief.village is None else FormBody.VILLAGE_SUPERVISORY,
        )
    return draw_residents_poll(
        rng,
        roll=roll,
        mode=Mode(mode.value),
        seats=task.seats,
        contenders=ballot,
        parameters=scene.parameters,
        poll=kind,
        quorum=quorum,
        present=here,
    )


def _still_here(scene: Scene) -> int | None:
    """Attendance of the same meeting, when this vote goes on where a valid one left seats open; else nobody yet."""
    last, verdict = scene.body.poll, scene.body.verdict
    if last is None or verdict is None or not verdict.valid or last.held_on != scene.day:
        return None
    return last.form.present


def _poll(scene: Scene, round_: int) -> Poll:
    return Poll(law=scene.setting.pack.law, on=scene.day, round=2 if round_ == 2 else 1)


def _rng(scene: Scene) -> np.random.Generator:
    return numpy_stream(scene.seed, scene.task.workflow, scene.task.gate)


def _plenary(scene: Scene) -> Counted:
    """The new committee elects its secretary and deputy from among its members: one name for each post (P15)."""
    chosen = officers(scene)
    people = [scene.memory.people[person] for person in chosen]
    posts = [
        Contender(id=one.id, name=one.name, post=post, sex=Sex(one.sex.value))
        for one, post in zip(people, _OFFICERS, strict=False)
    ]
    form = draw_plenary_poll(
        _rng(scene),
        members=len(scene.task.people),
        contenders=posts,
        parameters=scene.parameters,
        poll=_poll(scene, 1),
    )
    return declared(scene, form, chosen)


def officers(scene: Scene) -> tuple[str, ...]:
    """Who is put up for secretary and deputy: those nominated for it, else those with the most votes."""
    members = list(scene.task.people)
    nominated = scene.body.nominated
    last = scene.body.poll
    votes = (
        {person: entry.votes or 0 for entry, person in zip(last.form.candidates, last.names, strict=True)}
        if last is not None
        else {}
    )
    leading = [person for person in nominated[:2] if person in members]
    rest = sorted((one for one in members if one not in leading), key=lambda one: -votes.get(one, 0))
    return tuple([*leading, *rest][: len(_OFFICERS)])


def is_plenary(form: Counted) -> bool:
    """Whether the form is the committee's own election of its officers."""
    return form.form.body is FormBody.PARTY_PLENARY
