"""The county office's reports as a live worker writes them: once an election is over, its schedules are taken away."""

from temporalio import activity

from activities.reports.activity import OfficeReports
from live.schedules import end_schedules
from policies.officework import WRITE_REPORT, DueReport, Filed, Filing


class OfficeAtWork(OfficeReports):
    """See OfficeReports."""

    @activity.defn(name=WRITE_REPORT)
    async def write(self, order: DueReport) -> Filed:
        """See OfficeReports. Nothing is due after the district has closed: nothing need ring any more."""
        filed = await super().write(order)
        if filed.outcome is Filing.OVER:
            await end_schedules(activity.client(), order.election)
        return filed
