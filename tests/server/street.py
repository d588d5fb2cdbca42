"""A synthetic street, rehearsed on the engine with everything that was sent and said, and played again on a real server.

The *script* of a street is what its actors sent in a rehearsal: each command with its instant, with how many facts of its
unit the journal held before it, and with the answer. The *conductor* sends the same commands through the gateway, as the
same offices, to a drill whose clock is set forward. Nothing in the procedure depends on more of an instant than its Beijing
day and whether it is nine o'clock yet, when reminders go out. So election time is cut there: every day into the slot before
nine and the slot from nine on. The conductor enters each slot in which anything happened, by setting the clock to its second
minute, waits until what rings there has rung, and sends what was sent there, of each unit in order, all units at once.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.service import RPCError, RPCStatusCode

from activities.commit import Ledger
from activities.registry import Registry
from activities.registry.elections import Election, Ground
from activities.registry.errors import RegistryUnavailableError
from activities.registry.model import ChainRow, PaperRow, WorkflowRow, table
from activities.registry.people import Person
from activities.stores import Entry, MemoryStore
from activities.stores.protocol import IssuedPaper
from console.packs import pack_text
from gateway.carrier import NoAnswer, TemporalCarrier
from gateway.command import Answer, Answered, Command, Gateway, Outcome, Verb
from gateway.door import Door
from gateway.ground import supplier
from gateway.refusal import unit_of
from policies.calendar import national_calendar
from policies.clock import Clock
from policies.pack.load import load_pack
from policies.pack.schema import Pack, Role
from simulation.actors import Cast
from simulation.engine import Engine
from simulation.faults import FaultPlan
from simulation.gateway import EngineGateway
from simulation.population.district import SyntheticDistrict
from simulation.population.parameters import load
from simulation.population.synthesis import synthesize_district
from simulation.rehearsal import LEAD_TIME
from workflows.area import DistrictElection
from workflows.catalogue import TASK_QUEUE, WORKFLOWS
from workflows.electiontime import BEIJING, REMINDED_FROM
from workflows.messages import BodyBrief, DistrictBrief, DistrictOutcome, Move, Submission
from workflows.search import place
from workflows.setting import Setting, install

PACK = "street-2021"
YEAR = 2021
PATIENCE = 60.0  # real seconds in which anything waited for must have happened
A_BIT = 0.02  # real seconds between two looks
ENTERS = timedelta(minutes=1)  # how far behind its beginning a slot is entered
BY = "演练"

T = TypeVar("T")
Fact = tuple[str, dict[str, Any]]
"""A fact's kind and its content."""
