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
    """A library: the bundled layers, and the packs it is given."""

    def __init__(self, **packs: str) -> None:
        self.packs = {name.replace("_", "-"): text for name, text in packs.items()}

    def pack(self, name: str) -> str | None:
        """The given pack of that name."""
        return self.packs.get(name)

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
