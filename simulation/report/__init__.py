"""The report people read after a rehearsal: one HTML file in Chinese that opens offline, made from figures alone."""

from simulation.report.material import CaseRow, FaultRow, Material
from simulation.report.page import render

__all__ = ["CaseRow", "FaultRow", "Material", "render"]
