"""Who may hand in what: staff, the roles they hold and for which area, and the personal tokens they sign in with.

A token is 32 random bytes: nobody guesses it, so plain SHA-256 is kept instead of a slow password hash, which protects
secrets that people choose. Looking a digest up in an index tells a listener nothing of the token: to come near a stored
digest he would have to know an input that hashes to it; the last comparison is in constant time all the same.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from activities.registry.database import Database
from activities.registry.errors import RefusedRecordError, UnknownPersonError
from activities.registry.model import GrantRow, PersonRow, TokenRow, table
from policies.pack.schema import Role

PREFIX = "hj_"
TOKEN = re.compile(r"hj_[A-Za-z0-9_-]{43}")
"""What a token looks like: the prefix lets people, and scanners for leaked secrets, see what it is."""
LONGEST = 120  # characters of an id, a name, an organization, a label
_TOKENS, _PEOPLE, _HELD = table(TokenRow), table(PersonRow), table(GrantRow)
_OF_TOKEN = (
    select(_TOKENS.c.digest, _TOKENS.c.expires_at, _TOKENS.c.revoked_at, *_PEOPLE.columns)
    .join_from(_TOKENS, _PEOPLE, _TOKENS.c.person == _PEOPLE.c.id)
    .where(_TOKENS.c.digest == bindparam("_digest"))
)
_GRANTS = select(_HELD).where(_HELD.c.person == bindparam("_person")).order_by(_HELD.c.id)
_GRANTS_IN_FORCE = _GRANTS.where(_HELD.c.revoked_at.is_(None))
"""Asked with every command, so built once."""
NAMED = re.compile(r"[^\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff."""

    id: str
    name: str
    organization: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for an area: the id of a unit, a street or an election."""

    person: str
    role: Role
    scope: str
    granted_at: datetime
    granted_by: str
    revoked_at: datetime | None = None
    revoked_by: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token once it has been shown: everything but the token."""

    id: int
    person: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class IssuedToken:
    """A new token, to be shown once. Its text stands in no log: it has no repr."""

    text: str
    token: Token


class Denied(StrEnum):
    """Why a token lets nobody in."""

    MISSING = "missing"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INACTIVE = "inactive"

    @property
    def message(self) -> str:
        """For the sender; never says more than the sender proved to know."""
        return _DENIED[self]


_DENIED = {
    Denied.MISSING: "没有提供个人令牌：请用本人的令牌登录",
    Denied.MALFORMED: "个人令牌的写法不对（应为 hj_ 开头的 46 个字符）：请核对后重新输入",
    Denied.UNKNOWN: "个人令牌无效：请核对，或向管理员申领新的令牌",
    Denied.REVOKED: "个人令牌已作废：请向管理员申领新的令牌",
    Denied.EXPIRED: "个人令牌已过期：请向管理员申领新的令牌",
    Denied.INACTIVE: "该人员已停用：请与管理员联系",
}


