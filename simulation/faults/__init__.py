"""The ten procedural faults that sink real elections, planted in a rehearsal so that the system can prove it catches them."""

from simulation.faults.catalogue import FAULTS, VARIANTS, applicability, slips, together, variant, variants_of
from simulation.faults.plan import FaultPlan, FaultSummary, Planted
from simulation.faults.request import divide, parse_faults
from simulation.faults.variants import FaultVariant, FiredFault, Moment

__all__ = [
    "FAULTS",
    "VARIANTS",
    "FaultPlan",
    "FaultSummary",
    "FaultVariant",
    "FiredFault",
    "Moment",
    "Planted",
    "applicability",
    "divide",
    "parse_faults",
    "slips",
    "together",
    "variant",
    "variants_of",
]
