"""`huanjie live` where no server is needed: what it shows, what it refuses, and with which exit code."""

import json
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner, Result

import console.live
from activities.registry import Kind, create_registry, open_registry
from activities.registry.elections import Election
from console.output import out
from policies.clock import Clock
from tests.activities.registry.county import DAY, ELECTION, STREETS, of_unit, task, unit
from tests.activities.registry.county import brief as district
from tests.gateway.over_engine import GATE, START, UNIT, County, at_county, ground
from tests.gateway.test_departure import depart
from tests.gateway.test_term import UNIT as VILLAGE
from tests.gateway.test_term import TermOffice, within_the_term


def run(*words: str | Path, token: str = "", typed: str = "") -> Result:
    """Exit code and output of `huanjie live …`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.live.register(app)
    return CliRunner().invoke(app, ["live", *map(str, words)], env={"HUANJIE_TOKEN": token or None}, input=typed)


def problems(result: Result) -> list[str]:
    """What a refused command says, as JSON; exit code 2 and nothing else on stdout."""
    assert result.exit_code == 2, result.output
    told: list[str] = json.loads(result.stdout)["error"]["problems"]
    return told


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registry's file of a county at its first gates, one of them decided."""
    folder = tmp_path_factory.mktemp("begun")

    async def act(county: County) -> None:
        answer = await county.door().decide(county.tokens["clerk"], UNIT, GATE, county.today())
        assert answer.accepted

    at_county(folder, act, two=False)
    return folder / "registry.sqlite"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of one's own, with nothing in it; a terminal of 120 columns."""
    for name in ("HUANJIE_REGISTRY", "HUANJIE_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HUANJIE_HOME", str(tmp_path / "county"))
    before, out.width = out.width, 120
    (tmp_path / "county").mkdir()
    yield tmp_path / "county"
    out.width = before


@pytest.fixture
def county(home: Path, begun: Path) -> Path:
    """The home folder of the county at its first gates."""
    shutil.copy(begun, home / "registry.sqlite")
    return home


# ---------------------------------------------------------------- nothing there


@pytest.mark.parametrize(
    "words",
    [
        ("where",),
        ("inbox",),
        ("staff",),
        ("token", "clerk"),
        ("papers", UNIT),
        ("journal", ELECTION, "j.jsonl"),
        ("decide", UNIT, GATE, "-"),
        ("hold", UNIT, "--reason", "防汛"),
        ("complain", f"{UNIT}/party", "party.slate", "--text", "内容", "--number", "1"),
        ("object", f"{UNIT}/residents", "张三", "--text", "漏登", "--number", "1"),
        ("recall", UNIT, "P17", "--entitled", "1000", "--registered", "900", "--representatives", "30"),
        ("by-election", UNIT, "--post", "委员", "--left", "P17=辞职"),
        ("departure", UNIT, "P17", "--because", "辞职", "--on", "2026-09-01", "--document", "会〔2026〕3号"),
    ],
    ids=lambda words: words[0],
)
def test_without_a_registry(home: Path, words: tuple[str, ...]) -> None:
    """Said in Chinese, with the file that is not there; nothing is made."""
    refused = run(*words, "--json", typed="kind: recorded\nheld_on: 2021-03-01\n")
    assert problems(refused) == [f"没有登记库 {home / 'registry.sqlite'}：请先建立登记库，或更正路径"]
    assert list(home.iterdir()) == []
    told = run(*words, typed="kind: recorded\nheld_on: 2021-03-01\n")
    assert told.exit_code == 2
    assert "没有登记库" in told.stderr


def test_a_file_that_is_no_registry(home: Path) -> None:
    """Named, and left as it is."""
    (home / "registry.sqlite").write_text("not a database")
    (problem,) = problems(run("where", "--json"))
    assert "registry.sqlite" in problem
    assert (home / "registry.sqlite").read_text() == "not a database"


# ---------------------------------------------------------------- what there is


