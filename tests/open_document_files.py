"""OpenDocument texts made by hand, with whatever a test wants to stand in them."""

import io
import zipfile

OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = {
    **{
        name: f"{OPEN_DOCUMENT}:{name}:1.0"
        for name in ("office", "style", "text", "table", "form", "meta", "chart", "manifest", "dr3d")
    },
    "draw": f"{OPEN_DOCUMENT}:drawing:1.0",
    "number": f"{OPEN_DOCUMENT}:datastyle:1.0",
    "svg": f"{OPEN_DOCUMENT}:svg-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "math": "http://www.w3.org/1998/Math/MathML",
    "xlink": "http://www.w3.org/1999/xlink",
    "odd": "urn:odd",
}
DECLARED = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NAMESPACES.items())


def part(name, content):
    """Return a part in XML, in which all namespaces may occur."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} {DECLARED}>{content}</{name}>'


def open_document(body, *, styles="", common="", pages="", compression=zipfile.ZIP_DEFLATED, **parts):
    """Return an OpenDocument text with this body, with styles of its own, common ones, and heads and feet of pages.

    A part's name has "__" for a slash and "_dot_" for a dot; a part that is None is left away.
    """
    files = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": part(
            "office:document-content",
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body>",
        ),
        "styles.xml": part(
            "office:document-styles",
            f"<office:styles>{common}</office:styles><office:master-styles>{pages}</office:master-styles>",
        ),
        "META-INF/manifest.xml": part("manifest:manifest", '<manifest:file-entry manifest:full-path="/"/>'),
        **{name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()},
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as packed:
        for name, content in files.items():
            if content is not None:
                packed.writestr(name, content)
    return written.getvalue()
