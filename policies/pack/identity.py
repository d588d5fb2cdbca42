"""What identifies a pack in use: the hash of its content. Apart from the loader, so that workflows need no YAML reader."""

import hashlib
import json

from policies.pack.schema import Pack


def content_hash(pack: Pack) -> str:
    """SHA-256 (hex) of the pack's canonical JSON: comments, spacing and the order of keys in the YAML do not change it.

    Layers and norms belong to the content, as far as they say anything: what no text gives is left out, so that a norm
    that other packs need later leaves this hash as it is.
    """
    content = pack.model_dump(mode="json", by_alias=True, exclude={"layers", "norms"})
    for name in ("layers", "norms"):
        said = pack.model_dump(mode="json", by_alias=True, exclude_none=True, include={name}).get(name)
        if said:
            content[name] = said
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def self_contained(pack: Pack) -> str:
    """The pack as one text that needs no other file: what an election keeps, and `load_pack` reads back as the same pack."""
    return json.dumps(
        pack.model_dump(mode="json", by_alias=True, exclude_none=True), ensure_ascii=False, separators=(",", ":")
    )
