"""`huanjie pack` and `huanjie diff`: what binds, confirming it, comparing two plans, writing one's own; exit codes and JSON."""

import json
from datetime import date
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from console import diff, pack
from console.packs import Bundled, bundled_layers, bundled_packs, calendar_of, open_pack, source_text
from policies.finding import Severity
from policies.law.confirm import Confirmations
from policies.lint import lint, schedule
from policies.pack.identity import content_hash
from policies.pack.load import load_confirmations, load_pack
from policies.pack.schema import Act, BodyId, Pack
from policies.pack.words import ACTS
from policies.rule import Confidence
from tests.workflows.clerk import brief as street_brief
from workflows import examination
from workflows.messages import Delegated


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county's home of one's own."""
    monkeypatch.setenv("HUANJIE_HOME", str(tmp_path / "county"))
    return tmp_path / "county"


def run(*arguments: str | Path, typed: str = "") -> Result:
    """`huanjie` with these arguments."""
    app = Typer()
    diff.register(app)
    pack.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, [str(one) for one in arguments], input=typed)


def data(result: Result) -> dict[str, object]:
    """Its JSON."""
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def county(tmp_path: Path, extra: str = "", *, name: str = "county") -> Path:
    """A county's own pack in a file."""
    path = tmp_path / f"{name}.yaml"
    head = f'extends: community-2025\nid: {name}\nversion: "1"\ntitle: 某区方案\nsource: 《某区方案》\n'
    path.write_text(head + extra, encoding="utf-8")
    return path


def opened(path: Path | str) -> Pack:
    """The pack; a test that cannot open it fails with the reason."""
    found = open_pack(str(path))
    assert isinstance(found, Pack), found
    return found


# ---------------------------------------------------------------- bundled packs


@pytest.mark.parametrize("name", bundled_packs())
def test_every_bundled_pack_reads_back_from_what_an_election_keeps(name: str) -> None:
    """The recorded text needs no other file and gives the same pack under the same hash."""
    again = load_pack(source_text(name), name)
    assert again == opened(name)
    assert content_hash(again) == content_hash(opened(name))


def test_every_bundled_layer_is_in_the_library() -> None:
    """Nation twice for each kind, four provinces."""
    assert len(bundled_layers()) == 8
    assert all(Bundled().layer(name) for name in bundled_layers())


def test_a_floor_of_ones_own_is_refused(tmp_path: Path) -> None:
    """Neither a bundled layer written out with another value, nor a nation that nobody knows."""
    whole = json.loads(source_text("community-2025"))["layers"][0]
    whole["clauses"]["voters_list_days"]["value"] = 10
    altered = county(tmp_path, f"layers: [{json.dumps(whole, ensure_ascii=False)}]\n", name="altered")
    text = altered.read_text(encoding="utf-8").replace("extends: community-2025", "extends: street-2021")
    altered.write_text(text + "law: '2025'\nstarts: 2026-01-01\ncompleted_by: 2026-06-30\n", encoding="utf-8")
    assert any("与自带的内容不同" in problem for problem in getattr(open_pack(str(altered)), "problems", ()))
    whole["id"] = "nation-of-mine"
    altered.write_text(
        text.replace("nation-2025-community", "nation-of-mine") + "law: '2025'\nstarts: 2026-01-01\n", encoding="utf-8"
    )
    assert any("国家底线只能用自带的" in problem for problem in getattr(open_pack(str(altered)), "problems", ()))


# ---------------------------------------------------------------- show


def test_show_names_value_article_words_and_confidence() -> None:
    """Every value with its clause; the delegates' quorum from article 19."""
    answer = run("pack", "show", "community-2025", "--json")
    assert answer.exit_code == 0
    norms = {one["norm"]: one for one in json.loads(answer.stdout)["norms"]}
    quorum = norms["quorum_delegates"]
    assert quorum["shown"] == "超过全体代表的 2/3"
    assert quorum["clause"]["article"] == "第十九条"
    assert quorum["clause"]["confidence"] == "T"
    assert "第十九条" in run("pack", "show", "community-2025").stdout


@pytest.mark.parametrize("command", [["pack", "show"], ["pack", "confirm"]])
def test_an_unknown_pack_exits_2(command: list[str]) -> None:
    """With the nearest name."""
    answer = run(*command, "community-2026", "--json")
    assert answer.exit_code == 2
    assert "community-2025" in answer.stdout


