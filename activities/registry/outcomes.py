"""What an election leaves behind for its closing statistics: who was elected, and how its polls went. Rows, no statements.

The store writes them as commits arrive; migration 0002 read the same out of the journals there were before.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, select

from activities.registry.model import DecisionRow, JournalRow, WorkflowRow, table
from policies.closing.benches import in_two_committees
from policies.pack.schema import BodyId
from policies.people import Kinship, Origin, Person
from workflows.facts import Commit, Decided, FactBody, PollFailed, PollSettled
from workflows.messages import Counted, Nominated

_FACT: TypeAdapter[FactBody] = TypeAdapter(FactBody)
_DECISIONS, _JOURNAL = table(DecisionRow), table(JournalRow)
_NOMINATED = (
    select(_JOURNAL.c.entry)
    .join(_DECISIONS, (_DECISIONS.c.election == _JOURNAL.c.election) & (_DECISIONS.c.line == _JOURNAL.c.n))
    .join(WorkflowRow, WorkflowRow.workflow == _DECISIONS.c.workflow)
    .where(WorkflowRow.unit == bindparam("_unit"), _DECISIONS.c.form.in_(("nominated", "counted")))
    .order_by(_JOURNAL.c.n)
)


def fact_of(entry: str) -> FactBody:
    """The fact in a journal line as the registry keeps it (`JournalRow.entry`). Raises pydantic.ValidationError."""
    return _FACT.validate_python(json.loads("{" + entry)["fact"])


def nominated(connection: Connection, unit: str) -> Mapping[str, Person]:
    """Everybody nominated or written in by the voters of a unit so far, by person id, as the last form describes them."""
    people: dict[str, Person] = {}
    for row in connection.execute(_NOMINATED, {"_unit": unit}):
        fact = fact_of(row.entry)
        assert isinstance(fact, Decided)
        match fact.form:
            case Nominated(nominees=nominees):
                people |= {nominee.person.id: nominee.person for nominee in nominees}
            case Counted(written_in=written_in):
                people |= {person.id: person for person in written_in}
    return people


def declared(connection: Connection, unit: str) -> tuple[Kinship, ...]:
    """Every relationship that a nomination in this unit declared, each once."""
    forms = [fact_of(row.entry) for row in connection.execute(_NOMINATED, {"_unit": unit})]
    nominations = [fact.form for fact in forms if isinstance(fact, Decided) and isinstance(fact.form, Nominated)]
    return tuple(dict.fromkeys(link for form in nominations for link in form.kin))


def described(person: Person | None, body: str) -> dict[str, Any]:
    """The columns of a seat that say who sits there; all None for somebody who was nominated nowhere.

    Posts in the two committees are asked of the women's federation only: the other bodies are elected anew themselves.
    """
    federation = body == BodyId.WOMEN.value
    return {
        "sex": None if person is None else person.sex.value,
        "born": None if person is None else person.born,
        "education": None if person is None or person.education is None else person.education.value,
        "standing": None if person is None else person.standing.value,
        "in_two_committees": any(map(in_two_committees, person.incumbent))
        if person is not None and federation
        else None,
    }


def origins(person: Person | None) -> tuple[Origin, ...]:
    """Where somebody comes from: in office before, and what the form declares; empty where neither is known."""
    if person is None:
        return ()
    return tuple(dict.fromkeys(((Origin.INCUMBENT,) if person.is_incumbent else ()) + person.origins))


def polled(commit: Commit, gate: str, form: Counted, line: int) -> dict[str, Any]:
    """The row of a poll whose result form was just decided; not judged yet."""
    _, _, again = gate.partition("#")
    return {
        "workflow": commit.workflow,
        "gate": gate,
        "unit": commit.unit,
        "body": commit.body,
        "ballot": form.form.body.value,
        "mode": form.form.mode.value,
        "round": int(again or 1),
        "vote": form.form.round,
        "held_on": form.held_on,
        "roll": form.form.roll,
        "present": form.form.present,
        "valid": None,
        "open_seats": None,
        "election": commit.district,
        "line": line,
    }


def judged(fact: PollSettled | PollFailed) -> dict[str, Any]:
    """What a judgement changes in a poll's row. A tie leaves the tied seats open until it is voted on again."""
    settled = isinstance(fact, PollSettled)
    return {"_valid": settled, "_open_seats": fact.open_seats if isinstance(fact, PollSettled) else None}
