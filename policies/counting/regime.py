"""Which clauses govern a poll: chosen once from body, mode, law and round, and the only place where they differ."""

from functools import cache
from typing import NamedTuple

from policies.finding import Finding
from policies.form.values import Body, Mode
from policies.law.norms import Norms
from policies.pack.schema import PollMode
from policies.pack.schema import Threshold as Norm
from policies.rule import Law
from policies.rules.law2025 import R25_20
from policies.rules.polls import (
    BY_ANALOGY,
    FOUR_FIFTHS,
    MAJORITY,
    ONE_THIRD,
    OVER_TWO_THIRDS,
    P7,
    P9,
    P10,
    P12,
    P13,
    P14,
    R5,
    R25_19,
    R25_27,
    R25_29,
    RESIDENTS_2025,
    S2,
    TWO_THIRDS,
    V10,
    V14,
    V15,
    V17,
    V18,
    V19,
    VILLAGE_2018,
    VILLAGE_2025,
    Clause,
    Share,
    Threshold,
    Whole,
    awaits_approval,
    not_direct,
    not_secret,
    plan_silent,
)
from policies.rules.village.meetings import V26
from policies.rules.village.recall import V25
from policies.rules.village.shares import quorum_of
from policies.rules.women import BY_ANALOGY as WOMEN_BY_ANALOGY
from policies.rules.women import FURTHER_SOURCE, MAJORITY_SOURCE, QUORUM_SOURCE, W5
from policies.rules.women import plan_silent as women_plan_silent


class Regime(NamedTuple):
    """The clauses of one kind of poll.

    `quorum` None: the kind of poll is unlawful and has no denominator of its own. `mark`: what elects. `last`: a seat
    not filled stays empty instead of going to a further vote. `unlawful`: why such a poll is void whatever its figures.
    """

    quorum: Threshold | None
    mark: Threshold
    surplus: Clause
    tie: Clause
    short: Clause
    last: bool = False
    void: str = "选举无效"  # what a missed quorum means
    unlawful: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


SURPLUS_BY_ANALOGY = Clause(V15, V15.source + BY_ANALOGY)
TIE_BY_ANALOGY = Clause(V18, V18.source + BY_ANALOGY)
FURTHER_BY_ANALOGY = Clause(R5, V19.source + BY_ANALOGY)


@cache
def regime(body: Body, mode: Mode, law: Law, round_: int) -> Regime:
    """The clauses for a poll of `body` by `mode` under `law`; `round_` is 1, or 2 for a further vote."""
    match body:
        case Body.PARTY | Body.PARTY_PLENARY:
            return _party(body, mode)
        case Body.VILLAGE:
            return _village(mode, further=round_ == 2)
        case Body.RESIDENTS:
            return _residents(mode, law, further=round_ == 2)
        case Body.SUPERVISORY:
            return _supervisory(mode, law)
        case Body.VILLAGE_SUPERVISORY:
            return _village_supervisory(mode)
        case Body.WOMEN:
            return _women(mode, further=round_ == 2)


def _party(body: Body, mode: Mode) -> Regime:
    if body is Body.PARTY_PLENARY:
        of, label = Whole.DUE, "应到会委员"
    elif mode is Mode.REPRESENTATIVES:
        of, label = Whole.REPRESENTATIVES, "应到会党员代表"
    else:
        of, label = Whole.DUE, "应到会党员"
    return Regime(
        quorum=Threshold(Clause(P7), FOUR_FIFTHS, of, label),
        mark=Threshold(Clause(P12), MAJORITY, Whole.PRESENT, "到会有表决权的人数"),
        surplus=Clause(P10),
        tie=Clause(P13),
        short=Clause(P14),
        unlawful=(not_secret(Clause(P9)),) if mode is Mode.SHOW_OF_HANDS else (),
        notes=(awaits_approval(),) if body is Body.PARTY_PLENARY else (),
    )


