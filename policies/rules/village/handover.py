"""V23: the old committee hands over within ten days, the seal at once where the province says so, before the right eyes."""

from datetime import date, timedelta

from policies.finding import Finding
from policies.law.norms import Norms
from policies.rule import Confidence, Rule, declare
from policies.value import Value

V23 = declare(
    Rule(
        id="V23",
        title="工作移交",
        text="自新一届村民委员会产生之日起十日内完成工作移交，由村民选举委员会主持，乡镇人民政府监督；上海：公章于产生当日移交。",
        on_failure="由乡镇人民政府责令改正",
        source="《村民委员会组织法》（2018）第二十条、（2025）第二十四条：“应当自新一届村民委员会产生之日起十日内完成工作移交。"
        "工作移交由村民选举委员会主持，由乡、民族乡、镇的人民政府监督”；上海市办法第二十四条：“在新一届村民委员会产生当日，"
        "上一届村民委员会应当向新一届村民委员会移交公章”",
        confidence=Confidence.VERIFIED,
        article="20（2018）、24（2025）",
        national_floor=True,
        enforced=("residents.handover",),
    )
)


class Handover(Value):
    """A handover as it went; days not reached yet are None. `presided`, `supervised`: by those the law names."""

    seal: date | None = None
    completed: date | None = None
    presided: bool = True
    supervised: bool = True


def handover_due(elected_on: date, norms: Norms) -> date | None:
    """The last day for completing the handover; the day of the election does not count."""
    return None if norms.handover_days is None else elected_on + timedelta(days=norms.handover_days)


def handed_over(
    handover: Handover, elected_on: date, today: date, norms: Norms, *, rule: Rule = V23, step: str | None = None
) -> list[Finding]:
    """V23: completed in time (or, on `today`, still in time), the seal the same day where asked, presided and supervised."""
    found = []

    def wrong(message: str, value: str, limit: str) -> None:
        found.append(rule.finding(f"{message}（{rule.id}）。", value=value, limit=limit, step=step))

    if norms.seal_same_day and (handover.seal or today) > elected_on:
        said = f"{handover.seal} 才移交" if handover.seal else f"到 {today} 尚未移交"
        wrong(
            f"公章{said}，应于 {elected_on} 当日移交；请立即移交",
            (handover.seal or today).isoformat(),
            elected_on.isoformat(),
        )
    due, done = handover_due(elected_on, norms), handover.completed
    for what, day in (("公章移交", handover.seal), ("完成移交", done)):
        if day is not None and day < elected_on:
            wrong(f"{what}日期 {day} 早于产生之日 {elected_on}；请更正", day.isoformat(), elected_on.isoformat())
    if due is not None and (done or today) > due:
        said = f"{done} 才完成" if done else f"到 {today} 尚未完成"
        late = ((done or today) - due).days
        wrong(f"工作移交{said}，最迟 {due}，逾期 {late} 日；请立即移交", (done or today).isoformat(), due.isoformat())
    if not handover.presided:
        wrong("工作移交没有由选举委员会主持；请由选举委员会主持办理", "未主持", "选举委员会主持")
    if not handover.supervised:
        wrong("工作移交没有乡镇人民政府（街道办事处）监督；请在监督下办理", "未监督", "乡镇（街道）监督")
    return found
