"""Where a pack finds what it is composed of: other packs and layers of law, by name. The texts come from outside this room."""

from typing import Protocol


class Library(Protocol):
    """Texts (YAML) by name."""

    def pack(self, name: str) -> str | None:
        """The pack of this name, or None."""

    def layer(self, name: str) -> str | None:
        """The layer of this name, or None."""

    def layers(self) -> tuple[str, ...]:
        """Names of all layers."""


class Empty:
    """A library without books: packs that stand alone need no more."""

    def pack(self, name: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def layer(self, name: str) -> str | None:  # noqa: ARG002
        """None."""
        return None

    def layers(self) -> tuple[str, ...]:
        """No names."""
        return ()
