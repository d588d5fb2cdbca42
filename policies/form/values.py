"""The result form as people fill it in: one poll's figures, where a figure that is not stated is None and never 0."""

import datetime as dt
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, Strict

from policies.rule import Law
from policies.value import Value


class Body(StrEnum):
    """Which body is elected."""

    PARTY = "party"
    PARTY_PLENARY = "party_plenary"
    RESIDENTS = "residents"
    VILLAGE = "village"
    SUPERVISORY = "supervisory"
    VILLAGE_SUPERVISORY = "village_supervisory"
    WOMEN = "women"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return _BODY_LABELS[self]


class Mode(StrEnum):
    """Who votes, and how; the denominator changes with it."""

    MEMBERS = "members"
    PLENARY = "plenary"
    REPRESENTATIVES = "representatives"
    HOUSEHOLDS = "households"
    VOTERS = "voters"
    SHOW_OF_HANDS = "show_of_hands"

    @property
    def label(self) -> str:
        """Its Chinese name."""
        return _MODE_LABELS[self]


class Sex(StrEnum):
    """A candidate's sex, needed only for the women's seat (V1); 女／男 and f／m are understood too."""

    FEMALE = "female"
    MALE = "male"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return {"女": cls.FEMALE, "f": cls.FEMALE, "男": cls.MALE, "m": cls.MALE}.get(str(value).lower())


_BODY_LABELS = {
    Body.PARTY: "党组织委员会",
    Body.PARTY_PLENARY: "党组织书记、副书记",
    Body.RESIDENTS: "居民委员会",
    Body.VILLAGE: "村民委员会",
    Body.SUPERVISORY: "监督委员会",
    Body.VILLAGE_SUPERVISORY: "村务监督委员会",
    Body.WOMEN: "妇联组织",
}
_MODE_LABELS = {
    Mode.MEMBERS: "党员大会",
    Mode.PLENARY: "委员会全体会议",
    Mode.REPRESENTATIVES: "代表投票",
    Mode.HOUSEHOLDS: "户代表投票",
    Mode.VOTERS: "全体选民投票",
    Mode.SHOW_OF_HANDS: "举手表决",
}

MODES: dict[Body, tuple[Mode, ...]] = {
    Body.PARTY: (Mode.MEMBERS, Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS),
    Body.PARTY_PLENARY: (Mode.PLENARY, Mode.SHOW_OF_HANDS),
    Body.RESIDENTS: (Mode.VOTERS, Mode.HOUSEHOLDS, Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS),
    Body.VILLAGE: (Mode.VOTERS, Mode.HOUSEHOLDS, Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS),
    Body.SUPERVISORY: (Mode.SHOW_OF_HANDS, Mode.REPRESENTATIVES, Mode.HOUSEHOLDS, Mode.VOTERS),
    Body.VILLAGE_SUPERVISORY: (Mode.SHOW_OF_HANDS, Mode.REPRESENTATIVES, Mode.HOUSEHOLDS, Mode.VOTERS),
    Body.WOMEN: (Mode.VOTERS, Mode.REPRESENTATIVES, Mode.SHOW_OF_HANDS),
}
"""Modes that can belong to a body at all; some are still unlawful for it (hands where the ballot is secret)."""

CHAIRS, DEPUTIES = frozenset({"主任", "书记"}), frozenset({"副主任", "副书记"})
"""Posts of one person, and the posts next in rank."""

ONE_BALLOT = ""
"""The kind of ballot of a form on which all posts share one paper."""

Count = Annotated[int, Strict()]
Whole = Annotated[int, Strict(), Field(ge=0)]
LawYear = Annotated[Law, BeforeValidator(lambda raw: str(raw) if type(raw) is int else raw)]


class Ballots(Value):
    """Ballot papers, in sheets. `blank` is counted inside `valid`: a blank ballot abstains, it is not spoiled."""

    issued: Count | None = None
    collected: Count | None = None
    valid: Count | None = None
    invalid: Count | None = None
    blank: Count | None = None


