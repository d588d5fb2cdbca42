"""The checker: reads the journal and nothing else, line by line, and recomputes what the workflows claimed."""

from collections import Counter
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

from activities.journal import CLOSED, Chain
from simulation.checker import chair, direct, enrolment, gates, people, polls, postings, preparation, term, venue
from simulation.checker.days import Days
from simulation.checker.plan import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_DAYS,
    BODY_OF,
    CANDIDATES,
    FINAL_LISTS,
    HANDOVER,
    HANDOVER_DAYS,
    INSPECTION_LIST,
    POSTINGS,
    PUBLICITY,
    REPRESENTATIVES,
    RESIDENTS_LIST,
    VILLAGE,
    VOTERS_LIST,
)
from simulation.checker.report import Invariant, Report, Violation
from simulation.checker.secrecy import id_numbers, leaks, may_hold_id, named_leaks
from simulation.checker.state import Context, District, Gate, Json, Unit

_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
_ENVELOPE = frozenset({"n", "district", "street", "unit", "body", "at", "fact", "hash"})
_TIME_LENGTH = len("2021-02-19T09:00:00")


class Checker:
    """Feed it a journal in order, then `finish`. Only the districts and units still open are remembered.

    Feed lines of a file with `feed_line`, which also follows the chain, or plain records with `feed`; not both.

    `keep` bounds how many violations are kept in full; all are counted.
    """

    def __init__(self, *, keep: int = 10_000) -> None:
        self._keep = keep
        self._violations: list[Violation] = []
        self._broken = 0
        self._lines = 0
        self._n = 0
        self._chain: Chain | None = None
        self._districts: dict[str, District] = {}
        self._terms: dict[str, term.Term] = {}  # units that closed with a committee, where the plan knows of recalls
        self._seen: set[str] = set()
        self._last = ""
        self._counts: Counter[str] = Counter()
        self._findings: Counter[str] = Counter()
        self._caught: Counter[str] = Counter()
        self._ctx = Context(self._report)
        self._where: tuple[str, str] = ("", "")

    # ------------------------------------------------------------ in

    def feed_line(self, line: bytes) -> None:
        """Take the journal file's next line, with or without its newline: chain, secrecy of the raw text, content."""
        if self._chain is None:
            self._chain = Chain()
        line = line.rstrip(b"\n")
        record, wrong = self._chain.follow(line)
        self._n = self._chain.lines
        if wrong:
            self._where, self._ctx.at = ("", ""), ""
            self._report(Invariant.CHAIN, "chain", wrong, "")
        if record is None:
            self._lines += 1
            return
        suspicious = may_hold_id(line) and id_numbers(line.decode())
        if suspicious:
            self._where, self._ctx.at = (str(record.get("unit")), ""), str(record.get("at"))
            self._report(Invariant.SECRECY, "P9", "出现类似身份证号的数字", "")
        self._take(record, scan_text=False)

    def feed(self, record: Mapping[str, Any]) -> None:
        """Take the next record already parsed, with the keys of a line; `n` and `hash` may be absent and prove nothing."""
        self._n = int(record.get("n") or self._lines + 1)
        self._take(record, scan_text=True)

    def _take(self, record: Mapping[str, Any], *, scan_text: bool) -> None:
        self._lines += 1
        ctx = self._ctx
        try:
            fact = record["fact"]
            kind = fact["kind"]
            ctx.at = record["at"]
            ctx.day = ctx.at[:10]
            self._where = (record["unit"], record["body"])
            if not _ENVELOPE.issuperset(record):
                extra = "、".join(sorted(record.keys() - _ENVELOPE))
                self._report(Invariant.SECRECY, "P9", f"记录多出字段“{extra}”", "")
            for leak in leaks(fact, scan_text=scan_text):
                self._report(Invariant.SECRECY, "P9", leak, str(fact.get("gate", "")))
            if record["unit"]:
                self._unit_fact(record, kind, fact)
            else:
                self._district_fact(record, kind, fact)
        except _MALFORMED as error:
            self._report(Invariant.CHAIN, "form", f"记录无法识别：{type(error).__name__} {error}", "")

    def _term_fact(self, record: Mapping[str, Any], kind: str, fact: Json) -> None:
        """A recall, a by-election or a departure: within the term of a unit that has closed, its district's end or not."""
        ctx, body, known = self._ctx, record["body"], self._terms.get(record["unit"])
        if kind == "refused":
            self._refused(fact)
        elif known is None:
            self._report(Invariant.ORDER, "order", "单位没有完成换届，就有届内的记录", "")
        elif kind == "begun_on_demand":
            term.begun(ctx, known, body, fact)
            self._counts["begun"] += 1
        elif kind == "clock_moved":
            pass  # a drill's own time: what it says of days, every line says itself
        elif body == term.RECALL:
            term.recall(ctx, known, kind, fact)
        elif kind == "body_opened":
            pass  # said just before what it was begun for
        elif (renamed := term.as_election(ctx, known, fact)) is not None:
            self._of_unit(kind, renamed)
            if kind == "body_completed":
                term.filled(known)

    def _of_unit(self, kind: str, fact: Json) -> None:
        handler, own = _HANDLERS.get(kind), _OWN.get(kind)
        if handler is not None:
            handler(self._ctx, fact)
        elif own is not None:
            own(self, fact)
        else:
            self._report(Invariant.CHAIN, "form", f"不认识的记录种类“{kind}”", "")

    def _unit_fact(self, record: Mapping[str, Any], kind: str, fact: Json) -> None:
        if record["body"] in (term.RECALL, term.BY_ELECTION, term.DEPARTURE):
            self._term_fact(record, kind, fact)
            return
        district = self._district(record)
        if district is None:
            return
        ctx = self._ctx
        if len(ctx.at) < _TIME_LENGTH:
            self._report(Invariant.CHAIN, "time", f"时间{ctx.at}不完整", "")
        ctx.district, ctx.law = district, district.law
        name = record["unit"]
        unit = district.units.get(name)
        if kind == "unit_opened":
            if unit is not None or name in district.done:
                self._report(Invariant.ORDER, "order", "单位重复开始", "")
            unit = Unit(name, record["street"], fact["unit"])
            gates.unit_opened(ctx, unit)
            district.units[name] = unit
            self._counts["units"] += 1
            return
        if kind == "refused":
            self._refused(fact)
            return
        if unit is None:
            late = name in district.done
            self._report(Invariant.ORDER, "order", "单位已经结束，仍有记录" if late else "单位没有开始就有记录", "")
            return
        ctx.unit = unit
        # Live, the commits of two workflows may cross, and a refusal carries the clock of the door: each workflow's own
        # facts alone must be in order.
        before = unit.at.get(record["body"], "")
        if ctx.at < before:
            self._report(Invariant.CHAIN, "time", f"时间{ctx.at}早于上一条{before}", "")
        else:
            unit.at[record["body"]] = ctx.at
        ctx.body = unit.bodies[_body_of(fact.get("gate")) or record["body"] or unit.current or "prep"]
        self._of_unit(kind, fact)

    # ------------------------------------------------------------ districts

    def _district(self, record: Mapping[str, Any]) -> District | None:
        name = record["district"]
        district = self._districts.get(name)
        if district is not None and name == self._last:
            return district
        if district is None:
            closed = name in self._seen
            wrong = "已经结束，仍有记录" if closed else "没有开始记录"
            self._report(Invariant.CHAIN, "district", f"区{name}{wrong}", "")
            if not closed:
                district = self._districts[name] = District(name, Days(), "2018", None)
                self._seen.add(name)
        if self._last and self._last != name and self._last in self._districts:
            self._report(Invariant.CHAIN, "district", f"区{self._last}的记录被区{name}隔断", "")
        self._last = name
        return district

    def _district_fact(self, record: Mapping[str, Any], kind: str, fact: Json) -> None:
        name = record["district"]
        if kind == CLOSED:
            return
        if kind == "district_opened":
            if name in self._seen:
                self._report(Invariant.CHAIN, "district", f"区{name}重复开始", "")
            self._seen.add(name)
            days = Days(fact["off_days"], fact["working_weekends"])
            omitted = BODY_OF.keys() - set(fact["steps"])
            steps = frozenset(fact["steps"])
            law, acting = str(fact["law"]), fact.get("acting_chair")
            self._districts[name] = District(name, days, law, fact.get("units"), frozenset(omitted), steps, acting)
            self._counts["districts"] += 1
            self._district(record)
            return
        district = self._district(record)
        if kind == "district_closed" and district is not None:
            self._district_closed(district, fact)
        elif kind == "refused":
            self._refused(fact)
        elif kind not in ("district_closed", "clock_moved"):
            self._report(Invariant.CHAIN, "form", f"记录种类“{kind}”没有写明单位", "")

    def _district_closed(self, district: District, fact: Json) -> None:
        for unit in district.units:
            self._report(Invariant.GATES, "order", f"区已结束，单位{unit}没有结束记录", "")
        opened = district.completed + district.held + len(district.units)
        if (fact["completed"], fact["held"]) != (district.completed, district.held):
            stated = f"完成{fact['completed']}、暂停{fact['held']}"
            actual = f"完成{district.completed}、暂停{district.held}"
            self._report(Invariant.CHAIN, "district", f"区结束记录写明{stated}，实为{actual}", "")
        if district.stated is not None and district.stated != opened:
            self._report(Invariant.CHAIN, "district", f"区开始时有{district.stated}个单位，实有{opened}个", "")
        del self._districts[district.name]

    # ------------------------------------------------------------ facts that touch the checker's own figures

    def _refused(self, fact: Json) -> None:
        for finding in fact["findings"]:
            self._findings[str(finding["rule"])] += 1

    def _overdue(self, fact: Json) -> None:
        self._counts["overdue"] += 1
        self._findings[str(fact["rule"])] += 1
        gates.overdue(self._ctx, fact)

    def _excluded(self, fact: Json) -> None:
        self._caught[str(fact["rule"])] += 1
        people.excluded(self._ctx, fact)

    def _held(self, fact: Json) -> None:
        self._caught[str(fact["rule"])] += 1
        gates.held(self._ctx, fact)

    def _poll_failed(self, fact: Json) -> None:
        self._caught.update(finding["rule"] for finding in fact["findings"] if finding["severity"] == "error")
        polls.failed(self._ctx, fact)

    def _unit_closed(self, fact: Json) -> None:
        ctx = self._ctx
        district, unit = ctx.district, ctx.unit
        self._counts["gates"] += unit.gates
        self._counts["polls"] += sum(len(body.polls) for body in unit.bodies.values())
        del district.units[unit.id]
        district.done.add(unit.id)
        if gates.unit_closed(ctx, fact):
            if not district.steps.isdisjoint(term.STEPS_OF_RECALL):
                self._terms[unit.id] = term.Term(district, unit)
            district.completed += 1
            self._counts["completed"] += 1
        else:
            district.held += 1
            self._counts["held"] += 1

    # ------------------------------------------------------------ out

    @property
    def open_units(self) -> int:
        """How many units are remembered: those opened and not yet closed."""
        return sum(len(district.units) for district in self._districts.values())

    def _report(self, invariant: Invariant, rule: str, message: str, gate: str) -> None:
        self._broken += 1
        if len(self._violations) < self._keep:
            unit, body = self._where
            self._violations.append(Violation(unit, body, gate, invariant, rule, message, self._ctx.at, self._n))

    def finish(self) -> Report:
        """The verdict over everything fed; a district or a chain left open is a violation of its own."""
        self._where = ("", "")
        for known in self._terms.values():
            term.finish(self._ctx, known)
        for name in self._districts:
            self._report(Invariant.CHAIN, "district", f"区{name}没有结束记录：日志尾部被截断", "")
        if self._chain is not None and not self._chain.closed:
            self._report(Invariant.CHAIN, "chain", "没有结束记录：日志尾部被截断", "")
        counts = self._counts
        return Report(
            violations=tuple(self._violations),
            broken=self._broken,
            lines=self._lines,
            districts=counts["districts"],
            units=counts["units"],
            completed=counts["completed"],
            held=counts["held"],
            gates=counts["gates"],
            polls=counts["polls"],
            overdue=counts["overdue"],
            findings_by_rule=dict(sorted(self._findings.items())),
            caught_by_rule=dict(sorted(self._caught.items())),
        )


