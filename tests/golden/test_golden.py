"""What two communities went through does not change unless somebody means it to."""

import gzip

from tests.golden.journal import GOLDEN, rehearse


def test_the_golden_journal_is_written_again_byte_for_byte() -> None:
    """A difference is either a mistake or a change to announce: then `make golden`, and say why in the changelog."""
    written = gzip.decompress(rehearse()).decode().splitlines()
    golden = gzip.decompress(GOLDEN.read_bytes()).decode().splitlines()
    for number, (now, before) in enumerate(zip(written, golden, strict=False), 1):
        assert now == before, f"line {number}"
    assert len(written) == len(golden)
