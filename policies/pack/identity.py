"""What identifies a pack in use: the hash of its content. Apart from the loader, so that workflows need no YAML reader."""

import hashlib
import json

from policies.pack.schema import Pack


def content_hash(pack: Pack) -> str:
    """SHA-256 (hex) of the pack's canonical JSON: comments, spacing and the order of keys in the YAML do not change it."""
    content = json.dumps(
        pack.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(content.encode()).hexdigest()
