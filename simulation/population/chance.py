"""Independent random streams by name, so that what one part draws never shifts what another part draws.

A stream depends on the seed and its names alone: not on call order, worker, process or PYTHONHASHSEED.
"""

from hashlib import blake2b
from random import Random

import numpy as np


def digest(seed: int, *names: str) -> int:
    """A stable 128-bit number for a seed and names; ("a", "b") and ("ab",) differ."""
    text = "\x1f".join((str(seed), *names))
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "big")


def stream(seed: int, *names: str) -> Random:
    """The random stream of this name."""
    return Random(digest(seed, *names))


def numpy_stream(seed: int, *names: str) -> np.random.Generator:
    """The numpy stream of this name, for drawing counts; unrelated to the `stream` of the same name."""
    return np.random.Generator(np.random.Philox(key=digest(seed, "numpy", *names)))