def _body_of(gate: object) -> str | None:
    """The body whose list a gate's step stands in, whatever its round; None for gates outside the lists."""
    if type(gate) is not str:
        return None
    return BODY_OF.get(gate) or BODY_OF.get(gate.partition("#")[0])


# ---------------------------------------------------------------- decisions, by their form


def _decided(ctx: Context, fact: Json) -> None:
    gate = gates.decide(ctx, fact)
    form = fact["form"]
    handler = _FORMS.get(form["kind"])
    if handler is None:
        ctx.flag(Invariant.CHAIN, "form", f"不认识的表格“{form['kind']}”", gate.key)
    else:
        handler(ctx, gate, form)


def _recorded(ctx: Context, gate: Gate, form: Json) -> None:
    if not form.get("complete", True):
        gate.failed = "没有完成"
    _not_ahead(ctx, gate, form["held_on"])


def _requested(ctx: Context, gate: Gate, form: Json) -> None:
    due = form["full_members"] - form["excused"]
    if due != ctx.unit.brief["party_due"] or form["full_members"] != ctx.unit.brief["party_members"]:
        ctx.flag(Invariant.BALLOTS, "denominator", f"请示的应到党员{due}名，与名册不符", gate.key)
    if form["excused"] and not (form["superior_consents"] and form["meeting_agreed"]):
        ctx.flag(Invariant.BALLOTS, "P8", f"{form['excused']}名党员不计入应到会，未经上级同意和大会通过", gate.key)
    _not_ahead(ctx, gate, form["held_on"])


