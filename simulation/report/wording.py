"""What a report calls the units it speaks of: communities of a district, or villages of a county."""

from collections.abc import Mapping
from typing import NamedTuple


class Wording(NamedTuple):
    """Chinese words: the unit, the area above it and what belongs to that area, the bodies in the order of their election."""

    unit: str
    area: str
    level: str
    bodies: Mapping[str, str]


COMMUNITY = Wording(
    "社区", "区", "区级", {"party": "社区党组织", "residents": "居民委员会", "supervisory": "居务监督委员会"}
)
VILLAGE = Wording("村", "县", "县级", {"party": "村党组织", "residents": "村民委员会", "supervisory": "村务监督委员会"})
FEDERATION = COMMUNITY._replace(bodies={"women": "妇联组织"})
"""Elected under a plan of its own."""


def wording(kind: str) -> Wording:
    """The words for a pack's kind."""
    return {"village": VILLAGE, "women": FEDERATION}.get(kind, COMMUNITY)
