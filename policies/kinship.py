"""Who is kin to whom, from what people declared (X1): the answer is always the path, for a person to decide.

A small graph of our own rather than networkx: this runs inside workflows for every pair of a slate, and a search upward
through ancestors needs only dictionaries. Adoptive and step relations count as natural ones. Declared siblings are
presumed to share their parents; where they do not, the path shows the hop and the person deciding sees it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise, product
from types import MappingProxyType

from policies.finding import Finding, Severity
from policies.people import Body, Kin, Kinship, Labelled, Person, Sex
from policies.rule import Confidence, Rule, declare
from policies.value import Value

X1 = declare(
    Rule(
        id="X1",
        title="近亲属回避",
        text="有夫妻关系、直系血亲关系、三代以内旁系血亲关系、近姻亲关系的，不得在同一社区党组织、居民委员会、居务监督委员会任职。",
        on_failure="由有权机关核实关系后，二人只能留任一人；确有出入的，更正亲属关系申报。",
        source="街道方案 二（六）",
        confidence=Confidence.PLAN,
        enforced=(
            "party.slate",
            "residents.list",
            "supervisory.list",
            "checker",
        ),
    )
)

_FORBIDDEN = "不得有夫妻、直系血亲、三代以内旁系血亲或近姻亲关系"
_DECLARED = "请当事人更正亲属关系申报后重新核对。"


class KinClass(Labelled):
    """The four classes of kin that X1 keeps apart, closest first.

    Collateral within three generations: the common ancestor is the first generation and neither person stands beyond
    the third, so siblings, uncles and aunts with nephews and nieces, first cousins. Close in-laws follow the civil
    servants' avoidance rules (confidence G, that text was not read): the spouse's parents; the spouse's siblings and
    their spouses; children's spouses and those spouses' parents; spouses of collateral kin within three generations.
    A parent's spouse who was not declared a step-parent counts as an in-law too.
    """

    SPOUSE = "spouse", "夫妻"
    LINEAL = "lineal", "直系血亲"
    COLLATERAL = "collateral", "三代以内旁系血亲"
    IN_LAW = "in_law", "近姻亲"


class Step(Value):
    """One hop of a path: `person` (an id, shown as `name`) is the `word` (父亲, 妻子 …) of whoever stands before."""

    word: str
    person: str
    name: str


class KinPath(Value):
    """How `a` and `b` (ids) are kin, hop by hop; the last step is `b`."""

    a: str
    b: str
    kin: KinClass
    start: str
    steps: tuple[Step, ...]

    @property
    def text(self) -> str:
        """The path in Chinese: 张三—父亲—张大山—兄弟—张小山."""
        return "—".join([self.start, *(part for step in self.steps for part in (step.word, step.name))])


class Place(Value):
    """A person (id) as a candidate for, or a member of, one body."""

    person: str
    body: Body


_UP = {
    Kin.PARENT: {Sex.MALE: "父亲", Sex.FEMALE: "母亲", None: "父母"},
    Kin.ADOPTIVE_PARENT: {Sex.MALE: "养父", Sex.FEMALE: "养母", None: "养父母"},
    Kin.STEP_PARENT: {Sex.MALE: "继父", Sex.FEMALE: "继母", None: "继父母"},
    Kin.SPOUSE: {Sex.MALE: "丈夫", Sex.FEMALE: "妻子", None: "配偶"},
    Kin.SIBLING: {Sex.MALE: "兄弟", Sex.FEMALE: "姐妹", None: "兄弟姐妹"},
}
_DOWN = {
    Kin.PARENT: {Sex.MALE: "儿子", Sex.FEMALE: "女儿", None: "子女"},
    Kin.ADOPTIVE_PARENT: {Sex.MALE: "养子", Sex.FEMALE: "养女", None: "养子女"},
    Kin.STEP_PARENT: {Sex.MALE: "继子", Sex.FEMALE: "继女", None: "继子女"},
}

_Blood = tuple[int, int, tuple[str, ...]]  # generations up from a, up from b, the persons on the way from a to b


class KinGraph:
    """Everybody's declared relations, ready to be searched.

    Somebody only named in a declaration may be missing from `persons`: shown as in `names`, or by id, with words that
    leave the sex open.
    Building costs one pass over the declarations; searches remember each person's ancestors. Nothing is checked here:
    ask `inconsistencies`. Contradictory declarations never make a search loop or fail.
    """

    def __init__(
        self, persons: Iterable[Person], kinships: Iterable[Kinship], names: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.names = names
        self.persons = {person.id: person for person in persons}
        self.kinships = tuple(dict.fromkeys(kinships))
        self._words: dict[tuple[str, str], str] = {}
        self._parents: dict[str, list[str]] = {}
        self._children: dict[str, list[str]] = {}
        self._spouses: dict[str, list[str]] = {}
        self._siblings: dict[str, list[str]] = {}
        for link in self.kinships:
            self._enter(link)
        self._family = self._families()
        self._ups: dict[str, dict[str, tuple[str, ...]]] = {}
        self._ancestors: dict[str, dict[str, tuple[int, tuple[str, ...]]]] = {}

    def name(self, person: str) -> str:
        """The person's name, or the id where only the id is known."""
        known = self.persons.get(person)
        return known.name if known else self.names.get(person, person)

    def related(self, a: str, b: str) -> bool:
        """Quick refusal: False when no chain of declarations whatever joins the two."""
        return a in self._family and self._family[a] == self._family.get(b)

    def spouses(self, person: str) -> list[str]:
        """Declared spouses, in the order declared (more than one is an inconsistency)."""
        return self._spouses.get(person, [])

    def parents(self, person: str) -> list[str]:
        """Parents of any kind, those presumed through declared siblings included."""
        return [parent for parent in self._up(person) if not _is_presumed(parent)]

    def children(self, person: str) -> list[str]:
        """Children of any kind, those presumed through declared siblings included."""
        found: dict[str, None] = {}
        for child in self._children.get(person, ()):
            found.update(dict.fromkeys(self._sibling_ways(child)))
        found.pop(person, None)
        return list(found)

    def blood(self, a: str, b: str) -> list[_Blood]:
        """Every way in which two persons are lineal kin or collateral kin within three generations, closest first."""
        if a == b:
            return []
        ups, downs = self.ancestors(a), self.ancestors(b)
        found: dict[tuple[int, int], tuple[str, ...]] = {}
        for ancestor in ups.keys() & downs.keys():
            (up, there), (down, back) = ups[ancestor], downs[ancestor]
            if up == 0 or down == 0 or (up <= 2 and down <= 2):
                way = self._straighten((*there, *reversed(back[:-1])))
                found[up, down] = min(found.get((up, down), way), way, key=_by_length)
        ways = [(up, down, way) for (up, down), way in found.items()]
        return sorted(ways, key=lambda one: (0 not in one[:2], one[0] + one[1], _by_length(one[2])))

    def ancestors(self, person: str) -> dict[str, tuple[int, tuple[str, ...]]]:
        """Every ancestor → (generations up, the persons on the way, both ends included); the person itself at 0."""
        if person not in self._ancestors:
            found: dict[str, tuple[int, tuple[str, ...]]] = {person: (0, (person,))}
            level = [person]
            while level:
                above: list[str] = []
                for one in level:
                    depth, way = found[one]
                    for parent, hops in self._up(one).items():
                        if parent not in found:
                            found[parent] = (depth + 1, way + hops)
                            above.append(parent)
                level = above
            self._ancestors[person] = found
        return self._ancestors[person]

    def path(self, a: str, b: str, kin: KinClass, way: Sequence[str]) -> KinPath:
        """Put words to the persons on a way from a to b."""
        steps = tuple(
            Step(word=self._words[before, after], person=after, name=self.name(after))
            for before, after in pairwise(way)
        )
        return KinPath(a=a, b=b, kin=kin, start=self.name(a), steps=steps)

    def _enter(self, link: Kinship) -> None:
        a, b = link.a, link.b
        if link.relation.parental:
            _append(self._parents, b, a)
            _append(self._children, a, b)
            self._words.setdefault((b, a), _UP[link.relation][self._sex(a)])
            self._words.setdefault((a, b), _DOWN[link.relation][self._sex(b)])
            return
        book = self._spouses if link.relation is Kin.SPOUSE else self._siblings
        for one, other in ((a, b), (b, a)):
            _append(book, one, other)
            self._words.setdefault((one, other), _UP[link.relation][self._sex(other)])

    def _sex(self, person: str) -> Sex | None:
        known = self.persons.get(person)
        return known.sex if known else None

    def _families(self) -> dict[str, str]:
        family: dict[str, str] = {}
        books = (self._parents, self._children, self._spouses, self._siblings)
        for link in self.kinships:
            if link.a in family:
                continue
            family[link.a] = link.a
            waiting = [link.a]
            while waiting:
                one = waiting.pop()
                for other in (other for book in books for other in book.get(one, ())):
                    if other not in family:
                        family[other] = link.a
                        waiting.append(other)
        return family

    def _sibling_ways(self, person: str) -> dict[str, tuple[str, ...]]:
        """Everybody in the same chain of declared siblings → the way there, the person itself included."""
        ways: dict[str, tuple[str, ...]] = {person: (person,)}
        waiting = [person]
        for one in waiting:
            for other in self._siblings.get(one, ()):
                if other not in ways:
                    ways[other] = (*ways[one], other)
                    waiting.append(other)
        return ways

    def _up(self, person: str) -> dict[str, tuple[str, ...]]:
        """One generation up: parent → the hops from the person to that parent; siblings share a presumed one."""
        if person not in self._ups:
            ways = self._sibling_ways(person)
            ups: dict[str, tuple[str, ...]] = {}
            for sibling, way in ways.items():
                for parent in self._parents.get(sibling, ()):
                    ups.setdefault(parent, (*way[1:], parent))
            if len(ways) > 1:
                presumed = _presumed(min(ways))
                ups[presumed] = (presumed,)
            ups.pop(person, None)
            self._ups[person] = ups
        return self._ups[person]

    def _straighten(self, way: Iterable[str]) -> tuple[str, ...]:
        """Put the declared sibling chain where a presumed parent stands, and cut any detour back to the same person."""
        full: list[str] = []
        nodes = list(way)
        for place, one in enumerate(nodes):
            if _is_presumed(one):
                full.extend(self._sibling_ways(nodes[place - 1])[nodes[place + 1]][1:-1])
            else:
                full.append(one)
        return _without_detours(full)


