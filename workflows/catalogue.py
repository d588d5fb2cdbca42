"""Every workflow a worker serves, from the district down to the bodies."""

from workflows.area import DistrictElection, StreetElection
from workflows.party import PartyElection
from workflows.residents import ResidentsElection
from workflows.supervisory import SupervisoryElection
from workflows.unit import UnitElection

TASK_QUEUE = "elections"
WORKFLOWS = (
    DistrictElection,
    StreetElection,
    UnitElection,
    PartyElection,
    ResidentsElection,
    SupervisoryElection,
)
