"""One source of law (or of a county's own rules) as a layer: each value with its article, its words, its date, its confidence."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args

from pydantic import Field, create_model

from policies.law.norms import Norms
from policies.law.terms import TERMS, Kind
from policies.rule import Confidence
from policies.value import Value

Words = Annotated[str, Field(min_length=1)]
Known = TypeVar("Known")


class Level(StrEnum):
    """Where a layer stands, from the top."""

    NATION = "nation"
    PROVINCE = "province"
    COUNTY = "county"
    ELECTION = "election"

    @property
    def depth(self) -> int:
        """0 for the nation, 3 for one election."""
        return list(Level).index(self)

    @property
    def chinese(self) -> str:
        """As a person says it."""
        return {"nation": "国家法律", "province": "省级规定", "county": "县（区）规定", "election": "本次选举办法"}[
            self
        ]


class Clause(Value, Generic[Known]):
    """One value as a text gives it. `article` as the text numbers it (第十四条), None where a plan has no numbers.

    `effective_from` and `confidence` stand here only where they differ from the layer's.
    """

    value: Known
    article: Words | None = None
    quote: Words
    effective_from: date | None = None
    confidence: Confidence | None = None
    note: Words | None = None


def _clauses() -> type[Value]:
    fields: dict[str, Any] = {}
    for norm, field in Norms.model_fields.items():
        known = tuple(one for one in get_args(field.annotation) if one is not type(None))
        fields[norm] = (Clause[Union[known]] | None, None)  # type: ignore[valid-type]  # noqa: UP007 - made from a tuple
    made: type[Value] = create_model("Clauses", __base__=Value, __module__=__name__, **fields)
    return made


Clauses = _clauses()
"""For each norm the clause that gives it, or None: the fields of `Norms`, each a `Clause` of its type."""


class Stated(Value):
    """A clause with everything that its layer says about it: what a finding, a comparison or a confirmation shows."""

    norm: str
    value: Any
    layer: str  # id
    title: str
    level: Level
    article: str | None
    quote: str
    effective_from: date
    confidence: Confidence
    note: str | None = None

    @property
    def source(self) -> str:
        """《…》第十七条：“…”"""
        return f"{self.place}：“{self.quote}”"

    @property
    def place(self) -> str:
        """《…》第十七条"""
        return f"《{self.title}》{self.article or ''}"


class Layer(Value):
    """The clauses of one text. `effective_from` is the day from which this version of the text holds.

    `kind` is the body it governs. A national layer belongs to one version of the organic laws (`law`).
    """

    format: Literal[1]
    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    level: Level
    kind: Kind
    law: Literal["2018", "2025"] | None = None
    title: Words
    jurisdiction: Words
    source: Words
    effective_from: date
    confidence: Confidence
    note: Words | None = None
    clauses: Clauses  # type: ignore[valid-type]

    def stated(self) -> tuple[Stated, ...]:
        """Every value the layer gives, in the order of the norms."""
        found = []
        for norm in TERMS:
            clause: Clause[Any] | None = getattr(self.clauses, norm)
            if clause is not None:
                found.append(
                    Stated(
                        norm=norm,
                        value=clause.value,
                        layer=self.id,
                        title=self.title,
                        level=self.level,
                        article=clause.article,
                        quote=clause.quote,
                        effective_from=clause.effective_from or self.effective_from,
                        confidence=clause.confidence or self.confidence,
                        note=clause.note,
                    )
                )
        return tuple(found)
