"""Reading a plan against the rules: what it contradicts, in itself and in law, before anybody acts on it."""

from policies.lint.live import live_obstacles
from policies.lint.report import LintFinding, lint

__all__ = ["LintFinding", "lint", "live_obstacles"]