def kin_path(graph: KinGraph, a: str, b: str) -> KinPath | None:
    """How two persons (ids) are kin in the sense of X1: the closest class by the shortest way; None when they are not.

    Symmetric in whether and in which class; the path from b to a is the same relation told from the other end.
    """
    if a == b or not graph.related(a, b):
        return None
    if b in graph.spouses(a):
        return graph.path(a, b, KinClass.SPOUSE, (a, b))
    for up, down, way in graph.blood(a, b):
        return graph.path(a, b, KinClass.LINEAL if 0 in (up, down) else KinClass.COLLATERAL, way)
    way_in_law = _in_law(graph, a, b)
    return graph.path(a, b, KinClass.IN_LAW, way_in_law) if way_in_law else None


def near_relative_path(graph: KinGraph, a: str, b: str) -> KinPath | None:
    """Near relatives (近亲属, 民法典 第1045条): spouse, parents, children, siblings, grandparents, grandchildren.

    The narrower circle of S1 and of the election committee's withdrawal; X1 is the wider one.
    """
    path = kin_path(graph, a, b)
    if path is None or path.kin is KinClass.SPOUSE:
        return path
    near = {(0, 1), (1, 0), (0, 2), (2, 0), (1, 1)}
    return path if any(one[:2] in near for one in graph.blood(a, b)) else None


