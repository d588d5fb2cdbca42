"""Who is not let in, and who may not do what he asks: refused with the reason, and nothing has changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from activities.registry.people import Denied
from gateway.command import Outcome, Verb
from gateway.door import LARGEST, Stranger, Unfit
from policies.authority import Signature
from policies.pack.schema import Role
from tests.activities.registry.county import ELECTION, STREETS
from tests.gateway.over_engine import GATE, OTHER_UNIT, SECOND_GATE, START, UNIT, County, Scripted, at_county
from tests.workflows.clerk import at
from workflows.messages import Hold, Move, Postponement, Recorded, Withdrawal

Token = Callable[[County], str | None]


def revoked(county: County) -> str:
    people = county.registry.people
    for token in people.tokens("clerk"):
        people.revoke_token(token.id, at=START)
    return county.tokens["clerk"]


def expired(county: County) -> str:
    issued = county.registry.people.issue(
        "clerk", "旧", at=START - timedelta(days=9), expires_at=county.engine.now - timedelta(seconds=1)
    )
    return issued.text


def inactive(county: County) -> str:
    people = county.registry.people
    person = people.find("clerk")
    assert person is not None
    people.add(replace(person, active=False))
    return county.tokens["clerk"]


TOKENS: dict[str, tuple[Token, Denied]] = {
    "none": (lambda county: None, Denied.MISSING),
    "empty": (lambda county: "", Denied.MISSING),
    "a name": (lambda county: "clerk", Denied.MALFORMED),
    "one short": (lambda county: county.tokens["clerk"][:-1], Denied.MALFORMED),
    "one more line": (lambda county: county.tokens["clerk"] + "\n", Denied.MALFORMED),
    "other letters": (lambda county: "hj_" + "令" * 43, Denied.MALFORMED),
    "oversized": (lambda county: "hj_" + "x" * 1_000_000, Denied.MALFORMED),
    "guessed": (lambda county: "hj_" + "A" * 43, Denied.UNKNOWN),
    "near": (lambda county: "hj_" + county.tokens["clerk"].removeprefix("hj_").swapcase(), Denied.UNKNOWN),
    "revoked": (revoked, Denied.REVOKED),
    "expired": (expired, Denied.EXPIRED),
    "inactive": (inactive, Denied.INACTIVE),
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_lets_nobody_in(tmp_path: Path, name: str) -> None:
    """Whatever is asked with it: the same reason, which does not repeat the token; registry and workflows are as before."""
    token, why = TOKENS[name]

    async def act(county: County) -> None:
        given, door = token(county), county.door()
        changed = await county.changed()
        hold = Hold(
            rule="X4", reason="试探", by=Signature(person="clerk", name="甲", role=Role.STREET_COMMITTEE, scope=UNIT)
        )
        for ask in (
            lambda: door.decide(given, UNIT, GATE, county.today()),
            lambda: door.countersign(given, UNIT, GATE),
            lambda: door.send(given, UNIT, Verb.HOLD, lambda by: hold),
            lambda: door.call_back(given, UNIT, GATE),
        ):
            with pytest.raises(Stranger) as denied:
                await ask()
            assert denied.value.denied is why
            assert str(denied.value) == why.message
        assert await changed() == []
        assert county.lines("refused") == []

    at_county(tmp_path, act)


@pytest.mark.parametrize(
    ("person", "unit", "rules"),
    [
        ("branch", UNIT, ("O3",)),
        ("neighbour", UNIT, ("O6",)),
        ("clerk", OTHER_UNIT, ("O6",)),
        ("branch", OTHER_UNIT, ("O3", "O6")),
        ("elsewhere", UNIT, ("O3", "O6")),
    ],
)
@pytest.mark.parametrize("two", [False, True], ids=["signed once", "signed twice"])
def test_a_decision_by_the_wrong_role_or_for_another_place(
    tmp_path: Path, person: str, unit: str, rules: tuple[str, ...], two: bool
) -> None:
    """Refused by the rule that says so, journalled once, and not kept as somebody's first signature either."""

    async def act(county: County) -> None:
        changed = await county.changed()
        answer = await county.door().decide(county.tokens[person], unit, GATE, county.today(), key="k")
        assert answer.outcome is Outcome.REFUSED
        assert {finding.rule for finding in answer.findings} == {*rules, *(("O3",) if two else ())}
        assert sorted(await changed()) == ["chains", "journal", "refusals"]
        (line,) = county.lines("refused")
        assert f"居民{person}（{person}）" in line

    at_county(tmp_path, act, two=two)


def test_steering_is_for_those_who_may(tmp_path: Path) -> None:
    """A branch may not hold its unit, a street not another street, nobody a district he does not belong to."""

    async def act(county: County) -> None:
        door = county.door()

        async def held(person: str, place: str) -> tuple[str, ...]:
            def sign(by: Signature) -> Hold:
                return Hold(rule="X4", reason="试探", by=by)

            answer = await door.send(county.tokens[person], place, Verb.HOLD, sign)
            return tuple(finding.rule for finding in answer.findings)

        assert await held("branch", UNIT) == ("O3",)
        assert await held("neighbour", STREETS[0]) == ("O6",)
        assert await held("clerk", ELECTION) == ("O6", "O3")
        assert await held("elsewhere", ELECTION) == ("O6",)
        assert county.lines("held") == []
        assert len(county.lines("refused")) == 4
        assert await held("both", UNIT) == ()  # signs as the one of his roles that may
        assert await held("district", STREETS[1]) == ()

    at_county(tmp_path, act)


