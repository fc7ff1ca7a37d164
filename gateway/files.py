"""The file store: contents under their SHA-256 digest, below `files/` of the home.

A content is written once, whole or not at all; equal contents are one file.
"""

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

CHUNK = 256 * 1024


class TooLarge(ValueError):
    """The content is longer than it may be."""


class Stored(NamedTuple):
    """A content in the store; `digest` is SHA-256 in hex, `size` in bytes."""

    digest: str
    size: int


class Files:
    """The store below a home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "files"

    def store(self, content: BinaryIO, *, most: int) -> Stored:
        """Takes a content in, piece by piece; raises `TooLarge` above `most` bytes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = sha256(), 0
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix="arriving-")
        arriving = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                while piece := content.read(CHUNK):
                    size += len(piece)
                    if size > most:
                        raise TooLarge
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            stored = Stored(digest.hexdigest(), size)
            place = self.path(stored.digest)
            if not place.exists():
                place.parent.mkdir(exist_ok=True)
                arriving.replace(place)
                sync(place.parent)
            return stored
        finally:
            arriving.unlink(missing_ok=True)

    def path(self, digest: str) -> Path:
        """Where a content is, if it is here."""
        return self.folder / digest[:2] / digest[2:]


def sync(folder: Path) -> None:
    """Has the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