def test_the_elections_and_where_one_stands(county: Path) -> None:
    """A list of elections; of one, every unit with its bodies and what it waits for."""
    (listed,) = json.loads(run("where", "--json").stdout)
    assert {name: listed[name] for name in ("election", "kind", "units", "completed", "held")} == {
        "election": ELECTION,
        "kind": "live",
        "units": 3,
        "completed": 0,
        "held": 0,
    }
    answer = json.loads(run("where", ELECTION, "--json").stdout)
    assert [one["unit"] for one in answer["units"]] == [
        f"{STREETS[0]}-U001",
        f"{STREETS[0]}-U002",
        f"{STREETS[1]}-U003",
    ]
    assert [one["waiting"][0]["gate"] for one in answer["units"]] == ["prep.survey", GATE, GATE]
    assert answer["units"][0]["bodies"] == [{"workflow": UNIT, "body": "prep", "state": answer["units"][0]["state"]}]
    assert {one["completed_on"] for one in answer["units"]} == {None}
    one = json.loads(run("where", ELECTION, "--street", STREETS[1], "--json").stdout)
    assert [unit["unit"] for unit in one["units"]] == [f"{STREETS[1]}-U003"]
    shown = run("where", ELECTION).stdout
    assert "社区3" in shown
    assert "演练" not in shown


def test_the_inbox(county: Path) -> None:
    """Every open gate with its role; narrowed by street, unit and person."""
    found = json.loads(run("inbox", "--json").stdout)
    assert {(one["workflow"], one["gate"], one["role"]) for one in found} == {
        (UNIT, "prep.survey", "street_committee"),
        (f"{STREETS[0]}-U002", GATE, "street_committee"),
        (f"{STREETS[1]}-U003", GATE, "street_committee"),
    }
    of_street = json.loads(run("inbox", "--street", STREETS[1], "--json").stdout)
    assert [one["unit"] for one in of_street] == [f"{STREETS[1]}-U003"]
    token = run("token", "neighbour").stdout.strip()
    mine = json.loads(run("inbox", "--mine", "--json", token=token).stdout)
    assert [one["unit"] for one in mine] == [f"{STREETS[1]}-U003"]
    assert json.loads(run("inbox", "--mine", "--json", token=run("token", "nobody").stdout.strip()).stdout) == []


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_ids_are_whole_in_every_terminal(county: Path, width: int) -> None:
    """Folded where it is narrow, never cut: read down its column, every id is there."""
    out.width = width
    shown = run("inbox").stdout
    assert "…" not in shown
    assert all(cell_len(line) <= width for line in shown.splitlines())
    columns: dict[int, str] = {}
    for line in shown.splitlines():
        for number, cell in enumerate(line.split("│")):
            columns[number] = columns.get(number, "") + cell.strip()
    assert any(f"{STREETS[1]}-U003" in column for column in columns.values())
    assert any("prep.survey" in column for column in columns.values())
    if width >= 120:
        assert re.search(rf" {UNIT} +│ prep\.survey ", shown)


def test_papers(county: Path) -> None:
    """Those of the decided gate, whole; of a unit that has none, none."""
    (paper,) = json.loads(run("papers", UNIT, "--json").stdout)
    assert (paper["workflow"], paper["number"], paper["kind"]) == (UNIT, 1, "通知")
    assert paper["text"] in run("papers", UNIT).stdout.replace("\r", "")
    assert run("papers", f"{STREETS[1]}-U003").stdout == "还没有文书。\n"


