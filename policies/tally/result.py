"""The whole poll's answer: accepted boxes merged, held against the summary, and judged, each kind of ballot by itself.

A box that nobody has accepted yet has stated nothing: then the answer says which figures are missing, or what is certain
whatever they are. Kinds are judged from the chair down, and who wins a higher post goes on to the next by votes below. The
arithmetic of a verdict is `policies.counting`'s; here is only what it is asked.
"""

from collections.abc import Iterator

from pydantic import Field

from policies.arithmetic import total
from policies.clock import Instant
from policies.counting import Recall, Verdict, count, count_apart, recall, regime
from policies.finding import Finding, Severity
from policies.form import CHAIRS, DEPUTIES, contradictions
from policies.form.values import Ballots, Part, ResultForm, papers
from policies.law.norms import SurplusVoids
from policies.rules.polls import ballots_surplus
from policies.tally.book import Book, refuse
from policies.tally.box import TallyRefused, explanations, named, unanswered
from policies.tally.catalogue import entry_finding
from policies.tally.checks import similar_names
from policies.tally.figures import exact
from policies.tally.forms import form_of, whole_roll
from policies.tally.merge import disagreements, merge
from policies.tally.spellings import Merging, merging_problems, spelled_together, spellings_of
from policies.tally.values import SUMMARY, WHOLE_POLL, BallotKind, BoxSheet, Poll, Purpose, RollKind, blank_sheet
from policies.value import Value

SURPLUS_RULE = "surplus_voids"
"""What is missing where nothing says whether a surplus in one box voids that box."""


class Ranked(Value):
    """One person in a recommendation: `place` from 1, equal votes share it; None while anybody's votes are not stated."""

    name: str
    post: str | None
    votes: int | None
    place: int | None


