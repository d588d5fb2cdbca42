"""Setting a drill's clock forward for a whole election: its own workflow while it runs, and whatever runs within the term.

A recall or a by-election is nobody's child, so the clock is brought to each; where the election is over, the first of them is
asked in its stead. The registry says what runs.
"""

import asyncio
from dataclasses import replace

from activities.registry import Registry
from gateway.carrier import Carrier
from gateway.command import Answer, Command, Outcome


async def move(registry: Registry, carrier: Carrier, command: Command) -> Answer:
    """The answer of whoever was asked; accepted, everything has the clock. Raises NoAnswer: the same key may be sent again."""
    under_way = await asyncio.to_thread(registry.terms.under_way, command.workflow)
    answer = await carrier.carry(command)
    for workflow in under_way:
        if answer.outcome is not Outcome.CLOSED:
            break
        answer = await carrier.carry(replace(command, workflow=workflow))
    if answer.accepted and under_way:
        clock = await asyncio.to_thread(registry.elections.running_clock, command.workflow)
        assert clock is not None, "only a drill's clock is moved"
        for workflow in under_way:
            await carrier.tell(workflow, clock)
    return answer