def test_the_journal(county: Path, tmp_path: Path) -> None:
    """Exported once, never over a file; one that was tampered with is not exported (exit 1)."""
    file = tmp_path / "j.jsonl"
    answer = run("journal", ELECTION, file, "--json")
    lines = file.read_bytes().splitlines()
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"lines": len(lines), "problems": []})
    assert problems(run("journal", ELECTION, file, "--json")) == [f"{file} 已经存在，不覆盖：请换一个文件名"]
    assert file.read_bytes().splitlines() == lines
    nowhere = tmp_path / "nowhere" / "j.jsonl"
    assert problems(run("journal", ELECTION, nowhere, "--json")) == [f"{nowhere}：无法写入（没有这个文件或文件夹）"]

    registry = open_registry(county / "registry.sqlite")
    with registry.database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS journal_no_update")
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'"
        ).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE journal SET entry = replace(entry, '2021', '2020') WHERE n = 2")
    registry.close()
    wrong = run("journal", ELECTION, tmp_path / "wrong.jsonl", "--json")
    assert wrong.exit_code == 1
    told = json.loads(wrong.stdout)
    assert told["lines"] == 0
    assert told["problems"][0].startswith("第 2 行：")
    assert not (tmp_path / "wrong.jsonl").exists()
    assert "日志不完整" in run("journal", ELECTION, tmp_path / "wrong.jsonl").stdout


def test_a_form_to_fill_in(county: Path, tmp_path: Path) -> None:
    """Says what goes where and decides nothing by itself: handed in as it is, every open field is named by its line."""
    shown = run("form", UNIT, "prep.survey")
    assert shown.exit_code == 0
    file = tmp_path / "form.yaml"
    file.write_text(shown.stdout)
    assert "kind: recorded" in shown.stdout
    (problem,) = problems(run("decide", UNIT, "prep.survey", file, "--json"))
    line = shown.stdout.splitlines().index(next(one for one in shown.stdout.splitlines() if one.startswith("held_on")))
    assert problem.startswith(f"{file}：第 {line + 1} 行第 ")
    assert problem.endswith("（held_on）：空值应为真实的日期，写作 2021-04-26")
    closed = run("form", UNIT, GATE)
    assert (closed.exit_code, "现在没有打开" in closed.stderr) == (2, True)


