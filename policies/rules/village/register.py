"""V4, V5, V7: who is registered to vote, once and in one place only, of age on the poll day, and how objections are answered."""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import Field

from policies.finding import Finding, Severity
from policies.law.norms import Admission, Norms
from policies.names import unspaced
from policies.people import Labelled, birthday
from policies.rule import Confidence, Rule, declare
from policies.value import Value

V4 = declare(
    Rule(
        id="V4",
        title="选民登记",
        text="登记下列人员：户籍在本村并居住的；户籍在本村、不在本村居住，本人表示参加的；户籍不在本村，居住一年以上（2025年法和浙江："
        "或者从事村务工作一年以上），本人申请并经村民会议或者村民代表会议同意的。已在一处登记的，不得再参加其他地方的选举。",
        on_failure="不予登记；重复登记的，只保留一处",
        source="《村民委员会组织法》（2018）第十三条、（2025）第十六条：“已在户籍所在村或者居住村登记参加选举的村民，"
        "不得再参加其他地方村民委员会的选举”；上海市办法第九条、北京市办法第十三条、浙江省办法第十三条",
        confidence=Confidence.VERIFIED,
        article="13（2018）、16（2025）",
        national_floor=True,
        enforced=(
            "residents.registration",
            "byelection.registration",
        ),
    )
)
V5 = declare(
    Rule(
        id="V5",
        title="年满十八周岁",
        text="年满十八周岁的村民有选举权和被选举权，依照法律被剥夺政治权利的人除外；年龄计算到选举日。",
        on_failure="不列入名单",
        source="《村民委员会组织法》（2018）第十三条、（2025）第十六条：“年满十八周岁的村民”“依照法律被剥夺政治权利的人除外”；"
        "北京市办法第十二条：“村民的年龄计算到选举日为止”",
        confidence=Confidence.VERIFIED,
        article="13（2018）、16（2025）",
        enforced=(
            "residents.registration",
            "byelection.registration",
        ),
    )
)
V7 = declare(
    Rule(
        id="V7",
        title="名单异议的申诉和处理",
        text="自名单公布之日起五日内提出申诉；选举委员会自收到申诉之日起三日内作出处理决定，并公布处理结果。当日不计，按日历日。",
        on_failure="立即作出处理决定并公布，报上一级指导机构督办",
        source="《村民委员会组织法》（2018）第十四条、（2025）第十七条：“应当自名单公布之日起五日内向村民选举委员会申诉，"
        "村民选举委员会应当自收到申诉之日起三日内作出处理决定，并公布处理结果”；期间起算：民法典第二百零一条",
        confidence=Confidence.VERIFIED,
        article="14（2018）、17（2025）",
        national_floor=True,
        enforced=(
            "residents.voters_list",
            "residents.objections",
        ),
    )
)


class VoterKind(Labelled):
    """On which ground somebody is registered."""

    RESIDENT = "resident", "户籍在本地并居住（社区含常住居民）"
    AWAY = "away", "户籍在本地、不在本地居住"
    OUTSIDER = "outsider", "户籍不在本地"
    RELATED = "related", "与本村有婚姻、权益等联系的人员"


class Entry(Value):
    """One line of a village's register: who votes here and why, and never how.

    `person` is the county-wide id, `unit` the village. Months are full months up to the poll day. `asked`: wishes to vote
    here (AWAY), or has applied (OUTSIDER, RELATED). `agreed`: assembly or representatives have consented. `confirmed`:
    the election committee has. What the form leaves open stays None and does not count as given.
    """

    person: str
    name: str
    unit: str
    kind: VoterKind
    born: date | None = None
    months_lived: int | None = Field(default=None, ge=0)
    months_worked: int | None = Field(default=None, ge=0)
    asked: bool | None = None
    agreed: bool | None = None
    confirmed: bool | None = None
    died: date | None = None
    deprived: bool = False  # of political rights
    incapable: bool = False


class Objection(Value):
    """An objection to the voters' list; dates not reached yet are None."""

    number: str
    received: date
    decided: date | None = None
    published: date | None = None


def registered_rightly(
    entry: Entry, poll_day: date, norms: Norms, *, rule: Rule = V4, step: str | None = None
) -> list[Finding]:
    """V4, V5: everything wrong with one line of the register; `rule` is R25-16 in a community of today."""
    return [
        *_of_age(entry, poll_day, norms, step),
        *_with_rights(entry, poll_day, norms, rule, step),
        *_of_kind(entry, norms, rule, step),
    ]


