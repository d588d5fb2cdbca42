"""Brings a server's namespace to what the elections need, and says what it did: the second time, nothing.

The namespace with how long finished elections are kept, and the few search attributes, which name units but no person.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeNamespaceRequest,
    DescribeNamespaceResponse,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.service import ConnectConfig, RPCError, RPCStatusCode, ServiceClient, TLSConfig

from live.server.problems import PreparationFailed
from live.server.schema import Outcome, Step
from workflows.search import KEYS

RETENTION = timedelta(days=90)
"""How long the server keeps what has ended; the registry keeps it for good."""

SEARCH_ATTRIBUTES = tuple(key.name for key in KEYS)
"""All keywords: they are compared whole, never searched for words."""

SERVED_WITHIN = 90.0  # seconds
ONE_CALL = timedelta(seconds=10)
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


@dataclass(frozen=True)
class Prepared:
    """What was done, in order."""

    steps: tuple[Step, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was not as it had to be."""
        return any(step.outcome is not Outcome.KEPT for step in self.steps)


async def prepare(
    address: str,
    namespace: str,
    *,
    tls: TLSConfig | None = None,
    retention: timedelta = RETENTION,
    within: float = SERVED_WITHIN,
) -> Prepared:
    """Make the namespace and its search attributes on a server, wait until both are served.

    Safe to repeat and for two at once. Raises PreparationFailed when the server cannot be reached, refuses, or does not
    serve them within `within` seconds, or when a search attribute is there with another type.
    """
    preparing = _Preparing(address, namespace, monotonic() + within)
    try:
        client = await asyncio.wait_for(
            ServiceClient.connect(ConnectConfig(target_host=address, tls=tls or False)), timeout=within
        )
        kept = await preparing.namespace_kept(client, retention)
        attributes = await preparing.attributes(client)
        await preparing.served(client)
    except (RuntimeError, TimeoutError) as error:
        raise PreparationFailed(
            f"连不上 Temporal 服务器 {address}：{error}。请确认它已启动、地址和 TLS 设置正确。"
        ) from error
    except RPCError as error:
        raise PreparationFailed(
            f"Temporal 服务器 {address} 拒绝准备命名空间 {namespace}：{error.status.name}，{error.message}。"
        ) from error
    return Prepared((kept, *attributes))


@dataclass(frozen=True)
class _Preparing:
    """One preparation: of what, and until when it may go on (monotonic seconds)."""

    address: str
    name: str
    deadline: float

    async def namespace_kept(self, client: ServiceClient, retention: timedelta) -> Step:
        subject, days = f"命名空间 {self.name}", _days(retention)
        there = await self._described(client)
        if there is None:
            try:
                await client.workflow_service.register_namespace(
                    RegisterNamespaceRequest(
                        namespace=self.name,
                        description="换届",
                        workflow_execution_retention_period=Duration(seconds=int(retention.total_seconds())),
                    ),
                    timeout=ONE_CALL,
                )
            except RPCError as error:
                if error.status is not RPCStatusCode.ALREADY_EXISTS:
                    raise
            else:
                return Step(subject, Outcome.CREATED, f"已结束的保留 {days}")
            there = await self._described(client)
        before = timedelta() if there is None else there.config.workflow_execution_retention_ttl.ToTimedelta()
        if before == retention:
            return Step(subject, Outcome.KEPT, f"已结束的保留 {days}")
        ttl = Duration(seconds=int(retention.total_seconds()))
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=self.name, config=NamespaceConfig(workflow_execution_retention_ttl=ttl)),
            timeout=ONE_CALL,
        )
        return Step(subject, Outcome.CHANGED, f"已结束的保留 {_days(before)} → {days}")

    async def attributes(self, client: ServiceClient) -> list[Step]:
        there = await self._attributes_there(client)
        wrong = [name for name in SEARCH_ATTRIBUTES if there.get(name, KEYWORD) != KEYWORD]
        if wrong:
            raise PreparationFailed(
                f"命名空间 {self.name} 中的检索属性 {'、'.join(wrong)} 类型不是 Keyword："
                "请换一个命名空间，或由管理员删除这些属性后重试。"
            )
        missing = [name for name in SEARCH_ATTRIBUTES if name not in there]
        if missing:
            try:
                await client.operator_service.add_search_attributes(
                    AddSearchAttributesRequest(namespace=self.name, search_attributes=dict.fromkeys(missing, KEYWORD)),
                    timeout=ONE_CALL,
                )
            except RPCError as error:
                if error.status is not RPCStatusCode.ALREADY_EXISTS:  # somebody else prepares too
                    raise
        return [
            Step(f"检索属性 {name}", Outcome.CREATED if name in missing else Outcome.KEPT, "Keyword")
            for name in SEARCH_ATTRIBUTES
        ]

    async def served(self, client: ServiceClient) -> None:
        """Every service learns of a namespace and its attributes in its own time: a query by all of them tells."""
        query = " AND ".join(f"{name} = 'x'" for name in SEARCH_ATTRIBUTES)
        while True:
            try:
                await client.workflow_service.count_workflow_executions(
                    CountWorkflowExecutionsRequest(namespace=self.name, query=query), timeout=ONE_CALL
                )
            except RPCError as error:
                if monotonic() > self.deadline:
                    raise PreparationFailed(
                        f"命名空间 {self.name} 在 {self.address} 上迟迟不能使用：{error.message}。请稍后重试。"
                    ) from error
                await asyncio.sleep(0.2)
            else:
                return

    async def _described(self, client: ServiceClient) -> DescribeNamespaceResponse | None:
        try:
            return await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=self.name), timeout=ONE_CALL
            )
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise

    async def _attributes_there(self, client: ServiceClient) -> dict[str, int]:
        while True:
            try:
                answer = await client.operator_service.list_search_attributes(
                    ListSearchAttributesRequest(namespace=self.name), timeout=ONE_CALL
                )
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND or monotonic() > self.deadline:
                    raise  # a namespace just made may not be known here yet
                await asyncio.sleep(0.2)
            else:
                return {name: int(kind) for name, kind in answer.custom_attributes.items()}


def _days(span: timedelta) -> str:
    return f"{span.days} 天" if span == timedelta(days=span.days) else str(span)
