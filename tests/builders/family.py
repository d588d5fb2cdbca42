"""Declared kin for the tests, from lines such as `张大山 parent 张三`: everybody's id is the name."""

from policies.kinship import KinGraph
from policies.people import Kin, Kinship, Person, Sex


def family(text: str = "", *others: str) -> KinGraph:
    """A graph of what the text declares (`a relation b; …`) and of the others, who are nobody's kin."""
    links = []
    for line in filter(None, (line.strip() for line in text.split(";"))):
        a, relation, b = line.split()
        links.append(Kinship(a=a, b=b, relation=Kin(relation)))
    names = dict.fromkeys([*(one for link in links for one in (link.a, link.b)), *others])
    return KinGraph([Person(id=name, name=name, sex=Sex.MALE) for name in names], links)
