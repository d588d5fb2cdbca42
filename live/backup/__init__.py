"""A county's server and registry saved together at one moment, and put back together: neither is of use without the other."""

from live.backup.manifest import MANIFEST, Head, Item, Manifest, Moment, Part, Storage, read_manifest
from live.backup.problems import BackupRefused
from live.backup.restoring import Restored, restore
from live.backup.taking import Taken, take

__all__ = [
    "MANIFEST",
    "BackupRefused",
    "Head",
    "Item",
    "Manifest",
    "Moment",
    "Part",
    "Restored",
    "Storage",
    "Taken",
    "read_manifest",
    "restore",
    "take",
]