# ---------------------------------------------------------------- confirm


def transcribed(name: str | Path = "community-2025") -> int:
    """How many values wait for a confirmation."""
    return sum(one.confidence is Confidence.TRANSCRIBED for one in opened(name).composition.binding.values())


def test_every_transcribed_value_waits_until_a_person_vouches_for_it(home: Path) -> None:
    """Listed with exit 1; confirmed with name, source and day; exit 0; the file reads back."""
    waiting = run("pack", "confirm", "community-2025", "--json")
    assert waiting.exit_code == 1
    assert len(json.loads(waiting.stdout)["unconfirmed"]) == transcribed() > 30
    given = ("--by", "某区民政局 甲", "--against", "公报2025年第6号", "--on", "2026-03-01", "--all")
    assert run("pack", "confirm", "community-2025", *given).exit_code == 0
    assert run("pack", "confirm", "community-2025").exit_code == 0
    kept = load_confirmations((home / "confirmations.yaml").read_text(encoding="utf-8"), "kept")
    assert len(kept.confirmations) == transcribed()
    assert {one.by for one in kept.confirmations} == {"某区民政局 甲"}
    assert {one.on.isoformat() for one in kept.confirmations} == {"2026-03-01"}


def test_one_yes_is_kept_at_once_and_a_no_leaves_the_value_open(home: Path) -> None:
    """Yes, no, and then the input ends: the first is kept."""
    answer = run("pack", "confirm", "community-2025", "--by", "甲", "--against", "公报", typed="y\nn\n")
    assert answer.exit_code != 0
    kept = load_confirmations((home / "confirmations.yaml").read_text(encoding="utf-8"), "kept")
    assert len(kept.confirmations) == 1


def test_a_confirmation_holds_only_for_the_words_it_was_given_for() -> None:
    """Another value, article or wording of the same norm is not confirmed; the same in another pack is."""
    composition = opened("community-2025").composition
    every = tuple(composition.binding.values())
    kept = Confirmations().adding(every, by="甲", on=opened("community-2025").starts, compared_with="公报")
    assert kept.unconfirmed(composition) == ()
    first = every[0]
    for change in ({"value": 6}, {"article": "第九条"}, {"quote": "别的话"}):
        altered = composition.model_copy(
            update={"binding": {**composition.binding, first.norm: first.model_copy(update=change)}}
        )
        assert [one.norm for one in kept.unconfirmed(altered)] == [first.norm]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--by", "甲"], "须同时写明"),
        (["--all"], "请写明 --by"),
        (["--by", "甲", "--against", "公报", "--on", "2026-02-30"], "应为日期"),
        (["--by", "甲", "--against", "公报", "--on", "2999-01-01"], "不能晚于今天"),
    ],
)
def test_a_confirmation_needs_name_source_and_day(arguments: list[str], expected: str) -> None:
    """Exit 2, nothing written."""
    answer = run("pack", "confirm", "community-2025", *arguments, "--json")
    assert answer.exit_code == 2
    assert any(expected in one for one in json.loads(answer.stdout)["error"]["problems"])


def test_a_damaged_record_is_told_with_its_line(home: Path) -> None:
    """Nothing is overwritten."""
    home.mkdir()
    (home / "confirmations.yaml").write_text("format: 1\nconfirmations:\n  - { layer: x }\n", encoding="utf-8")
    answer = run("pack", "confirm", "community-2025", "--json")
    assert answer.exit_code == 2
    assert all("第 3 行" in one for one in json.loads(answer.stdout)["error"]["problems"])


# ---------------------------------------------------------------- diff


def test_equal_packs_exit_0_and_different_ones_1() -> None:
    """A pack and itself; the street's plan of 2021 and the community's of 2025."""
    assert run("diff", "street-2021", "street-2021").exit_code == 0
    answer = run("diff", "street-2021", "community-2025", "--json")
    assert answer.exit_code == 1
    found = {(one["topic"], one["place"], one["title"]): one for one in json.loads(answer.stdout)["differences"]}
    quorum = found["step", "residents.poll", "组织投票选举：有效人数"]
    assert "1/2" in quorum["left"]
    assert "2/3" in quorum["right"]
    routes = found["step", "residents.nomination", "提名候选人：提名方式"]
    assert "自荐" in routes["left"]
    assert "自荐" not in routes["right"]
    norm = found["norm", "quorum_delegates", "居民代表投票的有效人数"]
    assert norm["right_source"] == "《城市居民委员会组织法（2025年修订）》第十九条"
    assert norm["rule"] == "R25-19"
    assert found["step", "residents.group_leaders", "推选居民小组长"]["right"] == "没有这一步"


