"""From a box's sheet to result forms, one for each kind of ballot: the shape in which `policies.counting` counts."""

from policies.counting import regime
from policies.form.values import Ballots, Candidate, ResultForm
from policies.names import unspaced
from policies.tally.figures import added, exact, span
from policies.tally.values import ROLLS_OF, BallotKind, BoxSheet, KindSheet, Poll, Printed, Purpose


def form_of(poll: Poll, sheet: BoxSheet, kind: str) -> ResultForm:
    """The box's form of one kind of ballot; an estimate is not stated there. Raises KeyError for an unknown kind."""
    ballot = poll.kind(kind)
    own = next((each for each in sheet.kinds if each.kind == kind), KindSheet(kind=kind))
    printed = {(each.post, unspaced(each.name)): each for each in ballot.printed}
    return ResultForm(
        body=poll.body,
        mode=poll.mode,
        law=poll.law,
        date=poll.date,
        roll=roll_of(poll, sheet),
        present=present_of(sheet),
        ballots=_ballots(own) if poll.by_ballot else None,
        seats=seats_of(poll, ballot),
        candidates=tuple(
            Candidate(
                name=row.name,
                votes=exact(row.votes),
                post=row.post,
                sex=printed.get(row.key, Printed(name=row.name, post=row.post)).sex,
                write_in=row.write_in,
            )
            for row in own.rows
        ),
        round=poll.round,
    )


def seats_of(poll: Poll, ballot: BallotKind) -> dict[str, int | None]:
    """Marks that a ballot may carry, by post: an election's seats; in a recall every person proposed is voted on."""
    if poll.purpose is Purpose.RECALL:
        return {post: sum(each.post == post for each in ballot.printed) for post in ballot.seats}
    return dict(ballot.seats)


def roll_of(poll: Poll, sheet: BoxSheet) -> int | None:
    """The box's roll of the kind that the quorum is a share of; a roll of another kind does not stand for it."""
    quorum = regime(poll.body, poll.mode, poll.law, poll.round).quorum
    kinds = () if quorum is None else ROLLS_OF.get(quorum.of, ())
    return next((n for kind in kinds if (n := exact(getattr(sheet, kind.value))) is not None), None)


def whole_roll(poll: Poll) -> int | None:
    """The same for the whole poll, as its head states it."""
    quorum = regime(poll.body, poll.mode, poll.law, poll.round).quorum
    kinds = () if quorum is None else ROLLS_OF.get(quorum.of, ())
    return next((poll.rolls[kind] for kind in kinds if kind in poll.rolls), None)


def present_of(sheet: BoxSheet) -> int | None:
    """Persons voting as stated, or as those who came and those who voted by proxy add up."""
    stated = exact(sheet.present)
    return stated if stated is not None else added(map(span, (sheet.in_person, sheet.by_proxy))).known


def _ballots(sheet: KindSheet) -> Ballots:
    return Ballots(
        issued=exact(sheet.issued),
        collected=exact(sheet.collected),
        valid=exact(sheet.valid),
        invalid=exact(sheet.invalid),
        blank=exact(sheet.blank),
    )
