"""`python -m tests.golden` (or `make golden`) writes the golden journals anew; nothing else ever does."""

from tests.golden.journal import ALL

if __name__ == "__main__":
    for golden in ALL:
        golden.file.write_bytes(golden.rehearse())
        print(f"{golden.file.name}: {len(golden.file.read_bytes().splitlines())} lines")
