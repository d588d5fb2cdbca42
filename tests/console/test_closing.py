"""`huanjie closing`: what it shows, writes and refuses, with which exit code; of a registry and of a rehearsal."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typer
from typer.testing import CliRunner, Result

import console.closing
from activities.registry import Kind, create_registry
from console.live.forms import skeleton
from console.output import out
from console.packs import calendar_of, pack_text
from policies.calendar import national_calendar
from policies.pack.load import load_pack
from simulation.campaign.request import Campaign
from simulation.campaign.write import rehearse
from simulation.population.parameters import load
from tests.activities.closed import ELECTION, UNIT, NamedClerk, closed_registry
from tests.activities.office import BUSY, idle
from tests.activities.registry.county import NOW, UNITS, brief, election, task
from tests.activities.registry.county import ground as recorded_ground
from tests.workflows.clerk import street_2021
from workflows.setting import install


def run(*words: str | Path) -> Result:
    """Exit code and output of `huanjie closing …`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.closing.register(app)
    return CliRunner().invoke(app, ["closing", *map(str, words)])


def problems(*words: str | Path) -> list[str]:
    """What a refused command says, as JSON; exit code 2."""
    refused = run(*words, "--json")
    assert refused.exit_code == 2, refused.output
    told: list[str] = json.loads(refused.stdout)["error"]["problems"]
    return told


@pytest.fixture(scope="module")
def closed_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a registry: one community finished, one never begun."""
    folder = tmp_path_factory.mktemp("county")
    registry, _ = closed_registry(folder, clerk=NamedClerk)
    registry.close()
    return folder


@pytest.fixture(autouse=True)
def home(closed_county: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The county's home; a terminal of 160 columns."""
    monkeypatch.delenv("HUANJIE_REGISTRY", raising=False)
    monkeypatch.setenv("HUANJIE_HOME", str(closed_county))
    before, out.width = out.width, 160
    yield closed_county
    out.width = before


# ---------------------------------------------------------------- statistics


def test_statistics_as_json() -> None:
    """The only election needs no name; areas from the county to the unit; shares with part, whole and tenths of a percent."""
    answer = json.loads(run("statistics", "--json").stdout)
    assert {name: answer[name] for name in ("election", "kind", "on", "drill")} == {
        "election": ELECTION,
        "kind": "community",
        "on": "2021-05-09",
        "drill": False,
    }
    assert [area["level"] for area in answer["areas"]] == ["county", "street", "street", "unit", "unit"]
    county, unit = answer["areas"][0], next(area for area in answer["areas"] if area["area"] == UNIT)
    assert (county["units"], county["completed"], county["voters_not_stated"]) == (2, 1, 2)
    benches = {row["bench"]: row for row in unit["benches"]}
    # the clerk elects five to the Party committee and seven residents, whoever is odd a woman
    assert benches["two_committees"]["after"]["persons"] == 12
    assert benches["two_committees"]["after"]["women"]["part"] == 7
    assert benches["two_committees"]["after"]["women"]["permille"] == 583
    # 李建国 (2 posts), 赵敏 with two birthdays, 钱进; the part-time member is not of the bench
    assert benches["party"]["before"]["persons"] == 2
    assert benches["two_committees"]["before"]["persons"] == 4
    assert unit["one_person"]["before"] == {
        "part": 1,
        "whole": 1,
        "of": "书记、主任均已配备的单位",
        "not_stated": 0,
        "permille": 1000,
    }
    assert unit["one_person"]["after"]["permille"] is None  # the clerk's residents elect no chair
    assert benches["deputy_chair"] == {
        "bench": "deputy_chair",
        "label": "村（居）民委员会副主任",
        "before": None,
        "after": None,
    }
    assert {one["key"]: (one["part"], one["whole"]) for one in county["turnout"]} == {
        "party/members": (70, 75),
        "residents/representatives": (50, 56),
        "supervisory/show_of_hands": (50, 56),
    }


def test_statistics_on_the_terminal() -> None:
    """Sentences first, then the tables; streets and units only when asked for."""
    shown = run("statistics", "--by", "unit")
    assert shown.exit_code == 0, shown.output
    for part in ("应换届社区2个，完成1个", "“两委”成员12名", "一次选举成功率", "甲街道", "甲社区", "未注明的不计入"):
        assert part in shown.stdout
    assert "甲社区" not in run("statistics").stdout
    assert "【演练】" not in shown.stdout


