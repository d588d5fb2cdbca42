"""`python -m tests.golden` (or `make golden`) writes the golden journal anew; nothing else ever does."""

from tests.golden.journal import GOLDEN, rehearse

if __name__ == "__main__":
    GOLDEN.write_bytes(rehearse())
    print(f"{GOLDEN.name}: {len(GOLDEN.read_bytes().splitlines())} lines")