def conflicts(
    slate: Iterable[Place],
    others: Iterable[Place],
    graph: KinGraph,
    *,
    severity: Severity = Severity.ERROR,
    step: str | None = None,
) -> list[Finding]:
    """X1 for every pair within the slate and between the slate and the others already in place, all at once.

    Each pair of persons is named once, with every body they would serve in; one person in two bodies is no conflict.
    """
    new, old = _bodies(slate), _bodies(others)
    pairs = dict.fromkeys(combinations(new, 2))
    pairs.update(dict.fromkeys((a, b) for a, b in product(new, old) if b not in new))
    findings = []
    for a, b in pairs:
        path = kin_path(graph, a, b)
        if path:
            seats = [_labels(new.get(one, set()) | old.get(one, set())) for one in (a, b)]
            findings.append(
                X1.finding(
                    f"{graph.name(a)}（{seats[0]}）与{graph.name(b)}（{seats[1]}）有{path.kin.label}关系：{path.text}。"
                    f"同一社区的组织成员之间{_FORBIDDEN}，请核实后二人只留一人。",
                    value=path.text,
                    limit=_FORBIDDEN,
                    severity=severity,
                    step=step,
                )
            )
    return findings


def inconsistencies(graph: KinGraph) -> list[Finding]:
    """Declarations that cannot all be true (X1), each an error to be put right before the kin check is relied upon.

    Somebody their own ancestor; a pair declared in two ways; more than two natural parents; two spouses; a parent born
    on or after the child's birthday.
    """
    return [*_cycles(graph), *_double_pairs(graph), *_crowds(graph), *_late_parents(graph)]


def _cycles(graph: KinGraph) -> Iterable[Finding]:
    parents: dict[str, list[str]] = {}
    for link in graph.kinships:
        if link.relation.parental:
            _append(parents, link.b, link.a)
    done: set[str] = set()
    for start in parents:
        trail: list[str] = []
        branches = [iter((start,))]
        while branches:  # depth first, without recursion: a long chain of declarations must not exhaust the stack
            one = next(branches[-1], None)
            if one is None:
                branches.pop()
                if trail:
                    done.add(trail.pop())
            elif one in trail:
                ring = "—".join(graph.name(person) for person in [*trail[trail.index(one) :], one])
                yield X1.finding(
                    f"亲属关系申报互相矛盾：{graph.name(one)}成了自己的长辈（{ring}，后者均为前者的父母）。{_DECLARED}",
                    value=ring,
                    remedy=_DECLARED,
                )
            elif one not in done:
                trail.append(one)
                branches.append(iter(parents.get(one, ())))


