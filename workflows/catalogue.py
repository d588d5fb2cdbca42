"""Every workflow a worker serves, from the district down to the bodies."""

from workflows.area import DistrictElection, StreetElection
from workflows.byelection import ByElection, ResidentsByElection
from workflows.departure import DepartureRecord
from workflows.officework import OfficeReport
from workflows.party import PartyElection
from workflows.recall import RecallElection
from workflows.residents import ResidentsElection
from workflows.supervisory import SupervisoryElection
from workflows.unit import UnitElection
from workflows.village import VillageElection
from workflows.women import WomenElection

TASK_QUEUE = "elections"
WORKFLOWS = (
    DistrictElection,
    StreetElection,
    UnitElection,
    PartyElection,
    ResidentsElection,
    SupervisoryElection,
    WomenElection,
    VillageElection,
    ByElection,
    ResidentsByElection,
    RecallElection,
    DepartureRecord,
)
OFFICE_WORKFLOWS = (OfficeReport,)
"""What a live worker serves beside the elections: the county office's reports."""

PASSED_THROUGH = ("policies", "workflows", "activities", "pydantic", "transitions", "temporalio")
"""Modules a sandboxed runner must share with its worker instead of importing them anew: rules are immutable, and the
settings a worker installed would be lost in a second copy of `workflows.setting`."""