# ---------------------------------------------------------------- what is not there


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("where", "lishan-2026", "--json"), "lishan-2026"),
        (("where", ELECTION, "--street", "S99", "--json"), "S99"),
        (("where", ELECTION, "--unit", "U99", "--json"), "U99"),
        (("inbox", "--election", "lishan-2026", "--json"), "lishan-2026"),
        (("inbox", "--street", "S99", "--json"), "S99"),
        (("papers", "U99/party", "--json"), "U99"),
        (("journal", "lishan-2026", "j.jsonl", "--json"), "lishan-2026"),
        (("token", "somebody", "--json"), "somebody"),
        (("inbox", "--mine", "--json"), "没有提供个人令牌"),
        (("decide", UNIT, GATE, "-", "--role", "king", "--json"), "没有“king”这项职责；可用的有：party_branch"),
        (("hold", UNIT, "--reason", "防汛", "--role", "king", "--json"), "没有“king”这项职责"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_what_is_not_recorded_is_named(county: Path, words: tuple[str, ...], named: str) -> None:
    """Exit 2, one problem, in Chinese."""
    (problem,) = problems(run(*words))
    assert named in problem
    assert re.search("[一-龥]", problem)


# ---------------------------------------------------------------- staff and tokens


def test_staff_with_their_roles_and_tokens(county: Path) -> None:
    """Roles with their areas, and how many tokens still let somebody in."""
    staff = {one["person"]: one for one in json.loads(run("staff", "--json").stdout)}
    assert staff["both"]["grants"] == [
        {"role": "party_branch", "scope": UNIT},
        {"role": "street_committee", "scope": STREETS[0]},
    ]
    assert (staff["nobody"]["grants"], staff["nobody"]["active"]) == ([], True)
    assert {one["tokens"] for one in staff.values()} == {0}  # those of 2021 have expired
    run("token", "clerk")
    assert {one["person"]: one["tokens"] for one in json.loads(run("staff", "--json").stdout)}["clerk"] == 1
    assert "street_committee" in run("staff").stdout


def test_tokens_are_issued_and_revoked(county: Path) -> None:
    """The token alone on stdout; revoked, it lets nobody in and is not repeated by the refusal."""
    issued = run("token", "clerk", "--days", 1)
    token = issued.stdout.strip()
    assert re.fullmatch(r"hj_[A-Za-z0-9_-]{43}", token)
    assert issued.stderr == ""
    told = json.loads(run("token", "clerk", "--json").stdout)
    assert set(told) == {"token", "id", "expires_at"}
    assert run("inbox", "--mine", token=token).exit_code == 0
    assert run("revoke", "clerk").stdout == "已作废 3 个令牌。\n"  # the one of 2021 too
    for words in (("inbox", "--mine"), ("inbox", "--mine", "--token", token)):
        refused = run(*words, token=token)
        assert (refused.exit_code, "个人令牌已作废" in refused.stderr) == (2, True)
        assert token not in refused.output
    unknown = run("revoke", "somebody")
    assert (unknown.exit_code, "somebody" in unknown.stderr) == (2, True)


def test_roles_are_granted_and_taken_back(county: Path) -> None:
    """For areas that exist, to people who exist, in roles that exist: everything else is refused and nothing granted."""
    assert run("grant", "nobody", "party_branch", UNIT).stdout == "已授予。\n"
    held = {one["person"]: one["grants"] for one in json.loads(run("staff", "--json").stdout)}["nobody"]
    assert held == [{"role": "party_branch", "scope": UNIT}]
    assert run("grant", "nobody", "party_branch", UNIT, "--revoke").stdout == "已收回。\n"
    assert run("grant", "nobody", "party_branch", UNIT, "--revoke").stdout == "此人没有这项职责。\n"
    for words, named in (
        (("somebody", "party_branch", UNIT), "somebody"),
        (("nobody", "king", UNIT), "king"),
        (("nobody", "party_branch", "qianshan-2026-S9"), "qianshan-2026-S9"),
    ):
        refused = run("grant", *words)
        assert (refused.exit_code, named in refused.stderr) == (2, True)
    held = {one["person"]: one["grants"] for one in json.loads(run("staff", "--json").stdout)}["nobody"]
    assert held == []


# ---------------------------------------------------------------- forms that cannot be read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["全文：文件是空的"]),
        ("- 1\n", ["全文：最外层应为“键: 值”的映射"]),
        ("kind: [\n", ["第 2 行第 1 列：YAML 语法错误"]),
        ("held_on: 2021-03-01\n", ["第 1 行第 1 列：没有写明 kind"]),
        ("kind: record\n", ["第 1 行第 1 列：没有“record”这种表单；可用的有：recorded、requested"]),
        (
            "kind: reviewed\nconclusions:\n- person: P01\n- passed: maybe\n  person: 7\n  fault: 1\nsigned_on: 2021-02-30\n",
            [
                "（conclusions[0].passed）：缺少必填项",
                "（conclusions[1].passed）：“maybe”应为 true 或 false",
                "（conclusions[1].person）：“7”应为文字",
                "（conclusions[1].fault）：没有这一项",
                "第 7 行第 12 列（signed_on）：“2021-02-30”应为真实的日期",
                "（document）：缺少必填项",
            ],
        ),
        (
            "kind: recorded\nheld_on: 2021-03-01\nheld_on: 2021-03-02\ndocument: 1.5\n",
            ["第 3 行第 1 列（held_on）：键“held_on”重复", "第 4 行第 11 列（document）：“1.5”不是整数"],
        ),
        (
            "kind: counted\nheld_on: 2021-03-01\nform: {body: king, mode: members, law: 1900, roll: x, present: 2, "
            "ballots: null, seats: 5, candidates: [{name: ''}], round: 1}\nproxies: -1\ndeclared: []\nnames: []\n",
            [
                "（form.body）：“king”不在允许的值之内",
                "（form.law）：",
                "（form.roll）：“x”应为整数",
                "（form.candidates[0].name）：“”太短或太少，至少为 1",
                "（proxies）：“-1”不能小于 0",
            ],
        ),
    ],
    ids=["empty", "a list", "syntax", "no kind", "unknown kind", "many", "double", "figures"],
)
def test_everything_wrong_with_a_form_at_once(county: Path, tmp_path: Path, text: str, told: list[str]) -> None:
    """In Chinese, with line and name, before any server is asked; exit 2."""
    file = tmp_path / "form.yaml"
    file.write_text(text)
    found = problems(run("decide", UNIT, GATE, file, "--json", token="hj_" + "A" * 43))
    for one in told:
        assert any(one in problem for problem in found), (one, found)
    assert len(found) == len(told), found
    assert all(problem.startswith(f"{file}：") for problem in found)
    assert not re.search(r"[Ii]nput|[Vv]alue|should|valid|required", "".join(found).replace(str(file), ""))
    people = run("decide", UNIT, GATE, file)
    assert (people.exit_code, f"共 {len(told)} 处问题" in people.stderr) == (2, True)


