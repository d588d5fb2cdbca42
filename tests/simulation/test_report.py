"""The report is made from figures alone: what it counts, what it says, and that it opens without asking anybody for anything."""

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from policies.rules import load
from simulation.checker import Invariant, Violation
from simulation.digest import HELD, OVERDUE, Delay, Digest, Digester, Limits, Trouble, digest_of
from simulation.population import parameters
from simulation.report import CaseRow, FaultRow, Material, plots, render
from simulation.report.page import by_street, chinese_day, figure, findings, verdict
from simulation.report.sentences import explain, headline, sentences
from tests.simulation import journals as j

LIMITS = Limits(
    {"party": date(2021, 4, 20), "residents": date(2021, 5, 20), "supervisory": date(2021, 5, 20)}, date(2021, 5, 31)
)
LATE = Trouble(
    unit="D1-S1-U2",
    name="南湖社区",
    street="S1",
    district="D1",
    held_by="",
    reason="",
    completed_on="2021-05-22",
    missed=(("supervisory", "2021-05-20", "2021-05-22"),),
    delays=(Delay("supervisory.joint_vetting#2", "joint_vetting", 4),),
)
STOPPED = Trouble("D1-S2-U9", "北岗社区", "S2", "D1", "X4", "整顿验收未通过", "")


def small() -> Digest:
    """The figures of the handmade district."""
    return digest_of(j.district(), LIMITS)


def material(digest: Digest | None = None, **changes: Any) -> Material:
    """A report's material with sane defaults."""
    digest = digest or small()
    given: dict[str, Any] = {
        "title": "试验街道方案",
        "summary": {
            "units": digest.units,
            "completed": digest.completed,
            "held": digest.held,
            "late": digest.late,
            "further_votes": digest.further_votes,
            "false_blocks": 0,
            "activations": 600,
            "activations_per_unit": 150.0,
            "seed": 7,
            "pack": "street-2021",
            "command": "huanjie rehearse street-2021 --units 4 --seed 7 --out 输出文件夹",
            "journal_sha256": "a" * 64,
            "pack_sha256": "b" * 64,
            "versions": {"huanjie": "0.1.0", "pack": "1.0"},
        },
        "digest": digest,
        "limits": LIMITS,
        "parameters": parameters.load(),
        "rules": {rule.id: rule for rule in load()},
        "bodies": {"party": "社区党组织", "residents": "居民委员会", "supervisory": "居务监督委员会"},
        "titles": {"supervisory.joint_vetting": "区级联审"},
        "roles": {"joint_vetting": "区级联审（区委组织部牵头）", "street_committee": "街道党工委"},
        "places": {"D1": "榆塬区", "S1": "东平街道", "S2": "西山街道"},
    }
    return Material(**(given | changes))


# ---------------------------------------------------------------- figures


def test_the_digest_counts_what_the_checker_counts() -> None:
    """Two readers of one journal, written apart, agree on units, ends and overdue gates."""
    records, digest = list(j.district()), small()
    facts = [record["fact"] for record in records]
    assert digest.units == sum(fact["kind"] == "unit_opened" for fact in facts)
    assert digest.completed + digest.held == sum(fact["kind"] == "unit_closed" for fact in facts)
    assert digest.held == sum(fact["kind"] == "unit_closed" and fact["completed_on"] is None for fact in facts)
    assert digest.overdue.total() == sum(fact["kind"] == "overdue" for fact in facts)
    assert digest.failed_polls == sum(fact["kind"] == "poll_failed" for fact in facts)
    assert digest.lines == len(records)
    assert (digest.further_votes, digest.revotes) == (1, 1)
    assert {trouble.unit for trouble in digest.troubles if trouble.held}


def test_a_body_after_its_limit_is_late_unless_postponed() -> None:
    """The plan's last day counts, moved by a postponement; one day later makes the unit late."""
    strict = Limits({"residents": date(2021, 4, 30)}, date(2021, 5, 31))
    records = list(j.district())
    late = digest_of(records, strict)
    assert late.late == late.completed > 0
    assert all(trouble.missed == (("residents", "2021-04-30", "2021-05-01"),) for trouble in _late(late))
    for record in records:
        if record["fact"]["kind"] == "unit_opened":
            moved = record | {"body": "prep", "fact": {"kind": "postponed", "days": 1, "reason": "疫情", "by": "区"}}
            records.insert(records.index(record) + 1, moved)
    assert digest_of(records, strict).late == 0