class People:
    """The staff of a registry."""

    def __init__(self, database: Database) -> None:
        self._database = database
        upsert = sqlite.insert(PersonRow) if database.sqlite else postgresql.insert(PersonRow)
        self._add = upsert.on_conflict_do_update(
            index_elements=[PersonRow.id],
            set_={name: upsert.excluded[name] for name in ("name", "organization", "active")},
        )
        ignoring = sqlite.insert(GrantRow) if database.sqlite else postgresql.insert(GrantRow)
        self._grant = ignoring.on_conflict_do_nothing()  # there is one unique index: the same grant in force

    # ------------------------------------------------------------ persons

    def add(self, *people: Person) -> None:
        """Record people, or what changed about them, all or none. Raises RefusedRecordError with every problem."""
        problems = [problem for person in people for problem in _problems(person)]
        if problems:
            raise RefusedRecordError("人员不能登记", tuple(problems))
        if people:
            with self._database.writing() as connection:
                connection.execute(self._add, [_row_of(person) for person in people])

    def find(self, person: str) -> Person | None:
        """Somebody by id."""
        with self._database.reading() as connection:
            row = connection.execute(select(table(PersonRow)).where(PersonRow.id == person)).first()
        return None if row is None else Person(**row._mapping)

    def all(self) -> tuple[Person, ...]:
        """Everybody, by id."""
        with self._database.reading() as connection:
            rows = connection.execute(select(table(PersonRow)).order_by(PersonRow.id)).all()
        return tuple(Person(**row._mapping) for row in rows)

    # ------------------------------------------------------------ grants

    def grant(self, person: str, role: Role, scope: str, *, by: str, at: datetime) -> None:
        """Give somebody a role for an area; one in force already stays as it is. Raises UnknownPersonError."""
        row = {
            "person": person,
            "role": role.value,
            "scope": scope,
            "granted_at": at,
            "granted_by": by,
            "revoked_at": None,
            "revoked_by": "",
        }
        with self._database.writing() as connection:
            _require(connection, person)
            connection.execute(self._grant, row)

    def revoke(self, person: str, role: Role, scope: str, *, by: str, at: datetime) -> bool:
        """Take a role away from now on; False when it was not held. The record of having held it stays."""
        with self._database.writing() as connection:
            done = connection.execute(
                update(GrantRow)
                .where(
                    GrantRow.person == person,
                    GrantRow.role == role.value,
                    GrantRow.scope == scope,
                    GrantRow.revoked_at.is_(None),
                )
                .values(revoked_at=at, revoked_by=by)
            )
            return bool(done.rowcount)

    def grants(self, person: str, *, revoked_too: bool = False) -> tuple[Grant, ...]:
        """The roles somebody holds, oldest first; with those once held, where asked."""
        query = _GRANTS if revoked_too else _GRANTS_IN_FORCE
        with self._database.reading() as connection:
            return tuple(_grant_of(row) for row in connection.execute(query, {"_person": person}))

    def holders(self, role: Role, *scopes: str) -> tuple[Person, ...]:
        """Active people who hold a role for any of these areas, by id: who is to be reminded, whom to ask."""
        query = (
            select(table(PersonRow))
            .where(
                PersonRow.active,
                PersonRow.id.in_(
                    select(GrantRow.person).where(
                        GrantRow.role == role.value, GrantRow.scope.in_(scopes), GrantRow.revoked_at.is_(None)
                    )
                ),
            )
            .order_by(PersonRow.id)
        )
        with self._database.reading() as connection:
            return tuple(Person(**row._mapping) for row in connection.execute(query))

    # ------------------------------------------------------------ tokens

    def issue(self, person: str, label: str, *, at: datetime, expires_at: datetime) -> IssuedToken:
        """A new token for somebody, whose text is known to nobody afterwards. Raises UnknownPersonError, RefusedRecordError."""
        if expires_at <= at:
            raise RefusedRecordError("令牌不能签发", (f"到期时间 {expires_at} 不晚于签发时间 {at}：请改为以后的时间",))
        text = PREFIX + secrets.token_urlsafe(32)
        row = {
            "person": person,
            "label": label[:LONGEST],
            "created_at": at,
            "expires_at": expires_at,
            "revoked_at": None,
        }
        with self._database.writing() as connection:
            _require(connection, person)
            added = connection.execute(insert(TokenRow).returning(TokenRow.id), {**row, "digest": digest(text)})
            number = added.scalar_one()
        return IssuedToken(text, Token(number, person, label[:LONGEST], at, expires_at, None))

    def revoke_token(self, token: int, *, at: datetime) -> bool:
        """Make a token useless from now on; False when there is none of this number or it was revoked before."""
        with self._database.writing() as connection:
            done = connection.execute(
                update(TokenRow).where(TokenRow.id == token, TokenRow.revoked_at.is_(None)).values(revoked_at=at)
            )
            return bool(done.rowcount)

    def tokens(self, person: str) -> tuple[Token, ...]:
        """Somebody's tokens, oldest first, those that let nobody in any more too."""
        query = select(table(TokenRow)).where(TokenRow.person == person).order_by(TokenRow.id)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(
            Token(row.id, row.person, row.label, row.created_at, row.expires_at, row.revoked_at) for row in rows
        )

    def authenticate(self, token: str | None, now: datetime) -> Person | Denied:
        """Whose token this is, or why it lets nobody in at this instant. Raises RegistryUnavailableError."""
        if not token:
            return Denied.MISSING
        if TOKEN.fullmatch(token) is None:
            return Denied.MALFORMED
        wanted = digest(token)
        with self._database.reading() as connection:
            row = connection.execute(_OF_TOKEN, {"_digest": wanted}).first()
        if row is None or not hmac.compare_digest(row.digest, wanted):
            return Denied.UNKNOWN
        if row.revoked_at is not None:
            return Denied.REVOKED
        if now >= row.expires_at:
            return Denied.EXPIRED
        if not row.active:
            return Denied.INACTIVE
        return Person(row.id, row.name, row.organization, row.active)


def digest(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def _problems(person: Person) -> list[str]:
    found = []
    for what, value in (("编号", person.id), ("姓名", person.name), ("单位", person.organization)):
        if not value.strip() or len(value) > LONGEST or NAMED.fullmatch(value) is None:
            found.append(
                f"{person.name or person.id}的{what}「{value[:LONGEST]}」应为 1 到 {LONGEST} 个字，不含控制字符"
            )
    return found


def _row_of(person: Person) -> dict[str, Any]:
    return {"id": person.id, "name": person.name, "organization": person.organization, "active": person.active}


def _grant_of(row: Any) -> Grant:
    return Grant(
        person=row.person,
        role=Role(row.role),
        scope=row.scope,
        granted_at=row.granted_at,
        granted_by=row.granted_by,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )


def _require(connection: Connection, person: str) -> None:
    if connection.execute(select(PersonRow.id).where(PersonRow.id == person)).first() is None:
        raise UnknownPersonError(f"登记库中没有编号为「{person}」的人员：请先登记该人员")
