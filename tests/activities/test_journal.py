"""The journal file: bytes anybody can reproduce, and every way of tampering with it noticed."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.journal import GENESIS, Chain, JournalWriter, entry, read_journal, verify_chain
from tests.simulation import journals


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A valid journal on disk."""
    file = tmp_path / "journal.jsonl"
    file.write_bytes(journals.write(journals.small()))
    return file


def test_a_line_has_its_keys_in_order_and_the_hash_of_its_exact_text(path: Path) -> None:
    """The format as documented, recomputed here by hand."""
    previous = GENESIS
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        record = json.loads(line)
        assert list(record) == ["n", "district", "street", "unit", "body", "at", "fact", "hash"]
        assert record["n"] == number
        canonical = line.partition(',"hash":"')[0] + "}"
        assert record["hash"] == sha256((previous + canonical).encode()).hexdigest()
        previous = record["hash"]
    assert record["fact"] == {"kind": "journal_closed", "lines": number, "districts": 1}


def test_chinese_is_written_as_it_reads(path: Path) -> None:
    """UTF-8, not escapes: people search these files."""
    assert "某P1" in path.read_text(encoding="utf-8")


def test_a_written_journal_verifies_and_reads_back(path: Path) -> None:
    """What went in comes out, in order."""
    report = verify_chain(path)
    assert report.ok
    lines = list(read_journal(path))
    assert report.lines == len(lines)
    assert report.districts == 1
    assert report.head == lines[-1].hash
    assert [line.fact for line in lines[:-1]] == [record["fact"] for record in journals.small()]
    assert lines[0].kind == "district_opened"


def test_prepared_entries_give_the_same_bytes() -> None:
    """Workers encode, the writer only chains: the file does not depend on who did what."""
    records = journals.small()
    file = BytesIO()
    writer = JournalWriter(file)
    for record in records:
        writer.append_entry(entry(**record))
    head = writer.close()
    assert file.getvalue() == journals.write(records)
    assert writer.head == head


def test_nothing_is_appended_after_the_close() -> None:
    """The closing record is the last."""
    writer = JournalWriter(BytesIO())
    writer.close(at="2021-06-01T00:00:00+08:00")
    with pytest.raises(ValueError, match="closed"):
        writer.append(district="", street="", unit="", body="", at="", fact={"kind": "x"})


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda lines: lines[:20] + lines[21:], "哈希"),  # a line removed
        (lambda lines: [*lines[:20], lines[20], *lines[20:]], "行号"),  # a line twice
        (lambda lines: [*lines[:20], lines[21], lines[20], *lines[22:]], "哈希"),  # two lines swapped
        (lambda lines: lines[:-1], "截断"),  # the closing record gone
        (lambda lines: lines[:-10], "截断"),  # the tail gone
        (lambda lines: [*lines[:-1], lines[-1][:30]], "不完整"),  # cut in the middle of a line
        (lambda lines: [*lines, lines[-1]], "结束记录之后"),  # something after the end
        (lambda lines: [line.replace("某P1".encode(), "某P2".encode()) for line in lines], "哈希"),  # a name edited
        (lambda lines: [*lines[:5], lines[5][:-3] + b'0"}', *lines[6:]], "哈希"),  # a hash edited
        (lambda _: [], "截断"),  # nothing left
    ],
)
def test_tampering_is_noticed(path: Path, tamper: object, said: str) -> None:
    """Every edit breaks the chain, and the break is told."""
    lines = tamper(path.read_bytes().splitlines())  # type: ignore[operator]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    report = verify_chain(path)
    assert not report.ok
    assert any(said in problem.message for problem in report.problems)


def test_a_forged_tail_with_a_right_hash_is_noticed(path: Path) -> None:
    """Whoever cuts the tail and rehashes a new end must also get the counts right."""
    file = BytesIO()
    writer = JournalWriter(file)
    for record in journals.small()[:50]:
        writer.append(**record)
    writer.lines += 5
    writer.close()
    path.write_bytes(file.getvalue())
    assert any("结束记录" in problem.message for problem in verify_chain(path).problems)


def test_an_unreadable_line_is_named(path: Path) -> None:
    """Reading stops with the line's number."""
    path.write_bytes(path.read_bytes().replace(b'{"n":7,', b'{"n":7', 1))
    with pytest.raises(ValueError, match="line 7"):
        list(read_journal(path))


@given(flipped=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_any_flipped_bit_is_noticed(flipped: int, bit: int) -> None:
    """No single bit of a journal can change unnoticed."""
    whole = bytearray(journals.write(journals.small()[:6]))
    whole[flipped % len(whole)] ^= 1 << bit
    chain = Chain()
    for line in bytes(whole).split(b"\n")[:-1]:
        chain.follow(line)
    tail = bytes(whole).rpartition(b"\n")[2]
    assert tail or not chain.finish().ok