def _village(mode: Mode, *, further: bool) -> Regime:
    unlawful: tuple[Finding, ...] = ()
    if mode is Mode.SHOW_OF_HANDS:
        unlawful = (not_secret(Clause(V10)),)
    elif mode is not Mode.VOTERS:
        unlawful = (not_direct(mode.label),)
    quorum = Threshold(Clause(V14), MAJORITY, Whole.REGISTERED, "登记参加选举的村民")
    return Regime(
        quorum=None if mode in (Mode.HOUSEHOLDS, Mode.REPRESENTATIVES) else quorum,
        mark=_third(Clause(V19)) if further else _majority(Clause(V17), "参加投票的村民人数"),
        surplus=Clause(V15),
        tie=Clause(V18),
        short=Clause(V19) if further else Clause(V17),
        last=further,
        unlawful=unlawful,
    )


_COMMUNITY_WHOLES = {
    Mode.VOTERS: (Whole.REGISTERED, "登记参加选举的选民"),
    Mode.HOUSEHOLDS: (Whole.HOUSEHOLDS, "户代表"),
    Mode.REPRESENTATIVES: (Whole.REPRESENTATIVES, "居民代表"),
}


def _residents(mode: Mode, law: Law, *, further: bool) -> Regime:
    now = law is Law.OF_2025
    clause = Clause(R25_19) if now else Clause(R5)
    quorum = None
    if mode in _COMMUNITY_WHOLES:
        share = OVER_TWO_THIRDS if now and mode is Mode.REPRESENTATIVES else MAJORITY
        quorum = Threshold(clause, share, *_COMMUNITY_WHOLES[mode])
    by_law = clause if now else FURTHER_BY_ANALOGY
    return Regime(
        quorum=quorum,
        mark=_third(by_law) if further else _majority(clause, "参加投票的人数"),
        surplus=SURPLUS_BY_ANALOGY,
        tie=TIE_BY_ANALOGY,
        short=by_law,
        last=further,
        unlawful=(not_secret(clause),) if mode is Mode.SHOW_OF_HANDS else (),
        notes=(plan_silent(),) if further and not now else (),
    )


def _supervisory(mode: Mode, law: Law) -> Regime:
    by_representatives = mode in (Mode.SHOW_OF_HANDS, Mode.REPRESENTATIVES)
    of, label = _COMMUNITY_WHOLES.get(mode, (Whole.REPRESENTATIVES, "会议应到人员"))
    share: Share = MAJORITY
    clause = Clause(S2)
    if law is Law.OF_2025:
        clause = Clause(R25_29) if by_representatives else Clause(R25_27)
        share = TWO_THIRDS if by_representatives else MAJORITY
    return Regime(
        quorum=Threshold(clause, share, of, label),
        mark=_majority(clause, "到会人数"),
        surplus=SURPLUS_BY_ANALOGY,
        tie=TIE_BY_ANALOGY,
        short=clause,
    )


_VILLAGE_MEETINGS: dict[Mode, tuple[Share, Whole, str]] = {
    Mode.VOTERS: (MAJORITY, Whole.REGISTERED, "十八周岁以上的村民"),
    Mode.HOUSEHOLDS: (TWO_THIRDS, Whole.HOUSEHOLDS, "户的代表"),
}


def _village_supervisory(mode: Mode) -> Regime:
    """Chosen by the villagers' assembly or by their representatives' meeting, each with its quorum under either law (V26)."""
    clause = Clause(V26)
    representatives = (TWO_THIRDS, Whole.REPRESENTATIVES, "村民代表会议组成人员")
    share, of, label = _VILLAGE_MEETINGS.get(mode, representatives)
    return Regime(
        quorum=Threshold(clause, share, of, label),
        mark=_majority(clause, "到会人数"),
        surplus=Clause(V15),
        tie=Clause(V18),
        short=clause,
    )