def test_a_difference_in_law_shows_both_articles(tmp_path: Path) -> None:
    """A county that is stricter than the nation: both texts are named."""
    stricter = county(tmp_path, "clauses: { voters_list_days: { value: 25, article: 三（二）, quote: 二十五日前 } }\n")
    answer = run("diff", "community-2025", stricter)
    assert answer.exit_code == 1
    assert "第十七条" in answer.stdout
    assert "三（二）" in answer.stdout
    assert "25 日" in answer.stdout


def test_a_difference_is_seen_from_both_sides() -> None:
    """Turning the order turns left and right, and nothing else."""
    there = json.loads(run("diff", "street-2021", "community-2025", "--json").stdout)["differences"]
    back = json.loads(run("diff", "community-2025", "street-2021", "--json").stdout)["differences"]
    assert {(one["place"], one["left"], one["right"]) for one in there} == {
        (one["place"], one["right"], one["left"]) for one in back
    }


def test_unusable_packs_exit_2_with_all_problems() -> None:
    """Both names are wrong, both are told."""
    answer = run("diff", "street-2012", "nowhere.yaml", "--json")
    assert answer.exit_code == 2
    assert len(json.loads(answer.stdout)["error"]["problems"]) == 2


# ---------------------------------------------------------------- new

ANSWERS = """
id: qianshan-2026
title: 千山区社区“两委”2026年换届工作实施方案
source: 千办发〔2026〕3号
starts: 2026-01-05
completed_by: 2026-06-30
poll: 2026-05-25 至 2026-05-29
retirement_male: 63
retirement_female: 缺
seats_max: 7
windows:
  residents.nomination: 2026-05-07 至 2026-05-11
  residents.list: E-12 至 E-5
  prep.institution: 缺
"""


def new(tmp_path: Path, answers: str = ANSWERS, *more: str) -> Result:
    """`huanjie pack new` with an answers file."""
    file = tmp_path / "answers.yaml"
    file.write_text(answers, encoding="utf-8")
    return run("pack", "new", tmp_path / "mine.yaml", "--answers", file, "--json", *more)


@pytest.mark.parametrize(("answer", "age"), [("无", None), ("缺", "missing"), ("55", 55)])
def test_there_may_be_no_retirement_age(tmp_path: Path, answer: str, age: object) -> None:
    """没有退休年龄 is an answer (null), not a gap."""
    new(tmp_path, ANSWERS.replace("retirement_female: 缺", f"retirement_female: {answer}"))
    eligibility = opened(tmp_path / "mine.yaml").eligibility
    assert eligibility != "missing"
    assert eligibility.retirement.female == age


def test_a_plan_is_written_from_answers_with_what_is_missing_kept(tmp_path: Path) -> None:
    """The answers stand in the pack, what the paper leaves out is `missing`, and the linter says so."""
    answer = new(tmp_path)
    assert answer.exit_code in (0, 1), answer.output
    mine = opened(tmp_path / "mine.yaml")
    assert mine.id == "qianshan-2026"
    seats = mine.bodies[2].seats
    assert seats is not None
    assert (seats.min, seats.max) == (5, 7)
    assert str(mine.step("residents.nomination").window.from_) == "2026-05-07"  # type: ignore[union-attr]
    assert mine.step("residents.list").window.poll_to == -5  # type: ignore[union-attr]
    assert mine.step("prep.institution").window == "missing"
    told = data(answer)
    assert set(told["missing"]) == {"prep.institution.window", "eligibility.retirement.female"}  # type: ignore[arg-type]
    assert any(one["id"] == "T4:prep.institution" for one in told["findings"])  # type: ignore[index, attr-defined]


def test_complete_answers_lint_without_errors(tmp_path: Path) -> None:
    """The sample's own days, nothing missing but an age: exit 0."""
    complete = ANSWERS.partition("windows:")[0]
    answer = new(tmp_path, complete)
    assert answer.exit_code == 0, answer.output