def _double_pairs(graph: KinGraph) -> Iterable[Finding]:
    said: dict[tuple[str, str], dict[str, None]] = {}
    for link in graph.kinships:
        kind = "父母子女" if link.relation.parental else link.relation.label
        said.setdefault((min(link.a, link.b), max(link.a, link.b)), {})[kind] = None
    for (a, b), kinds in said.items():
        if len(kinds) > 1:
            text = "、".join(kinds)
            yield X1.finding(
                f"亲属关系申报互相矛盾：{graph.name(a)}与{graph.name(b)}同时申报为{text}关系。{_DECLARED}",
                value=text,
                remedy=_DECLARED,
            )


def _crowds(graph: KinGraph) -> Iterable[Finding]:
    natural: dict[str, list[str]] = {}
    spouses: dict[str, list[str]] = {}
    for link in graph.kinships:
        if link.relation is Kin.PARENT:
            _append(natural, link.b, link.a)
        elif link.relation is Kin.SPOUSE:
            _append(spouses, link.a, link.b)
            _append(spouses, link.b, link.a)
    for book, most, what in ((natural, 2, "亲生父母"), (spouses, 1, "配偶")):
        for person, many in book.items():
            if len(many) > most:
                names = "、".join(graph.name(one) for one in many)
                yield X1.finding(
                    f"亲属关系申报互相矛盾：{graph.name(person)}申报了{len(many)}名{what}（{names}），至多{most}名。{_DECLARED}",
                    value=len(many),
                    limit=most,
                    remedy=_DECLARED,
                )


def _late_parents(graph: KinGraph) -> Iterable[Finding]:
    for link in graph.kinships:
        if link.relation not in (Kin.PARENT, Kin.ADOPTIVE_PARENT):
            continue  # a step-parent may well be the younger one
        parent, child = graph.persons.get(link.a), graph.persons.get(link.b)
        if parent and child and parent.born and child.born and parent.born >= child.born:
            yield X1.finding(
                f"亲属关系申报互相矛盾：{parent.name}（{parent.born}出生）申报为{child.name}（{child.born}出生）的"
                f"{link.relation.label}，却不比其年长。{_DECLARED}",
                value=str(parent.born),
                limit=str(child.born),
                remedy=_DECLARED,
            )


def _in_law(graph: KinGraph, a: str, b: str) -> tuple[str, ...] | None:
    """The shortest way that makes two persons close in-laws, see KinClass; closer classes are ruled out before."""
    ways: list[tuple[str, ...]] = []
    for spouse in graph.spouses(a):
        ways += [(a, *one[2]) for one in graph.blood(spouse, b) if _close(one)]
    for spouse in graph.spouses(b):
        ways += [(*one[2], b) for one in graph.blood(a, spouse) if _close(one)]
    for spouse, other in product(graph.spouses(a), graph.spouses(b)):  # the spouse's sibling's spouse
        ways += [(a, *one[2], b) for one in graph.blood(spouse, other) if one[:2] == (1, 1)]
    for child in graph.children(a):  # the child's spouse's parent
        for spouse in graph.spouses(child):
            down = [one[2] for one in graph.blood(a, child) if one[:2] == (0, 1)]
            up = [one[2] for one in graph.blood(spouse, b) if one[:2] == (1, 0)]
            ways += [(*before, *after) for before, after in product(down, up)]
    return min((_without_detours(way) for way in ways), key=_by_length, default=None)


def _close(blood: _Blood) -> bool:
    """Collateral kin, or parent and child: whose spouses are close in-laws."""
    return 0 not in blood[:2] or max(blood[:2]) == 1


def _bodies(places: Iterable[Place]) -> dict[str, set[Body]]:
    bodies: dict[str, set[Body]] = {}
    for place in places:
        bodies.setdefault(place.person, set()).add(place.body)
    return bodies


def _by_length(way: tuple[str, ...]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Sort the shortest way first, and choose the same one from either end."""
    return len(way), min(way, way[::-1]), way


def _without_detours(way: Iterable[str]) -> tuple[str, ...]:
    straight: list[str] = []
    for one in way:
        if one in straight:
            del straight[straight.index(one) :]
        straight.append(one)
    return tuple(straight)


def _labels(bodies: set[Body]) -> str:
    return "、".join(body.label for body in Body if body in bodies)


def _append(book: dict[str, list[str]], key: str, value: str) -> None:
    values = book.setdefault(key, [])
    if value not in values:
        values.append(value)


def _presumed(sibling: str) -> str:
    return f"\0{sibling}"  # no declared id can begin so: it stands for parents nobody named


def _is_presumed(person: str) -> bool:
    return person.startswith("\0")