def _ruled(ctx: Context, gate: Gate, form: Json) -> None:
    if not form["approved"]:
        gate.failed = "没有批准"
    _not_ahead(ctx, gate, form["signed_on"])


def _not_ahead(ctx: Context, gate: Gate, day: str) -> None:
    if day > ctx.day:
        ctx.flag(Invariant.DAYS, "date", f"表格日期{day}晚于记录日{ctx.day}", gate.key)


def _slated(ctx: Context, gate: Gate, form: Json) -> None:
    _not_ahead(ctx, gate, form["decided_on"])
    people.listed(ctx, gate, form["names"], form["decided_on"], form["committed"])
    if gate.step == CANDIDATES:
        direct.margins(ctx, gate, form)


def _posted(ctx: Context, gate: Gate, form: Json) -> None:
    day = form["posted_on"]
    _not_ahead(ctx, gate, day)
    if gate.step == VOTERS_LIST:
        enrolment.voters_posted(ctx, gate, form)
    elif gate.step == RESIDENTS_LIST and ctx.unit.order is VILLAGE:
        direct.listed(ctx, gate, form)
    elif gate.step in FINAL_LISTS or gate.step == INSPECTION_LIST:
        people.listed(ctx, gate, form["names"], day, None)
    elif gate.step in POSTINGS:
        body, names = ctx.body, set(form["names"])
        if gate.step == PUBLICITY and names and body.listed and (names ^ body.listed) - body.withdrawn:
            ctx.flag(Invariant.COMMITMENT, "P6", "公示的名单与确定的名单不一致", gate.key)
        body.posted.setdefault(gate.step, day)


