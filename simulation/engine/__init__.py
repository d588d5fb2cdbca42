"""An in-process engine for Temporal workflows: hundreds of them on one virtual clock, without a server. See
README.md.
"""

from simulation.engine.client import EngineClient
from simulation.engine.core import Statistics
from simulation.engine.engine import Engine, Token
from simulation.engine.errors import (
    EngineError,
    HorizonError,
    LivelockError,
    OpenWorkflow,
    ReplayMismatchError,
    RunawayActivityError,
    StuckError,
    UnsupportedCommandError,
    WorkflowTaskFailedError,
)
from simulation.engine.replay import Recording, bare_cost, check_replay, replay_commands
from simulation.engine.runs import UpdateOutcome
from simulation.engine.visibility import WorkflowView

__all__ = [
    "Engine",
    "EngineClient",
    "EngineError",
    "HorizonError",
    "LivelockError",
    "OpenWorkflow",
    "Recording",
    "ReplayMismatchError",
    "RunawayActivityError",
    "Statistics",
    "StuckError",
    "Token",
    "UnsupportedCommandError",
    "UpdateOutcome",
    "WorkflowTaskFailedError",
    "WorkflowView",
    "bare_cost",
    "check_replay",
    "replay_commands",
]
