"""Kinship against an oracle made of plain relations, and the words and findings that people see."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.finding import Severity
from policies.kinship import (
    KinClass,
    KinGraph,
    Place,
    conflicts,
    inconsistencies,
    kin_path,
    near_relative_path,
)
from policies.people import Body, Kin, Kinship, Person, Sex

Pairs = set[tuple[str, str]]


def person(name: str, sex: Sex = Sex.MALE, **facts: object) -> Person:
    """A person whose id is the name."""
    return Person.model_validate({"id": name, "name": name, "sex": sex, **facts})


def declared(text: str) -> list[Kinship]:
    """Declarations from lines such as `张大山 parent 张三`."""
    links = []
    for line in text.split(";"):
        a, relation, b = line.split()
        links.append(Kinship(a=a, b=b, relation=Kin(relation)))
    return links


FAMILY = KinGraph(
    [
        person("张三"),
        person("张大山"),
        person("张小山"),
        person("张晓", Sex.FEMALE),
        person("赵七"),
        person("钱八", Sex.FEMALE),
        person("李四", Sex.FEMALE),
        person("李五"),
        person("王六", Sex.FEMALE),
    ],
    declared(
        "张大山 parent 张三; 张大山 sibling 张小山; 张小山 parent 张晓; 赵七 spouse 张晓; 钱八 parent 赵七; "
        "李四 spouse 张三; 李五 sibling 李四; 王六 spouse 李五"
    ),
)


def told(a: str, b: str) -> tuple[str, str] | None:
    """The class and the path as people read them."""
    path = kin_path(FAMILY, a, b)
    return (path.kin.label, path.text) if path else None


def test_a_cousin_is_told_by_the_whole_path() -> None:
    """The path names every hop in Chinese, with the words that fit the sexes."""
    assert told("张三", "张晓") == ("三代以内旁系血亲", "张三—父亲—张大山—兄弟—张小山—女儿—张晓")
    assert told("张晓", "张三") == ("三代以内旁系血亲", "张晓—父亲—张小山—兄弟—张大山—儿子—张三")


def test_each_kind_of_in_law_of_the_definition_is_found() -> None:
    """Spouse's parents, spouse's siblings and their spouses, children's spouses and their parents, cousins' spouses."""
    assert told("李四", "张大山") == ("近姻亲", "李四—丈夫—张三—父亲—张大山")
    assert told("张三", "李五") == ("近姻亲", "张三—妻子—李四—兄弟—李五")
    assert told("张三", "王六") == ("近姻亲", "张三—妻子—李四—兄弟—李五—妻子—王六")
    assert told("张小山", "赵七") == ("近姻亲", "张小山—女儿—张晓—丈夫—赵七")
    assert told("张小山", "钱八") == ("近姻亲", "张小山—女儿—张晓—丈夫—赵七—母亲—钱八")
    assert told("张三", "赵七") == ("近姻亲", "张三—父亲—张大山—兄弟—张小山—女儿—张晓—丈夫—赵七")


def test_kin_beyond_the_definition_is_not_claimed() -> None:
    """Two cousins' spouses, an uncle's child's mother-in-law or the in-laws' other kin are not close in-laws."""
    assert told("李四", "赵七") is None
    assert told("张三", "钱八") is None
    assert told("张大山", "李五") is None
    assert told("张三", "张三") is None
    assert kin_path(FAMILY, "张三", "不相干的人") is None


def test_adoptive_and_step_parents_count_as_parents() -> None:
    """Adopted and step children are lineal kin; a parent's undeclared new spouse is an in-law."""
    graph = KinGraph(
        [person("甲"), person("乙"), person("丙", Sex.FEMALE), person("丁", Sex.FEMALE)],
        declared("甲 adoptive_parent 乙; 丙 step_parent 乙; 丁 spouse 甲"),
    )
    paths = {other: kin_path(graph, "乙", other) for other in "甲丙丁"}
    assert [path and path.text for path in paths.values()] == ["乙—养父—甲", "乙—继母—丙", "乙—养父—甲—妻子—丁"]
    assert paths["丁"] is not None
    assert paths["丁"].kin is KinClass.IN_LAW


