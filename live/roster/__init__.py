"""A county's roster from an Excel workbook: template, reader, annotated copy, and the briefs an election starts with.

One declaration (`columns.py`) makes the template, the reader, its messages and the page for people.
"""

from live.roster.annotate import annotate
from live.roster.briefs import area_id, district_brief, signature, unit_row
from live.roster.problem import Problem
from live.roster.reading import Reading, read_roster
from live.roster.template import write_template
from live.roster.values import Incumbent, Roster, Staff, Street, Unit
from live.roster.writing import write_roster

__all__ = [
    "Incumbent",
    "Problem",
    "Reading",
    "Roster",
    "Staff",
    "Street",
    "Unit",
    "annotate",
    "area_id",
    "district_brief",
    "read_roster",
    "signature",
    "unit_row",
    "write_roster",
    "write_template",
]
