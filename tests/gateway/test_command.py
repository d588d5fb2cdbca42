"""Where a command may go: to the workflow it is meant for, and what a unit answers too, to the unit's own."""

import pytest

from gateway.command import Command, Verb
from policies.authority import Signature
from policies.pack.schema import Role
from workflows.messages import Withdrawal

BY = Signature(person="P1", name="甲", role=Role.STREET_OFFICE, scope="D01")


@pytest.mark.parametrize(
    ("workflow", "verb", "destinations"),
    [
        ("U1/party", Verb.DECIDE, ("U1/party", "U1")),
        ("U1/party", Verb.COMPLAIN, ("U1/party", "U1")),
        ("U1/party", Verb.WITHDRAW, ("U1/party",)),
        ("U1/party", Verb.APPEAL, ("U1/party",)),
        ("U1", Verb.DECIDE, ("U1",)),
        ("D01", Verb.MOVE, ("D01",)),
    ],
)
def test_destinations(workflow: str, verb: Verb, destinations: tuple[str, ...]) -> None:
    """A unit's workflow has no appeals and no withdrawals; nothing is asked of the same workflow twice."""
    message = Withdrawal(person="P1", reason="个人原因", by=BY)
    assert Command(workflow, verb, message, "key").destinations == destinations
