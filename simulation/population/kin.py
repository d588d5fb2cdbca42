"""Declared kin: now and then two nominees are close relatives, so that X1 has something to find and a path to show."""

from datetime import date, timedelta
from random import Random

from policies.people import Kin, Kinship, Sex
from simulation.population.parameters import Parameters
from simulation.population.people import Draft, Maker

_GENERATION = timedelta(days=27 * 365)
_YOUNGEST_PARENT = timedelta(days=20 * 365)


class Families:
    """Joins some of a unit's nominees; collects the declarations and the relatives who only link others."""

    def __init__(self, maker: Maker, rng: Random) -> None:
        self.maker, self.rng = maker, rng
        self.relatives: list[Draft] = []
        self.declared: list[Kinship] = []

    def join(self, newcomers: list[Draft], incumbents: list[Draft], parameters: Parameters) -> None:
        """Make at most two forbidden pairs, each with at least one newcomer, and some harmless spouses outside."""
        density = parameters.people.kin_density.value
        free = [*newcomers, *incumbents]
        for chance in (density, density):
            if len(newcomers) < 2 or self.rng.random() >= chance:
                break
            newcomer = self.rng.choice([one for one in newcomers if one in free])
            free.remove(newcomer)
            other = self.rng.choice(free)
            free.remove(other)
            self._relate(newcomer, other)
        for one in free:
            if parameters.people.outside_kin.happens(self.rng):
                self._spouse_outside(one)

    def _relate(self, newcomer: Draft, other: Draft) -> None:
        kinds = [self._siblings, self._in_laws]
        if newcomer.sex is not other.sex:
            kinds.append(self._couple)
        if abs(newcomer.born - other.born) >= _YOUNGEST_PARENT:
            kinds.append(self._parent_and_child)
        self.rng.choice(kinds)(newcomer, other)

    def _siblings(self, a: Draft, b: Draft) -> None:
        self.maker.rename(a, b.surname)
        father = self._relative(Sex.MALE, min(a.born, b.born) - _GENERATION, b.surname)
        self._declare(father, Kin.PARENT, a)
        self._declare(father, Kin.PARENT, b)

    def _in_laws(self, a: Draft, b: Draft) -> None:
        spouse = self._spouse_outside(a, surname=b.surname)
        self._declare(spouse, Kin.SIBLING, b)

    def _couple(self, a: Draft, b: Draft) -> None:
        self._declare(a, Kin.SPOUSE, b)

    def _parent_and_child(self, a: Draft, b: Draft) -> None:
        parent, child = (a, b) if a.born < b.born else (b, a)
        if parent.sex is Sex.MALE:
            self.maker.rename(child, parent.surname)
        self._declare(parent, Kin.PARENT, child)

    def _spouse_outside(self, one: Draft, surname: str | None = None) -> Draft:
        sex = Sex.FEMALE if one.sex is Sex.MALE else Sex.MALE
        spouse = self._relative(sex, one.born + timedelta(days=self.rng.randint(-1500, 1500)), surname)
        self._declare(one, Kin.SPOUSE, spouse)
        return spouse

    def _relative(self, sex: Sex, born: date, surname: str | None = None) -> Draft:
        relative = self.maker.relative(sex, born, surname)
        self.relatives.append(relative)
        return relative

    def _declare(self, a: Draft, relation: Kin, b: Draft) -> None:
        self.declared.append(Kinship(a=a.id, b=b.id, relation=relation))
