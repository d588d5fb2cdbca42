"""What a Prometheus scrapes: the SDK's own figures and a few of ours, counted where the worker sees them.

Ours: updates by kind and outcome, refusals by rule, the facts given to be written, commits and how long a commit took. No label
names a person, a unit or a workflow. Decisions and facts are counted as the workflow takes and gives them (never on replay),
whoever writes them then; commits as they are delivered to the worker, so one that was delivered twice counts twice, and one
that a gateway wrote, not at all.
"""

import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from temporalio import activity, workflow
from temporalio.common import MetricMeter
from temporalio.exceptions import ApplicationError
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    HandleUpdateInput,
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from live.logs import sdk_logger
from live.tls import TransportRefused, host_of, on_this_machine
from workflows.facts import Commit, Handing
from workflows.journalling import COMMIT
from workflows.procedure import REFUSED

UPDATES, REFUSALS = "huanjie_updates", "huanjie_refusals"
COMMITS, FACTS, COMMIT_TIME = "huanjie_commits", "huanjie_facts", "huanjie_commit_seconds"
ACCEPTED, REJECTED, WRITTEN, FAILED = "accepted", "refused", "written", "failed"
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0)  # seconds
_RULE = re.compile(r"[A-Z]{1,3}\d{1,3}")


def runtime(metrics_address: str = "", *, core_level: str = "WARN") -> Runtime:
    """The SDK's runtime of this process, its core's messages going into our logs; one a process is enough.

    `metrics_address`: loopback `host:port` that serves /metrics, "" for none. Raises TransportRefused for an address that
    others could reach (figures go out through a reverse proxy that authenticates) or that is taken.
    """
    if metrics_address and not on_this_machine(host_of(metrics_address)):
        raise TransportRefused(f"指标地址 {metrics_address} 不是本机回环地址：指标只在本机提供，例如 127.0.0.1:9464")
    telemetry = TelemetryConfig(
        logging=LoggingConfig(
            TelemetryFilter(core_level=core_level, other_level="ERROR"),
            forwarding=LogForwardingConfig(
                sdk_logger(),
                append_target_to_name=False,
                prepend_target_on_message=False,
                append_log_fields_to_message=False,  # `live.logs` picks the fields that are safe
            ),
        ),
        metrics=PrometheusConfig(
            metrics_address,
            counters_total_suffix=True,
            durations_as_seconds=True,
            histogram_bucket_overrides={COMMIT_TIME: _BUCKETS},
        )
        if metrics_address
        else None,
    )
    try:
        return Runtime(telemetry=telemetry)
    except ValueError as error:  # the SDK's only sign that the port is taken
        raise TransportRefused(f"指标地址 {metrics_address} 无法使用（可能已被占用）：{error}") from error


# ---------------------------------------------------------------- counting


class Counting(Interceptor):
    """Counts what the elections decide and what the registry writes."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """See Interceptor."""
        return _CountedActivity(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: ARG002
    ) -> type[WorkflowInboundInterceptor]:
        """See Interceptor."""
        return _CountedWorkflow


class _CountedWorkflow(WorkflowInboundInterceptor):
    """Runs inside the sandbox; the workflow's meter keeps still on replay."""

    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        """One for each workflow instance."""
        self._given = _Given(outbound)
        super().init(self._given)

    def handle_update_validator(self, input: HandleUpdateInput) -> None:
        """A validator runs once, when the update arrives; what it refuses the history never sees."""
        try:
            super().handle_update_validator(input)
        except ApplicationError as error:
            meter = workflow.metric_meter()
            _update(meter, input.update, REJECTED)
            if error.type == REFUSED:
                for rule in rules_in(error):
                    meter.create_counter(REFUSALS, "Findings that refused an update, by rule").add(1, {"rule": rule})
            raise

    async def handle_update_handler(self, input: HandleUpdateInput) -> Any:
        """Accepted and done."""
        answer = await super().handle_update_handler(input)
        _update(workflow.metric_meter(), input.update, ACCEPTED)
        if isinstance(answer, Handing):
            self._given.count(answer.commits)
        return answer


class _Given(WorkflowOutboundInterceptor):
    """Counts the facts of each commit once, when it is first given to be written: to an activity, or to a decision's sender."""

    last = 0  # the number of the last commit counted

    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        """See WorkflowOutboundInterceptor."""
        self.count([argument for argument in input.args if isinstance(argument, Commit)])
        return super().start_activity(input)

    def count(self, commits: Sequence[Commit]) -> None:
        """Commits on their way, in order."""
        for commit in commits:
            if commit.number > self.last:
                self.last = commit.number
                facts = workflow.metric_meter().create_counter(FACTS, "Facts given to be written, by kind")
                for noted in commit.facts:
                    facts.add(1, {"kind": noted.kind})


def _update(meter: MetricMeter, update: str, outcome: str) -> None:
    meter.create_counter(UPDATES, "Updates answered, by kind and outcome").add(
        1, {"update": update, "outcome": outcome}
    )


def rules_in(error: ApplicationError) -> list[str]:
    """Ids of the rules in a refusal's findings, each once; nothing that does not look like a rule's id becomes a label."""
    named = [detail.get("rule") for detail in error.details if isinstance(detail, dict)]
    return list(dict.fromkeys(rule for rule in named if isinstance(rule, str) and _RULE.fullmatch(rule)))


class _CountedActivity(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Counts commits; other activities have the SDK's own figures."""
        if activity.info().activity_type != COMMIT:
            return await super().execute_activity(input)
        meter, started, outcome = activity.metric_meter(), perf_counter(), FAILED
        try:
            answer = await super().execute_activity(input)
            outcome = WRITTEN
            return answer
        finally:
            meter.create_counter(COMMITS, "Commits delivered, by outcome").add(1, {"outcome": outcome})
            meter.create_histogram_float(COMMIT_TIME, "How long a commit took", "s").record(perf_counter() - started)
