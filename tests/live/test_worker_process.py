"""The worker's own pieces without a server: commits off the loop, whole transactions, names of versions."""

import asyncio
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter
from temporalio.testing import ActivityEnvironment

from activities.registry import RegistryUnavailableError
from activities.stores.protocol import IssuedPaper
from live.versions import DECIDES, build_id, code_hash, this_version
from live.worker import Offloaded
from workflows.facts import BodyOpened, Commit, Noted, PaperRequest, Refusal, Task

COMMIT = Commit(
    workflow="U1/party",
    number=1,
    district="D01",
    street="S1",
    unit="U1",
    body="party",
    at=datetime(2021, 2, 19, 12, tzinfo=timezone(timedelta(hours=8))),
    facts=(Noted.of(BodyOpened()),),
    papers=(
        PaperRequest(number=1, kind="公告", title="公告", series="第1号", unit="甲社区", issuer="委员会", basis="方案"),
    ),
)


class SlowStore:
    """A registry whose transaction ends when the test lets it."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.written: list[tuple[str, int, int]] = []
        self.thread = ""

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        self.thread = threading.current_thread().name
        self.begun.set()
        assert self.may_end.wait(30)
        self.written.append((commit.workflow, commit.number, len(list(papers))))
        return True

    def refuse(self, refusal: Refusal, at: datetime) -> None:
        raise NotImplementedError

    def inbox(self) -> list[Task]:
        raise NotImplementedError


def test_a_commit_does_not_hold_up_the_loop() -> None:
    """While the registry writes, the loop goes on; the commit is done when the registry is."""
    store = SlowStore()

    async def work() -> bool:
        with ThreadPoolExecutor(1, thread_name_prefix="registry") as writers:
            writing = asyncio.create_task(ActivityEnvironment().run(Offloaded(store, writers).commit, COMMIT))
            await asyncio.to_thread(store.begun.wait, 30)
            pending = not writing.done()  # reached only because the loop is free
            store.may_end.set()
            await writing
            return pending

    assert asyncio.run(work())
    assert store.written == [("U1/party", 1, 1)]
    assert store.thread.startswith("registry")


def test_a_cancelled_commit_still_ends_as_a_whole_before_the_store_is_closed() -> None:
    """The server hears of a cancellation and delivers it again; the transaction that was under way is not torn."""
    store = SlowStore()

    async def work() -> None:
        with ThreadPoolExecutor(1) as writers:
            writing = asyncio.create_task(ActivityEnvironment().run(Offloaded(store, writers).commit, COMMIT))
            await asyncio.to_thread(store.begun.wait, 30)
            writing.cancel()
            with suppress(asyncio.CancelledError):
                await writing
            assert store.written == []
            store.may_end.set()
        assert store.written == [("U1/party", 1, 1)]

    asyncio.run(work())


class AwayStore(SlowStore):
    """Says at length why it cannot be written."""

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        try:
            raise OSError("x" * 10_000)
        except OSError as error:
            raise RegistryUnavailableError("登记库暂时不能读写") from error


def test_a_failed_commit_travels_without_what_the_database_said_at_length() -> None:
    """A failure goes into the workflow's history, which takes no more than two kilobytes of one."""

    async def work() -> None:
        with ThreadPoolExecutor(1) as writers:
            await ActivityEnvironment().run(Offloaded(AwayStore(), writers).commit, COMMIT)

    with pytest.raises(RegistryUnavailableError, match="暂时不能读写") as raised:
        asyncio.run(work())
    failure = Failure()
    DataConverter.default.failure_converter.to_failure(raised.value, DataConverter.default.payload_converter, failure)
    assert not failure.HasField("cause")


def test_a_version_names_the_code_that_decides() -> None:
    """Twice the same in one state of the code; an explicit one goes before."""
    assert build_id() == build_id()
    assert set(DECIDES) == {"workflows", "policies"}
    assert this_version().to_canonical_string() == f"huanjie.{build_id()}"
    assert this_version("2026-r3").build_id == "2026-r3"


def test_another_state_of_the_code_is_another_version(tmp_path: Path) -> None:
    """A changed line, a renamed file or a new one; not what is no code."""
    (tmp_path / "rules").mkdir()
    module = tmp_path / "rules" / "poll.py"
    module.write_text("QUORUM = 4 / 5\n")
    seen = [code_hash({"policies": tmp_path})]
    (tmp_path / "pack.yaml").write_text("id: x\n")
    assert code_hash({"policies": tmp_path}) == seen[0]
    module.write_text("QUORUM = 2 / 3\n")
    seen.append(code_hash({"policies": tmp_path}))
    module.rename(tmp_path / "poll.py")
    seen.append(code_hash({"policies": tmp_path}))
    (tmp_path / "new.py").touch()
    seen.append(code_hash({"policies": tmp_path}))
    assert len(set(seen)) == 4