def registered_once(entries: Iterable[Entry], *, rule: Rule = V4, step: str | None = None) -> list[Finding]:
    """V4 over any number of villages: one finding for each person who stands on a register twice, naming the places."""
    places: dict[str, list[Entry]] = {}
    for entry in entries:
        places.setdefault(entry.person, []).append(entry)
    found = []
    for person, many in places.items():
        if len(many) > 1:
            units = list(dict.fromkeys(entry.unit for entry in many))
            where = f"在 {'、'.join(units)} 均已登记" if len(units) > 1 else f"在 {units[0]} 登记了 {len(many)} 次"
            message = f"{many[0].name}（{person}）{where}；只能在一处登记一次，请本人选定后删去其余（{rule.id}）。"
            found.append(rule.finding(message, value="、".join(entry.unit for entry in many), limit=1, step=step))
    return found


def perhaps_the_same(entries: Iterable[Entry], *, rule: Rule = V4, step: str | None = None) -> list[Finding]:
    """V4: one name and one birthday under two ids is perhaps one person registered twice: a warning, a person decides."""
    alike: dict[tuple[str, date], dict[str, Entry]] = {}
    for entry in entries:
        if entry.born is not None:
            alike.setdefault((unspaced(entry.name), entry.born), {}).setdefault(entry.person, entry)
    found = []
    for (name, born), many in alike.items():
        if len(many) > 1:
            where = "、".join(f"{entry.unit}（{person}）" for person, entry in many.items())
            message = f"{name}（{born} 出生）在 {where} 以不同编号登记，可能是同一人；请核对，确属同一人的只保留一处（{rule.id}）。"
            found.append(
                rule.finding(
                    message, value=len(many), limit=1, severity=Severity.WARNING, remedy="核对是否同一人", step=step
                )
            )
    return found


def register_lawful(
    entries: Iterable[Entry], poll_day: date, norms: Norms, *, step: str | None = None
) -> list[Finding]:
    """V4, V5 over the entries of one or many villages, all problems at once."""
    every = tuple(entries)
    wrong = [finding for entry in every for finding in registered_rightly(entry, poll_day, norms, step=step)]
    return [*wrong, *registered_once(every, step=step), *perhaps_the_same(every, step=step)]


def last_day_to_object(published: date, norms: Norms) -> date | None:
    """V7: the last day for an objection; the day of publication does not count."""
    return None if norms.objection_days is None else published + timedelta(days=norms.objection_days)


def decision_due(received: date, norms: Norms) -> date | None:
    """V7: the last day for the decision on an objection; the day of receipt does not count."""
    return None if norms.decision_days is None else received + timedelta(days=norms.decision_days)


def received_already(number: str) -> Finding:
    """V7: an objection's number is used once."""
    return V7.finding(
        f"申诉 {number} 已经收到，不重复登记（V7）。", value=number, remedy="换一个编号，或查看已收到的申诉"
    )


def no_list_yet(number: str) -> Finding:
    """V7: an objection to a list that is not up."""
    return V7.finding(
        f"申诉 {number}：选民名单尚未公布，公布之日起方可提出（V7）。", value=number, remedy="名单公布后提出"
    )


def objection_in_time(
    objection: Objection, published: date, norms: Norms, *, rule: Rule = V7, step: str | None = None
) -> list[Finding]:
    """V7: received between the list's publication and its last day."""
    last = last_day_to_object(published, norms)
    if last is None or published <= objection.received <= last:
        return []
    if objection.received < published:
        what = f"早于名单公布日 {published}，日期有误；请更正"
    else:
        what = f"名单 {published} 公布，最迟 {last} 提出，逾期 {(objection.received - last).days} 日；请告知申诉人，不按期内申诉办理"
    message = f"申诉 {objection.number} 于 {objection.received} 收到，{what}（{rule.id}）。"
    return [rule.finding(message, value=objection.received.isoformat(), limit=last.isoformat(), step=step)]


def objection_answered(
    objection: Objection, today: date, norms: Norms, *, rule: Rule = V7, step: str | None = None
) -> list[Finding]:
    """V7: decided within the days given, or still within them on `today`; what was decided is published."""
    due = decision_due(objection.received, norms)
    if due is None:
        return []
    found = []
    received, decided, published = objection.received, objection.decided, objection.published
    if decided is not None and decided < received:
        message = f"申诉 {objection.number} 的处理决定日期 {decided} 早于收到之日 {received}；请更正（{rule.id}）。"
        found.append(rule.finding(message, value=decided.isoformat(), limit=received.isoformat(), step=step))
    elif (decided or today) > due:
        late = ((decided or today) - due).days
        what = f"{decided} 才作出处理决定" if decided else f"到 {today} 尚未作出处理决定"
        message = f"申诉 {objection.number} 于 {received} 收到，最迟 {due} 处理，{what}，逾期 {late} 日；请立即处理并公布（{rule.id}）。"
        found.append(rule.finding(message, value=(decided or today).isoformat(), limit=due.isoformat(), step=step))
    if decided is not None and published is None:
        message = f"申诉 {objection.number} 已于 {decided} 处理，结果尚未公布；请立即公布处理结果（{rule.id}）。"
        found.append(rule.finding(message, value="未公布", limit="公布处理结果", step=step))
    return found


