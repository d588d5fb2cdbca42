"""The worker as it runs live, on a stock server: encrypted, versioned, sandboxed, replayable, and clean when it stops.

Needs a server: `HUANJIE_TEMPORAL_SERVER=/path/to/temporal-server pytest -n 0 -m server tests/server/test_live_worker.py`.
"""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio import workflow
from temporalio.api.common.v1 import Payload, SearchAttributes
from temporalio.client import Client, WorkflowHandle, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.common import WorkerDeploymentVersion
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from activities.stores import Entry, MemoryStore
from activities.stores.protocol import IssuedPaper
from console.packs import pack_text
from live.connection import Endpoint, connect
from live.encryption import EncryptionCodec, Keyring, new_key, rotate
from live.metrics import Counting
from live.plugin import Telling, election_plugin
from live.versions import current_version, make_current, move, unfit_for
from live.worker import TakeOver, serve
from policies.calendar import national_calendar
from policies.clock import BEIJING
from policies.pack.load import load_pack
from policies.pack.schema import Role
from tests.server.elections import ServerClerk, moved_setting, weeks_from_2021
from tests.server.server import NAMESPACE, Server, running
from tests.server.stock import stock_server
from tests.workflows.clerk import PARTY, brief, signed, street_2021
from workflows import setting as settings
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.facts import Commit, Handing, Task
from workflows.messages import BodyBrief, Recorded, Submission, UnitBrief
from workflows.party import PartyElection
from workflows.unit import UnitElection

pytestmark = pytest.mark.server

SOON = 60.0  # seconds in which anything waited for here must have happened
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(stock_server()) as started:
        yield started


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with one key."""
    new_key(tmp_path / "keys")
    return tmp_path / "keys"


async def county(server: Server, keys: Path) -> Client:
    """A client as the product makes it."""
    return await connect(Endpoint(server.address, NAMESPACE), EncryptionCodec.of(keys))


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition. Raises TimeoutError when it does not come true soon."""
    async with asyncio.timeout(SOON):
        while True:
            answer = holds()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.05)


class Desk(MemoryStore):
    """A store that shows what was written through it."""

    def __init__(self) -> None:
        self.facts: list[Entry] = []
        self.opened: list[Task] = []
        super().__init__(self.facts.append, self.opened.append)

    @property
    def gates(self) -> list[str]:
        """The gates whose tasks came through here, in order."""
        return [task.gate for task in self.opened]

    @property
    def last(self) -> tuple[str, str]:
        """Workflow and gate of the newest task."""
        return self.opened[-1].workflow, self.opened[-1].gate


@asynccontextmanager
async def at_work(
    client: Client, store: Any, build: str = "1", take_over: TakeOver = TakeOver.ALWAYS
) -> AsyncIterator[asyncio.Event]:
    """A worker of some build, new elections going to it; told to stop on the way out if it was not before."""
    stop = asyncio.Event()
    working = asyncio.create_task(serve(client, store, version=deployed(build), stop=stop, take_over=take_over))
    try:
        if take_over is TakeOver.ALWAYS:
            await until(is_current(client, build))
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(SOON):
            await working


def deployed(build: str) -> WorkerDeploymentVersion:
    return WorkerDeploymentVersion("huanjie", build)


async def start(client: Client, unit: UnitBrief) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(UnitElection.run, unit, id=unit.id, task_queue=TASK_QUEUE)


async def decide(client: Client, task: Task, role: Role | None = None, written: int | None = None) -> Handing:
    """Record a preparation as done today; `written`: as one who found so many commits in the registry."""
    form = Recorded(held_on=datetime.now(BEIJING).date())
    by, second = signed(role or task.role, "王秀英"), signed(role or task.role, "李建国")
    said = Submission(gate=task.gate, by=by, second=second, form=form, written=written)
    answer: Handing = await client.get_workflow_handle(task.workflow).execute_update(
        "decide", said, id=f"{task.gate}:{by.role}", result_type=Handing
    )
    return answer


# ---------------------------------------------------------------- encryption