class KindResult(Value):
    """The answer for one kind of ballot: a verdict, a recall or a ranking, by the poll's purpose.

    `form` is what was judged; `spellings` gives by person the other ways in which voters wrote him; `findings` what a person
    should look at besides: names that may be one (W.11), a recommendation's contradictions.
    """

    kind: str
    form: ResultForm
    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    verdict: Verdict | None = None
    recall: Recall | None = None
    ranking: tuple[Ranked, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def valid(self) -> bool | None:
        """Whether the poll is valid; None: not decided. A recommendation knows no validity: True once everybody is placed."""
        answer = self.verdict or self.recall
        if answer is not None:
            return answer.valid
        placed = all(each.place is not None for each in self.ranking)
        return True if placed and not any(each.blocks for each in self.findings) else None


class Result(Value):
    """The poll's answer. `waiting`: boxes not accepted; `findings`: what stands against the summary (F.11, F.12).

    `unexplained`: warnings about the merged figures that nobody has answered, such as ballots unaccounted for that could
    change who wins. `final` only when there are none of all these and every kind is decided.
    """

    kinds: tuple[KindResult, ...]
    waiting: tuple[str, ...]
    findings: tuple[Finding, ...]
    unexplained: tuple[Finding, ...] = ()

    @property
    def final(self) -> bool:
        """Whether this may be announced."""
        decided = all(each.valid is not None for each in self.kinds)
        return decided and not (self.waiting or self.findings or self.unexplained)


def judge(book: Book) -> Result:
    """The answer as far as the accepted sheets go. Never raises on a book whose steps were taken through this package."""
    kinds = [_kind(book, kind) for kind in book.poll.kinds]
    if book.poll.purpose is Purpose.ELECTION:
        kinds = _elected(book, kinds)
    return Result(
        kinds=tuple(kinds),
        waiting=book.waiting,
        findings=tuple(summary_problems(book)),
        unexplained=tuple(unanswered(_warnings(kinds), book.explanations)),
    )


def _warnings(kinds: list[KindResult]) -> Iterator[Finding]:
    """What is doubtful about figures that are decided; what the law says to them is an answer, not a doubt."""
    for kind in kinds:
        answer = kind.verdict or kind.recall
        found = kind.findings if answer is None or answer.valid is None else (*answer.findings, *kind.findings)
        for each in found:
            if each.severity is Severity.WARNING and each.rule.startswith(("F.", "W.")):
                yield each.model_copy(
                    update={"message": f"“{kind.kind}”：{each.message.removeprefix(f'“{kind.kind}”：')}"}
                )


def explain_result(book: Book, rule: str, *, by: str, why: str, at: Instant) -> Book:
    """Why the merged poll's warnings of one number may stand. Raises TallyRefused (F.44, F.45)."""
    said = explanations(judge(book).unexplained, WHOLE_POLL, rule, by=by, why=why, at=at)
    return book.model_copy(update={"explanations": (*book.explanations, *said)})


def merged_form(book: Book, kind: str) -> ResultForm:
    """The poll's form of one kind of ballot: accepted boxes merged, others not stated, no spelling brought together yet."""
    poll = book.poll
    forms = [_counted(poll, sheet, kind) for sheet in _sheets(book)]
    stated = None if book.summary.sheet is None else form_of(poll, book.summary.sheet, kind).roll
    roll = whole_roll(poll)
    return merge(forms, roll=stated if roll is None else roll)


def with_merging(book: Book, merging: Merging) -> Book:
    """The book with one more spelling brought together. Raises TallyRefused (F.31–F.33)."""
    kinds = [each.name for each in book.poll.kinds]
    if merging.kind not in kinds:
        raise TallyRefused([entry_finding("F.05", {"names": f"没有“{merging.kind}”"}, figure=merging.kind)])
    earlier = _of_kind(book, merging.kind)
    refuse([*named(merging.by, "认定人"), *named(merging.why, "理由")])
    refuse(merging_problems(merged_form(book, merging.kind), earlier, merging))
    return book.model_copy(update={"mergings": (*book.mergings, merging)})


def summary_problems(book: Book) -> list[Finding]:
    """F.11, F.12: every cell of the accepted summary, and the roll in the poll's head, against the sum of the boxes."""
    poll = book.poll
    sheets = [dict(sheet.cells()) for sheet in _sheets(book)]
    summary = {} if book.summary.sheet is None else dict(book.summary.sheet.cells())
    cells = list(dict.fromkeys(cell for sheet in (*sheets, summary) for cell in sheet))
    every = set(dict(blank_sheet(poll, SUMMARY).cells()))
    sums: dict[str, int | None] = {}
    floors: dict[str, int | None] = {}
    for cell in cells:
        if cell in every:
            parts = [exact(sheet.get(cell)) for sheet in sheets]
        else:  # a name written in somewhere: nothing where it is not listed
            parts = [exact(sheet[cell]) if cell in sheet else 0 for sheet in sheets]
            if book.waiting:
                parts.append(None)
        sums[cell], floors[cell] = total(parts), sum(n or 0 for n in parts)
    heads: dict[str, int | None] = {kind.label: poll.rolls.get(kind) for kind in RollKind}
    found = disagreements(heads, {name: sums[name] for name in heads}, floors, lambda cell: f"选举登记的{cell}")
    if summary:
        stated = {cell: exact(figure) for cell, figure in summary.items()}
        found += disagreements(stated, sums, floors, lambda cell: cell)
    return found


# ---------------------------------------------------------------- one kind of ballot


def _kind(book: Book, kind: BallotKind) -> KindResult:
    """What one kind's figures are, and its answer unless that is an election's."""
    poll, mergings = book.poll, _of_kind(book, kind.name)
    raw = merged_form(book, kind.name)
    form = spelled_together(raw, mergings)
    alike = tuple(similar_names(kind.name, form.candidates))
    base = KindResult(kind=kind.name, form=form, spellings=spellings_of(raw, mergings), findings=alike)
    if poll.purpose is Purpose.RECOMMENDATION:
        found = (*contradictions(form), *alike)
        return base.model_copy(update={"ranking": tuple(_ranking(form)), "findings": found})
    if poll.purpose is Purpose.RECALL:
        return base.model_copy(
            update={"recall": _recall_voided(poll, recall(form), tuple(_surpluses(book, kind.name)))}
        )
    return base


def _elected(book: Book, kinds: list[KindResult]) -> list[KindResult]:
    """An election's verdicts, from the highest post down: a box with more ballots than voters may void or undecide a kind."""
    forms = {each.kind: each.form for each in kinds}
    parts = [Part(kind.name, forms[kind.name], ()) for kind in sorted(book.poll.kinds, key=_rank)]
    verdicts = count_apart(
        parts, count, {}, lambda kind, verdict: _voided(book.poll, verdict, tuple(_surpluses(book, kind)))
    )
    return [each.model_copy(update={"verdict": verdicts[each.kind]}) for each in kinds]


def _ranking(form: ResultForm) -> Iterator[Ranked]:
    by_post: dict[str | None, list[int | None]] = {}
    for each in form.candidates:
        by_post.setdefault(each.post, []).append(each.votes)
    for each in sorted(form.candidates, key=lambda each: (each.votes is None, -(each.votes or 0))):
        rivals = by_post[each.post]
        place = None if None in rivals else 1 + sum((n or 0) > (each.votes or 0) for n in rivals)
        yield Ranked(name=each.name, post=each.post, votes=each.votes, place=place)


# ---------------------------------------------------------------- a box with more ballots than voters


def _surpluses(book: Book, kind: str) -> Iterator[Finding]:
    """V15, P10: accepted boxes from which more ballots came than people voted there, whatever the other boxes make up for."""
    poll = book.poll
    surplus = regime(poll.body, poll.mode, poll.law, poll.round).surplus
    for sheet in _sheets(book):
        form = form_of(poll, sheet, kind)
        counted = papers(form)
        if _in_surplus(form):
            label = f"“{sheet.box}”参加投票人数"
            exactly = counted.collected is not None
            yield ballots_surplus(surplus, counted.collected_least, form.present or 0, label, None, exact=exactly)


def _in_surplus(form: ResultForm) -> bool:
    return form.present is not None and papers(form).collected_least > form.present


def _counted(poll: Poll, sheet: BoxSheet, kind: str) -> ResultForm:
    """The box's form; where a surplus voids the box its ballots count for nobody, and its voters stay in the denominator."""
    form = form_of(poll, sheet, kind)
    if poll.surplus_voids is not SurplusVoids.BOX or not _in_surplus(form):
        return form
    nothing = Ballots(issued=0, collected=0, valid=0, invalid=0, blank=0)
    nobody = tuple(each.model_copy(update={"votes": 0}) for each in form.candidates)
    return form.model_copy(update={"ballots": nothing, "candidates": nobody})


def _voided(poll: Poll, verdict: Verdict, surpluses: tuple[Finding, ...]) -> Verdict:
    """The verdict with what surpluses in single boxes mean; more ballots than voters in all are the count's own affair."""
    if not surpluses:
        return verdict
    findings = (*_said(surpluses, poll.surplus_voids), *verdict.findings)
    if poll.surplus_voids is None and verdict.valid:
        return Verdict(valid=None, denominators=verdict.denominators, missing=(SURPLUS_RULE,), findings=findings)
    return verdict.model_copy(update={"findings": findings})


def _recall_voided(poll: Poll, answer: Recall, surpluses: tuple[Finding, ...]) -> Recall:
    if not surpluses:
        return answer
    findings = (*_said(surpluses, poll.surplus_voids), *answer.findings)
    if poll.surplus_voids is None and answer.valid:
        return Recall(valid=None, denominators=answer.denominators, missing=(SURPLUS_RULE,), findings=findings)
    return answer.model_copy(update={"findings": findings})


_SURPLUS_ENDS: dict[SurplusVoids | None, tuple[str, str]] = {
    SurplusVoids.BOX: (
        "该票箱的选票无效",
        "该票箱的选票封存，不计入任何人；其投票人数仍计入参加投票人数。",
    ),
    SurplusVoids.POLL: (
        "是否无效按全场合计认定",
        "立即重新清点各票箱；查明多出的选票从何而来，记录在案。",
    ),
    None: (
        "该票箱是否因此无效，选举登记没有写明",
        "查明本省规定，在选举登记中写明 surplus_voids：poll（按全场合计）或 box（该票箱无效）。",
    ),
}
"""What a surplus in one box comes to, and what to do; by what the province voids."""


def _said(surpluses: tuple[Finding, ...], voids: SurplusVoids | None) -> tuple[Finding, ...]:
    end, remedy = _SURPLUS_ENDS[voids]
    return tuple(
        each.model_copy(
            update={
                "severity": Severity.WARNING,
                "message": each.message.replace("选举无效", end),
                "remedy": remedy,
            }
        )
        for each in surpluses
    )


# ---------------------------------------------------------------- parts


def _sheets(book: Book) -> list[BoxSheet]:
    return [each.sheet or blank_sheet(book.poll, each.box) for each in book.boxes]


def _of_kind(book: Book, kind: str) -> tuple[Merging, ...]:
    return tuple(each for each in book.mergings if each.kind == kind)


def _rank(kind: BallotKind) -> int:
    posts = set(kind.seats)
    return 0 if posts & CHAIRS else 1 if posts & DEPUTIES else 2
