"""`huanjie rules` as a person and as a program see it, and the book it reads."""

import json
import subprocess
import sys

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

import console.rules
from console.packs import bundled_packs, open_pack
from policies.pack.schema import Pack
from policies.rule import BOOK, Confidence, Rule
from policies.rules import load

KEYS = [
    "id",
    "title",
    "text",
    "on_failure",
    "source",
    "confidence",
    "law_version",
    "effective_from",
    "article",
    "national_floor",
    "enforced",
]


def run(*words: str) -> tuple[int, str]:
    """Exit code and stdout of `huanjie rules …`."""
    app = typer.Typer()
    app.callback()(lambda: None)
    console.rules.register(app)
    result = CliRunner().invoke(app, ["rules", *words])
    return result.exit_code, result.stdout


def test_json_lists_the_whole_book_in_order() -> None:
    """Every rule, with exactly the promised keys, X1 before X2 before X3."""
    code, text = run("--json")
    rules = json.loads(text)["rules"]
    assert code == 0
    assert all(list(rule) == KEYS for rule in rules)
    ids = [rule["id"] for rule in rules]
    assert ids == [rule.id for rule in load()]
    assert [one for one in ids if one in ("X1", "X2", "X3")] == ["X1", "X2", "X3"]


@pytest.mark.parametrize("word", ["X1", "x1"])
def test_one_rule_has_the_same_shape(word: str) -> None:
    """One id, in either case, gives a list of one."""
    code, text = run(word, "--json")
    (rule,) = json.loads(text)["rules"]
    assert code == 0
    assert (rule["id"], rule["confidence"], rule["article"]) == ("X1", "P4", None)


def test_people_read_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """The full text of one rule, its confidence in words, and where it is enforced."""
    wide = Console(width=200, record=True)
    monkeypatch.setattr(console.rules, "out", wide)
    assert run("X2")[0] == 0
    shown = wide.export_text()
    for part in ("十种禁入情形", "出自来源文件原文", "事后独立复核", "街道方案 二（二）"):
        assert part in shown
    assert run()[0] == 0
    assert "近亲属回避" in wide.export_text()


def test_an_unknown_id_is_refused_with_near_matches() -> None:
    """Exit code 2, one problem, ids that look alike."""
    code, text = run("X33", "--json")
    assert code == 2
    (problem,) = json.loads(text)["error"]["problems"]
    assert "没有编号为“X33”的规则" in problem
    assert "X3" in problem


def test_the_command_runs_through_the_real_entry_point() -> None:
    """`huanjie rules X2 --json` in a fresh process: the book is full without anybody else importing it."""
    code = "import sys; sys.argv = ['huanjie', 'rules', 'X2', '--json']; from console.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rules"][0]["id"] == "X2"


def test_every_confidence_is_explained() -> None:
    """No letter without its words."""
    assert set(console.rules.CONFIDENCE) == set(Confidence)


def test_the_book_reads_in_natural_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """P2 before P10 before V1 before X1 before anything else; R25-8 before R25-18."""
    load()
    made = ["Z1", "R25-18", "V1", "P10", "R25-8", "X1", "P2", "R7"]
    rules = {
        one: Rule(id=one, title="t", text="t", on_failure="f", source="s", confidence=Confidence.PLAN) for one in made
    }
    for one in list(BOOK):
        monkeypatch.delitem(BOOK, one)
    for one, rule in rules.items():
        monkeypatch.setitem(BOOK, one, rule)
    assert [rule.id for rule in load()] == ["P2", "P10", "V1", "R7", "R25-8", "R25-18", "X1", "Z1"]


def test_every_place_of_enforcement_exists() -> None:
    """A place is a step of a bundled plan, or one of the other things that ask a rule."""
    packs = [pack for name in bundled_packs() if isinstance(pack := open_pack(name), Pack)]
    steps = {step.id for pack in packs for body in pack.bodies for step in body.steps}
    others = set(console.rules.PLACES)
    for rule in load():
        assert set(rule.enforced) <= steps | others, rule.id


def test_an_article_is_named_once() -> None:
    """第十九条 in the quotation is article 19: it is not added again; 第20条 would be another."""
    assert shown_source("《法》第十九条：“……”", "19") == "《法》第十九条：“……”"
    assert shown_source("《法》：“……”", "20") == "《法》：“……”第20条"


def shown_source(source: str, article: str) -> str:
    """What the details show for a rule with this source and article."""
    rule = Rule(
        id="Q1", title="甲", text="乙", on_failure="丙", source=source, confidence=Confidence.GENERAL, article=article
    )
    return console.rules._source(rule)