def test_statistics_as_a_workbook(tmp_path: Path) -> None:
    """Figures are numbers, denominators stand beside them, every level is there; an existing file is left alone."""
    file = tmp_path / "统计.xlsx"
    assert run("statistics", "--excel", file).exit_code == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["说明", "班子成员", "一肩挑和交叉任职", "选举", "来源"]
    heads, *rows = [[cell.value for cell in row] for row in book["班子成员"].iter_rows()]
    wanted = next(
        dict(zip(heads, row, strict=True))
        for row in rows
        if row[1] == UNIT and row[5] == "“两委”成员" and row[6] == "换届后"
    )
    assert (wanted["人数"], wanted["女性"], wanted["女性：分母"], wanted["女性：未注明"]) == (12, 7, 12, 0)
    assert wanted["女性：占比"] == "58.3%"
    assert {row[0] for row in rows} == {"全县", "街道", "单位"}
    assert problems("statistics", "--excel", file) == [f"{file} 已存在，不覆盖；请换一个名称，或加上 --force"]
    assert run("statistics", "--excel", file, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nirgends",), "登记库中没有换届「nirgends」：有 1 场换届（D01）"),
        (("--by", "village"), "--by 应为 county、street、unit，填的是“village”"),
        (("--on", "5月9日"), "--on 应为日期（如 2026-05-09），填的是“5月9日”"),
        (("--pack", "street-2021"), "--pack 只和 --rehearsal 一起用：登记库里的换届自带方案"),
    ],
)
def test_what_statistics_refuse(words: tuple[str, ...], told: str) -> None:
    """One problem each, in Chinese."""
    assert problems("statistics", *words) == [told]


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A level, a day and a file."""
    assert len(problems("statistics", "--by", "x", "--on", "x", "--excel", tmp_path / "x.csv")) == 3


def test_a_day_of_ones_own() -> None:
    """Ages of another day: everybody born in 1985 is 35 years old on the last day of 2020, 36 on the first of 2021."""
    for day, young in (("2020-12-31", 12), ("2021-01-01", 0)):
        answer = json.loads(run("statistics", "--on", day, "--json").stdout)
        assert answer["areas"][0]["benches"][0]["after"]["young"]["part"] == young


def test_the_statistics_of_a_rehearsal(tmp_path: Path) -> None:
    """The same command on a rehearsal's folder, marked as practice; a folder of something else is refused."""
    pack = street_2021()
    rehearse(Campaign(pack, calendar_of(pack), load(), 2, 3), tmp_path, pack_name=pack.id)
    answer = json.loads(run("statistics", "--rehearsal", tmp_path, "--json").stdout)
    assert answer["drill"] is True
    assert answer["areas"][0]["units"] == 2
    assert "演练" in run("statistics", "--rehearsal", tmp_path).stdout
    (told,) = problems("statistics", "--rehearsal", tmp_path / "cases")
    assert "不是演练的结果文件夹" in told