def _late(digest: Digest) -> list[Trouble]:
    return [trouble for trouble in digest.troubles if not trouble.held]


def test_a_handover_after_its_own_last_day_is_late() -> None:
    """The law's ten days bind even where the plan's own limit is later."""
    records = list(j.district())
    for record in records:
        fact = record["fact"]
        if fact["kind"] == "gate_opened" and fact["gate"] == "residents.handover":
            fact["last_day"] = "2021-04-30"
    missed = [trouble.missed for trouble in _late(digest_of(records, LIMITS))]
    assert missed
    assert all(each == (("residents.handover", "2021-04-30", "2021-05-01"),) for each in missed)


def test_districts_add_up() -> None:
    """Two digests merged are the digest of both journals."""
    both = small()
    both.merge(small())
    twice = Digester(LIMITS)
    for _ in range(2):
        for record in j.district():
            twice.feed(record)
    assert both == twice.digest


def test_findings_are_counted_by_rule_and_by_how_they_were_met() -> None:
    """A hold and an overdue flag are findings like refusals; a unit's hold repeated by its body counts once."""
    digest = small()
    assert digest.findings["X4", HELD] > 0
    assert digest.findings_by_rule()["X4"] == digest.findings["X4", HELD]
    assert sum(count for (_, how), count in digest.findings.items() if how == OVERDUE) == digest.overdue.total()


# ---------------------------------------------------------------- words


def test_the_headline_says_how_it_ended() -> None:
    """All well in one clause; otherwise every group by its number."""
    assert headline(material(Digest(units=3, completed=3))) == "3 个社区全部按次序、按期完成换届。"
    mixed = Digest(units=9, completed=7, late=2, held=2)
    assert headline(material(mixed)) == "9 个社区中，5 个按次序、按期完成换届，2 个完成但超过期限，2 个暂缓。"


def test_who_was_held_and_why_is_said() -> None:
    """The reason and the rule with its title."""
    said = sentences(material(Digest(units=1, held=1, troubles=[STOPPED])))
    assert "暂缓 1 个：整顿验收未通过（X4 整顿不到位不换届）。" in said


def test_a_fault_that_slipped_through_is_named() -> None:
    """And turns the verdict bad, as a violation and a false block do."""
    slipped = material(faults=(FaultRow("F6", "到会人数差一人", 3, 2), FaultRow("F2", "登记", 0, 0, "没有选民名册")))
    said = sentences(slipped)
    assert "有意植入的 3 处程序错误中发现 2 处；没有发现的：F6（1 处）。" in said
    assert "不适用于本方案、没有植入：F2，没有选民名册。" in said
    caught = material(Digest(units=1, completed=1), faults=(FaultRow("F6", "", 2, 2),))
    assert "有意植入的 2 处程序错误全部被发现。" in sentences(caught)
    assert [verdict(each) for each in (slipped, caught)] == ["bad", "good"]
    assert verdict(material(Digest(units=1, completed=1), broken=1)) == "bad"
    assert verdict(material(Digest(units=1, completed=1), false_blocks=1)) == "bad"
    assert verdict(material(Digest(units=1, completed=1, late=1))) == "mixed"


def test_a_late_unit_is_explained_by_its_gates() -> None:
    """What was missed, by when, when it was done, and who took longest."""
    assert explain(LATE, material()) == (
        "居务监督委员会期限 2021-05-20，实际 2021-05-22 完成。拖延最久：区级联审逾期 4 天（区级联审）。"
    )
    assert explain(LATE, material(planted_in={LATE.unit: ("F10",)})).endswith("。本社区植入了 F10。")


# ---------------------------------------------------------------- the page


