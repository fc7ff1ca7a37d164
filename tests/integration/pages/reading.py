"""Reads pages as a browser would: forms, words, and what a strict policy would refuse."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What matters of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.addresses: list[str] = []
        self.forms: dict[str, dict[str, str]] = {}
        self.heard: list[str] = []
        self.feed(html)

    @property
    def words(self) -> str:
        """The text of the page, its runs of white space made one."""
        return " ".join(" ".join(self.heard).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self.refused.append(tag)
        self.refused += [name for name in told if name == "style" or name.startswith("on")]
        self.addresses += [told[name] for name in ("href", "src", "action") if name in told]
        if tag == "form":
            self.forms.setdefault(told["action"], {})
            self.form = self.forms[told["action"]]
        if tag == "input" and told.get("type") == "hidden":
            self.form.setdefault(told["name"], told["value"])

    def handle_data(self, data: str) -> None:
        self.heard.append(data)


def form_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form of an address."""
    return Page(html).forms[action]


def words_of(html: str) -> str:
    """The text of a page."""
    return Page(html).words