def test_an_election_leaves_nothing_readable_and_replays_with_the_plugin_alone(server: Server, keys: Path) -> None:
    """A whole Party election in the sandbox: its history holds ciphertext only, and the plugin gives a replayer its key."""
    unit = brief(id="E1", setting=moved_setting(weeks_from_2021()).hash)
    clerk = ServerClerk(unit, by=weeks_from_2021())
    clerk.answers = {
        "party.slate": lambda task, form: form.model_copy(  # P5: five seats need six names
            update={"names": task.people[:5], "committed": task.people[:5]}
        )
    }

    async def elect() -> None:
        client = await county(server, keys)
        await clerk.serve(client, PartyElection.run, BodyBrief(unit=unit), "E1/party", SandboxedWorkflowRunner())
        await clerk.fetch_histories()

    asyncio.run(elect())
    assert [(each.gate, each.rules) for each in clerk.refusals] == [("party.slate", ("P5",))]  # read through the codec
    history = clerk.histories["E1/party"]
    raw = b"".join(event.SerializeToString() for event in history.events)
    for name in ("甲社区", "街道党工委", *(person.name for person in PARTY)):
        assert name.encode() not in raw
        assert json.dumps(name).strip('"').encode() not in raw
    encodings = {payload.metadata["encoding"] for event in history.events for payload in payloads_in(event)}
    assert encodings == {b"binary/encrypted"}
    assert any(event.user_metadata.HasField("summary") for event in history.events)  # what timers wait for is in it
    asyncio.run(replayed(history, EncryptionCodec.of(keys)))


def payloads_in(message: Message) -> Iterator[Payload]:
    """Every payload anywhere in a message, but for search attributes, which the server must read."""
    if isinstance(message, Payload):
        yield message
    elif not isinstance(message, SearchAttributes):
        for field, value in message.ListFields():
            if field.message_type is None:
                continue
            for each in _messages(value):
                yield from payloads_in(each)


def _messages(value: Any) -> Iterable[Message]:
    if isinstance(value, Message):
        return (value,)
    members = value.values() if hasattr(value, "values") else value
    return [each for each in members if isinstance(each, Message)]


async def replayed(history: WorkflowHistory, codec: EncryptionCodec) -> None:
    """Raises when the history does not replay."""
    await Replayer(workflows=list(WORKFLOWS), plugins=[election_plugin(codec)]).replay_workflow(history)


def test_without_its_key_an_election_waits_and_with_it_goes_on(server: Server, keys: Path, tmp_path: Path) -> None:
    """A worker whose key is missing fails tasks, not the election; after a rotation old and new are both read."""

    async def story() -> None:
        desk, client = Desk(), await county(server, keys)
        handle = await start(client, brief(id="E2"))
        stranger = await connect(
            Endpoint(server.address, NAMESPACE), EncryptionCodec(Keyring("other", {"other": bytes(32)}))
        )
        async with at_work(stranger, desk):
            await until(lambda: failed_tasks(handle))
        assert desk.facts == []
        rotate(keys)
        async with at_work(await county(server, keys), desk):
            await until(lambda: desk.gates == ["prep.institution"])
            await decide(client, desk.opened[0])
            await until(lambda: desk.gates == ["prep.institution", "prep.survey"])
        await handle.terminate()

    asyncio.run(story())


async def failed_tasks(handle: WorkflowHandle[Any, Any]) -> bool:
    events = (await handle.fetch_history()).events
    return any(event.HasField("workflow_task_failed_event_attributes") for event in events)


