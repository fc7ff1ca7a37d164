"""What is refused: files that cannot be read, and archives that unpack to too much."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from services.contracts.refusal import Invalid

MOST_ENTRIES = 5_000
MOST_UNPACKED = 100 * 1024 * 1024


class Unreadable(ValueError):
    """A content is not what it should be, and so cannot be cleaned."""


def unreadable() -> Invalid:
    return Invalid(
        "file_unreadable",
        "文件已加密、损坏或无法解析，不能隐去作者信息；请另存一份后重新提交",
        "the file is encrypted, broken or cannot be parsed, so its author cannot be hidden;"
        " save it anew and hand it in again",
        field="file",
    )


class Bounds:
    """How much one file may still unpack to, archives within it included."""

    def __init__(self, entries: int = MOST_ENTRIES, size: int = MOST_UNPACKED) -> None:
        self.entries, self.size = entries, size

    def unpack(self, content: bytes) -> Iterator[tuple[str, bytes]]:
        """The entries of an archive, in order, without folders; raises `Unreadable`."""
        try:
            with zipfile.ZipFile(BytesIO(content)) as archive:
                names = set()
                for entry in archive.infolist():
                    self.entries -= 1
                    # Of two entries of a name each program shows another.
                    if self.entries < 0 or entry.flag_bits & 1 or entry.filename in names:
                        raise Unreadable("too many, encrypted or ambiguous entries")
                    names.add(entry.filename)
                    if entry.is_dir():
                        continue
                    # What the archive says of sizes may be wrong.
                    with archive.open(entry) as stream:
                        unpacked = stream.read(self.size + 1)
                    self.size -= len(unpacked)
                    if self.size < 0:
                        raise Unreadable("unpacks to too much")
                    yield entry.filename, unpacked
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            UnicodeError,
        ) as error:
            raise Unreadable(str(error)) from error


def pack(entries: dict[str, bytes]) -> bytes:
    """An archive of entries of which nothing is told but their names; all are of 1980."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return packed.getvalue()