def _delegated(ctx: Context, gate: Gate, form: Json) -> None:
    if gate.step == REPRESENTATIVES and ctx.unit.order is VILLAGE:
        enrolment.delegates(ctx, gate, form)
    elif gate.step == REPRESENTATIVES:
        ctx.unit.delegates = form["from_households"] + form["from_organizations"]
    if form["from_organizations"] > form["organizations_present"]:
        ctx.flag(Invariant.BALLOTS, "R7", "单位代表多于应推选代表的单位", gate.key)
    _not_ahead(ctx, gate, form["held_on"])


def _announced(ctx: Context, gate: Gate, form: Json) -> None:
    _not_ahead(ctx, gate, form["announced_on"])
    if gate.step == ANNOUNCEMENT:
        polls.announced(ctx, gate, form, 0 if ctx.unit.order is VILLAGE else ANNOUNCEMENT_DAYS)


def _handed_over(ctx: Context, gate: Gate, form: Json) -> None:
    _not_ahead(ctx, gate, form["completed_on"])
    if gate.step == HANDOVER:
        polls.handed_over(ctx, gate, form, HANDOVER_DAYS)


def _reviewed(ctx: Context, gate: Gate, form: Json) -> None:
    people.reviewed(ctx, gate, form)
    preparation.departments(ctx, gate, form)


def _dated(examine: Callable[[Context, Gate, Json], None]) -> Callable[[Context, Gate, Json], None]:
    """An act of a day: its form is dated no later than the record."""

    def handle(ctx: Context, gate: Gate, form: Json) -> None:
        _not_ahead(ctx, gate, form["held_on"])
        examine(ctx, gate, form)

    return handle


def _counted(ctx: Context, gate: Gate, form: Json) -> None:
    village = ctx.unit.order is VILLAGE and ctx.body.name == "residents"
    (direct if village else polls).counted(ctx, gate, form)


