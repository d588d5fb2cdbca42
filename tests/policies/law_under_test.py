"""The bundled layers for the tests, read once, and small packs that build on them."""

from functools import cache
from pathlib import Path

from policies.law.layer import Layer, Level, Stated
from policies.law.norms import Norms
from policies.pack.load import load_layer, load_pack
from policies.pack.schema import Pack
from tests.policies.packs_under_test import EXAMPLE, changed

ROOT = Path(__file__).parents[2]
LAYERS = tuple(sorted(path.stem for path in (ROOT / "policies" / "layers").glob("*.yaml")))
PROVINCES = {"village": ("zhejiang-2020", "shanghai-2020", "beijing-2012"), "community": ("henan-2020",)}


class Shelf:
    """A library: the bundled layers, and the packs and parts it is given."""

    def __init__(self, **packs: str) -> None:
        self.packs = {name.replace("_", "-"): text for name, text in packs.items()}

    def pack(self, name: str) -> str | None:
        """The given pack of that name."""
        return self.packs.get(name)

    def part(self, name: str) -> str | None:
        """The given text of that name."""
        return self.packs.get(name)

    def parts(self) -> tuple[str, ...]:
        """Names of the given texts."""
        return tuple(self.packs)

    def layer(self, name: str) -> str | None:
        """A bundled layer's text."""
        path = ROOT / "policies" / "layers" / f"{name}.yaml"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def layers(self) -> tuple[str, ...]:
        """Names of the bundled layers."""
        return LAYERS


@cache
def layer(name: str) -> Layer:
    """A bundled layer."""
    text = Shelf().layer(name)
    assert text is not None, name
    return load_layer(text, name)


def made(
    level: Level, /, *, name: str = "", effective_from: str = "2026-06-01", kind: str = "village", **values: object
) -> Layer:
    """A layer that gives these values in the words “试”."""
    return Layer.model_validate(
        {
            "format": 1,
            "id": name or f"made-{level.value}",
            "level": level,
            "kind": kind,
            "title": "试",
            "jurisdiction": "试",
            "source": "试",
            "effective_from": effective_from,
            "confidence": "P4",
            "clauses": {norm: {"value": value, "quote": "试", "article": "第一条"} for norm, value in values.items()},
        }
    )


def under(*names: str) -> Norms:
    """What these bundled layers come to, with nothing refused."""
    from policies.law.compose import compose

    composition = compose(tuple(layer(name) for name in names))
    assert composition.refused == ()
    return composition.norms


def given(name: str) -> dict[str, Stated]:
    """What one bundled layer says, by norm."""
    return {stated.norm: stated for stated in layer(name).stated()}


BASE_2018 = changed(EXAMPLE, ("id: example", "id: base"))
"""The example of the docs: a community under the 2018 law, which builds on nothing."""


def overlay(extra: str = "", *, extends: str = "base", name: str = "mine") -> str:
    """A pack that only builds on another."""
    return f'extends: {extends}\nid: {name}\nversion: "1"\ntitle: 我的方案\nsource: 《我的方案》\n{extra}'


def loaded(text: str, **packs: str) -> Pack:
    """The pack, with these packs (and `base`) and the bundled layers in reach."""
    return load_pack(text, "test", Shelf(**{"base": BASE_2018, **packs}))