def test_without_a_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command names the file that is not there; nothing is made."""
    monkeypatch.setenv("HUANJIE_HOME", str(tmp_path))
    for words in (("statistics",), ("archive", "--all"), ("handover", UNIT)):
        assert problems(*words) == [f"没有登记库 {tmp_path / 'registry.sqlite'}：请先建立登记库，或更正路径"]
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- archive


def archived(*words: str | Path) -> tuple[int, dict[str, Any]]:
    done = run("archive", *words, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_complete_archive_exits_0() -> None:
    """And lists its items."""
    code, answer = archived(UNIT)
    assert (code, answer["complete"]) == (0, True)
    (unit,) = answer["units"]
    assert unit["findings"] == []
    statuses = {item["title"]: item["status"] for item in unit["items"]}
    assert statuses["当选名单公告"] == "present"
    assert statuses["社区居民委员会成员选票"] == "on_paper"
    shown = run("archive", UNIT)
    assert shown.exit_code == 0
    assert "完整" in shown.stdout
    assert "当选名单公告" in shown.stdout


def test_gaps_exit_1(tmp_path: Path) -> None:
    """One unit with gaps is enough; the workbook names each with its remedy."""
    file = tmp_path / "归档.xlsx"
    code, answer = archived("--all", "--excel", file)
    assert (code, answer["complete"]) == (1, False)
    assert [(unit["unit"], unit["complete"]) for unit in answer["units"]] == [(UNIT, True), (idle().id, False)]
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["单位", "材料", "问题"]
    heads, first = ([cell.value for cell in row] for row in list(book["问题"].iter_rows())[:2])
    assert dict(zip(heads, first, strict=True))["问题"] == "乙社区的换届尚未办结，不能归档。"
    shown = run("archive", idle().id)
    assert shown.exit_code == 1
    assert "A1" in shown.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "请写明一个单位编号，或用 --all 核对全部单位（二者选一）"),
        ((UNIT, "--all"), "请写明一个单位编号，或用 --all 核对全部单位（二者选一）"),
        (("D99",), "登记库中没有「D99」：请核对编号（huanjie live where）"),
        ((BUSY,), f"「{BUSY}」是街道或整场换届，不是单位：请写单位编号，或用 --all"),
        ((UNIT, "--election", "D02"), f"单位「{UNIT}」属于换届「D01」，不属于「D02」"),
        (("--all", "--election", "D02"), "登记库中没有换届「D02」：有 1 场换届（D01）"),
    ],
)
def test_what_the_archive_refuses(words: tuple[str, ...], told: str) -> None:
    """Exit 2, never 1: nothing was checked."""
    assert problems("archive", *words) == [told]


# ---------------------------------------------------------------- handover


def test_handover_lists(tmp_path: Path) -> None:
    """On the terminal and as sheets to print, one for each handover; an empty one has lines to fill in."""
    shown = run("handover", UNIT)
    assert shown.exit_code == 0
    for part in (
        "公章、公共财产、财务账目、档案资料移交清单",
        "移交完成日期：2021-05",
        "移交人：",
        "接收人：",
        "监交人：",
    ):
        assert part in shown.stdout
    file = tmp_path / "移交.xlsx"
    lists = json.loads(run("handover", idle().id, "--excel", file, "--json").stdout)["lists"]
    assert [one["completed_on"] for one in lists] == [None, None]
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["移交清单1", "移交清单2"]
    column = [cell.value for cell in book["移交清单1"]["A"]]
    assert column[:5] == ["类别", "公章", "公共财产", "财务账目", "档案资料"]
    assert column[-3:] == ["移交人", "接收人", "监交人"]
    assert "尚未移交" in run("handover", idle().id).stdout


def test_what_the_handover_refuses(tmp_path: Path) -> None:
    """A street, and a file that is no workbook."""
    assert len(problems("handover", BUSY)) == 1
    assert len(problems("handover", UNIT, "--excel", tmp_path / "x.pdf")) == 1


@pytest.mark.parametrize(("asked", "line"), [(True, "signatures: null"), (False, "signatures: []")])
def test_the_empty_form_says_what_the_plan_asks(tmp_path: Path, asked: bool, line: str) -> None:
    """Where the plan wants a list signed by three, the form's lines for it must be filled in; elsewhere they may be."""
    text, act = pack_text("street-2021"), "        act: handover\n"
    if asked:
        text = text.replace(act, f"{act}        signed_by_three: true\n", 1)
    pack, calendar = load_pack(text, "street-2021"), national_calendar([2021])
    setting = install(pack, calendar)
    ground = recorded_ground(
        setting=setting.hash,
        pack_sha256=setting.pack_sha256,
        pack_text=text,
        calendar_json=calendar.model_dump_json(),
    )
    registry = create_registry(tmp_path / "registry.sqlite", Kind.LIVE, NOW)
    registry.elections.record(election(ground=ground, brief=brief(setting=setting.hash)))
    form = skeleton(registry, task("residents.handover", workflow=f"{UNITS[0]}/residents"))
    registry.close()
    (found,) = [one for one in form.splitlines() if one.startswith("signatures")]
    assert found.startswith(line)
    assert found.endswith("（必填）" if asked else "（可不填）")
