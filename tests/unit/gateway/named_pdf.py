"""A PDF with a name in every place that shows it to nobody who only looks."""

from io import BytesIO
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from tests.unit.gateway.named_files import BOTH, NAME, NAMED_JPEG, TEXT, UTF_8, docx


def text_(value: str = BOTH) -> TextStringObject:
    return TextStringObject(value)


def dictionary(**entries: Any) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def stream(data: bytes, **entries: Any) -> StreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    made.update(dictionary(**entries))
    return made.flate_encode() if "Filter" not in entries else made


def writer() -> PdfWriter:
    """A document of a page with a text, and a name in every place."""
    made = PdfWriter()
    page = made.add_blank_page(200, 200)
    font = dictionary(
        Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica")
    )
    picture = stream(
        NAMED_JPEG,
        Type=NameObject("/XObject"),
        Subtype=NameObject("/Image"),
        Filter=NameObject("/DCTDecode"),
        Metadata=made._add_object(stream(UTF_8)),
    )
    form = stream(b"", Subtype=NameObject("/Form"), PieceInfo=dictionary(App=text_()))
    form[NameObject("/PTEX.FileName")] = text_()
    form[NameObject("/PTEX.InfoDict")] = made._add_object(dictionary(Title=text_()))
    page[NameObject("/Resources")] = dictionary(
        Font=dictionary(F1=font),
        XObject=dictionary(Im1=made._add_object(picture), Fm1=made._add_object(form)),
    )
    page[NameObject("/Contents")] = made._add_object(
        stream(b"BT /F1 12 Tf 20 100 Td (Practice makes knowing) Tj ET")
    )
    page[NameObject("/PieceInfo")] = dictionary(Word=dictionary(Private=text_()))
    note = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/Text"),
        Contents=text_(TEXT),
        T=text_(),
        NM=text_(),
    )
    attached = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/FileAttachment"),
        T=text_(),
        FS=specification(made),
    )
    away = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/Link"),
        A=dictionary(S=NameObject("/Launch"), F=text_(f"C:/Users/{NAME}/a.docx")),
    )
    signature = dictionary(
        Type=NameObject("/Sig"),
        Name=text_(),
        Reason=text_(),
        ContactInfo=text_(),
        Contents=ByteStringObject(UTF_8),
        ByteRange=ArrayObject([NumberObject(0)]),
    )
    signed = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Sig"),
        T=text_("Signature1"),
        V=made._add_object(signature),
        AP=dictionary(N=made._add_object(stream(UTF_8))),
    )
    field = dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/Widget"),
        FT=NameObject("/Tx"),
        T=text_("class"),
        V=text_(TEXT),
    )
    notes = [made._add_object(one) for one in (note, attached, away, signed, field)]
    page[NameObject("/Annots")] = ArrayObject(notes)
    root = made.root_object
    root.update(
        dictionary(
            Metadata=made._add_object(stream(UTF_8, Type=NameObject("/Metadata"))),
            AcroForm=dictionary(Fields=ArrayObject(notes[3:]), XFA=stream(UTF_8)),
            Perms=dictionary(DocMDP=notes[3]),
            Approved=signed.raw_get("/V"),
            DSS=dictionary(Certs=ArrayObject([made._add_object(stream(UTF_8))])),
            Threads=ArrayObject([made._add_object(dictionary(I=dictionary(Title=text_())))]),
            AF=ArrayObject([specification(made)]),
            OCProperties=dictionary(
                OCGs=ArrayObject(
                    [made._add_object(dictionary(Usage=dictionary(CreatorInfo=text_())))]
                )
            ),
        )
    )
    made.add_attachment(f"{BOTH}.docx", docx())
    made.add_metadata(
        {f"/{key}": BOTH for key in ("Author", "Creator", "Producer", "Title", "Keywords", "Mine")}
    )
    made.add_outline_item(title="第一章", page_number=0)
    made._ID = ArrayObject([ByteStringObject(UTF_8), ByteStringObject(UTF_8)])
    return made


def specification(made: PdfWriter) -> Any:
    file = stream(docx(), Params=dictionary(Author=text_()))
    return made._add_object(
        dictionary(F=text_(), UF=text_(), Desc=text_(), EF=dictionary(F=made._add_object(file)))
    )


def pdf(made: PdfWriter | None = None) -> bytes:
    file = BytesIO()
    (made or writer()).write(file)
    return file.getvalue()