VILLAGE_2025 = """
format: 1
id: village
version: "1"
title: 某村方案
source: 《某村方案》
kind: village
law: "2025"
layers: [nation-2025-village]
term_years: 5
starts: 2026-03-02
completed_by: 2026-06-30
roles: { party_branch: 村党组织, election_committee: 村民选举委员会, street_office: 乡镇人民政府, residents_committee: 村民委员会 }
eligibility:
  age: { text: 试 }
  preferred_age: { text: 试 }
  retirement: { male: 60, female: 60 }
  retirement_text: 试
  education: { text: 试 }
  experience_months: { text: 试 }
  prohibited: [被开除中国共产党党籍的, 因犯罪受过刑事处罚的, 利用黑恶势力从事非法活动的, 组织或者参加非法宗教活动或者邪教活动的]
  light_sanction: 试
  kinship: 试
bodies:
  - id: residents
    title: 村民委员会换届选举
    seats: { text: 三至七人，应当有妇女成员, min: 3, max: 7 }
    committee:
      min: 7
      max: 9
      odd: true
      chair: 村党组织书记
      withdrawal: [{ who: member, when: nominated, text: 成员或者其近亲属被提名的，应当退出 }]
      replacement: 依次递补
    steps:
      - { id: residents.election_committee, number: "1", title: 推选村民选举委员会, text: 推选。, act: committee, actor: residents_committee, window: { from: 2026-03-02, to: 2026-03-04 } }
      - { id: residents.registration, number: "2", title: 选民登记, text: 登记。, act: record, actor: election_committee, window: { from: 2026-03-05, to: 2026-03-10 }, after: [residents.election_committee] }
      - { id: residents.voters_list, number: "3", title: 公布登记参加选举的村民名单, text: 有异议的五日内申诉。, act: publicity, actor: election_committee, window: { poll_from: -30, poll_to: -20 }, after: [residents.registration] }
      - { id: residents.nomination, number: "4", title: 提名候选人, text: 提名，组织候选人与村民见面。, act: nomination, actor: election_committee, window: { poll_from: -18, poll_to: -12 }, after: [residents.voters_list], routes: [{ by: party_organization, text: 村党组织 }, { by: voters, text: 村民 }] }
      - { id: residents.list, number: "5", title: 公布正式候选人名单, text: 公布。, act: publicity, actor: election_committee, window: { poll_from: -10, poll_to: -5 }, after: [residents.nomination] }
      - { id: residents.stations, number: "6", title: 公布投票时间、地点和工作人员, text: 公布。, act: publicity, actor: election_committee, window: { poll_from: -9, poll_to: -5 }, after: [residents.list] }
      - { id: residents.proxies, number: "7", title: 公布委托投票名单, text: 公布。, act: publicity, actor: election_committee, window: { poll_from: -3, poll_to: -2 }, after: [residents.stations] }
      - id: residents.poll
        number: "8"
        title: 投票选举
        text: 无记名投票、公开计票，当场公布。
        act: poll
        actor: election_committee
        window: { from: 2026-05-15, to: 2026-05-20 }
        after: [residents.proxies]
        ballot:
          mode: voters
          secret: true
          proxies_allowed: true
          roving_boxes_allowed: true
          quorum: { text: 过半数, numerator: 1, denominator: 2, inclusive: false, of: registered }
          majority: { text: 过半数, numerator: 1, denominator: 2, inclusive: false, of: present }
          margin: { text: 多于应选名额, numerator: 1, denominator: 5, inclusive: true, of: seats }
          tie: 再次投票
          further_vote: 另行选举
          surplus_ballots: 无效
      - id: residents.runoff
        number: "9"
        title: 另行选举
        text: 另行选举。
        act: poll
        actor: election_committee
        window: { after: residents.poll, from: 0, to: 30 }
        after: [residents.poll]
        gaps: [{ after: residents.poll, at_most: 30, rule: V19, text: 三十日内 }]
        ballot:
          mode: voters
          secret: true
          proxies_allowed: true
          roving_boxes_allowed: true
          quorum: { text: 过半数, numerator: 1, denominator: 2, inclusive: false, of: registered }
          majority: missing # V19
          margin: { text: 多于应选名额, numerator: 1, denominator: 5, inclusive: true, of: seats }
          tie: 再次投票
          further_vote: 另行选举
          surplus_ballots: 无效
      - { id: residents.handover, number: "10", title: 移交, text: 移交。, act: handover, actor: election_committee, window: { after: residents.poll, from: 0, to: 10 }, after: [residents.runoff], gaps: [{ after: residents.poll, at_most: 10, rule: V23, text: 十日内 }] }
"""
"""A village under the 2025 law, as small as can be: E−20, E−5, E−2, a further vote within thirty days."""


def village(province: str = "", *changes: tuple[str, str], extra: str = "") -> Pack:
    """The small village in a province, its text changed."""
    text = changed(VILLAGE_2025, *changes)
    if province:
        text = text.replace("[nation-2025-village]", f"[nation-2025-village, {province}]")
    return load_pack(text + extra, "village", Shelf())