def _published(rule: Callable[[Context, Gate, Json], None], day: str) -> Callable[[Context, Gate, Json], None]:
    """A form of the direct vote's preparation: dated, nothing said of voters beyond what is published, then its own rule."""

    def judge(ctx: Context, gate: Gate, form: Json) -> None:
        for leak in named_leaks(form):
            ctx.flag(Invariant.SECRECY, "V10", leak, gate.key)
        _not_ahead(ctx, gate, form[day])
        rule(ctx, gate, form)

    return judge


def _nothing_more(ctx: Context, gate: Gate, form: Json) -> None:
    """A form whose day is all there is to recompute."""


_FORMS: dict[str, Callable[[Context, Gate, Json], None]] = {
    "recorded": _recorded,
    "requested": _requested,
    "ruled": _ruled,
    "nominated": people.nominated,
    "reviewed": _reviewed,
    "slated": _slated,
    "posted": _posted,
    "chosen": people.chosen,
    "delegated": _delegated,
    "counted": _counted,
    "poll_day_fixed": _published(venue.day_fixed, "decided_on"),
    "registered": _published(enrolment.registered, "closed_on"),
    "objection_answered": _published(enrolment.answered, "decided_on"),
    "list_corrected": _published(enrolment.corrected, "published_on"),
    "stations_set": _published(venue.stations, "published_on"),
    "staffed": _published(venue.staff, "published_on"),
    "proxies_listed": _published(venue.proxies, "published_on"),
    "boxes_listed": _published(venue.boxes, "published_on"),
    "ballot_rules_set": _published(_nothing_more, "published_on"),
    "announced": _announced,
    "acting_named": _dated(chair.named),
    "handed_over": _handed_over,
    "signed_off": people.signed_off,
    "households_surveyed": _dated(preparation.households),
    "satisfaction_reviewed": _dated(preparation.satisfaction),
    "readiness_assessed": _dated(preparation.readiness),
    "removal_inspected": _dated(preparation.removal),
    "cleaned_up": _dated(preparation.nothing_more),
    "both_posts_listed": _dated(preparation.nothing_more),
    "jointly_signed": _dated(preparation.signed),
    "screened": _dated(preparation.screened),
    "reserves_listed": _dated(preparation.nothing_more),
    "trained": _dated(preparation.trained),
    "audited": _dated(preparation.audited),
    "contingencies_planned": _dated(preparation.nothing_more),
    "double_checked": _dated(preparation.nothing_more),
    "link_signed": _dated(preparation.signed),
    "roll_made": _dated(preparation.on_the_roll),
}

_HANDLERS: dict[str, Callable[[Context, Json], None]] = {
    "body_opened": gates.body_opened,
    "gate_opened": gates.gate_opened,
    "reminded": gates.reminded,
    "decided": _decided,
    "published": postings.published,
    "appealed": people.appealed,
    "appeal_decided": people.appeal_decided,
    "complaint_received": people.complaint_received,
    "complaint_decided": people.complaint_decided,
    "complaint_corrected": people.complaint_corrected,
    "poll_annulled": people.poll_annulled,
    "readiness_changed": preparation.colour_changed,
    "stepped_out": people.stepped_out,
    "withdrew": people.withdrew,
    "poll_settled": polls.settled,
    "poll_day_set": venue.poll_day_set,
    "objection_received": enrolment.received,
    "objection_decided": enrolment.decided,
    "kin_displaced": direct.displaced,
    "win_voided": direct.win_voided,
    "acting_chair": chair.acting,
    "body_completed": polls.body_completed,
    "released": gates.released,
    "postponed": gates.postponed,
}

_OWN: dict[str, Callable[[Checker, Json], None]] = {
    "overdue": Checker._overdue,
    "excluded": Checker._excluded,
    "held": Checker._held,
    "poll_failed": Checker._poll_failed,
    "unit_closed": Checker._unit_closed,
}


def check_file(path: str | PathLike[str]) -> Report:
    """Check a whole journal file, chain included. Raises OSError when it cannot be opened."""
    checker = Checker()
    with open(path, "rb") as file:
        for line in file:
            checker.feed_line(line)
    return checker.finish()


def check_text(lines: str) -> Report:
    """Check a journal held as text, for tests and captured cases."""
    checker = Checker()
    for line in lines.encode().splitlines():
        checker.feed_line(line)
    return checker.finish()


__all__ = ["Checker", "check_file", "check_text"]