def test_persons_nobody_described_keep_their_id_and_neutral_words() -> None:
    """A name only known from a declaration does not break the search."""
    graph = KinGraph([person("甲")], declared("x1 parent 甲; x1 sibling x2"))
    path = kin_path(graph, "甲", "x2")
    assert path is not None
    assert path.text == "甲—父母—x1—兄弟姐妹—x2"


def test_near_relatives_are_the_civil_codes_narrower_circle() -> None:
    """Spouse, parents, children, siblings, grandparents, grandchildren: no uncle, in-law or great-grandparent."""
    graph = KinGraph(
        [], declared("g parent f; f parent a; f parent b; u sibling f; a spouse s; h parent g; f spouse m")
    )
    near = {other for other in "gfbsuhm" if near_relative_path(graph, "a", other)}
    assert near == set("gfbs")


def test_conflicts_names_every_pair_within_and_across_bodies_once() -> None:
    """Pairs of the slate and of slate and others, never others among themselves; both bodies named; all at once."""
    slate = [Place(person="张三", body=Body.RESIDENTS), Place(person="李四", body=Body.SUPERVISORY)]
    others = [
        Place(person="张大山", body=Body.PARTY),
        Place(person="张小山", body=Body.PARTY),
        Place(person="张三", body=Body.PARTY),
    ]
    found = conflicts(slate, others, FAMILY)
    assert [finding.rule for finding in found] == ["X1"] * 5
    assert found[0].message.startswith("张三（党组织、居民委员会）与李四（监督委员会）有夫妻关系：张三—妻子—李四。")
    assert all(finding.blocks and finding.remedy and finding.source for finding in found)
    assert not any("张大山（" in finding.message and "张小山（" in finding.message for finding in found)
    warned = conflicts(slate, [], FAMILY, severity=Severity.WARNING, step="residents.slate")
    assert [(finding.severity, finding.step) for finding in warned] == [(Severity.WARNING, "residents.slate")]


def test_contradictory_declarations_are_all_found() -> None:
    """Own ancestor, a pair declared twice over, three natural parents, two spouses, a parent younger than the child."""
    graph = KinGraph(
        [person("子", born="1960-01-01"), person("父", born="1980-01-01")],
        declared("父 parent 子; 子 parent 父; 甲 parent 子; 乙 parent 子; 甲 spouse 子; 甲 spouse 乙"),
    )
    text = "\n".join(finding.message for finding in inconsistencies(graph))
    for part in ("成了自己的长辈", "同时申报为父母子女、配偶关系", "3名亲生父母", "2名配偶", "却不比其年长"):
        assert part in text
    assert inconsistencies(FAMILY) == []


@st.composite
def families(draw: st.DrawFn) -> list[Kinship]:
    """Trees of up to 14 people: each has up to two parents among the earlier ones, and some marry."""
    size = draw(st.integers(2, 14))
    links = []
    for child in range(1, size):
        parents = draw(st.sets(st.integers(0, child - 1), max_size=2))
        links += [Kinship(a=f"p{parent}", b=f"p{child}", relation=Kin.PARENT) for parent in sorted(parents)]
    for a, b in draw(st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=5)):
        if a < b:
            links.append(Kinship(a=f"p{a}", b=f"p{b}", relation=Kin.SPOUSE))
    return draw(st.permutations(links))


def compose(*relations: Pairs) -> Pairs:
    """Relation composition: {(a, c)} with (a, b) in the first and (b, c) in the second, and so on."""
    result = relations[0]
    for relation in relations[1:]:
        result = {(a, c) for a, b in result for b2, c in relation if b == b2}
    return result


