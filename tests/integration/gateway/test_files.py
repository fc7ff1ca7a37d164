"""The file store: whole or not at all, and once."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from gateway.files import Files, TooLarge


def contents(files: Files) -> set[bytes]:
    return {path.read_bytes() for path in files.folder.rglob("*") if path.is_file()}


def test_a_content_is_found_under_its_digest(tmp_path: Path):
    stored = Files(tmp_path).store(BytesIO(b"content"), most=7)
    assert stored == (sha256(b"content").hexdigest(), 7)
    assert Files(tmp_path).path(stored.digest).read_bytes() == b"content"


def test_equal_contents_are_one_file(tmp_path: Path):
    files = Files(tmp_path)
    assert files.store(BytesIO(b"a"), most=9) == files.store(BytesIO(b"a"), most=9)
    files.store(BytesIO(b"b"), most=9)
    assert contents(files) == {b"a", b"b"}


def test_what_is_too_large_leaves_nothing(tmp_path: Path):
    with pytest.raises(TooLarge):
        Files(tmp_path).store(BytesIO(b"12345678"), most=7)
    assert contents(Files(tmp_path)) == set()


def test_what_breaks_off_leaves_nothing(tmp_path: Path):
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise ConnectionError
            return super().read(3)

    with pytest.raises(ConnectionError):
        Files(tmp_path).store(Broken(b"12345678"), most=99)
    assert contents(Files(tmp_path)) == set()