class Reader(HTMLParser):
    """Notes every tag and every attribute that could make a browser ask for something."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attributes:
            if name in ("src", "href", "xlink:href", "srcset", "action", "data") and not (value or "").startswith("#"):
                self.requests.append(f"{tag} {name}={value}")


def read(page: str) -> Reader:
    """Parse a page."""
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_page_opens_offline_and_says_that_it_is_a_rehearsal() -> None:
    """No request of any kind, not even a namespace that looks like one; the banner is there; plots are drawn."""
    page = render(material(cases=(CaseRow("cases/U.json", "U", "某社区", "暂缓"),)))
    reader = read(page)
    assert reader.requests == []
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", page)
    assert "link" not in reader.tags
    assert "演　练" in page
    assert reader.tags.count("svg") >= 3
    assert 'lang="zh-CN"' in page
    assert "huanjie replay cases/U.json" in page


def test_names_cannot_break_the_page() -> None:
    """A name is text, in tables and in plots."""
    nasty = '<script>alert("x")</script>&'
    digest = small()
    digest.troubles.append(STOPPED.__class__(**{**_fields(STOPPED), "name": nasty, "reason": nasty}))
    page = render(material(digest, title=nasty, roles={"street_committee": nasty, "joint_vetting": nasty}))
    assert read(page).tags.count("script") == 1  # our own, for printing
    assert nasty not in page


def _fields(trouble: Trouble) -> dict[str, Any]:
    return {name: getattr(trouble, name) for name in trouble.__dataclass_fields__}


def test_exceptions_come_first() -> None:
    """Streets with held units before streets with late ones; of very many units only a number remains."""
    troubles = [LATE, STOPPED, *(STOPPED.__class__(**{**_fields(LATE), "unit": f"U{n:04d}"}) for n in range(500))]
    streets, hidden = by_street(material(Digest(units=600, completed=501, late=501, held=1, troubles=troubles)))
    assert [street.name for street in streets] == ["榆塬区西山街道", "榆塬区东平街道"]
    assert (streets[0].held, streets[0].late) == (1, 0)
    assert hidden == len(troubles) - sum(len(street.rows) for street in streets) > 0


def test_violations_are_shown_with_their_line() -> None:
    """What the checker found stands in the report."""
    violation = Violation("U1", "party", "party.assembly", Invariant.MAJORITY, "P7", "29 人到会，应到 30 人", "", 42)
    page = render(material(violations=(violation,), broken=1))
    assert "29 人到会，应到 30 人" in page
    assert Invariant.MAJORITY.heading in page


def test_every_rule_that_was_met_is_shown_with_its_text() -> None:
    """The busiest first, each with the rule book's own words."""
    rows = findings(material())
    totals = [row["total"] for row in rows]
    assert totals == sorted(totals, key=lambda total: -int(str(total)))
    (row,) = [row for row in rows if row["id"] == "X4"]
    assert "不整顿到位不换届" in str(row["text"])


def test_an_empty_rehearsal_still_makes_a_page() -> None:
    """Nothing happened: no plot is drawn from nothing, and every section says so."""
    empty = Digest(units=1, first_day="2021-02-01", last_day="2021-02-01")
    page = render(material(empty))
    assert "svg" not in read(page).tags
    assert "没有逾期的环节" in page


def test_the_same_material_gives_the_same_page() -> None:
    """Byte for byte: plots included."""
    assert render(material()) == render(material())


def test_the_longest_queue_is_found() -> None:
    """Gates before a role at once, carried from day to day; one that opens later counts from then on."""
    script = j.Script("U1")
    script.body("party", "2021-04-01")
    script.open("a.first", "2021-04-01")
    script.open("a.second", "2021-04-01")
    script.decide("a.first", "2021-04-01", j.recorded("2021-04-01"))
    script.open("a.third", "2021-04-03")
    script.records[-1]["fact"]["opens_on"] = "2021-04-05"
    script.decide("a.second", "2021-04-06", j.recorded("2021-04-06"))
    digest = digest_of(script.records, LIMITS)
    role = "party_branch"
    assert {day: most for (who, day), most in digest.queues.items() if who == role} == {
        "2021-04-01": 2,
        "2021-04-02": 1,
        "2021-04-03": 1,
        "2021-04-04": 1,
        "2021-04-05": 2,
        "2021-04-06": 2,
    }
    assert plots.peak(digest, role) == (2, "2021-04-01")
    assert plots.peak(digest, "nobody") == (0, "")
    assert digest.waits["a.second", 119] == 1


def test_half_and_nine_tenths_of_the_waits() -> None:
    """The least number of hours within which so many of the cases lie."""
    digest = Digest()
    digest.waits.update({("a.b", hours): 1 for hours in range(1, 11)})
    assert plots.slowest(digest) == [("a.b", 5, 9)]


@pytest.mark.parametrize(("value", "shown"), [(1234567, "1,234,567"), (0.5, "0.5"), (2.0, "2"), (0.3333333, "0.333")])
def test_figures_read_as_people_write_them(value: float, shown: str) -> None:
    """Thousands apart, no trailing zeros."""
    assert figure(value) == shown


def test_days_read_as_people_write_them() -> None:
    """Chinese, and empty where there is none."""
    assert (chinese_day("2021-04-09"), chinese_day("")) == ("2021年4月9日", "")
