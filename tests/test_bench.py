"""The measures run and say what they promise; how large they come out is nobody's test."""

import json

from bench.engine import engine_cost
from bench.memory import peak_memory

KEYS = ["name", "value", "unit", "against", "ratio"]


def test_every_measure_is_one_json_line() -> None:
    """The engine's measures and the memory's, by name, in the promised shape."""
    lines = [json.loads(measure.line()) for measure in (*engine_cost(2, 1), *peak_memory(2))]
    assert [list(line) for line in lines] == [KEYS] * 4
    assert [line["name"] for line in lines] == [
        "engine_cost_ratio",
        "activations_per_unit",
        "units_per_second",
        "peak_rss_mib",
    ]
    assert all(line["value"] > 0 for line in lines)
