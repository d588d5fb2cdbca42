"""Reading a plan against the rules: what it contradicts, in itself and in law, before anybody acts on it."""

from policies.lint.live import live_obstacles
from policies.lint.report import LintFinding, lint
from policies.lint.schedule import Deadline, Schedule, schedule

__all__ = ["Deadline", "LintFinding", "Schedule", "lint", "live_obstacles", "schedule"]
