"""Where a pack finds what it is composed of: other packs, parts of packs and layers of law, by name. The texts come from outside this room."""

from typing import Protocol


class Library(Protocol):
    """Texts (YAML) by name."""

    def pack(self, name: str) -> str | None:
        """The pack of this name, or None."""

    def part(self, name: str) -> str | None:
        """The part of this name that packs include, or None."""

    def parts(self) -> tuple[str, ...]:
        """Names of all parts."""

    def layer(self, name: str) -> str | None:
        """The layer of this name, or None."""

    def layers(self) -> tuple[str, ...]:
        """Names of all layers."""


class Empty:
    """A library without books: packs that stand alone need no more."""

    def pack(self, name: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def part(self, name: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def parts(self) -> tuple[str, ...]:
        """No names."""
        return ()

    def layer(self, name: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def layers(self) -> tuple[str, ...]:
        """No names."""
        return ()