class KindPapers(Value):
    """One kind of ballot (主任票) where posts are voted on apart: the posts on it, and its own papers in sheets."""

    kind: Annotated[str, Field(min_length=1)]
    posts: Annotated[tuple[str, ...], Field(min_length=1)]
    ballots: Ballots = Ballots()


class KindSheets(Value):
    """Of one kind of ballot only how many sheets went out and came back."""

    kind: str
    issued: Whole
    collected: Whole


class BoxPapers(Value):
    """All that is said of a box whose ballots are mixed with others before they are counted: persons voting, sheets."""

    present: Whole
    issued: Whole
    collected: Whole

    def parts(self) -> tuple[KindSheets, ...]:
        """The sheets of its one kind of ballot."""
        return (KindSheets(kind=ONE_BALLOT, issued=self.issued, collected=self.collected),)


class BoxPapersByKind(Value):
    """The same where posts are voted on apart: persons voting, and the sheets of each kind of ballot."""

    present: Whole
    kinds: Annotated[tuple[KindSheets, ...], Field(min_length=1)]

    def parts(self) -> tuple[KindSheets, ...]:
        """The sheets of each kind of ballot."""
        return self.kinds


Mixed = BoxPapers | BoxPapersByKind
"""A box of which there are papers only."""


class Candidate(Value):
    """One name on the form with its votes in favour; `write_in` for a name the voters added themselves."""

    name: Annotated[str, Field(min_length=1)]
    votes: Count | None = None
    post: str | None = None
    sex: Sex | None = None
    write_in: bool = False


class Part(NamedTuple):
    """What one kind of ballot says: a form with one set of papers. `places`: its candidates' places on the whole form."""

    kind: str
    form: "ResultForm"
    places: tuple[int, ...]

    def named(self, path: str) -> str:
        """The path on the whole form of one of this part's figures."""
        if self.kind != ONE_BALLOT and path.startswith("ballots."):
            return f"kinds.{self.kind}.{path.removeprefix('ballots.')}"
        if path.startswith("candidates["):
            place, rest = path.removeprefix("candidates[").split("]")
            return f"candidates[{self.places[int(place)]}]{rest}"
        return path


class Contest(NamedTuple):
    """Candidates who compete for the same seats. `seats` None: not stated. `pooled`: several posts share the seats."""

    posts: tuple[str | None, ...]
    seats: int | None
    entrants: tuple[tuple[int, Candidate], ...]  # with the place on the form
    pooled: bool = False

    @property
    def post(self) -> str | None:
        """The post contested; None when posts are pooled or not named."""
        return None if self.pooled else self.posts[0]


