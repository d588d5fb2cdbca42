"""The county office's standing duty: what a schedule starts, week by week and day by day, to have one report written.

Which period is meant follows from the instant the schedule named, not from when a worker came to it: a report that was
missed because the server was down is still the report of its own day.
"""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey

from policies.officework import WRITE_REPORT, DueReport, Filed, ReportOrder

SCHEDULED = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
"""Set by the server on what a schedule starts."""

WRITE_TIMEOUT = timedelta(minutes=5)
PATIENCE = timedelta(hours=12)
"""How long a registry that cannot be written is waited for; what this report would have told, the next one tells."""
WRITE_RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))


@workflow.defn
class OfficeReport:
    """One report of the county office."""

    @workflow.run
    async def run(self, order: ReportOrder) -> Filed:
        filed: Filed = await workflow.execute_activity(
            WRITE_REPORT,
            DueReport(election=order.election, kind=order.kind, at=scheduled()),
            result_type=Filed,
            start_to_close_timeout=WRITE_TIMEOUT,
            schedule_to_close_timeout=PATIENCE,
            retry_policy=WRITE_RETRY,
        )
        return filed


def scheduled() -> datetime:
    """The instant the schedule meant; when nothing but a person started it, now."""
    return workflow.info().typed_search_attributes.get(SCHEDULED) or workflow.now()
