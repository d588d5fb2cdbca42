"""Staff, the roles they hold and where, and the tokens they sign in with."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import text

from activities.registry import Registry
from activities.registry.errors import RefusedRecordError, UnknownPersonError
from activities.registry.people import Denied, Grant, Person
from policies.pack.schema import Role
from tests.activities.registry.county import ELECTION, NOW, STREETS, UNITS

ZHANG = Person("A001", "张三", "某街道办事处")
LI = Person("A002", "李四", "某社区党组织")
LATER = NOW + timedelta(days=30)


def test_people_are_added_and_changed(registry: Registry) -> None:
    """Adding somebody again replaces the name and the rest; order is by id."""
    registry.people.add(LI, ZHANG)
    married = Person("A001", "张三", "区委组织部", active=False)
    registry.people.add(married)
    assert registry.people.all() == (married, LI)
    assert registry.people.find("A001") == married
    assert registry.people.find("nobody") is None


def test_people_that_cannot_be_are_refused_together(registry: Registry) -> None:
    """Every problem of every person at once, and nobody is recorded."""
    with pytest.raises(RefusedRecordError) as caught:
        registry.people.add(ZHANG, Person("", "王五", "某街道"), Person("A004", "赵\n六", "街" * 121))
    assert len(caught.value.problems) == 3
    assert registry.people.all() == ()


def test_a_grant_is_in_force_until_revoked_and_remembered_after(registry: Registry) -> None:
    """Granting twice is once; revoking says whether there was anything; what was held then stays known."""
    registry.people.add(ZHANG)
    for scope in (STREETS[0], STREETS[0], UNITS[2]):
        registry.people.grant("A001", Role.STREET_OFFICE, scope, by="A009", at=NOW)
    assert [(one.role, one.scope) for one in registry.people.grants("A001")] == [
        (Role.STREET_OFFICE, STREETS[0]),
        (Role.STREET_OFFICE, UNITS[2]),
    ]
    assert registry.people.revoke("A001", Role.STREET_OFFICE, STREETS[0], by="A009", at=LATER)
    assert not registry.people.revoke("A001", Role.STREET_OFFICE, STREETS[0], by="A009", at=LATER)
    assert [one.scope for one in registry.people.grants("A001")] == [UNITS[2]]
    registry.people.grant("A001", Role.STREET_OFFICE, STREETS[0], by="A010", at=LATER)
    assert registry.people.grants("A001", revoked_too=True) == (
        Grant("A001", Role.STREET_OFFICE, STREETS[0], NOW, "A009", LATER, "A009"),
        Grant("A001", Role.STREET_OFFICE, UNITS[2], NOW, "A009"),
        Grant("A001", Role.STREET_OFFICE, STREETS[0], LATER, "A010"),
    )


def test_holders_are_the_active_people_of_a_role_and_area(registry: Registry) -> None:
    """Somebody who left, or holds the role elsewhere, is not asked."""
    registry.people.add(ZHANG, LI, Person("A003", "王五", "某街道", active=False))
    for person, scope in (("A001", STREETS[0]), ("A002", STREETS[1]), ("A003", STREETS[0])):
        registry.people.grant(person, Role.STREET_OFFICE, scope, by="A009", at=NOW)
    assert registry.people.holders(Role.STREET_OFFICE, UNITS[0], STREETS[0], ELECTION) == (ZHANG,)
    assert registry.people.holders(Role.CIVIL_AFFAIRS, STREETS[0]) == ()


def test_nothing_is_given_to_somebody_unknown(registry: Registry) -> None:
    """A grant or a token for an id that nobody has is refused, by name."""
    with pytest.raises(UnknownPersonError, match="A404"):
        registry.people.grant("A404", Role.STREET_OFFICE, STREETS[0], by="A009", at=NOW)
    with pytest.raises(UnknownPersonError, match="A404"):
        registry.people.issue("A404", "电脑", at=NOW, expires_at=LATER)


def test_a_token_lets_its_owner_in_and_is_kept_as_a_digest_only(registry: Registry) -> None:
    """The text is shown once: neither the database nor the object's own text has it."""
    registry.people.add(ZHANG, LI)
    issued = registry.people.issue("A001", "办公室电脑", at=NOW, expires_at=LATER)
    other = registry.people.issue("A002", "手机", at=NOW, expires_at=LATER)
    assert registry.people.authenticate(issued.text, NOW) == ZHANG
    assert registry.people.authenticate(other.text, NOW) == LI
    assert issued.text.startswith("hj_")
    assert issued.text not in repr(issued)
    with registry.database.reading() as connection:
        kept = [tuple(row) for row in connection.execute(text("SELECT * FROM tokens ORDER BY id"))]
    assert issued.text[3:] not in repr(kept)
    assert kept[0][1] == sha256(issued.text.encode()).hexdigest()
    assert [one.label for one in registry.people.tokens("A001")] == ["办公室电脑"]


def leave(registry: Registry, token: int) -> None:
    registry.people.add(Person("A001", "张三", "某街道办事处", active=False))


def revoke(registry: Registry, token: int) -> None:
    assert registry.people.revoke_token(token, at=NOW)
    assert not registry.people.revoke_token(token, at=NOW)


@pytest.mark.parametrize(
    ("happens", "later", "why"),
    [
        (revoke, timedelta(0), Denied.REVOKED),
        (leave, timedelta(0), Denied.INACTIVE),
        (lambda registry, token: None, timedelta(days=30), Denied.EXPIRED),
    ],
)
def test_a_token_may_stop_letting_in(
    registry: Registry, happens: Callable[[Registry, int], None], later: timedelta, why: Denied
) -> None:
    """Revoked, expired at that very instant, or its owner gone: each with its own reason."""
    registry.people.add(ZHANG)
    issued = registry.people.issue("A001", "电脑", at=NOW, expires_at=LATER)
    assert registry.people.authenticate(issued.text, LATER - timedelta(seconds=1)) == ZHANG
    happens(registry, issued.token.id)
    assert registry.people.authenticate(issued.text, NOW + later) is why
    assert why.message


def test_what_is_no_token_is_refused_by_its_kind(registry: Registry) -> None:
    """Missing, malformed (oversized, cut, with a newline behind, in another alphabet), guessed."""
    registry.people.add(ZHANG)
    text_ = registry.people.issue("A001", "电脑", at=NOW, expires_at=LATER).text
    for given in (None, ""):
        assert registry.people.authenticate(given, NOW) is Denied.MISSING
    malformed = (
        text_ + "\n",
        text_[:-1],
        text_ + "A",
        " " + text_,
        text_.upper(),
        "hj_" + "é" * 43,
        "x" * 10**6,
        "hj_",
    )
    for given in malformed:
        assert registry.people.authenticate(given, NOW) is Denied.MALFORMED, given[:60]
    guessed = text_[:-1] + ("A" if text_[-1] != "A" else "B")
    for given in (guessed, "hj_" + "A" * 43):
        assert registry.people.authenticate(given, NOW) is Denied.UNKNOWN


def test_a_token_must_end_after_it_begins(registry: Registry) -> None:
    """A token that was never good for anything is not issued."""
    registry.people.add(ZHANG)
    with pytest.raises(RefusedRecordError, match="到期时间"):
        registry.people.issue("A001", "电脑", at=NOW, expires_at=NOW)
    assert registry.people.tokens("A001") == ()
