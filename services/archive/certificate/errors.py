"""What the printing of certificates refuses."""

import unicodedata
from collections.abc import Sequence

# Field of a certificate → what readers call it.
LABELS = {
    "serial": ("证书编号", "serial"),
    "member_name": ("姓名", "name"),
    "program_title": ("培训项目", "program title"),
    "hours": ("学时", "hours"),
    "total": ("综合评分", "score"),
    "organization_name": ("党组织", "organization"),
    "verify_url": ("验证网址", "verification address"),
    "supersedes": ("替代证书", "superseded serial"),
}


class UnprintableName(Exception):
    """A text of the certificate holds characters that no certificate font has.

    `field` says which text; the text itself is personal and is not repeated.
    """

    def __init__(self, field: str, characters: Sequence[str]) -> None:
        self.field = field
        self.characters = tuple(characters)
        chinese, english = LABELS[field]
        super().__init__(
            f"证书字体无法印出{chinese}中的字符："
            f"{'、'.join(_shown(character) for character in characters)}。 "
            f"The certificate fonts cannot print these characters of the {english}: "
            f"{', '.join(_shown(character) for character in characters)}."
        )


def _shown(character: str) -> str:
    """The character, if it can be seen, and its code point."""
    point = f"U+{ord(character):04X}"
    visible = not unicodedata.category(character).startswith(("C", "Z"))
    return f"{character} ({point})" if visible else point
