"""The handover list (移交清单) of a unit's body, ready to print: filled in from the form on record, or empty to be filled in."""

from datetime import date

from activities.registry import Registry
from activities.registry.errors import UnknownElectionError
from activities.reports.archive import BodyFile, body_files
from policies.closing.handover import Entry, Part, Signer
from policies.pack.load import load_pack
from policies.pack.schema import Act
from policies.value import Value
from workflows.messages import HandedOver


class SignatureLine(Value):
    """A place to sign: as whom, and who signed when; "" and None where nobody has."""

    label: str
    name: str = ""
    signed_on: date | None = None


class HandoverList(Value):
    """One list. Without a form on record (`completed_on` None) every part has an empty line.

    A form that only names the parts gives lines without a quantity: None, not stated.
    """

    unit: str
    unit_name: str
    street_name: str
    drill: bool
    step: str
    title: str
    supervised_by: str
    completed_on: date | None
    lines: tuple["ListLine", ...]
    signatures: tuple[SignatureLine, ...]


class ListLine(Value):
    """One thing handed over; None and "" are left open on the printed list."""

    part: str
    name: str = ""
    quantity: int | None = None
    unit: str = ""
    note: str = ""

    @staticmethod
    def of(entry: Entry) -> "ListLine":
        """The line of an entry of the inventory."""
        return ListLine(
            part=entry.part.label, name=entry.name, quantity=entry.quantity, unit=entry.unit, note=entry.note
        )


HandoverList.model_rebuild()


def handover_lists(registry: Registry, election: str, unit: str, on: date) -> tuple[HandoverList, ...]:
    """The lists of a unit, one for each handover of its plan, in the plan's order.

    Raises UnknownElectionError, PackError; KeyError for a unit that is not of this election.
    """
    found = registry.elections.find(election)
    if found is None:
        raise UnknownElectionError(f"登记库中没有换届「{election}」")
    standings = registry.standings.units(election, on, unit=unit)
    if not standings:
        raise KeyError(unit)
    pack = load_pack(found.ground.pack_text, found.ground.pack_id).as_executed()
    files = body_files(registry, unit)
    lists = []
    for body in pack.bodies:
        for step in body.steps:
            if step.act is not Act.HANDOVER:
                continue
            title = next((paper.title for paper in step.papers if paper.kind == "移交清单"), step.title)
            form = _form(files.get(body.id.value), step.id)
            lists.append(
                HandoverList(
                    unit=unit,
                    unit_name=standings[0].name,
                    street_name=standings[0].street_name,
                    drill=registry.drill,
                    step=step.id,
                    title=title,
                    supervised_by="" if form is None else form.supervised_by,
                    completed_on=None if form is None else form.completed_on,
                    lines=_lines(form),
                    signatures=_signatures(form),
                )
            )
    return tuple(lists)


def _form(file: BodyFile | None, step: str) -> HandedOver | None:
    forms = [] if file is None else [filed.form for filed in file.of(step)]
    return next((form for form in reversed(forms) if isinstance(form, HandedOver)), None)


def _lines(form: HandedOver | None) -> tuple[ListLine, ...]:
    if form is None:
        return tuple(ListLine(part=part.label) for part in Part)
    if form.inventory:
        ordered = sorted(form.inventory, key=lambda entry: list(Part).index(entry.part))
        return tuple(ListLine.of(entry) for entry in ordered)
    return tuple(ListLine(part=item) for item in form.items)


def _signatures(form: HandedOver | None) -> tuple[SignatureLine, ...]:
    given = {} if form is None else {one.signer: one for one in form.signatures}
    return tuple(
        SignatureLine(label=signer.label, name=given[signer].name, signed_on=given[signer].signed_on)
        if signer in given
        else SignatureLine(label=signer.label)
        for signer in Signer
    )
