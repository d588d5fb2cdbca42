"""Search attributes: where a workflow belongs, so that an operator finds it on the server. Never anything about a person."""

from collections.abc import Sequence

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

ELECTION = SearchAttributeKey.for_keyword("HuanjieElection")
STREET = SearchAttributeKey.for_keyword("HuanjieStreet")
UNIT = SearchAttributeKey.for_keyword("HuanjieUnit")
BODY = SearchAttributeKey.for_keyword("HuanjieBody")
KEYS = (ELECTION, STREET, UNIT, BODY)


def place(areas: Sequence[str]) -> TypedSearchAttributes:
    """The attributes of a workflow by the ids of its place, from the election down: election, street, unit, body."""
    return TypedSearchAttributes(
        [SearchAttributePair(key, area) for key, area in zip(KEYS, areas, strict=False) if area]
    )