class ResultForm(Value):
    """One poll's figures: `roll` persons registered or due, `present` persons voting, `seats` in all or by post.

    Any figure may be None (not stated). Negative or contradictory figures are allowed in, so that `contradictions` can
    name all of them at once. Where posts are voted on apart, `kinds` gives each kind of ballot its own papers and `ballots`
    says nothing: who came is one number, the sheets are several.
    """

    body: Body
    mode: Mode
    law: LawYear
    date: dt.date | None = None
    roll: Count | None = None
    present: Count | None = None
    ballots: Ballots | None = None
    seats: Count | dict[str, Count | None] | None = None
    candidates: tuple[Candidate, ...] = ()
    round: Literal[1, 2] = 1
    kinds: tuple[KindPapers, ...] = Field((), exclude_if=lambda kinds: not kinds)

    def parts(self) -> tuple[Part, ...]:
        """What each kind of ballot says by itself, the higher post first; the form itself where all posts share one ballot."""
        if not self.kinds:
            return (Part(ONE_BALLOT, self, tuple(range(len(self.candidates)))),)
        seats = self.seats_by_post()
        found = []
        for kind in sorted(self.kinds, key=lambda kind: min(map(_rank, kind.posts))):
            places = tuple(place for place, each in enumerate(self.candidates) if each.post in kind.posts)
            own = {
                "ballots": kind.ballots,
                "seats": {post: n for post, n in seats.items() if post in kind.posts},
                "candidates": tuple(self.candidates[place] for place in places),
                "kinds": (),
            }
            found.append(Part(kind.kind, self.model_copy(update=own), places))
        return tuple(found)

    @property
    def by_ballot(self) -> bool:
        """Whether ballot papers were used."""
        return self.mode is not Mode.SHOW_OF_HANDS

    @property
    def total_seats(self) -> int | None:
        """Seats in all; None as soon as one part is not stated."""
        if not isinstance(self.seats, dict):
            return self.seats
        return None if None in self.seats.values() else sum(n for n in self.seats.values() if n is not None)

    def seats_by_post(self) -> dict[str, int | None]:
        """Seats by post; empty where only a number is stated."""
        return self.seats if isinstance(self.seats, dict) else {}

    def figures(self) -> Iterator[tuple[str, int | None]]:
        """Every figure with its path, in the form's order: ("roll", 60), ("ballots.collected", 50), …"""
        yield "roll", self.roll
        yield "present", self.present
        if self.ballots is not None:
            for name in BALLOT_FIELDS:
                yield f"ballots.{name}", getattr(self.ballots, name)
        for kind in self.kinds:
            for name in BALLOT_FIELDS:
                yield f"kinds.{kind.kind}.{name}", getattr(kind.ballots, name)
        if isinstance(self.seats, dict):
            for post, n in self.seats.items():
                yield f"seats.{post}", n
        else:
            yield "seats", self.seats
        for place, candidate in enumerate(self.candidates):
            yield f"candidates[{place}].votes", candidate.votes

    def contests(self) -> list[Contest]:
        """The separate contests on this form, chairs first, then deputies, then the others in the form's order.

        Seats given by post bind. A single number is shared out only where that is certain: the chair has one, and one
        other group has the rest; several other groups stay pooled.
        """
        groups: dict[str | None, list[tuple[int, Candidate]]] = {}
        for place, candidate in enumerate(self.candidates):
            groups.setdefault(candidate.post, []).append((place, candidate))
        if isinstance(self.seats, dict):
            if len(self.seats) == 1 and None in groups:
                only = next(iter(self.seats))
                groups = {only: sorted(groups.pop(None) + groups.pop(only, [])), **groups}
            posts = [*self.seats, *(post for post in groups if post not in self.seats)]
            return [
                Contest((post,), self.seats.get(post) if post else None, tuple(groups.get(post, ())))
                for post in sorted(posts, key=_rank)
            ]
        if len(groups) <= 1:
            return [Contest((post,), self.seats, tuple(entrants)) for post, entrants in groups.items()]
        chairs = sorted((post for post in groups if post in CHAIRS), key=_rank)
        others = sorted((post for post in groups if post not in CHAIRS), key=_rank)
        found = [Contest((post,), 1, tuple(groups[post])) for post in chairs]
        if others:
            rest = None if self.seats is None else self.seats - len(chairs)
            entrants = [entry for post in others for entry in groups[post]]
            found.append(Contest(tuple(others), rest, tuple(entrants), pooled=len(others) > 1))
        return found


BALLOT_FIELDS = ("issued", "collected", "valid", "invalid", "blank")


def _rank(post: str | None) -> int:
    return 0 if post in CHAIRS else 1 if post in DEPUTIES else 2


class Papers(NamedTuple):
    """Ballot figures with what can be derived from the others filled in; None where nothing is known."""

    collected: int | None
    collected_least: int  # never fewer than this many came back
    valid: int | None
    cap: int | None  # no candidate can have more votes than this


def papers(form: ResultForm) -> Papers:
    """Derive one ballot figure from two others, and the most votes anyone can have."""
    if not form.by_ballot or form.ballots is None:
        return Papers(None, 0, None, form.present)
    collected, valid, invalid = form.ballots.collected, form.ballots.valid, form.ballots.invalid
    if collected is None and valid is not None and invalid is not None:
        collected = valid + invalid
    elif valid is None and collected is not None and invalid is not None:
        valid = collected - invalid
    ceiling = valid if valid is not None else collected
    cap = form.present if ceiling is None else ceiling - (form.ballots.blank or 0)
    return Papers(collected, max(valid or 0, invalid or 0) if collected is None else collected, valid, cap)
