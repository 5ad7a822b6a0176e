"""Marks a PDF that carries an e-invoice as one (Factur-X 1.0, annex on XMP), so that software looks inside.

The typesetter attaches the XML as PDF/A-3 asks for; what is left is to say in the metadata what it is. PDF/A wants
one description of all schemas that are not its own, so ours joins those of the typesetter.
"""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import StreamObject

FILE_NAME = "factur-x.xml"

_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": (FILE_NAME, "name of the embedded XML invoice file"),
    "DocumentType": ("INVOICE", "INVOICE"),
    "Version": ("1.0", "The actual version of the Factur-X XML schema"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded Factur-X data"),
}
_LAST_SCHEMA = "</rdf:Bag></pdfaExtension:schemas>"
_LAST_DESCRIPTION = "</rdf:RDF>"


def as_einvoice(pdf: bytes) -> bytes:
    """The PDF with what Factur-X wants to read in its metadata; the same PDF gives the same bytes.

    Raises:
        ValueError: the typesetter describes its metadata in another way than we know.
    """
    reader = PdfReader(BytesIO(pdf))
    writer = PdfWriter(clone_from=reader)
    writer.pdf_header = reader.pdf_header  # an attachment with a relationship asks for 1.7
    metadata = writer.root_object["/Metadata"].get_object()
    assert isinstance(metadata, StreamObject), "every PDF/A has metadata"
    said = metadata.get_data().decode()
    if said.count(_LAST_SCHEMA) != 1 or said.count(_LAST_DESCRIPTION) != 1:
        raise ValueError("the typesetter's metadata have another shape")
    said = said.replace(_LAST_SCHEMA, _schema() + _LAST_SCHEMA)
    said = said.replace(_LAST_DESCRIPTION, _description() + _LAST_DESCRIPTION)
    metadata.set_data(said.encode())
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _description() -> str:
    values = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _PROPERTIES.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{values}</rdf:Description>'


def _schema() -> str:
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{''.join(map(_property, _PROPERTIES))}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li>"
    )


def _property(name: str) -> str:
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{_PROPERTIES[name][1]}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "</rdf:li>"
    )