def test_a_role_that_is_not_held_is_not_signed_for(tmp_path: Path) -> None:
    """Neither one asked for by name nor any at all; a role taken away counts from that moment."""

    async def act(county: County) -> None:
        door, changed = county.door(), await county.changed()
        with pytest.raises(Unfit, match="没有“district_organization”这项职责"):
            await door.decide(county.tokens["clerk"], UNIT, GATE, county.today(), Role.DISTRICT_ORGANIZATION)
        with pytest.raises(Unfit, match="没有被授予任何职责"):
            await door.decide(county.tokens["nobody"], UNIT, GATE, county.today())
        county.registry.people.revoke("clerk", Role.STREET_COMMITTEE, STREETS[0], by="管理员", at=START)
        with pytest.raises(Unfit, match="没有被授予任何职责"):
            await door.decide(county.tokens["clerk"], UNIT, GATE, county.today())
        assert await changed() == []

    at_county(tmp_path, act)


def test_what_is_too_large_or_cannot_be_named(tmp_path: Path) -> None:
    """Refused before anything is asked of anybody, with the limit."""

    async def act(county: County) -> None:
        carrier = Scripted()
        door, token, changed = county.door(carrier), county.tokens["clerk"], await county.changed()
        large = Recorded(held_on=at("2021-03-01").date(), document="字" * (LARGEST // 3))
        with pytest.raises(Unfit, match=f"超过上限 {LARGEST} 字节"):
            await door.decide(token, UNIT, GATE, large)
        for key in ("k" * 201, "k\n", "\ud800"):
            with pytest.raises(Unfit, match="请求编号不能用"):
                await door.decide(token, UNIT, GATE, county.today(), key=key)
        for name in ("", "x" * 201, "a\x00b", "\ud800"):
            with pytest.raises(Unfit, match="编号不能用"):
                await door.decide(token, name, GATE, county.today())
            with pytest.raises(Unfit, match="编号不能用"):
                await door.decide(token, UNIT, name, county.today())
        assert carrier.carried == []
        assert await changed() == []

    at_county(tmp_path, act)


def test_nobody_is_asked_for_what_is_not_recorded_here(tmp_path: Path) -> None:
    """Another registry's election may run on the same server: from here it does not exist."""

    async def act(county: County) -> None:
        carrier = Scripted()
        door = county.door(carrier)
        for workflow in ("lishan-2026-S01-U001", f"{UNIT}x", "lishan-2026"):
            answer = await door.decide(county.tokens["elsewhere"], workflow, GATE, county.today())
            assert answer.outcome is Outcome.CLOSED
            assert "没有登记" in answer.findings[0].message
        assert carrier.carried == []

    at_county(tmp_path, act)


def test_what_an_id_does_not_answer_is_said_before_it_is_sent(tmp_path: Path) -> None:
    """A move is the election's, a withdrawal a body's, a decision a unit's or a body's."""

    async def act(county: County) -> None:
        carrier = Scripted()
        door, token = county.door(carrier), county.tokens["district"]

        def move(by: Signature) -> Move:
            return Move(to=at("2021-04-01"), reason="演练", by=by)

        def withdrawal(by: Signature) -> Withdrawal:
            return Withdrawal(person="P01", reason="本人意愿", by=by)

        with pytest.raises(Unfit, match="是街道，不能在此拨动时间：请填写换届的编号"):
            await door.send(token, STREETS[0], Verb.MOVE, move)
        with pytest.raises(Unfit, match="是单位，不能在此登记退出：请填写组织的流程、补选的流程的编号"):
            await door.send(token, UNIT, Verb.WITHDRAW, withdrawal)
        with pytest.raises(Unfit, match="是换届，不能在此办理环节"):
            await door.decide(token, ELECTION, GATE, county.today())
        with pytest.raises(Unfit, match="不是流程"):
            await door.decide(token, f"{STREETS[0]}/party", GATE, county.today())
        assert carrier.carried == []

    at_county(tmp_path, act)


def test_what_waits_for_nobody(tmp_path: Path) -> None:
    """A body that has not begun is answered by its unit, an order to it is closed; a gate not open is refused by O2."""

    async def act(county: County) -> None:
        door, token = county.door(), county.tokens["clerk"]
        body = await door.decide(token, f"{UNIT}/residents", "residents.list", county.today())
        assert [finding.rule for finding in body.findings] == ["O1"]
        later = await door.decide(token, UNIT, SECOND_GATE, county.today())
        assert [finding.rule for finding in later.findings] == ["O2"]
        withdrawn = await door.send(
            token, f"{UNIT}/party", Verb.WITHDRAW, lambda by: Withdrawal(person="P01", reason="本人意愿", by=by)
        )
        assert (withdrawn.outcome, withdrawn.findings[0].rule) == (Outcome.CLOSED, "O2")
        await county.engine.client.get_workflow_handle(UNIT).terminate()
        closed = await door.send(
            token, UNIT, Verb.POSTPONE, lambda by: Postponement(days=3, reason="防汛", by=by), key="k"
        )
        assert (closed.outcome, closed.findings[0].rule) == (Outcome.CLOSED, "O2")
        assert "尚未开始、已经结束，或没有登记" in closed.findings[0].message
        again = await door.send(
            token, UNIT, Verb.POSTPONE, lambda by: Postponement(days=3, reason="防汛", by=by), key="k"
        )
        assert again == closed

    at_county(tmp_path, act)