def test_a_worker_applies_its_clients_plugin_once(server: Server, keys: Path) -> None:
    """No interceptor counts twice, and the SDK sees nothing to warn of."""

    async def made() -> list[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client = await county(server, keys)
            worker = Worker(client, task_queue="once", workflows=list(WORKFLOWS))
        return [*worker.config(active_config=True)["interceptors"], *client.config()["interceptors"]]

    assert sorted(type(each).__name__ for each in asyncio.run(made())) == sorted((Telling.__name__, Counting.__name__))


def test_sandboxed_workflows_fetch_an_unknown_setting_from_a_database(
    server: Server, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A supplier may open SQLite and import a library for the first time, from within a workflow's first step.

    It must let imports pass through: a library that is imported into the sandbox is a second copy of itself.
    """
    file = tmp_path / "registry.sqlite"
    key = settings.install(street_2021(), national_calendar([2021])).hash
    with sqlite3.connect(file) as database:
        database.execute("create table elections (setting text, pack text)")
        database.execute("insert into elections values (?, ?)", (key, pack_text("street-2021")))
    unit = brief(id="S1", setting=key)
    monkeypatch.setattr(settings, "_INSTALLED", {})  # as in a worker that has just started
    asked: list[str] = []

    def from_registry(wanted: str) -> settings.Setting | None:
        with workflow.unsafe.imports_passed_through():
            import xmlrpc.client  # noqa: F401 - a module that nothing else here has imported

            asked.append(wanted)
            with sqlite3.connect(file) as database:
                (text,) = database.execute("select pack from elections where setting = ?", (wanted,)).fetchone()
            return settings.install(load_pack(text, "street-2021"), national_calendar([2021]))

    async def story() -> None:
        desk, client = Desk(), await county(server, keys)
        async with at_work(client, desk):
            handle = await start(client, unit)
            await until(lambda: desk.gates == ["prep.institution"])
            await handle.terminate()

    settings.supply(from_registry)
    try:
        asyncio.run(story())
    finally:
        settings.supply(None)
    assert asked == [key]


# ---------------------------------------------------------------- versions


def test_a_running_election_stays_with_its_version_until_it_is_moved(server: Server, keys: Path) -> None:
    """A second build serves what begins after it; moved, the first election and its bodies go on there.

    Before a move, code that would go another way is found out, election by election.
    """

    async def story() -> None:
        old, new, client = Desk(), Desk(), await county(server, keys)
        async with at_work(client, old):
            first = await start(client, brief(id="V1"))
            await until(lambda: old.gates == ["prep.institution"])
            async with at_work(client, new, "2"):
                second = await start(client, brief(id="V2"))
                await until(lambda: new.gates == ["prep.institution"])
                await decide(client, old.opened[0])  # still the old code's, commits included
                await until(lambda: old.gates == ["prep.institution", "prep.survey"])
                assert {task.workflow for task in old.opened} == {"V1"}
                assert {task.workflow for task in new.opened} == {"V2"}

                assert await unfit_for(client) == ()
                assert {each.workflow for each in await unfit_for(client, changed_code(keys))} == {"V1", "V2"}
                assert await move(client, deployed("2")) == 1
                assert await move(client, deployed("2")) == 0
                await decide(client, old.opened[1])
                for workflow, gate in (("V1", "prep.plan"), ("V1", "prep.training"), ("V1", "prep.audit")):
                    await until(lambda at=(workflow, gate): new.last == at)  # type: ignore[misc]
                    await decide(client, new.opened[-1])
                await until(lambda: new.last == ("V1/party", "party.meeting"))
                assert old.gates == ["prep.institution", "prep.survey"]
                assert await move(client, deployed("2")) == 0  # the body that began meanwhile is there too
                await first.terminate()
                await second.terminate()

    asyncio.run(story())


@workflow.defn(name="UnitElection", sandboxed=False)
class AnotherElection:
    """Code that would go another way than the elections begun so far."""

    @workflow.run
    async def run(self, unit: UnitBrief) -> None:
        await workflow.sleep(unit.households)


def changed_code(keys: Path) -> Replayer:
    return Replayer(workflows=[AnotherElection], plugins=[election_plugin(EncryptionCodec.of(keys))])


def is_current(client: Client, build: str) -> Callable[[], Awaitable[bool]]:
    async def asked() -> bool:
        return await current_version(client) == deployed(build)

    return asked


def test_an_older_worker_that_restarts_takes_nothing_back(server: Server, keys: Path) -> None:
    """Only where nothing is current, or when told to, does a worker take new elections; asking twice changes nothing."""

    async def story() -> None:
        client = await county(server, keys)
        async with at_work(client, Desk(), "new"):
            assert await make_current(client, deployed("new")) is False
            older = Desk()
            async with at_work(client, older, "older", TakeOver.WHEN_NONE):
                with pytest.raises(Exception, match="没有版本为 nobody 的工作进程"):
                    await make_current(client, deployed("nobody"), patience=SECOND)
                assert await current_version(client) == deployed("new")

    asyncio.run(story())


# ---------------------------------------------------------------- stopping


class SlowDesk(Desk):
    """A registry that is in the middle of a transaction until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.deliveries = 0

    def apply(self, commit: Commit, papers: Iterable[IssuedPaper]) -> bool:
        self.deliveries += 1
        self.begun.set()
        assert self.may_end.wait(SOON)
        return super().apply(commit, papers)


def test_a_worker_told_to_stop_finishes_the_commit_it_is_writing(server: Server, keys: Path) -> None:
    """The transaction ends, the server hears of it before the worker is gone, and nothing is delivered twice."""

    async def story() -> None:
        desk, client = SlowDesk(), await county(server, keys)
        async with at_work(client, desk) as stop:
            handle = await start(client, brief(id="G1"))
            await asyncio.to_thread(desk.begun.wait, SOON)
            stop.set()
            desk.may_end.set()
        events = (await handle.fetch_history()).events
        assert [event.activity_task_started_event_attributes.attempt for event in events if started(event)] == [1]
        assert any(event.HasField("activity_task_completed_event_attributes") for event in events)
        async with at_work(client, desk):
            await decide(client, desk.opened[0])
            await until(lambda: desk.gates == ["prep.institution", "prep.survey"])
        assert desk.deliveries == 2
        await handle.terminate()

    asyncio.run(story())


def started(event: Any) -> bool:
    return bool(event.HasField("activity_task_started_event_attributes"))


PROCESS = """\
import sys
from contextlib import contextmanager
from pathlib import Path
from activities.stores import MemoryStore
from live.connection import Endpoint
from live.logs import configure_logging
from live.worker import WorkerSettings, run_worker
from tests.workflows.clerk import setting

@contextmanager
def registry():
    yield MemoryStore(lambda entry: None)
    print("registry closed", flush=True)

address, namespace, keys, metrics = sys.argv[1:]
configure_logging()
setting()  # installed as a worker's supplier would
run_worker(WorkerSettings(Endpoint(address, namespace), Path(keys), metrics, build_id="process"), registry)
print("ended", flush=True)
"""


def test_a_worker_process_serves_figures_and_ends_in_order_on_sigterm(server: Server, keys: Path) -> None:
    """The registry is closed after the last transaction; the exit code is 0; refusals, commits and facts were counted.

    Of the two commits the worker wrote one, the other went to the decision's sender; the facts of both are counted once.
    """
    metrics = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [sys.executable, "-c", PROCESS, server.address, NAMESPACE, str(keys), metrics],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    try:
        asyncio.run(_serve_one_refusal_and_one_decision(server, keys))
        figures = urllib.request.urlopen(f"http://{metrics}/metrics", timeout=SOON).read().decode()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=SOON)
    finally:
        process.kill()
    assert process.returncode == 0, err.decode()
    assert out.decode().splitlines() == ["registry closed", "ended"]
    told = [json.loads(line) for line in err.decode().splitlines()]
    assert [line["event"] for line in told if line["logger"] == "live.worker"][-1] == "worker stopped"
    (refused,) = [line for line in told if line["event"] == "update refused"]
    assert (refused["update"], refused["rules"], refused["workflow"]) == ("decide", ["O3"], "P1")
    assert "甲社区" not in err.decode()
    assert "王秀英" not in err.decode()
    assert has_sample(figures, "huanjie_updates_total", 'outcome="refused"', 'update="decide"')
    assert has_sample(figures, "huanjie_refusals_total", 'rule="O3"')
    assert sample(figures, "huanjie_commits_total", 'outcome="written"') == 1
    assert sample(figures, "huanjie_facts_total", 'kind="decided"') == 1
    assert sample(figures, "huanjie_facts_total", 'kind="gate_opened"') == 2
    assert "temporal_workflow_task_execution_latency" in figures


async def _serve_one_refusal_and_one_decision(server: Server, keys: Path) -> None:
    client = await county(server, keys)
    await make_current(client, deployed("process"))
    handle = await start(client, brief(id="P1"))
    await until(lambda: waits_for(handle, "prep.institution"))
    task = Task(
        workflow="P1",
        gate="prep.institution",
        step="prep.institution",
        title="成立机构",
        role=Role.STREET_COMMITTEE,
        opens_on=datetime.now(BEIJING).date(),
        last_day=None,
    )
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await decide(client, task, Role.PARTY_BRANCH)
    assert isinstance(refused.value.cause, ApplicationError)
    assert [finding["rule"] for finding in refused.value.cause.details] == ["O3"]
    (commit,) = (await decide(client, task, written=1)).commits
    assert [fact.kind for fact in commit.facts] == ["decided", "gate_opened", "overdue"]  # the plan's days are of 2021
    await handle.terminate()


async def waits_for(handle: WorkflowHandle[Any, Any], gate: str) -> bool:
    return gate in await handle.query("waiting_for", rpc_timeout=timedelta(seconds=SOON))


def has_sample(figures: str, name: str, *labels: str) -> bool:
    return bool(sample(figures, name, *labels))


def sample(figures: str, name: str, *labels: str) -> float:
    """All of a counter's figures with these labels together."""
    lines = [line for line in figures.splitlines() if line.startswith(name) and all(each in line for each in labels)]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