def test_the_days_move_with_the_poll(tmp_path: Path) -> None:
    """A poll a week later moves every day that is not answered by a week."""
    later = ANSWERS.partition("windows:")[0].replace("05-25 至 2026-05-29", "06-01 至 2026-06-05")
    new(tmp_path, later)
    mine, base = opened(tmp_path / "mine.yaml"), opened("community-2025")
    moved = mine.step("residents.nomination").window.from_ - base.step("residents.nomination").window.from_  # type: ignore[union-attr, operator]
    assert moved.days == 7


def test_every_wrong_answer_is_told_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    """Eight mistakes, eight problems, each naming its question; a value below the law names the article."""
    wrong = """
id: Street 2026
source: 缺
starts: 2026-05-20
completed_by: 2026-05-01
poll: 2026-05-25 至 2026-05-29
seats_min: 4
committee_min: 九
windows: { residents.nomination: 5月7日, residents.nothing: 缺 }
"""
    answer = new(tmp_path, wrong)
    assert answer.exit_code == 2
    problems = json.loads(answer.stdout)["error"]["problems"]
    for key in ("id", "title", "source", "completed_by", "poll", "seats_min", "committee_min", "residents.nomination"):
        assert any(one.startswith((f"{key}（", f"{key}：")) for one in problems), (key, problems)
    assert any("residents.nothing" in one for one in problems)
    assert any("第八条" in one and "5 人" in one for one in problems)
    assert any("20 日前" in one for one in problems)
    assert not (tmp_path / "mine.yaml").exists()


def test_wrong_answers_are_asked_again(tmp_path: Path) -> None:
    """Interactively: a wrong id, then the right one; everything else by return."""
    typed = "Bad Id\nqianshan-2026\n千山\n千办发\n2026-01-05\n2026-06-30\n2026-05-25 至 2026-05-29\n" + "\n" * 80
    answer = run("pack", "new", tmp_path / "mine.yaml", typed=typed)
    assert answer.exit_code == 0, answer.output
    assert "的写法不对" in answer.stdout
    assert "已写入" in answer.stdout
    assert opened(tmp_path / "mine.yaml").title == "千山"


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    """Without --force: exit 2, the file as it was."""
    (tmp_path / "mine.yaml").write_text("mine\n", encoding="utf-8")
    assert new(tmp_path).exit_code == 2
    assert (tmp_path / "mine.yaml").read_text(encoding="utf-8") == "mine\n"
    assert new(tmp_path, ANSWERS, "--force").exit_code in (0, 1)


def test_the_questions_can_be_listed_for_an_answers_file(tmp_path: Path) -> None:
    """Every key that an answers file may hold."""
    answer = run("pack", "new", tmp_path / "mine.yaml", "--questions", "--json")
    keys = [one["key"] for one in json.loads(answer.stdout)]
    assert keys[:6] == ["id", "title", "source", "starts", "completed_by", "poll"]
    assert "residents.nomination" in keys
    assert not (tmp_path / "mine.yaml").exists()


# ---------------------------------------------------------------- the bundled packs under the 2025 law

LAWFUL = [name for name in bundled_packs() if opened(name).law.value == "2025"]


@pytest.mark.parametrize("name", LAWFUL)
def test_the_packs_of_today_have_no_open_errors_and_their_dates_hold(name: str) -> None:
    """Under the law of their poll; what is left are warnings: an age the paper leaves out, older provincial values."""
    pack_ = opened(name)
    calendar = calendar_of(pack_)
    errors = [one.id for one in lint(pack_, calendar) if one.severity is Severity.ERROR and not one.resolved]
    assert errors == []
    assert schedule(pack_, calendar).feasible


def test_all_five_are_there() -> None:
    """One village and one community for the nation, three provinces."""
    assert {"village-2025", "village-zhejiang", "village-shanghai", "village-beijing", "community-2025"} <= set(LAWFUL)


