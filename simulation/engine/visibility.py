"""Why: listing and counting workflows, with a deliberately tiny part of Temporal's list filter; the rest is refused.

Grammar: conditions joined by AND; a condition is `Name = value`, `Name != value`, `Name IN (value, …)` or
`Name STARTS_WITH 'text'`. Names: WorkflowId, WorkflowType, RunId, ExecutionStatus, TaskQueue, or a search attribute.
Values: quoted strings, numbers, true, false.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import temporalio.api.common.v1 as common_pb
import temporalio.api.workflow.v1 as workflow_pb
import temporalio.common
import temporalio.converter
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from simulation.engine.agenda import to_datetime
from simulation.engine.runs import Run


class WorkflowView:
    """What may be known of a run from outside, read live."""

    __slots__ = ("_run",)

    def __init__(self, run: Run) -> None:
        self._run = run

    @property
    def id(self) -> str:
        return self._run.workflow_id

    @property
    def run_id(self) -> str:
        return self._run.run_id

    @property
    def workflow_type(self) -> str:
        return self._run.workflow_type

    @property
    def status(self) -> WorkflowExecutionStatus:
        return self._run.status

    @property
    def task_queue(self) -> str:
        return self._run.options.task_queue

    @property
    def start_time(self) -> datetime:
        return to_datetime(self._run.start_ns)

    @property
    def close_time(self) -> datetime | None:
        return None if self._run.close_ns is None else to_datetime(self._run.close_ns)

    @property
    def parent_id(self) -> str | None:
        return self._run.link.run.workflow_id if self._run.link else None

    @property
    def patches(self) -> dict[str, bool]:
        """Patch ids the run has marked; True when deprecated."""
        return dict(self._run.patches)

    @property
    def history_length(self) -> int:
        """Approximate number of events."""
        return self._run.events

    def memo(self, name: str, default: Any = None) -> Any:
        """One memo value, decoded by the default converter."""
        payload = self._run.options.memo.get(name)
        return default if payload is None else temporalio.converter.default().payload_converter.from_payload(payload)

    def search_attribute(self, name: str) -> Any:
        """One search attribute's value, None when unset."""
        payload = self._run.options.search_attributes.get(name)
        if payload is None:
            return None
        typed = temporalio.converter.decode_typed_search_attributes(
            common_pb.SearchAttributes(indexed_fields={name: payload})
        )
        for pair in typed:
            return pair.value
        value = temporalio.converter.default().payload_converter.from_payload(payload)
        return value[0] if isinstance(value, list) and len(value) == 1 else value

    def __repr__(self) -> str:
        return f"WorkflowView({self.id!r}, {self.workflow_type!r}, {self.status.name})"


_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>`?[A-Za-z_][\w.\-]*`?)"
    r"|(?P<sign>!=|=|\(|\)|,))"
)
_STATUS = {each.name.replace("_", "").lower(): each for each in WorkflowExecutionStatus}


class Filter:
    """A parsed list filter; calling it with a view says whether the run matches. Raises RPCError on anything else."""

    def __init__(self, query: str) -> None:
        self.query = query
        self._conditions: list[tuple[str, str, list[Any]]] = []
        tokens = self._tokens(query)
        if not tokens:
            return
        position = 0

        def take(kind: str | None = None, text: str | None = None) -> Any:
            nonlocal position
            if position >= len(tokens):
                raise self._refuse("it ends too early")
            found_kind, value = tokens[position]
            if (kind and found_kind != kind) or (text and str(value).upper() != text):
                raise self._refuse(f"unexpected {value!r}")
            position += 1
            return value

        def literal() -> Any:
            found_kind, value = tokens[position] if position < len(tokens) else ("", None)
            if found_kind in ("string", "number"):
                return take()
            if found_kind == "name" and str(value).lower() in ("true", "false"):
                return str(take()).lower() == "true"
            raise self._refuse(f"a value is needed, not {value!r}")

        while True:
            name = str(take("name")).strip("`")
            operator = str(take()).upper()
            if operator == "IN":
                take("sign", "(")
                values = [literal()]
                while tokens[position : position + 1] == [("sign", ",")]:
                    take()
                    values.append(literal())
                take("sign", ")")
            elif operator in ("=", "!=", "STARTS_WITH"):
                values = [literal()]
            else:
                raise self._refuse(f"operator {operator!r}")
            if name == "ExecutionStatus":
                values = [self._status(each) for each in values]
            self._conditions.append((name, operator, values))
            if position == len(tokens):
                return
            take("name", "AND")

    def _tokens(self, query: str) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        position = 0
        while position < len(query.rstrip()):
            match = _TOKEN.match(query, position)
            if match is None:
                raise self._refuse(f"cannot read {query[position:]!r}")
            position = match.end()
            kind = str(match.lastgroup)
            text = match.group(kind)
            if kind == "string":
                found.append((kind, text[1:-1].replace("''", "'")))
            elif kind == "number":
                found.append((kind, float(text) if "." in text else int(text)))
            else:
                found.append((kind, text))
        return found

    def _status(self, value: Any) -> WorkflowExecutionStatus:
        try:
            return _STATUS[str(value).replace("_", "").lower()]
        except KeyError:
            raise self._refuse(f"status {value!r}") from None

    def _refuse(self, why: str) -> RPCError:
        return RPCError(
            f"the engine does not understand the list filter {self.query!r}: {why}", RPCStatusCode.INVALID_ARGUMENT, b""
        )

    def __call__(self, view: WorkflowView) -> bool:
        for name, operator, values in self._conditions:
            value = self._value(view, name)
            if operator == "STARTS_WITH":
                matches = isinstance(value, str) and value.startswith(str(values[0]))
            elif isinstance(value, list):
                matches = any(each in values for each in value)
            else:
                matches = value in values
            if matches == (operator == "!="):
                return False
        return True

    @staticmethod
    def _value(view: WorkflowView, name: str) -> Any:
        match name:
            case "WorkflowId":
                return view.id
            case "WorkflowType":
                return view.workflow_type
            case "RunId":
                return view.run_id
            case "ExecutionStatus":
                return view.status
            case "TaskQueue":
                return view.task_queue
            case _:
                return view.search_attribute(name)


def execution_info(run: Run) -> workflow_pb.WorkflowExecutionInfo:
    """The message describe and list answer with."""
    info = workflow_pb.WorkflowExecutionInfo(status=int(run.status), history_length=run.events)  # type: ignore[arg-type]
    info.execution.workflow_id = run.workflow_id
    info.execution.run_id = run.run_id
    info.type.name = run.workflow_type
    info.task_queue = run.options.task_queue
    info.first_run_id = run.first_run_id
    info.history_size_bytes = run.size
    info.start_time.FromNanoseconds(run.start_ns)
    info.execution_time.FromNanoseconds(run.start_ns)
    if run.close_ns is not None:
        info.close_time.FromNanoseconds(run.close_ns)
    for name in run.options.memo:
        info.memo.fields[name].CopyFrom(run.options.memo[name])
    for name in run.options.search_attributes:
        info.search_attributes.indexed_fields[name].CopyFrom(run.options.search_attributes[name])
    if run.link is not None:
        info.parent_execution.workflow_id = run.link.run.workflow_id
        info.parent_execution.run_id = run.link.run.run_id
    root_id, root_run = run.root or (run.workflow_id, run.run_id)
    info.root_execution.workflow_id = root_id
    info.root_execution.run_id = root_run
    return info
