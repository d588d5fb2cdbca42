"""Any sequence of commands sent, resent and contradicted: a gate is decided at most once, a key has one answer."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.carrier import NoAnswer
from gateway.command import Answer, Outcome
from gateway.door import Unfit
from tests.gateway.over_engine import GATE, SECOND_GATE, UNIT, County, Losing, at_county

PEOPLE = ("clerk", "deputy", "branch", "district", "neighbour")

sending = st.fixed_dictionaries(
    {
        "person": st.sampled_from(PEOPLE),
        "key": st.sampled_from(("a", "b", "c", "d")),
        "gate": st.sampled_from((GATE, GATE, SECOND_GATE)),
        "document": st.sampled_from(("", "街发〔2021〕1号")),
        "second": st.booleans(),
        "loss": st.sampled_from(("", "", "", "before", "after")),
    }
)
steps = st.lists(st.one_of(sending, st.lists(sending, min_size=2, max_size=3), st.just("settle")), max_size=10)
"""One command, or some at once, or everything that is due happening."""


@dataclass
class Seen:
    """What the senders heard."""

    answers: dict[str, Answer] = field(default_factory=dict)  # by key
    accepted: dict[str, set[str]] = field(default_factory=dict)  # keys, by gate


async def send(county: County, seen: Seen, one: dict[str, object]) -> None:
    """Send one command; a key's answer must be the one it had before."""
    door = county.door(Losing(county.carrier, str(one["loss"])))
    token, gate, key = county.tokens[str(one["person"])], str(one["gate"]), str(one["key"])
    try:
        if one["second"]:
            answer = await door.countersign(token, UNIT, gate, key=key)
        else:
            answer = await door.decide(token, UNIT, gate, county.today(document=one["document"]), key=key)
    except (Unfit, NoAnswer):
        return
    assert seen.answers.setdefault(key, answer) == answer
    if answer.outcome is Outcome.ACCEPTED:
        seen.accepted.setdefault(gate, set()).add(key)


@settings(max_examples=20, deadline=None)
@given(steps)
def test_no_gate_is_decided_twice(sequence: list[object]) -> None:
    """Nor accepted under two keys; what was accepted is decided, and every refused key has one line in the journal."""

    async def act(county: County) -> None:
        seen = Seen()
        for step in sequence:
            if step == "settle":
                await county.settle()
            else:
                group = step if isinstance(step, list) else [step]
                await asyncio.gather(*(send(county, seen, one) for one in group))
        await county.settle()
        decided = county.decisions()
        assert len(decided) == len(set(decided))
        assert all(len(keys) == 1 for keys in seen.accepted.values())
        assert {(UNIT, gate) for gate in seen.accepted} <= set(decided)
        refused = [key for key, answer in seen.answers.items() if answer.outcome is Outcome.REFUSED]
        assert len(county.lines("refused")) == len(refused)

    with TemporaryDirectory() as folder:
        at_county(Path(folder), act)
