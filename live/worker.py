"""The worker: serves the elections' workflows and their commits, until it is told to stop, and then ends cleanly.

Workflow code runs in the SDK's sandbox, on its threads. A commit is a database transaction, so it runs on a thread of its
own and never holds up the event loop. Told to stop (SIGTERM, SIGINT), the worker takes nothing new, lets what runs finish,
and returns only when no transaction is open any more: the store may then be closed.
"""

import asyncio
import contextvars
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.converter import PayloadCodec
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.commit import Ledger
from activities.registry import RegistryError
from activities.stores.protocol import Store
from live.connection import PATIENCE, Endpoint, connect
from live.encryption import EncryptionCodec
from live.logs import logger
from live.metrics import runtime
from live.versions import DEPLOYMENT, VersionNotServed, current_version, make_current, this_version
from workflows.catalogue import OFFICE_WORKFLOWS, TASK_QUEUE, WORKFLOWS
from workflows.facts import Commit
from workflows.journalling import COMMIT, COMMIT_TIMEOUT

log = logger(__name__)

_AWAY = timedelta(seconds=5)  # how long the server keeps a task for a worker that may be gone before another gets it
_PAUSE = 5.0  # seconds until the server is asked again

Activities = Sequence[Callable[..., Any]]


@dataclass(frozen=True)
class Size:
    """How much a worker takes on at once. The defaults are for two cores and 500 communities.

    Python runs one thread at a time: more workflow tasks at once would only wait for each other, and a task that waits two
    seconds counts as deadlocked. `writers`: threads that write commits, 1 for SQLite, which has one writer anyhow.
    """

    cached_workflows: int = 1600  # a community and the body being elected, three times 500 with room to spare
    workflow_tasks: int = 12
    activities: int = 24
    writers: int = 1


class TakeOver(StrEnum):
    """When new elections go to the version of a worker that starts."""

    WHEN_NONE = "when_none"  # only when they go nowhere yet: an older worker that restarts must not take them back
    ALWAYS = "always"
    NEVER = "never"


class Offloaded(Ledger):
    """The same commit, its transaction on a thread of the executor, with the log's context."""

    def __init__(self, store: Store, executor: Executor) -> None:
        super().__init__(store)
        self._executor = executor

    @activity.defn(name=COMMIT)
    async def commit(self, commit: Commit) -> None:
        """See Ledger. Cancelled while it writes (a stop that ran out of patience), the transaction still ends as a whole."""
        context = contextvars.copy_context()
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, context.run, self.write, commit)
        except RegistryError as error:
            raise error from None  # what the database said at length is in its own log, and too long for a history