def _of_age(entry: Entry, poll_day: date, norms: Norms, step: str | None) -> Iterable[Finding]:
    if norms.voting_age is None:
        return
    if entry.born is None:
        message = (
            f"{entry.name} 的出生日期未填，不能判断选举日 {poll_day} 是否年满 {norms.voting_age} 周岁；请补填（V5）。"
        )
        yield V5.finding(message, limit=norms.voting_age, remedy="补填出生日期", step=step)
    elif (of_age := birthday(entry.born, norms.voting_age)) > poll_day:
        message = f"{entry.name} {entry.born} 出生，{of_age} 年满 {norms.voting_age} 周岁，选举日 {poll_day} 未满；不列入名单（V5）。"
        yield V5.finding(message, value=entry.born.isoformat(), limit=norms.voting_age, step=step)


def _with_rights(entry: Entry, poll_day: date, norms: Norms, rule: Rule, step: str | None) -> Iterable[Finding]:
    if entry.died is not None and entry.died <= poll_day:
        message = f"{entry.name} 已于 {entry.died} 去世，仍在名单上；请从名单中删去（{rule.id}）。"
        yield rule.finding(message, value=entry.died.isoformat(), remedy="从名单中删去", step=step)
    if entry.deprived:
        message = f"{entry.name} 依法被剥夺政治权利，没有选举权；不列入名单（V5）。"
        yield V5.finding(message, value="剥夺政治权利", step=step)
    if entry.incapable and norms.incapable_left_out:
        message = f"{entry.name} 经确认丧失行为能力，不列入名单；请从名单中删去（{rule.id}）。"
        yield rule.finding(message, value="丧失行为能力", source=f"北京市办法第十四条；{rule.source}", step=step)


def _of_kind(entry: Entry, norms: Norms, rule: Rule, step: str | None) -> Iterable[Finding]:
    def missing(what: str, value: int | str, limit: int | str) -> Finding:
        message = f"{entry.name} 以“{entry.kind.label}”登记，{what}；不予登记（{rule.id}）。"
        return rule.finding(message, value=value, limit=limit, step=step)

    if entry.kind is VoterKind.AWAY and not entry.asked:
        yield missing("没有本人参加选举的表示", "未表示", "本人表示参加选举")
    if entry.kind is VoterKind.RELATED and norms.related_admitted_by is None:
        yield missing("本地没有这一类登记", entry.kind.label, "、".join(kind.label for kind in list(VoterKind)[:3]))
        return
    if entry.kind in (VoterKind.OUTSIDER, VoterKind.RELATED) and not entry.asked:
        yield missing("没有本人申请", "未申请", "本人申请")
    if entry.kind is VoterKind.OUTSIDER:
        short = _months_short(entry, norms)
        if short is not None:
            yield missing(*short)
        if norms.outsider_needs_vote and not entry.agreed:
            yield missing("未经村民会议或者村民代表会议同意", "未同意", "会议同意")
        if norms.worker_months is not None and not entry.confirmed:
            yield missing("未经选举委员会确认", "未确认", "选举委员会确认")
    elif entry.kind is VoterKind.RELATED:
        if norms.related_admitted_by is Admission.ELECTION_COMMITTEE and not entry.confirmed:
            yield missing("未经选举委员会确认", "未确认", "选举委员会确认")
        if norms.related_admitted_by is Admission.MEETING and not entry.agreed:
            yield missing("未经村民会议或者村民代表会议同意", "未同意", "会议同意")


def _months_short(entry: Entry, norms: Norms) -> tuple[str, int, int] | None:
    """What to say of an outsider who has neither lived nor worked here long enough, with the months and their limit."""
    lived, worked = entry.months_lived or 0, entry.months_worked or 0
    if norms.worker_months is not None:
        what, months, limit = "在本社区工作", worked, norms.worker_months
    elif norms.outsider_months is not None and norms.outsider_work_counts:
        what, months, limit = "居住或者从事村务工作", max(lived, worked), norms.outsider_months
    elif norms.outsider_months is not None:
        what, months, limit = "居住", lived, norms.outsider_months
    else:
        return None
    return None if months >= limit else (f"{what} {months} 个月，不足 {limit} 个月", months, limit)
