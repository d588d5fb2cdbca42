"""Independent random streams by name, so that what one part draws never shifts what another part draws.

A stream depends on the seed and its names alone: not on call order, worker, process or PYTHONHASHSEED.
"""

from hashlib import blake2b
from random import Random

import numpy as np
from numpy.random.bit_generator import ISeedSequence

_WORD = 2**64 - 1


def digest(seed: int, *names: str) -> int:
    """A stable 128-bit number for a seed and names; ("a", "b") and ("ab",) differ."""
    text = "\x1f".join((str(seed), *names))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def stream(seed: int, *names: str) -> Random:
    """The random stream of this name."""
    return Random(digest(seed, *names))


def numpy_stream(seed: int, *names: str) -> np.random.Generator:
    """The numpy stream of this name, for drawing counts; unrelated to the `stream` of the same name."""
    key = _Key(digest(seed, "numpy", *names))
    return np.random.Generator(np.random.Philox(key))  # type: ignore[arg-type]  # numpy's stubs know only SeedSequence


class _Key(ISeedSequence):
    """A Philox key handed over as it is. `Philox(key=…)` gives the same stream, but asks the system for entropy first."""

    def __init__(self, key: int) -> None:
        self._words = key & _WORD, key >> 64

    def generate_state(self, n_words: int, dtype: object = np.uint32) -> np.ndarray:  # noqa: ARG002 - Philox asks for two
        return np.array(self._words, dtype=np.uint64)
