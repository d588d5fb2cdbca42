"""Faults about persons: who sits in judgement, who is passed, who stands beside whom, and how many are on the list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policies.people import Kin
from workflows.messages import Chosen, Form, Posted, Reviewed, Slated

if TYPE_CHECKING:
    from simulation.actors.memory import UnitMemory
    from simulation.actors.scene import Scene
    from simulation.population.district import SyntheticUnit

_SURE_TO_STAND = 6  # of a pool: those so far ahead that they are nominated


def _sound(unit: SyntheticUnit, pool: tuple[str, ...]) -> list[str]:
    """The likeliest of a pool whom no review will screen out and who declare no kin."""
    declared = {person for edge in unit.kin for person in (edge.a, edge.b)}
    apart = (unit.barred, unit.unqualified, unit.sanctioned, declared)
    return [person for person in pool[:_SURE_TO_STAND] if not any(person in group for group in apart)]


def has_siblings_to_be(unit: SyntheticUnit) -> bool:
    """Whether two sound members are sure to be nominated for the Party committee."""
    return len(_sound(unit, unit.pools.party)) > 1


def siblings_among_members(memory: UnitMemory) -> None:
    """Two nominees for the Party committee are brother and sister, and declare it."""
    one, other = _sound(memory.unit, memory.unit.pools.party)[-2:]
    memory.craft(one, Kin.SIBLING, other)


def has_party_kin_to_be(unit: SyntheticUnit) -> bool:
    """Whether a sound member is sure to be nominated for the Party committee."""
    return bool(unit.pools.tellers and _sound(unit, unit.pools.party))


def party_teller_is_kin(memory: UnitMemory) -> None:
    """The first teller is a sibling of somebody who will stand for the Party committee."""
    _teller_is_kin(memory, memory.unit.pools.party)


def has_residents_kin_to_be(unit: SyntheticUnit) -> bool:
    """Whether somebody sound is sure to be nominated for the residents' committee."""
    return bool(unit.pools.tellers and _sound(unit, unit.pools.residents))


def residents_teller_is_kin(memory: UnitMemory) -> None:
    """The first teller is a sibling of somebody who will stand for the residents' committee."""
    _teller_is_kin(memory, memory.unit.pools.residents)


def _teller_is_kin(memory: UnitMemory, pool: tuple[str, ...]) -> None:
    memory.craft(memory.unit.pools.tellers[0], Kin.SIBLING, _sound(memory.unit, pool)[-1])


def even_committee(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """An even number of members: the last one goes to the reserves."""
    assert isinstance(form, Chosen)
    reserves = (form.members[-1], *form.reserves)
    return form.model_copy(update={"members": form.members[:-1], "reserves": reserves})


def deputy_in_the_chair(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """Somebody other than the Party secretary takes the chair."""
    assert isinstance(form, Chosen)
    return form.model_copy(update={"chair": form.deputy, "deputy": form.chair})


def nominee_reviews(scene: Scene, form: Form) -> Form:  # noqa: ARG001 - every mutation is called alike
    """A nominee signs the review of another one."""
    assert isinstance(form, Reviewed)
    first, *others = form.conclusions
    nominee = form.conclusions[-1].person
    return form.model_copy(update={"conclusions": (first.model_copy(update={"reviewer": nominee}), *others)})


def barred_passes(scene: Scene, form: Form) -> Form:
    """Somebody passes although a department has reported a prohibited situation, with its document."""
    assert isinstance(form, Reviewed)
    barred = [one.person for one in form.conclusions if one.person in scene.unit.barred]
    passed = barred[0] if barred else form.conclusions[0].person
    evidence = scene.unit.barred[passed].evidence if barred else f"区联审证〔{scene.day.year}〕{passed}号"
    conclusions = tuple(
        one.model_copy(update={"passed": True, "rule": "", "evidence": evidence}) if one.person == passed else one
        for one in form.conclusions
    )
    return form.model_copy(update={"conclusions": conclusions})


def signed_tomorrow(scene: Scene, form: Form) -> Form:
    """The review bears a date that has not come yet: it will be signed once the list is up."""
    assert isinstance(form, Reviewed)
    return form.model_copy(update={"signed_on": scene.day + timedelta(days=1)})


def kin_on_the_slate(scene: Scene, form: Form) -> Form:
    """Both of two near relatives are on the list."""
    assert isinstance(form, Slated)
    for person in scene.body.fit():
        if person not in form.names and scene.memory.kin_of(person) & set(form.names):
            names = (*form.names, person)
            return form.model_copy(update={"names": names, "committed": names})
    return form


def no_margin(scene: Scene, form: Form) -> Form:
    """As many names as seats: nobody to choose between."""
    assert isinstance(form, Slated)
    names = form.names[: scene.unit.brief.party_seats]
    return form.model_copy(update={"names": names, "committed": names})


def posted_before_decided(scene: Scene, form: Form) -> Form:
    """The posting is dated the day before its list was decided."""
    assert isinstance(form, Posted)
    return form.model_copy(update={"posted_on": scene.task.opens_on - timedelta(days=1)})