def test_files_that_are_no_forms(county: Path, tmp_path: Path) -> None:
    """Missing, a folder, not text, too large, nested without end."""
    (tmp_path / "gbk.yaml").write_bytes("kind: 办理".encode("gbk"))
    (tmp_path / "large.yaml").write_text("a: " + "x" * (1 << 20))
    (tmp_path / "deep.yaml").write_text("[" * 5000)
    for name, said in (
        ("none.yaml", "无法读取（没有这个文件或文件夹）"),
        ("", "无法读取（这是文件夹，不是文件）"),
        ("gbk.yaml", "不是 UTF-8 编码的文本"),
        ("large.yaml", "超过 1048576 字节"),
        ("deep.yaml", "YAML 语法错误"),
    ):
        (problem,) = problems(run("decide", UNIT, GATE, tmp_path / name, "--json"))
        assert said in problem


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("move", ELECTION, "tomorrow"), "时刻“tomorrow”不能用"),
        (("decide", UNIT, GATE, "nowhere.yaml"), "无法读取"),
    ],
    ids=["move", "decide"],
)
def test_words_that_cannot_be_used(county: Path, words: tuple[str, ...], told: str) -> None:
    """Refused before a server is asked for."""
    refused = run(*words)
    assert (refused.exit_code, told in refused.stderr) == (2, True)


def test_what_a_first_signer_signed_can_be_read(county: Path) -> None:
    """Nothing there is said to be nothing."""
    (problem,) = problems(run("countersign", UNIT, GATE, "--show", "--json"))
    assert problem == f"「{GATE}」没有等待会签的签字"


# ---------------------------------------------------------------- drills, and whole counties


def test_a_drill_says_so_on_every_page(home: Path) -> None:
    """Nobody takes what is shown for the real thing; the time shown is the drill's."""
    clock = Clock(real=START, election=START, day=timedelta(days=1))
    registry = create_registry(home / "registry.sqlite", Kind.DRILL, START)
    recorded, setting = ground(two=False, clock=clock)
    registry.elections.record(Election("演练", recorded, district(setting=setting.hash), "管理员", START))
    registry.close()
    for words in (("where",), ("where", ELECTION), ("inbox",), ("staff",), ("papers", UNIT)):
        assert "本登记库只用于演练" in run(*words).stdout


@pytest.fixture
def large(home: Path) -> Path:
    """Sixty units in three streets, each at one gate; those of every twentieth are late."""
    recorded, setting = ground(two=False)
    units = [
        unit(f"{ELECTION}-S{number // 20 + 1:02}-U{number + 1:03}", setting=setting.hash, name=f"第{number + 1}社区")
        for number in range(60)
    ]
    registry = create_registry(home / "registry.sqlite", Kind.LIVE, START)
    registry.elections.record(
        Election("千山区", recorded, district(units=units, setting=setting.hash), "管理员", START)
    )
    for number, one in enumerate(units):
        last = date(2021, 1, 5) if number % 20 == 7 else date(9999, 1, 1)
        opened = task(GATE, workflow=one.id, last_day=last, opens_on=DAY)
        registry.store.apply(of_unit(one.id, opened=(opened,)), [])
    registry.close()
    return home


