"""Which code decides which election: a version for each state of the workflows, elections pinned to the one they began with.

A worker says by its build id which workflow code it runs. New elections go to the deployment's *current* version; a running
one stays with its own, children included, so that an upgrade cannot change what an election has half done. Where the old
code will not be kept running, `unfit_for` replays every running history on the new code and `move` pins those to it.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentVersion as VersionProto
from temporalio.api.workflow.v1 import VersioningOverride, WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    UpdateWorkflowExecutionOptionsRequest,
)
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

from workflows.catalogue import OFFICE_WORKFLOWS, TASK_QUEUE, WORKFLOWS

DEPLOYMENT = "huanjie"
DISTRIBUTION = "huanjie"
DECIDES = ("workflows", "policies")
"""The packages whose code decides what an election does next."""
PATIENCE = timedelta(seconds=60)
_PAUSE = 0.2  # seconds between two looks at the server
_AT_ONCE = 8  # calls under way at one time
RUNNING = f'ExecutionStatus = "Running" AND TaskQueue = "{TASK_QUEUE}"'


class VersionNotServed(Exception):  # noqa: N818 - named for what happened
    """No worker of a version came up in time."""


# ---------------------------------------------------------------- naming a version


def build_id() -> str:
    """Version of the package and a hash of the code that decides: another state of that code is another build."""
    try:
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = "0"
    return f"{version}-{code_hash({package: resources.files(package) for package in DECIDES})}"


def code_hash(packages: Mapping[str, Traversable]) -> str:
    """Twelve hex digits of the SHA-256 over every Python file of the packages, names and contents, in order of names."""
    digest = sha256()
    for package, folder in sorted(packages.items()):
        for name, content in sorted(_sources(folder, package)):
            digest.update(f"{name}\n{len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:12]


def _sources(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.is_dir():
            found.extend(_sources(item, f"{path}/{item.name}"))
        elif item.name.endswith(".py"):
            found.append((f"{path}/{item.name}", item.read_bytes()))
    return found


def this_version(build: str = "", deployment: str = DEPLOYMENT) -> WorkerDeploymentVersion:
    """The version of this process; `build` overrides the computed build id."""
    return WorkerDeploymentVersion(deployment, build or build_id())


# ---------------------------------------------------------------- the current version


async def current_version(client: Client, deployment: str = DEPLOYMENT) -> WorkerDeploymentVersion | None:
    """The version new elections go to; None while there is none."""
    try:
        answer = await client.workflow_service.describe_worker_deployment(
            DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment), retry=True
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    build = answer.worker_deployment_info.routing_config.current_deployment_version.build_id
    return WorkerDeploymentVersion(deployment, build) if build else None


async def make_current(client: Client, version: WorkerDeploymentVersion, *, patience: timedelta = PATIENCE) -> bool:
    """Send new elections to this version; False when they went there already.

    Waits until a worker of the version has reported. Raises VersionNotServed when none has within `patience`.
    """
    if await current_version(client, version.deployment_name) == version:
        return False
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(
                SetWorkerDeploymentCurrentVersionRequest(
                    namespace=client.namespace,
                    deployment_name=version.deployment_name,
                    build_id=version.build_id,
                    identity=client.identity,
                )
            )
            return True
        except RPCError as error:
            if error.status not in _NOT_YET:
                raise
            if loop.time() > deadline:
                raise VersionNotServed(
                    f"等了 {patience.total_seconds():.0f} 秒，没有版本为 {version.build_id} 的工作进程连上服务器：{error.message}"
                ) from error
        await asyncio.sleep(_PAUSE)


_NOT_YET = (
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.ABORTED,
    RPCStatusCode.UNAVAILABLE,
)


# ---------------------------------------------------------------- elections in flight


@dataclass(frozen=True)
class Unfit:
    """A running workflow that the code at hand would not continue as it began, and what differs."""

    workflow: str
    reason: str


async def unfit_for(client: Client, replayer: Replayer | None = None) -> tuple[Unfit, ...]:
    """The running workflows whose histories this process's code does not replay; empty when an upgrade may move them all."""
    checking = replayer or replayer_like(client)
    unfit: list[Unfit] = []
    async for workflow_id, run_id, _ in _running(client):
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        result = await checking.replay_workflow(history, raise_on_replay_failure=False)
        if result.replay_failure is not None:
            unfit.append(Unfit(workflow_id, str(result.replay_failure)))
    return tuple(unfit)


def replayer_like(client: Client) -> Replayer:
    """A replayer of our workflows with the client's own plugins: the same converter, codec and sandbox."""
    plugins = [each for each in client.config()["plugins"] if hasattr(each, "configure_replayer")]
    return Replayer(workflows=[*WORKFLOWS, *OFFICE_WORKFLOWS], plugins=plugins)  # type: ignore[arg-type]


async def move(client: Client, to: WorkerDeploymentVersion) -> int:
    """Pin every running election to a version; returns how many were moved. Those already there are left alone.

    Ask `unfit_for` first. Goes over them again until nothing is left, because a body may begin meanwhile.
    """
    moved = 0
    while True:
        waiting = [(workflow, run) async for workflow, run, pinned in _running(client) if pinned != to]
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(workflow: str, run: str, gate: asyncio.Semaphore = gate) -> bool:
            async with gate:
                return await _pin(client, workflow, run, to)

        now = sum(await asyncio.gather(*(one(workflow, run) for workflow, run in waiting)))
        if not now:
            return moved
        moved += now


async def _running(client: Client) -> AsyncIterator[tuple[str, str, WorkerDeploymentVersion | None]]:
    """Workflow id, run id and the version it is pinned to, of every running workflow of ours."""
    async for execution in client.list_workflows(RUNNING):
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        versioning = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
        if versioning.HasField("versioning_override"):
            pinned = versioning.versioning_override.pinned.version
        else:
            pinned = versioning.deployment_version
        known = WorkerDeploymentVersion(pinned.deployment_name, pinned.build_id) if pinned.build_id else None
        yield execution.id, execution.run_id, known


async def _pin(client: Client, workflow: str, run: str, to: WorkerDeploymentVersion) -> bool:
    """False when the workflow closed meanwhile."""
    override = VersioningOverride(
        pinned=VersioningOverride.PinnedOverride(
            behavior=VersioningOverride.PINNED_OVERRIDE_BEHAVIOR_PINNED,
            version=VersionProto(deployment_name=to.deployment_name, build_id=to.build_id),
        )
    )
    try:
        await client.workflow_service.update_workflow_execution_options(
            UpdateWorkflowExecutionOptionsRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow, run_id=run),
                workflow_execution_options=WorkflowExecutionOptions(versioning_override=override),
                update_mask=FieldMask(paths=["versioning_override"]),
            ),
            retry=True,
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return True
