"""Builders for polls counted in several boxes: one villagers' poll with sane defaults, and sheets that are in order."""

import datetime as dt
from typing import Any

from policies.clock import BEIJING
from policies.finding import Finding
from policies.tally import (
    BallotKind,
    Book,
    BoxSheet,
    BoxTally,
    KindSheet,
    Poll,
    Row,
    Stated,
    accept,
    enter,
    explain,
    unexplained,
)

AT = dt.datetime(2026, 3, 28, 15, 0, tzinfo=BEIJING)


def kind(name: str, seats: dict[str, int | None], *printed: str) -> BallotKind:
    """One kind of ballot; all printed for its first post."""
    post = next(iter(seats))
    return BallotKind(name=name, seats=seats, printed=tuple({"name": each, "post": post} for each in printed))


def poll(**changes: Any) -> Poll:
    """A village of 100 registered, two boxes, a chair and two members on separate ballots."""
    base: dict[str, Any] = {
        "title": "甲村选举",
        "body": "village",
        "mode": "voters",
        "law": "2018",
        "rolls": {"registered": 100},
        "boxes": ({"name": "东站"}, {"name": "西站"}),
        "kinds": (kind("主任票", {"主任": 1}, "张三", "李四"), kind("委员票", {"委员": 2}, "王五", "赵六", "孙七")),
        "surplus_voids": "poll",
    }
    return Poll(**(base | changes))


def papers(name: str, post: str, votes: dict[str, Stated], voters: int = 40, **changes: Any) -> KindSheet:
    """One kind's figures: everybody's ballot came back, two of them invalid; names beginning with + were written in."""
    rows = tuple(
        Row(name=each.removeprefix("+"), post=post, votes=n, write_in=each.startswith("+")) for each, n in votes.items()
    )
    base: dict[str, Any] = {
        "issued": voters,
        "collected": voters,
        "valid": voters - 2,
        "invalid": 2,
        "blank": 1,
        "rows": rows,
    }
    return KindSheet(kind=name, **(base | changes))


CHAIR: dict[str, Stated] = {"张三": 25, "李四": 10}
MEMBERS: dict[str, Stated] = {"王五": 30, "赵六": 22, "孙七": 5}


def sheet(
    box: str = "东站",
    chair: dict[str, Stated] | None = None,
    members: dict[str, Stated] | None = None,
    voters: int = 40,
    **changes: Any,
) -> BoxSheet:
    """A box's sheet in order: 40 voters, ten of them by proxy."""
    base: dict[str, Any] = {
        "in_person": voters - 10,
        "by_proxy": 10,
        "present": voters,
        "kinds": (
            papers("主任票", "主任", CHAIR if chair is None else chair, voters),
            papers("委员票", "委员", MEMBERS if members is None else members, voters),
        ),
    }
    return BoxSheet(box=box, **(base | changes))


def counted(book: Book, *sheets: BoxSheet) -> Book:
    """The book with each sheet entered by two people, its warnings explained, and accepted."""
    for each in sheets:
        accepted = _accepted(book.poll, book.tally(each.box), each)
        book = book.step(each.box, lambda _, accepted=accepted: accepted)  # type: ignore[misc]
    return book


def _accepted(of: Poll, tally: BoxTally, one: BoxSheet) -> BoxTally:
    for teller in ("甲某", "乙某"):
        tally = enter(of, tally, one, teller=teller, at=AT)
    for rule in dict.fromkeys(finding.rule for finding in unexplained(of, tally)):
        tally = explain(of, tally, rule, by="丙某", why="已核实", at=AT)
    return accept(of, tally, by="丙某", at=AT)


def numbers(findings: "tuple[Finding, ...] | list[Finding]") -> list[str]:
    """Their rule ids, in order."""
    return [each.rule for each in findings]