def test_a_whole_county_is_summed_up_by_street(large: Path) -> None:
    """What is late is listed first, by unit; then each street with its figures. One street is listed whole."""
    shown = run("inbox").stdout
    assert shown.index("逾期 3 件") < shown.index("待办 60 件，按街道合计")
    assert [line.split("│")[2:5] for line in shown.splitlines() if line.startswith("│ 街道")] == [
        [f" {ELECTION}-S{number:02} ", " 20   ", " 1    "] for number in (1, 2, 3)
    ]
    assert "第8社区" in shown
    assert "第9社区" not in shown
    street = run("inbox", "--street", f"{ELECTION}-S01").stdout
    assert street.index("第8社区") < street.index("第1社区")
    assert "按街道合计" not in street
    where = run("where", ELECTION).stdout
    assert "逾期或暂缓的单位 3 个" in where
    assert "单位 60 个，按街道合计" in where
    found = json.loads(run("inbox", "--json").stdout)
    assert [one["overdue"] for one in found] == [True] * 3 + [False] * 57


# ---------------------------------------------------------------- within the term


def test_a_by_election_s_posts_and_departures_are_read_before_anything_is_asked(county: Path) -> None:
    """Every word that cannot be read is named at once, with what it should be; nothing is sent."""
    before = (county / "registry.sqlite").read_bytes()
    words = (
        "--post",
        "书记",
        "--post",
        "委员",
        "--post",
        "村长",
        "--left",
        "P12",
        "--left",
        "=辞职",
        "--left",
        "P13=病故",
        "--since",
        "去年",
    )
    told = problems(run("by-election", UNIT, *words, "--json"))
    assert [one.partition("”")[0] for one in told] == ["职务“书记", "职务“村长", "“P12", "“=辞职", "日期“去年"]
    assert "主任、副主任、妇女委员、委员" in told[0]
    assert "编号=原因" in told[2]
    assert (county / "registry.sqlite").read_bytes() == before


def test_a_departure_s_ground_and_day_are_read_before_anything_is_asked(county: Path) -> None:
    """Both are named at once, with what may be written; a recall has a command of its own."""
    before = (county / "registry.sqlite").read_bytes()
    words = ("--because", "罢免", "--on", "去年", "--document", "会〔2026〕3号")
    told = problems(run("departure", UNIT, "P17", *words, "--json"))
    assert [one.partition("”")[0] for one in told] == ["原因“罢免", "日期“去年"]
    assert "辞职、死亡、丧失行为能力、被判处刑罚、连续两次被评议不称职、当选无效" in told[0]
    assert (county / "registry.sqlite").read_bytes() == before


def test_where_tells_a_committee_that_has_become_too_small(home: Path, tmp_path: Path) -> None:
    """Two of five members are left: the unit, since when, and whose task the by-election is; the others' units say nothing."""

    async def act(office: TermOffice) -> None:
        for person in ("P15", "P17", "P18"):
            assert (await depart(office, person)).accepted

    within_the_term(tmp_path, act)
    shutil.copy(tmp_path / "registry.sqlite", home / "registry.sqlite")
    shown = run("where", VILLAGE.district).stdout
    assert "成员少于法定人数、须补选的委员会 1 个" in shown
    (unit,) = json.loads(run("where", VILLAGE.district, "--json").stdout)["units"]
    vacancy = unit["vacancy"]
    assert (vacancy["members"], vacancy["finding"]["limit"], vacancy["last_day"]) == (2, 3, None)
    assert vacancy["owner"] == "residents_committee"


@pytest.mark.parametrize("missing", ["--entitled", "--representatives"])
def test_a_recall_wants_the_figures_its_shares_are_taken_of(county: Path, missing: str) -> None:
    """Without one of the two nobody could say whether enough have asked; whether voters are registered the plan says."""
    figures = {"--entitled": "1000", "--registered": "900", "--representatives": "30"}
    words = [word for name, n in figures.items() if name != missing for word in (name, n)]
    refused = run("recall", UNIT, "P17", *words)
    assert refused.exit_code == 2
    assert missing in refused.stderr
