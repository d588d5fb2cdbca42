"""Signatures: how far they reach, and what a second one must be (O3, O6)."""

import pytest

from policies.authority import Signature, countersigned, outside
from policies.pack.schema import Role

NAMES = {Role.STREET_OFFICE: "街道办事处", Role.CIVIL_AFFAIRS: "区民政局"}
AREAS = ("U1", "S1", "D1")


def signature(person: str = "p1", role: Role = Role.STREET_OFFICE, scope: str = "S1") -> Signature:
    return Signature(person=person, name=f"{person}某", role=role, scope=scope)


@pytest.mark.parametrize("scope", AREAS)
def test_a_scope_reaches_everything_below_it(scope: str) -> None:
    """Held for the unit, its street or its district, a role may sign for the unit."""
    assert outside(signature(scope=scope), "甲社区", AREAS) == []


@pytest.mark.parametrize("scope", ["U2", "S2", "D2", "U", "S1 "])
def test_a_scope_reaches_nothing_else(scope: str) -> None:
    """A neighbour's, another district's or a half-typed scope does not."""
    (found,) = outside(signature(scope=scope), "甲社区", AREAS)
    assert (found.rule, found.blocks) == ("O6", True)


def test_no_second_signature_is_asked_for_where_the_plan_wants_none() -> None:
    """A step without countersigning roles takes one signature."""
    assert countersigned("备案", signature(), None, (), NAMES) == []


@pytest.mark.parametrize(
    "second",
    [None, signature(role=Role.CIVIL_AFFAIRS), signature("p1 ", Role.CIVIL_AFFAIRS)],
    ids=["none", "same", "padded"],
)
def test_nobody_is_their_own_second_signature(second: Signature | None) -> None:
    """The second person is another one, in whatever role the first signs again."""
    (found,) = countersigned("备案", signature(), second, (Role.CIVIL_AFFAIRS,), NAMES)
    assert (found.rule, found.limit) == ("O3", "两人签字")


def test_the_second_signature_is_of_a_role_the_plan_names() -> None:
    """Another person of another role does not do; of the named role, it does."""
    wanted = (Role.CIVIL_AFFAIRS,)
    (found,) = countersigned("备案", signature(), signature("p2"), wanted, NAMES)
    assert (found.rule, found.value, found.limit) == ("O3", "街道办事处", "区民政局")
    assert countersigned("备案", signature(), signature("p2", Role.CIVIL_AFFAIRS), wanted, NAMES) == []


def test_the_journal_shows_the_id_behind_a_name() -> None:
    """Two people of one name stay apart; an office that signs as itself is written once."""
    assert signature().text == "p1某（p1）"
    assert Signature(person="区民政局", name="区民政局", role=Role.CIVIL_AFFAIRS, scope="D1").text == "区民政局"
