"""What is asked for, and how it is shared out: districts, and the faults each of them gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.calendar import Calendar
from policies.pack.schema import Pack
from simulation.faults import divide
from simulation.population.parameters import Parameters
from simulation.population.synthesis import districts_for
from workflows.needs import unperformable


@dataclass(frozen=True)
class Campaign:
    """So many units under a pack, from a seed, with faults to plant by code."""

    pack: Pack
    calendar: Calendar
    parameters: Parameters
    units: int
    seed: int
    faults: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One district's share of a campaign: everything its rehearsal depends on."""

    number: int
    units: int
    seed: int
    pack: Pack
    calendar: Calendar
    parameters: Parameters
    faults: Mapping[str, int]


def unfit(pack: Pack, calendar: Calendar) -> list[str]:
    """Why a pack cannot be rehearsed, in Chinese: steps the workflows perform and it lacks, days nobody knows yet."""
    problems = unperformable(pack)
    unknown = [year for year in range(pack.starts.year, pack.completed_by.year + 1) if year not in calendar.years]
    problems += [f"{year} 年的放假安排没有公布，工作日无从推算，不能演练" for year in unknown]
    return problems


def jobs(campaign: Campaign) -> list[Job]:
    """The districts, each with its share of the faults."""
    sizes = districts_for(campaign.units, campaign.parameters.of(campaign.pack.kind))
    shares = divide(campaign.faults, [units for _, units in sizes])
    return [
        Job(number, units, campaign.seed, campaign.pack, campaign.calendar, campaign.parameters, share)
        for (number, units), share in zip(sizes, shares, strict=True)
    ]
