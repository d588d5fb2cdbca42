"""What a few communities and villages went through does not change unless somebody means it to."""

import gzip

import pytest

from tests.golden.journal import ALL, Golden


@pytest.mark.parametrize("golden", ALL, ids=lambda golden: golden.pack)
def test_the_golden_journal_is_written_again_byte_for_byte(golden: Golden) -> None:
    """A difference is either a mistake or a change to announce: then `make golden`, and say why in the changelog."""
    written = gzip.decompress(golden.rehearse()).decode().splitlines()
    kept = gzip.decompress(golden.file.read_bytes()).decode().splitlines()
    for number, (now, before) in enumerate(zip(written, kept, strict=False), 1):
        assert now == before, f"line {number}"
    assert len(written) == len(kept)
