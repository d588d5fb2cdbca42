"""Commits arrive at least once and are written exactly once; refusals and papers find their place."""

from datetime import date, datetime, timedelta, timezone

from activities.notices import notice
from activities.stores import Entry, MemoryStore
from policies.pack.schema import Role
from policies.rules.order import O2
from tests.workflows.clerk import Clerk, brief, signed
from workflows.facts import BodyOpened, Commit, Noted, PaperRequest, Refusal, Task

NOON = datetime(2021, 2, 19, 12, tzinfo=timezone(timedelta(hours=8)))


def commit(number: int = 1, **changes: object) -> Commit:
    """A body's commit with one fact; keywords change single fields."""
    fields: dict[str, object] = {
        "workflow": "U1/party",
        "number": number,
        "district": "D01",
        "street": "S1",
        "unit": "U1",
        "body": "party",
        "at": NOON,
        "facts": (Noted.of(BodyOpened()),),
    }
    return Commit(**{**fields, **changes})  # type: ignore[arg-type]


def task(gate: str) -> Task:
    return Task(
        workflow="U1/party",
        gate=gate,
        step=gate,
        title="会议",
        role=Role.PARTY_BRANCH,
        opens_on=date(2021, 2, 19),
        last_day=None,
    )


def test_a_commit_delivered_twice_is_written_once() -> None:
    journal: list[Entry] = []
    store = MemoryStore(journal.append)
    assert store.apply(commit(), ())
    assert not store.apply(commit(), ())
    assert len(journal) == 1


def test_a_task_leaves_the_inbox_when_its_gate_is_closed() -> None:
    store = MemoryStore(lambda entry: None)
    store.apply(commit(1, opened=(task("party.meeting"),)), ())
    assert [one.gate for one in store.inbox()] == ["party.meeting"]
    store.apply(commit(2, closed=("party.meeting",), opened=(task("party.reply"),)), ())
    assert [one.gate for one in store.inbox()] == ["party.reply"]


def test_a_refusal_is_journalled_where_it_was_handed_in() -> None:
    journal: list[Entry] = []
    store = MemoryStore(journal.append)
    store.apply(commit(), ())
    for workflow in ("U1/party", "U1/residents"):
        store.apply(commit(workflow="U1", body="prep"), ())
        store.refuse(
            Refusal(
                workflow=workflow,
                gate="party.reply",
                by=signed(Role.PARTY_BRANCH, "甲"),
                findings=(O2.finding("尚未开启"),),
            ),
            NOON,
        )
    assert [(e.unit, e.body) for e in journal if e.fact.kind == "refused"] == [("U1", "party"), ("U1", "prep")]


def test_a_notice_says_what_a_paper_must_say() -> None:
    request = PaperRequest(
        number=1,
        kind="公告",
        title="正式候选人名单公告",
        series="第4号",
        unit="甲社区",
        issuer="居民选举委员会",
        basis="街道方案三(二)2(4)",
        names=("张三", "李四"),
        until=date(2021, 4, 24),
    )
    text = notice(commit(), request).text
    for part in (
        "甲社区公告（第4号）",
        "张三、李四",
        "街道方案三(二)2(4)",
        "2021年4月24日",
        "居民选举委员会",
        "2021年2月19日",
    ):
        assert part in text


def test_an_election_issues_numbered_papers_with_names() -> None:
    clerk = Clerk(brief())
    clerk.run()
    keys = [(paper.workflow, paper.series, paper.number) for paper in clerk.store.papers]
    assert len(keys) == len(set(keys))
    (list_,) = [paper for paper in clerk.store.papers if paper.title == "正式候选人名单公告"]
    assert "居民11" in list_.text
