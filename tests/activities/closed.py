"""A county one of whose communities has finished: the clerk's commits with their papers in a registry.

People have names that a register would accept; the incumbents are recorded as a roster would have them.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from activities.commit import Ledger
from activities.registry import Kind, Registry, create_registry
from activities.registry.elections import Election, Sitting
from policies.people import Education, Origin, Person, Post, Sex
from tests.activities.office import BEGAN, BUSY, ELECTION, election
from tests.workflows.clerk import Clerk, brief
from workflows.facts import Commit, Task
from workflows.messages import Chosen, Form, Nominated

UNIT = brief().id
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def named(one: Person, **changes: Any) -> Person:
    """The clerk's person under a name of three characters."""
    tens, units = divmod(int(one.id[1:]), 10)
    return one.model_copy(update={"name": f"王{_STEMS[tens]}{_STEMS[units]}", **changes})


def various(one: Person) -> Person:
    """The same person, fit to stand, with a birthday, schooling and origin that tell one from the other."""
    number = int(one.id[1:])
    return named(
        one,
        born=date(1968 + number // 2, number % 12 + 1, number % 28 + 1),
        education=list(Education)[number % 6],
        social_work_certificate=True,
        origins=(Origin.VETERAN, Origin.RETURNEE)[: number % 3],
        incumbent=(Post.PARTY_MEMBER,) if number % 4 == 0 else (),
    )


class NamedClerk(Clerk):
    """A clerk whose people are described by `describe`."""

    describe: Callable[[Person], Person] = staticmethod(named)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.people = {key: type(self).describe(one) for key, one in self.people.items()}

    def nominated(self, people: list[Person], route: str, supporters: int) -> Nominated:
        form = super().nominated(people, route, supporters)
        nominees = (one.model_copy(update={"person": self.people[one.person.id]}) for one in form.nominees)
        return form.model_copy(update={"nominees": tuple(nominees)})

    def form(self, task: Task) -> Form:
        form = super().form(task)
        if not isinstance(form, Chosen):
            return form
        both = {name: tuple(self.people[one.id] for one in getattr(form, name)) for name in ("members", "reserves")}
        return form.model_copy(update=both)


class VariousClerk(NamedClerk):
    """A clerk whose people differ in everything that is counted."""

    describe = staticmethod(various)


def sitting(post: Post, name: str, sex: Sex, born: date, education: Education | None = None) -> Sitting:
    """A post held in the community when the election begins."""
    body = "party" if post.in_party else "supervisory" if post.in_supervisory else "residents"
    return Sitting(
        UNIT, body, post.value, name, sex.value, born, None if education is None else education.value, "full"
    )


INCUMBENTS = (
    sitting(Post.SECRETARY, "李建国", Sex.MALE, date(1970, 3, 1), Education.COLLEGE),
    sitting(Post.CHAIR, "李建国", Sex.MALE, date(1970, 3, 1), Education.COLLEGE),
    sitting(Post.DEPUTY_SECRETARY, "赵敏", Sex.FEMALE, date(1986, 5, 9), Education.BACHELOR),
    sitting(Post.COMMITTEE_MEMBER, "赵敏", Sex.FEMALE, date(1986, 5, 1), Education.BACHELOR),
    sitting(Post.COMMITTEE_MEMBER, "钱进", Sex.MALE, date(1961, 12, 1)),
    sitting(Post.PART_TIME_MEMBER, "孙力", Sex.MALE, date(1990, 1, 1), Education.GRADUATE),
    sitting(Post.SUPERVISORY_CHAIR, "周正", Sex.MALE, date(1965, 1, 1), Education.SENIOR),
)
"""One person in both heads' posts; another with two dates of birth, so two persons to the registry; one part-time."""


def recorded(**changes: Any) -> Election:
    """The office's election with incumbents."""
    return replace(election(), incumbents=INCUMBENTS, **changes)


def closed_registry(folder: Path, clerk: type[NamedClerk] = NamedClerk, **options: Any) -> tuple[Registry, Clerk]:
    """A registry with the whole election of one community of two, and the clerk who ran it."""
    registry = create_registry(folder / "registry.sqlite", Kind.LIVE, BEGAN)
    registry.elections.record(recorded())

    class Copying(Ledger):
        def write(self, commit: Commit) -> None:
            super().write(commit)
            Ledger(registry.store).write(commit)

    ran = clerk(brief(), ledger=Copying, **options)
    outcome = ran.run()
    assert outcome.completed_on is not None
    return registry, ran


__all__ = ["BUSY", "ELECTION", "UNIT", "closed_registry"]
