"""Word documents made by hand, with whatever a test wants to stand in them."""

import io
import zipfile

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "v": "urn:schemas-microsoft-com:vml",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
DECLARED = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def element(name, content):
    """Return an element in XML with all namespaces that may occur in it."""
    return f"<{name} {DECLARED}>{content}</{name.partition(' ')[0]}>"


def paragraph(content, properties=""):
    """Return a paragraph; content without a tag is words."""
    inner = content if content.startswith("<") else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def run(words, properties=""):
    """Return a run of words."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def word_document(body, compression=zipfile.ZIP_DEFLATED, **parts):
    """Return a Word document with this body, and with parts such as header1, footnotes or styles beside it.

    A body that begins with "<?" or is no text of elements is the whole main part. A part is XML; one in bytes is a file
    in another form, whose name's last part after "__" is its ending.
    """
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="html" ContentType="text/html"/><Default Extension="png" ContentType="image/png"/>'
            '<Default Extension="xlsx" ContentType="application/vnd.ms-excel"/>'
            f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{RELATIONSHIPS}">'
            f'<Relationship Id="r1" Type="{KIND}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/document.xml": element("w:document", f"<w:body>{body}</w:body>"),
    }
    links = [f'<Relationship Id="x" Type="{KIND}/hyperlink" Target="https://example.org/" TargetMode="External"/>']
    for name, content in parts.items():
        stem, _, ending = name.partition("__")
        file = f"{stem}.{ending or 'xml'}"
        files[f"word/{file}"] = content
        links.append(f'<Relationship Id="r{stem}" Type="{KIND}/{stem}" Target="{file}"/>')
    files["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(links)}</Relationships>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return written.getvalue()
