"""XML, written again with other attributes and without some elements."""

from collections.abc import Callable
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from gateway.anonymous.bounds import Unreadable

Attributes = dict[str, str]
# Element and attributes → what is to stand in their place; None leaves out all of the element.
Edit = Callable[[str, Attributes], Attributes | None]
# Element and a text in it → the text that is to stand there.
EditText = Callable[[str, str], str]


def rewritten(content: bytes, edit: Edit, edit_text: EditText = lambda _, text: text) -> bytes:
    """The same document in UTF-8, as edited. Prefixes of namespaces stay, comments do not.

    Raises `Unreadable` where it is not well-formed or has a document type:
    no format here needs one, and entities that grow without end do.
    """
    written = ['<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
    # How many elements deep the parser is in one that is left out.
    omitted = 0
    inside = [""]

    def start(name: str, attributes: Attributes) -> None:
        nonlocal omitted
        edited = None if omitted else edit(name, attributes)
        if edited is None:
            omitted += 1
            return
        inside.append(name)
        written.append(f"<{name}")
        written.extend(f" {key}={quoteattr(value)}" for key, value in edited.items())
        written.append(">")

    def end(name: str) -> None:
        nonlocal omitted
        if omitted:
            omitted -= 1
        else:
            written.append(f"</{inside.pop()}>")

    def text(data: str) -> None:
        if not omitted:
            written.append(escape(edit_text(inside[-1], data), {"\r": "&#13;"}))

    def refuse(*_: object) -> None:
        raise Unreadable("a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise Unreadable(str(error)) from error
    try:
        return "".join(written).encode()
    except UnicodeEncodeError as error:
        raise Unreadable(str(error)) from error


def local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]
