"""Files that people send: known by their content, whatever they are called."""

import zipfile
from typing import BinaryIO

import puremagic

from services.contracts.refusal import Invalid, Refusal

# Suffix → media type; the content must be of the kind the suffix says.
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".zip": "application/zip",
}
SUFFIXES = {type_: suffix for suffix, type_ in reversed(TYPES.items())}
# Longer than the longest signature.
HEAD = 2048
ZIPPED = (".docx", ".zip")
MACROS = "word/vbaProject.bin"


class TooLarge(Refusal):
    """More than is taken."""

    status = 413


def media_type(name: str, content: BinaryIO) -> str:
    """The media type of a file whose name and content agree; `Invalid` where they do not."""
    suffix = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if suffix not in TYPES:
        raise Invalid(
            "file_type",
            "只接受 PDF、DOCX、PNG、JPG、ZIP 文件",
            "only PDF, DOCX, PNG, JPG and ZIP files are taken",
            field="file",
        )
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        raise Invalid("file_empty", "文件是空的", "the file is empty", field="file")
    if not agrees(suffix, head, content):
        raise Invalid(
            "file_disguised",
            f"文件内容不是 {suffix[1:].upper()}",
            f"the content of the file is not {suffix[1:].upper()}",
            field="file",
        )
    content.seek(0)
    return TYPES[suffix]


def agrees(suffix: str, head: bytes, content: BinaryIO) -> bool:
    """Whether a content is what its suffix says."""
    try:
        kinds = {match.extension for match in puremagic.magic_string(head)}
    except puremagic.PureError:
        return False
    if suffix not in kinds:
        return False
    if suffix not in ZIPPED:
        return True
    try:
        with zipfile.ZipFile(content) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    # A Word document is not just any archive, and one with macros not just a document.
    return suffix == ".zip" or ("word/document.xml" in names and MACROS not in names)


def too_large(most: int) -> TooLarge:
    return TooLarge(
        "file_too_large",
        f"文件不能超过 {most >> 20} MB",
        f"a file may have at most {most >> 20} MB",
        field="file",
    )
