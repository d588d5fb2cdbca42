"""Whatever order commits, repetitions, crashes and refusals come in, the store on SQL says what the one in memory says."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from activities.journal import entry
from activities.registry import open_registry
from activities.registry.errors import ContradictionError
from activities.stores import Entry, MemoryStore
from activities.stores.protocol import IssuedPaper
from tests.activities.registry.county import DAY, ELECTION, NOW, UNITS, of_unit, paper, refusal, task
from workflows.facts import Commit, Reminded

GATES = ("prep.a", "prep.b", "prep.c")


class Crash(Exception):  # noqa: N818 - what it plays
    """The process ends in the middle of a transaction."""


class Stores(RuleBasedStateMachine):
    """Two stores fed alike; the memory one, being simple, is the measure."""

    made: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "registry.sqlite"
        shutil.copy(self.made, path)
        self.registry = open_registry(path)
        self.journal: list[Entry] = []
        self.memory = MemoryStore(self.journal.append)
        self.written: dict[str, list[Commit]] = {key: [] for key in UNITS}
        self.used: dict[str, set[str]] = {key: set() for key in UNITS}
        self.refusals = 0

    def next(self, key: str, facts: int, opened: set[str], closed: set[str]) -> Commit:
        """A unit's next commit; a gate once closed does not come back, as in life."""
        fresh = sorted(opened - self.used[key])
        self.used[key] |= closed
        return of_unit(
            key,
            len(self.written[key]) + 1,
            *(Reminded(gate=f"g{number}", last_day=DAY) for number in range(facts)),
            opened=tuple(task(gate, workflow=key) for gate in fresh if gate not in closed),
            closed=tuple(sorted(closed)),
            state=f"state {facts}",
        )

    units = st.sampled_from(UNITS)
    gates = st.sets(st.sampled_from(GATES))

    @rule(key=units, facts=st.integers(1, 3), opened=gates, closed=gates)
    def commits(self, key: str, facts: int, opened: set[str], closed: set[str]) -> None:
        one = self.next(key, facts, opened, closed)
        papers = [paper(one.number, key)]
        assert self.registry.store.apply(one, papers) is self.memory.apply(one, papers) is True
        self.written[key].append(one)

    @precondition(lambda self: any(self.written.values()))
    @rule(data=st.data())
    def is_delivered_again(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([one for of_unit in self.written.values() for one in of_unit]))
        assert self.registry.store.apply(one, ()) is self.memory.apply(one, ()) is False

    @rule(key=units, opened=gates)
    def crashes(self, key: str, opened: set[str]) -> None:
        def papers() -> Iterator[IssuedPaper]:
            yield paper(99, key)
            raise Crash

        one = self.next(key, 2, opened, set())
        with pytest.raises(Crash):
            self.registry.store.apply(one, papers())

    @rule(key=units)
    def leaves_one_out(self, key: str) -> None:
        with pytest.raises(ContradictionError):
            self.registry.store.apply(of_unit(key, len(self.written[key]) + 2), ())

    @precondition(lambda self: any(self.written.values()))
    @rule(data=st.data(), times=st.integers(1, 2))
    def is_refused(self, data: st.DataObject, times: int) -> None:
        key = data.draw(st.sampled_from([key for key, commits in self.written.items() if commits]))
        self.refusals += 1
        self.memory.refuse(refusal(key), NOW)
        for _ in range(times):
            self.registry.store.refuse(refusal(key), NOW, f"key {self.refusals}")

    @invariant()
    def says_the_same(self) -> None:
        lines = [line.entry.encode() for line in self.registry.journals.lines(ELECTION)]
        assert lines == [
            entry(
                district=one.district, street=one.street, unit=one.unit, body=one.body, at=one.at, fact=one.noted.text
            )
            for one in self.journal
        ]
        assert self.registry.journals.verify(ELECTION).ok
        ours, theirs = self.registry.store.inbox(), self.memory.inbox()
        assert sorted(ours, key=repr) == sorted(theirs, key=repr)

    def teardown(self) -> None:
        self.registry.close()
        self.folder.cleanup()


def test_the_store_on_sql_says_what_the_one_in_memory_says(made: Path) -> None:
    """Any sequence of commits, repetitions, crashes, gaps and refusals."""
    Stores.made = made
    run_state_machine_as_test(
        Stores,
        settings=settings(
            max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
