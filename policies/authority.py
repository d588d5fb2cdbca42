"""Who signs, in which capacity, and for which area: what every command carries and what the rules of authority judge."""

from typing import Annotated

from pydantic import Field

from policies.finding import Finding
from policies.pack.schema import Role
from policies.rules import order
from policies.value import Value

Named = Annotated[str, Field(min_length=1, max_length=120)]


class Signature(Value):
    """One person's signature. The gateway has made sure that it is this person's; the rules judge whether it suffices.

    `person` is the id in the registry (in a rehearsal the office itself), `scope` the id of the unit, street or district
    for which the role is held.
    """

    person: Named
    name: Named
    role: Role
    scope: Named

    @property
    def text(self) -> str:
        """As papers and the journal show it: the name, and the id behind it where they differ."""
        return self.name if self.name == self.person else f"{self.name}（{self.person}）"


def outside(signature: Signature, area: str, areas: tuple[str, ...]) -> list[Finding]:
    """O6: a signature reaches no further than its scope. `areas` are the ids from the place up to its district."""
    return [] if signature.scope in areas else [order.outside_scope(signature.name, area)]


def countersigned(
    title: str, first: Signature, second: Signature | None, roles: tuple[Role, ...], names: dict[Role, str]
) -> list[Finding]:
    """O3: where the plan wants two signatures, a second person of one of the roles it names signs too."""
    if not roles:
        return []
    if second is None or second.person.strip() == first.person.strip():
        return [order.second_signature_missing(title, first.name)]
    if second.role not in roles:
        wanted = "或".join(names.get(role, role.value) for role in roles)
        return [order.wrong_countersigner(title, names.get(second.role, second.role.value), wanted)]
    return []
