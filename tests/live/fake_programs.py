"""Programs that stand in for those of a machine: shell scripts in a folder that is the whole of PATH."""

from pathlib import Path

STOCK = 'echo "temporal version 1.32.0"'
"""What the stock server answers to --version."""

COMMAND_LINE_TOOL = 'echo "temporal version 1.9.0 (Server 1.33.1, UI 2.50.0)"'
"""What the command line tool answers, which carries a server inside."""

GO = """\
case "$1" in
version) echo "go version go1.26.8 linux/amd64" ;;
install) echo "go: downloading something" >&2; echo "$*" >&2
         printf '#!/bin/sh\\n%s\\n' 'echo "temporal version 1.32.0"' > "$GOBIN/server"
         printf '#!/bin/sh\\n' > "$GOBIN/sql"; /bin/chmod +x "$GOBIN/server" "$GOBIN/sql" ;;
esac"""
"""A Go that builds at once."""


def put(folder: Path, name: str, body: str) -> Path:
    """Make an executable script and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
