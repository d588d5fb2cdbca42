"""An independent checker: reads only the journal, recomputes from raw counts, shares no code with what it checks."""

from simulation.checker.checker import Checker, check_file, check_text
from simulation.checker.report import Invariant, Report, Violation, merged

__all__ = ["Checker", "Invariant", "Report", "Violation", "check_file", "check_text", "merged"]
