"""The checker's own reading of V20 and V26: a journal in which somebody acts for the chair, forged in one place at a time.

浙江 30: the representatives choose among the members; 上海 21: most votes, else a meeting; 村组法（2025）30: two thirds there, more
than half agree. Three members (P15: 421, P17: 400, P18: 390 votes) and thirty representatives.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.workflows.checked import checked
from tests.workflows.provinces import Found
from tests.workflows.test_village_acting import ASSEMBLY, REPRESENTATIVES, SHANGHAI, ZHEJIANG, headless

Forge = Callable[[dict[str, Any]], None]


@cache
def village(pack: str, deputy: bool = False) -> Found:
    """A village whose representatives chose P15, in order; or, with a deputy, where P13 acts."""
    clerk = headless(pack, deputy=deputy, meeting=None if deputy else REPRESENTATIVES)
    clerk.run()
    return clerk


def flagged(clerk: Found, forge: Forge) -> set[str]:
    """The rules the checker names."""
    return {one.rule for one in checked(clerk, altered=forge).violations}


def acting(person: str | None) -> Forge:
    """The journal says that somebody else acts."""

    def forge(fact: dict[str, Any]) -> None:
        if fact["kind"] == "acting_chair":
            fact["person"] = person

    return forge


def figures(**changes: Any) -> Forge:
    """The meeting's vote as it was not; no changes: there was none."""

    def forge(fact: dict[str, Any]) -> None:
        if fact.get("form", {}).get("kind") == "acting_named":
            fact["form"]["vote"] = {**fact["form"]["vote"], **changes} if changes else None

    return forge


def untouched(fact: dict[str, Any]) -> None:
    """As it was."""


@pytest.mark.parametrize(("pack", "deputy"), [(ZHEJIANG, False), (SHANGHAI, False), (ZHEJIANG, True)])
def test_what_was_lawful_is_not_flagged(pack: str, deputy: bool) -> None:
    assert flagged(village(pack, deputy), untouched) == set()


@pytest.mark.parametrize("person", ["P15", None, "P11"])
def test_nobody_but_the_deputy(person: str | None) -> None:
    """Another member, nobody, somebody who was not elected."""
    assert flagged(village(ZHEJIANG, deputy=True), acting(person)) == {"V20"}


def test_zhejiang_and_shanghai_are_told_apart() -> None:
    """P17 may be chosen in Zhejiang; in Shanghai P15 has most votes, and needs no meeting, which Zhejiang does."""
    assert flagged(village(ZHEJIANG), acting("P17")) == set()
    assert flagged(village(SHANGHAI), acting("P17")) == {"V20"}
    assert flagged(village(SHANGHAI), figures()) == set()
    assert flagged(village(ZHEJIANG), figures()) == {"V20"}
    assert flagged(village(SHANGHAI), acting(None)) == {"V20"}
    assert flagged(village(ZHEJIANG), figures(**ASSEMBLY.model_dump(mode="json"))) == {"V20"}


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"present": 21}, {"V26"}),  # of 33 two thirds are 22
        ({"in_favour": 11}, {"V26"}),  # of 22 exactly half
        ({"in_favour": 23}, {"V26"}),
        ({"due": 30, "present": 20, "in_favour": 11}, set()),
        ({"due": 29, "present": 22}, {"denominator"}),
        ({"due": 34, "present": 23}, {"denominator"}),
    ],
)
def test_the_meeting_is_reckoned_again(changes: dict[str, int], rules: set[str]) -> None:
    assert flagged(village(ZHEJIANG), figures(**changes)) == rules


def test_nobody_acts_beside_a_chair() -> None:
    """The deputy's seat is made the chair's in the journal: then nobody should act."""

    def forge(fact: dict[str, Any]) -> None:
        for row in fact.get("form", {}).get("form", {}).get("candidates", ()) if "form" in fact else ():
            if row["name"] == "村民13":
                row["post"] = "主任"

    assert "V20" in flagged(village(ZHEJIANG, deputy=True), forge)