@pytest.mark.parametrize(
    ("norm", "nation", "zhejiang", "shanghai", "beijing"),
    [
        ("further_vote_days", 30, 30, 30, 15),
        ("proxy_notice_days", 3, 3, 5, 1),
        ("proxy_published_days", 2, 1, 2, 2),  # Beijing names no day: the sample's own two
        ("roving_box", "impaired", "dispersed", "none", "impaired"),
        ("staff_kin", "near", "spouse_lineal_siblings", "spouse_lineal", "spouse_lineal"),
        ("surplus_voids", "box", "poll", "poll", "poll"),
        ("vacant_from", 3, 3, 3, 4),
        ("acting_chair", None, "chosen", "most_votes", None),
        ("seal_same_day", True, False, True, False),
        ("committee_min", None, 5, 7, 5),
        ("term_years", 5, 5, 5, 5),  # Beijing's three gave way
        ("proxy_holder", *["relative_or_villager"] * 4),  # the provinces' near relatives gave way
    ],
)
def test_each_province_binds_its_own_pack(
    norm: str, nation: object, zhejiang: object, shanghai: object, beijing: object
) -> None:
    """The province over the sample's own choice, the nation over the older province (articles in test_compose)."""
    packs = [opened(f"village-{name}") for name in ("2025", "zhejiang", "shanghai", "beijing")]
    assert [getattr(one.norms, norm) for one in packs] == [nation, zhejiang, shanghai, beijing]


def test_what_a_plan_gains_by_the_part_is_told() -> None:
    """Steps, rows of departments and signed links that the model does not have, each in words."""
    answer = run("diff", "village-2025", "village-prepared", "--json")
    assert answer.exit_code == 1
    found = {(one["place"], one["title"]): one for one in json.loads(answer.stdout)["differences"]}
    assert found["prep.cleanup", "六项“清”行动"]["left"] == "没有这一步"
    assert found["residents.joint_vetting", "县级联审：表单须写明"]["right"] == "部门 组织部、纪检监察、综治维稳、公安"
    assert found["prep.training", "开展业务培训：办理"]["right"] == "逐人培训"
    assert found["extra_gates", "附加关口"]["left"] == "没有"
    assert len(found["extra_gates", "附加关口"]["right"].split("、")) == 6
    assert set(ACTS) == set(Act)


def test_two_provinces_are_told_apart_by_their_articles() -> None:
    """Zhejiang article 25 and Shanghai article 16 on notice of a proxy; what both share is not named."""
    answer = run("diff", "village-zhejiang", "village-shanghai", "--json")
    found = {one["place"]: one for one in json.loads(answer.stdout)["differences"] if one["topic"] == "norm"}
    assert found["proxy_notice_days"]["left_source"] == "《浙江省村民委员会选举办法》第二十五条"
    assert found["proxy_notice_days"]["right_source"] == "《上海市村民委员会选举办法》第十六条"
    assert "voters_list_days" not in found
    assert "further_vote_days" not in found


def test_a_community_of_today_has_no_delegates_of_organizations() -> None:
    """Residents' Committee Law 2025, article 46; in 2021 each organization sent one."""
    today, before = (opened(name).body(BodyId.RESIDENTS).delegates for name in ("community-2025", "street-2021"))
    assert today is not None
    assert before is not None
    assert not today.from_organizations
    assert before.from_organizations
    unit = street_brief()
    form = Delegated(
        households=unit.households,
        from_households=200,
        organizations_present=unit.organizations,
        from_organizations=0,
        held_on=date(2026, 4, 22),
    )
    sent = form.model_copy(update={"from_organizations": unit.organizations})
    assert unit.organizations > 0
    assert examination.representatives(form, unit, today) == []
    assert examination.representatives(sent, unit, today) != []
    assert examination.representatives(form, unit, before) != []
    assert examination.representatives(sent, unit, before) == []


def test_a_county_drafts_its_federations_plan(tmp_path: Path) -> None:
    """`pack new --base women-2021`: the federation's seats and poll are asked, under today's law, which says nothing of it."""
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "id: qianshan-women\ntitle: 千山区妇联组织换届\nsource: 《方案》\nstarts: 2026-04-21\ncompleted_by: 2026-06-20\n"
        "poll: 2026-05-25 至 2026-05-30\nseats_min: 5\nseats_max: 7\n",
        encoding="utf-8",
    )
    listed = run("pack", "new", "x.yaml", "--base", "women-2021", "--questions")
    assert "妇联职数至少几名" in listed.stdout
    made = tmp_path / "mine.yaml"
    answer = run("pack", "new", str(made), "--base", "women-2021", "--answers", str(answers))
    assert answer.exit_code == 0, answer.output
    pack = opened(made)
    seats = pack.body(BodyId.WOMEN).seats
    assert seats is not None
    assert (pack.kind, seats.min, seats.max) == ("women", 5, 7)
