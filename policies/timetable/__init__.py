"""When each step of a pack can happen: a temporal network over its windows, distances, postings and the calendar."""

from policies.timetable.slots import Slot, Timetable, timetable

__all__ = ["Slot", "Timetable", "timetable"]