def oracle(links: list[Kinship]) -> dict[tuple[str, str], KinClass]:
    """Every kin pair by set algebra over parent, child and spouse, as the definition reads; no search, no path."""
    up = {(link.b, link.a) for link in links if link.relation is Kin.PARENT}
    down = {(a, b) for b, a in up}
    married = {pair for link in links if link.relation is Kin.SPOUSE for pair in ((link.a, link.b), (link.b, link.a))}
    lineal = set(up)
    while not compose(lineal, up) <= lineal:
        lineal |= compose(lineal, up)
    lineal |= {(a, b) for b, a in lineal}
    up2 = up | compose(up, up)
    collateral = compose(up2, {(a, b) for b, a in up2})
    siblings = {(a, b) for a, b in compose(up, down) if a != b}
    in_law = compose(married, up) | compose(married, siblings) | compose(married, siblings, married)
    in_law |= compose(down, married) | compose(down, married, up) | compose(collateral, married) | compose(up, married)
    in_law |= {(a, b) for b, a in in_law}
    known: dict[tuple[str, str], KinClass] = {}
    for kin, pairs in (
        (KinClass.SPOUSE, married),
        (KinClass.LINEAL, lineal),
        (KinClass.COLLATERAL, collateral),
        (KinClass.IN_LAW, in_law),
    ):
        for pair in pairs:
            if pair[0] != pair[1]:
                known.setdefault(pair, kin)
    return known


def classes(graph: KinGraph, people: list[str]) -> dict[tuple[str, str], KinClass]:
    """What kin_path says of every ordered pair that is kin."""
    paths = {(a, b): kin_path(graph, a, b) for a in people for b in people}
    return {pair: path.kin for pair, path in paths.items() if path}


@settings(deadline=None)  # the machine may be busy
@given(families())
def test_every_pair_agrees_with_the_set_algebra(links: list[Kinship]) -> None:
    """No kin missed, none invented, the closest class named; a step-parent counts where natural parents remarry."""
    people = sorted({one for link in links for one in (link.a, link.b)})
    said, expected = classes(KinGraph([], links), people), oracle(links)
    assert said == expected


@settings(deadline=None)  # the machine may be busy
@given(families())
def test_kinship_is_symmetric_and_every_hop_was_declared(links: list[Kinship]) -> None:
    """Told from either end it is the same class over declared hops only, without walking in circles."""
    graph = KinGraph([], links)
    known = {frozenset((link.a, link.b)) for link in links}
    for a, b in combinations(sorted({one for link in links for one in (link.a, link.b)}), 2):
        there, back = kin_path(graph, a, b), kin_path(graph, b, a)
        assert (there and there.kin) == (back and back.kin)
        if there:
            way = [a, *(step.person for step in there.steps)]
            assert way[-1] == b
            assert len(set(way)) == len(way)
            assert all(frozenset(hop) in known for hop in pairwise(way))


@settings(deadline=None)  # the machine may be busy
@given(families(), st.data())
def test_declaring_siblings_replaces_declaring_their_parents(links: list[Kinship], data: st.DataObject) -> None:
    """A child whose parents are left out, but who is declared sibling of a full sibling, keeps every relation."""
    parents: dict[str, set[str]] = {}
    for link in links:
        if link.relation is Kin.PARENT:
            parents.setdefault(link.b, set()).add(link.a)
    full = [(a, b) for a, b in combinations(sorted(parents), 2) if parents[a] == parents[b]]
    if not full:
        return
    kept, left_out = data.draw(st.sampled_from(full))
    fewer = [link for link in links if not (link.b == left_out and link.relation is Kin.PARENT)]
    fewer.append(Kinship(a=kept, b=left_out, relation=Kin.SIBLING))
    people = sorted({one for link in links for one in (link.a, link.b)})
    assert classes(KinGraph([], fewer), people) == classes(KinGraph([], links), people)


_anyone = st.sampled_from(["p1", "p2", "p3", "p4", "p5", "p6"])
_anything = st.tuples(_anyone, _anyone, st.sampled_from(list(Kin))).filter(lambda said: said[0] != said[1])


@settings(deadline=None)  # the machine may be busy
@given(st.lists(_anything.map(lambda said: Kinship(a=said[0], b=said[1], relation=said[2])), max_size=14))
def test_nonsense_declarations_never_break_the_search(links: list[Kinship]) -> None:
    """Cycles, double relations and self-ancestors: the search ends, stays symmetric, and the check has its say."""
    graph = KinGraph([], links)
    people = sorted({one for link in links for one in (link.a, link.b)})
    for a, b in combinations(people, 2):
        there, back = kin_path(graph, a, b), kin_path(graph, b, a)
        assert (there and there.kin) == (back and back.kin)
    inconsistencies(graph)