async def serve(
    client: Client,
    store: Store,
    *,
    version: WorkerDeploymentVersion | None,
    stop: asyncio.Event,
    activities: Activities = (),
    size: Size = Size(),
    take_over: TakeOver = TakeOver.WHEN_NONE,
    patience: timedelta = COMMIT_TIMEOUT,
) -> None:
    """Serve the elections until `stop` is set; returns when nothing runs any more.

    `client`: made by `connect`, with the election plugin. `version`: None serves unversioned (tests, benches). `activities`:
    further ones beside the commit. `take_over`: when new elections go to this version. `patience`: how long running
    activities may take to end before they are cancelled. Raises whatever makes the worker itself fail.
    """
    with ThreadPoolExecutor(
        size.writers, thread_name_prefix="registry"
    ) as writers:  # on exit: every transaction has ended
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[*WORKFLOWS, *OFFICE_WORKFLOWS],
            activities=[Offloaded(store, writers).commit, *activities],
            max_cached_workflows=size.cached_workflows,
            max_concurrent_workflow_tasks=size.workflow_tasks,
            max_concurrent_activities=size.activities,
            graceful_shutdown_timeout=patience,
            sticky_queue_schedule_to_start_timeout=_AWAY,
            deployment_config=None if version is None else pinned_to(version),
        )
        running = asyncio.create_task(worker.run())
        stopped = asyncio.create_task(stop.wait())
        claiming = asyncio.create_task(_claim(client, version, take_over))
        log.info("worker started", queue=TASK_QUEUE, build=version.build_id if version else None)
        try:
            await asyncio.wait((running, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            claiming.cancel()
            stopped.cancel()
            if not running.done():
                log.info("worker stopping", patience=patience.total_seconds())
                await worker.shutdown()
            await running
            log.info("worker stopped")


async def _claim(client: Client, version: WorkerDeploymentVersion | None, take_over: TakeOver) -> None:
    """Make this worker's version current where it should be, however long that takes; running elections are served anyhow."""
    if version is None or take_over is TakeOver.NEVER:
        return
    while True:
        try:
            now = await current_version(client, version.deployment_name)
            if now is None or take_over is TakeOver.ALWAYS:
                if await make_current(client, version):
                    log.info("version made current", build=version.build_id, before=now.build_id if now else None)
            elif now != version:
                log.warning("another version is current", build=version.build_id, current=now.build_id)
        except (RPCError, VersionNotServed) as error:
            log.warning("could not make the version current yet", build=version.build_id, error=str(error))
            await asyncio.sleep(_PAUSE)
        else:
            return


def pinned_to(version: WorkerDeploymentVersion) -> WorkerDeploymentConfig:
    """Every election stays with the version it began with, unless somebody moves it (`live.versions.move`)."""
    return WorkerDeploymentConfig(
        version=version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.PINNED
    )


# ---------------------------------------------------------------- a process of its own


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker process needs to know. `keys`: the folder of the payload keys; `metrics_address`: loopback host:port,
    "" for none; `build_id`: "" for the computed one; `accept_plain`: see EncryptionCodec.
    """

    endpoint: Endpoint
    keys: Path
    metrics_address: str = ""
    deployment: str = DEPLOYMENT
    build_id: str = ""
    take_over: TakeOver = TakeOver.WHEN_NONE
    accept_plain: bool = False
    size: Size = field(default_factory=Size)
    patience: timedelta = COMMIT_TIMEOUT
    server_patience: timedelta = PATIENCE


def run_worker(
    settings: WorkerSettings,
    registry: Callable[[], AbstractContextManager[Store]],
    activities: Callable[[Store], Activities] = lambda store: (),  # noqa: ARG005
) -> None:
    """Serve until SIGTERM or SIGINT; a second one ends the process at once. For the main thread.

    `registry` opens the store, which is closed when nothing writes any more; `activities` makes further ones from it. Logging
    and the settings' supplier are the caller's. Raises KeysUnusable, TransportRefused, ServerUnreachable before anything is
    served, and whatever makes the worker itself fail.
    """
    asyncio.run(_run_worker(settings, registry, activities))


async def _run_worker(
    settings: WorkerSettings,
    registry: Callable[[], AbstractContextManager[Store]],
    activities: Callable[[Store], Activities],
) -> None:
    codec: PayloadCodec = EncryptionCodec.of(settings.keys, accept_plain=settings.accept_plain)
    stop = stop_on_signals()
    client = await connect(
        settings.endpoint, codec, runtime=runtime(settings.metrics_address), patience=settings.server_patience
    )
    with registry() as store:
        await serve(
            client,
            store,
            version=this_version(settings.build_id, settings.deployment),
            stop=stop,
            activities=activities(store),
            size=settings.size,
            take_over=settings.take_over,
            patience=settings.patience,
        )


def stop_on_signals() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets, once; the next signal does what it always does. Call inside a running loop."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        log.info("asked to stop", signal=number.name)
        stop.set()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(each)

    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(
            NotImplementedError
        ):  # Windows: Ctrl-C raises KeyboardInterrupt, which cancels and drains as well
            loop.add_signal_handler(number, asked, number)
    return stop
