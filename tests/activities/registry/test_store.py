"""The store: everything of a commit or nothing, once; and what must never be is refused by the database."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from activities.registry import Registry
from activities.registry.errors import ContradictionError, UnknownElectionError, UnknownPlaceError
from activities.registry.signatures import PendingSignature
from activities.stores.protocol import IssuedPaper
from tests.activities.registry.county import (
    DAY,
    ELECTION,
    NOW,
    PARTY,
    STREETS,
    UNITS,
    closed,
    commit,
    completed,
    content,
    decided,
    migrate,
    of_unit,
    paper,
    refusal,
    rows_of,
    task,
)
from workflows.facts import BodyOpened, Commit, Contest, Reminded


def rows(registry: Registry, query: str) -> list[tuple[object, ...]]:
    with registry.database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def unreadable() -> Iterator[IssuedPaper]:
    """Papers that nobody may ask for."""
    raise AssertionError("papers are rendered only when they are written")
    yield


def test_a_commit_is_written_whole(registry: Registry) -> None:
    """Facts, task, paper, state: each in its table after one commit."""
    assert registry.store.apply(commit(1, opened=(task("party.meeting"),), state="open"), [paper(1)])
    assert [one.gate for one in registry.store.inbox()] == ["party.meeting"]
    assert registry.store.inbox() == [task("party.meeting")]
    assert rows(registry, "SELECT state, unit FROM workflows") == [("open", UNITS[0])]
    assert rows(registry, "SELECT series, number, text FROM papers") == [("公告", 1, paper(1).text)]
    assert rows(registry, "SELECT n, kind, street, unit, body, workflow, commit_number, position FROM journal") == [
        (1, "body_opened", STREETS[0], UNITS[0], "party", PARTY, 1, 0)
    ]


def test_a_second_delivery_changes_nothing(registry: Registry) -> None:
    """Not even its papers are rendered again, and a later commit may stand in between."""
    first = commit(1, BodyOpened(), Reminded(gate="party.meeting", last_day=DAY), opened=(task("party.meeting"),))
    assert registry.store.apply(first, [paper(1)])
    before = content(registry)
    assert not registry.store.apply(first, unreadable())
    assert content(registry) == before
    registry.store.apply(commit(2), ())
    assert not registry.store.apply(first, unreadable())


def test_another_content_under_a_written_number_is_refused(registry: Registry) -> None:
    """A workflow started anew under an old id is not swallowed in silence."""
    registry.store.apply(commit(1), ())
    before = content(registry)
    for other in (
        commit(1, Reminded(gate="party.meeting", last_day=DAY)),
        commit(1, BodyOpened(), BodyOpened()),
        commit(1, at=NOW + timedelta(days=1)),
    ):
        with pytest.raises(ContradictionError, match="第1次提交与已登记的内容不同"):
            registry.store.apply(other, ())
    assert content(registry) == before


def test_a_missing_commit_is_noticed(registry: Registry) -> None:
    """Number 3 after 1 is refused, and accepted once 2 is there."""
    registry.store.apply(commit(1), ())
    with pytest.raises(ContradictionError, match="之前缺第2次"):
        registry.store.apply(commit(3), ())
    assert [registry.store.apply(commit(number), ()) for number in (2, 3)] == [True, True]


def test_a_commit_without_facts_counts_too(registry: Registry) -> None:
    """A postponed task alone is a commit: written once, known again, told from another."""
    registry.store.apply(commit(1, opened=(task("party.meeting"),)), ())
    moved = commit(2, facts=(), opened=(task("party.meeting", last_day=DAY + timedelta(days=9)),))
    assert registry.store.apply(moved, ())
    assert not registry.store.apply(moved, ())
    assert [one.last_day for one in registry.store.inbox()] == [DAY + timedelta(days=9)]


def test_an_election_or_unit_that_is_not_recorded_is_refused(registry: Registry) -> None:
    """Nothing is written for an election, or a unit, that nobody recorded."""
    before = content(registry)
    with pytest.raises(UnknownElectionError, match="没有换届「elsewhere」"):
        registry.store.apply(commit(1, district="elsewhere"), ())
    with pytest.raises(ContradictionError):
        registry.store.apply(of_unit(f"{STREETS[0]}-U999"), ())
    assert content(registry) == before


def test_a_workflow_cannot_change_its_election(registry: Registry) -> None:
    """The district in a commit is the one its workflow began in."""
    registry.store.apply(commit(1), ())
    with registry.database.writing() as connection:
        connection.execute(text("INSERT INTO elections SELECT 'other', kind, title, name, pack_id, pack_version, "
                                "pack_sha256, pack_text, calendar_json, clock_json, clock_now_json, setting, law, "
                                "started_by, started_at FROM elections"))  # fmt: skip
        connection.execute(text("INSERT INTO chains SELECT 'other', lines, hash FROM chains"))
    with pytest.raises(ContradictionError, match="登记的是"):
        registry.store.apply(commit(2, district="other"), ())


def test_a_gate_decided_twice_is_refused_by_the_database(registry: Registry) -> None:
    """The whole commit goes with it, and the workflow may still commit the right thing under that number."""
    registry.store.apply(commit(1, decided("party.meeting"), closed=("party.meeting",)), ())
    before = content(registry)
    with pytest.raises(ContradictionError):
        registry.store.apply(
            commit(2, BodyOpened(), decided("party.meeting"), opened=(task("party.reply"),)), [paper(1)]
        )
    assert content(registry) == before
    assert registry.store.apply(commit(2, decided("party.meeting#2")), ())
    assert rows(registry, 'SELECT gate, role, "by", form, line FROM decisions ORDER BY line') == [
        ("party.meeting", "party_branch", "张三", "recorded", 1),
        ("party.meeting#2", "party_branch", "张三", "recorded", 2),
    ]


def test_a_seat_filled_twice_is_refused_by_the_database(registry: Registry) -> None:
    """Neither one person on two seats of a body, nor a body put into office twice."""
    with pytest.raises(ContradictionError):
        registry.store.apply(commit(1, completed("P1", "P2", "P1")), ())
    assert registry.store.apply(commit(1, completed("P1", "P2")), ())
    with pytest.raises(ContradictionError):
        registry.store.apply(commit(2, completed("P3")), ())
    assert rows(registry, "SELECT number, person, post, votes FROM seats ORDER BY number") == [
        (1, "P1", "委员", 40),
        (2, "P2", "委员", 40),
    ]


def test_a_person_may_sit_in_two_bodies(registry: Registry) -> None:
    """The Party's secretary may chair the residents' committee too."""
    registry.store.apply(commit(1, completed("P1")), ())
    other = commit(1, completed("P1"), workflow=f"{UNITS[0]}/residents", body="residents")
    assert registry.store.apply(other, ())


def test_a_unit_closes_once(registry: Registry) -> None:
    """How a unit ended is kept, and it does not end again."""
    registry.store.apply(of_unit(UNITS[1], 1, closed(held_by="X4")), ())
    with pytest.raises(ContradictionError):
        registry.store.apply(of_unit(UNITS[1], 2, closed()), ())
    assert rows(registry, "SELECT unit, completed_on, held_by, reason FROM unit_closings") == [
        (UNITS[1], None, "X4", "整顿未通过")
    ]


def test_a_state_stays_until_another_is_named(registry: Registry) -> None:
    """A commit without a state leaves the one before."""
    for number, state in enumerate(("open", "", "reviewing"), start=1):
        registry.store.apply(commit(number, state=state), ())
        expected = "reviewing" if number == 3 else "open"
        assert rows(registry, "SELECT state, commits FROM workflows") == [(expected, number)]


def test_a_task_leaves_the_inbox_when_its_gate_is_closed(registry: Registry) -> None:
    """The inbox is in order of opening; what is put forward anew keeps its place."""
    registry.store.apply(commit(1, opened=(task("party.a"), task("party.b"))), ())
    registry.store.apply(commit(2, opened=(task("party.c"),)), ())
    registry.store.apply(commit(3, opened=(task("party.a", title="改期的会议"),), closed=("party.b",)), ())
    assert [(one.gate, one.title) for one in registry.store.inbox()] == [("party.a", "改期的会议"), ("party.c", "会议")]
    with registry.database.reading() as connection:
        states = connection.execute(text("SELECT gate, status FROM tasks ORDER BY gate")).all()
    assert [tuple(one) for one in states] == [("party.a", "open"), ("party.b", "closed"), ("party.c", "open")]


CONTESTS = (Contest(post="主任", seats=1, people=("P1", "P2")), Contest(post="委员", seats=2))


def test_a_task_of_a_direct_vote_keeps_its_contests(registry: Registry) -> None:
    """As put forward, and as put forward anew with fewer people; a gate without contests has none. The whole task comes back."""
    poll, meeting = task("residents.poll", contests=CONTESTS, seats=3), task("party.a")
    registry.store.apply(commit(1, opened=(poll, meeting)), ())
    assert registry.store.inbox() == [poll, meeting]
    assert [one.task.contests for one in registry.standings.inbox(DAY)] == [CONTESTS, ()]
    fewer = poll.model_copy(update={"contests": CONTESTS[:1]})
    registry.store.apply(commit(2, opened=(fewer,)), ())
    assert registry.store.inbox() == [fewer, meeting]


def test_a_task_of_an_older_registry_has_no_contests(registry: Registry) -> None:
    """Put forward under version 0004, read after the upgrade: everything else is there, and nothing is made up."""
    poll = task("residents.poll", contests=CONTESTS, seats=3, people=("P1", "P2"))
    registry.store.apply(commit(1, opened=(poll,)), ())
    migrate(registry, "downgrade", "0004")
    assert "contests" not in rows_of(registry, "tasks")
    migrate(registry, "upgrade", "head")
    assert registry.store.inbox() == [poll.model_copy(update={"contests": ()})]


def test_a_decided_gate_does_not_come_back_to_the_inbox(registry: Registry) -> None:
    """Put forward in the very commit that closes it, or later: it stays closed."""
    registry.store.apply(commit(1, opened=(task("party.a"),)), ())
    registry.store.apply(commit(2, decided("party.a"), opened=(task("party.a"),), closed=("party.a",)), ())
    assert registry.store.inbox() == []
    registry.store.apply(commit(3, opened=(task("party.a"),)), ())
    assert registry.store.inbox() == []


def test_a_decision_signed_twice_ends_the_wait_for_the_second_signature(registry: Registry) -> None:
    """The first signature goes in the transaction that writes the decision."""
    registry.signatures.put(PendingSignature(PARTY, "party.meeting", "{}", "A001", NOW))
    registry.store.apply(commit(1), ())
    assert len(registry.signatures.all()) == 1
    registry.store.apply(commit(2, decided("party.meeting", second="李四"), closed=("party.meeting",)), ())
    assert registry.signatures.all() == ()


def test_a_refusal_is_journalled_once_under_its_key(registry: Registry) -> None:
    """Reported again it is known; without a key every report counts."""
    registry.store.apply(commit(1), ())
    for key in ("one", "one", "two", "", ""):
        registry.store.refuse(refusal(), NOW, key)
    lines = rows(registry, "SELECT n, kind, unit, body, workflow, commit_number FROM journal ORDER BY n")
    assert lines[1:] == [(n, "refused", UNITS[0], "party", PARTY, None) for n in (2, 3, 4, 5)]
    assert registry.journals.verify(ELECTION).ok


def test_a_refusal_finds_its_place(registry: Registry) -> None:
    """Under the body, under the unit when the body never began, under the recorded place when nothing did."""
    registry.store.apply(of_unit(UNITS[0]), ())
    registry.store.apply(commit(1), ())
    for workflow in (PARTY, f"{UNITS[0]}/residents", f"{UNITS[2]}/party", UNITS[1], STREETS[1], ELECTION):
        registry.store.refuse(refusal(workflow), NOW)
    assert rows(registry, "SELECT street, unit, body FROM journal WHERE kind = 'refused' ORDER BY n") == [
        (STREETS[0], UNITS[0], "party"),
        (STREETS[0], UNITS[0], "prep"),
        (STREETS[1], UNITS[2], "prep"),
        (STREETS[0], UNITS[1], "prep"),
        (STREETS[1], "", ""),
        ("", "", ""),
    ]
    with pytest.raises(UnknownPlaceError, match="elsewhere/party"):
        registry.store.refuse(refusal("elsewhere/party"), NOW)


def test_what_fails_in_the_middle_leaves_nothing(registry: Registry) -> None:
    """A paper that cannot be rendered takes the whole commit with it; delivered again it is written."""

    def broken() -> Iterator[IssuedPaper]:
        yield paper(1)
        raise RuntimeError("no ink")

    whole = commit(1, decided("party.meeting"), opened=(task("party.reply"),))
    before = content(registry)
    with pytest.raises(RuntimeError, match="no ink"):
        registry.store.apply(whole, broken())
    assert content(registry) == before
    assert registry.store.apply(whole, [paper(1)])


def together(*work: list[Commit], registry: Registry) -> list[list[bool]]:
    """Deliver lists of commits at the same time, one thread each; what each delivery was told."""
    told: list[list[bool]] = [[] for _ in work]
    errors: list[BaseException] = []
    gate = threading.Barrier(len(work))

    def deliver(number: int) -> None:
        try:
            gate.wait(timeout=30)
            for one in work[number]:
                told[number].append(registry.store.apply(one, ()))
        except BaseException as error:  # shown below
            errors.append(error)

    threads = [threading.Thread(target=deliver, args=(number,)) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    return told


def test_two_deliveries_at_once_write_each_commit_once(registry: Registry) -> None:
    """Of two threads with the same commits exactly one writes each."""
    commits = [commit(number, decided(f"party.g{number}")) for number in range(1, 21)]
    first, second = together(commits, commits, registry=registry)
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [[False, True]] * 20
    report = registry.journals.verify(ELECTION)
    assert (report.lines, report.problems) == (20, ())


def test_units_that_commit_at_once_share_one_chain(registry: Registry) -> None:
    """Lines are numbered without gaps whoever comes first, and every unit's own order is kept."""
    work = [[of_unit(key, number) for number in range(1, 11)] for key in UNITS]
    assert together(*work, registry=registry) == [[True] * 10] * 3
    report = registry.journals.verify(ELECTION)
    assert (report.lines, report.problems) == (30, ())
    for key in UNITS:
        numbers = rows(registry, f"SELECT commit_number FROM journal WHERE unit = '{key}' ORDER BY n")
        assert numbers == [(number,) for number in range(1, 11)]