_WOMEN_WHOLES = {
    Mode.VOTERS: (Whole.REGISTERED, "参加选举的妇女"),
    Mode.REPRESENTATIVES: (Whole.REPRESENTATIVES, "妇女代表"),
}


def _women(mode: Mode, *, further: bool) -> Regime:
    """The women's federation: its source says 「直选」 and no more, so the village's rules by analogy, with a note."""
    of, label = _WOMEN_WHOLES.get(mode, (Whole.REPRESENTATIVES, "会议应到人员"))
    by_analogy = Clause(W5, FURTHER_SOURCE)
    return Regime(
        quorum=Threshold(Clause(W5, QUORUM_SOURCE), MAJORITY, of, label),
        mark=_third(by_analogy, mode) if further else _majority(Clause(W5, MAJORITY_SOURCE), "参加投票的人数"),
        surplus=Clause(V15, V15.source + WOMEN_BY_ANALOGY),
        tie=Clause(V18, V18.source + WOMEN_BY_ANALOGY),
        short=by_analogy,
        last=further,
        notes=(women_plan_silent(),),
    )


RECALLED = frozenset({Body.VILLAGE, Body.RESIDENTS})
"""Bodies whose members the electors can recall by a vote."""

_VILLAGE_RECALL = "“须有登记参加选举的村民过半数投票，并须经投票的村民过半数通过”"
_RECALL_QUOTES = {
    (Body.VILLAGE, Law.OF_2018): f"{VILLAGE_2018}第十六条：{_VILLAGE_RECALL}",
    (Body.VILLAGE, Law.OF_2025): f"{VILLAGE_2025}第十九条：{_VILLAGE_RECALL}",
    (Body.RESIDENTS, Law.OF_2025): (
        f"{RESIDENTS_2025}第二十条：“应当按照产生时的选举方式组织进行投票，须有选民或者户的代表过半数或者超过三分之二的"
        "居民代表投票，并须经投票人员的过半数通过”"
    ),
}


def recall_regime(body: Body, mode: Mode, law: Law, norms: Norms | None = None) -> Regime:
    """The clauses for a vote on recalling members: the election's shares of its way of voting, from the article on recall.

    `norms` are those of the election where it has any: their shares, which a province may raise, go before the national
    ones. The community law of 2018 has no recall: the village's article is applied by analogy. Raises ValueError for a body
    whose members nobody recalls by a vote.
    """
    if body not in RECALLED:
        raise ValueError(f"no recall of {body}")
    base, mine = regime(body, mode, law, 1), norms or Norms()
    own = (body, law) == (Body.RESIDENTS, Law.OF_2025)
    quote = _RECALL_QUOTES.get((body, law)) or _RECALL_QUOTES[Body.VILLAGE, law] + BY_ANALOGY
    clause = Clause(R25_20 if own else V25, quote)
    quorum = base.quorum
    if quorum is not None:
        quorum = quorum._replace(clause=clause, share=_share(quorum_of(PollMode(mode.value), mine), quorum.share))
    mark = base.mark._replace(clause=clause, share=_share(mine.majority, base.mark.share))
    return base._replace(quorum=quorum, mark=mark, notes=(), void="罢免投票无效")


def _share(norm: Norm | None, national: Share) -> Share:
    return national if norm is None else Share(norm.numerator, norm.denominator, inclusive=norm.inclusive is True)


def _majority(clause: Clause, label: str) -> Threshold:
    return Threshold(clause, MAJORITY, Whole.PRESENT, label)


def _third(clause: Clause, mode: Mode = Mode.VOTERS) -> Threshold:
    """A third of the votes cast: of the ballots collected; where hands are raised, of those who vote."""
    if mode is Mode.SHOW_OF_HANDS:
        return Threshold(clause, ONE_THIRD, Whole.PRESENT, "参加表决的人数")
    return Threshold(clause, ONE_THIRD, Whole.COLLECTED, "已投选票总数")
