"""Faces with the glyphs that the book uses, each beside the whole face for all other characters.

A browser loads the whole face only where a page has a character that the small one lacks: a symbol that is new to the book,
or another language, if a reader has the page translated. `tests/test_first_visit.py` says which characters to add here.
The licence reserves the names of the originals, so a small face has another.
"""

import io
import string
from itertools import groupby

from fontTools import subset
from fontTools.ttLib import TTFont

PRINTED = string.digits + string.ascii_letters + string.punctuation + " "
TEXT = PRINTED + "°±²µ·¹¼½¾×Θβγδεηλσ–—‘’“”…′→∂∇−√∞⊙\xa0"
FORMULA = (
    string.digits + string.ascii_letters + " !%'()*+,-./:;<=>?[]^_{|}·±×ˉ̂ΔΘΣΦΩβδησ…′ℓ←→∂∇∈√−∗∞∣∥≈≤≥⊙⊤⋅⋆⋯⌊⌋⟨⟩\xa0\ue020"
)  # the last is the stroke of ≠

# The characters in each face of which there is a small one.
CHARACTERS = {
    "source-serif-4-latin-400-normal": TEXT,
    "source-serif-4-latin-400-italic": TEXT,
    "source-serif-4-latin-600-normal": TEXT,
    "KaTeX_Main-Regular": FORMULA,
    "KaTeX_Main-Italic": "aw/′∂",
    "KaTeX_Main-Bold": "1HWXabfhoxzΩ",
    "KaTeX_Math-Italic": string.ascii_letters + "αβγδεηθκλμπρστωϕϵ",
    "KaTeX_Size1-Regular": "()[]∑∏",
    "KaTeX_Size2-Regular": "()[]∑∏",
    "KaTeX_Size3-Regular": "()[]",
}
# No face has a glyph for it, and a line of KaTeX must be as high there as its own face.
STRUT = ord("\u200b")
# What browsers apply of themselves. Hints for coarse screens are left out: they are a fifth of a small face of KaTeX.
FEATURES = ["calt", "ccmp", "clig", "kern", "liga", "locl", "mark", "mkmk", "rlig"]

SERIF = [
    ("source-serif-4-latin-400-normal", "400", "normal"),
    ("source-serif-4-latin-400-italic", "400", "italic"),
    ("source-serif-4-latin-600-normal", "600 700", "normal"),
]


def small(name):
    """Return the name of the small face."""
    return name.replace("source-serif-4-latin", "text").replace("KaTeX_", "formula-").lower()


def write(vendor):
    """Write the small faces, and a style sheet that says which face has which characters."""
    rules = []
    for family, name, weight, style, display in _faces(vendor):
        ranges = {name: ""}
        if name in CHARACTERS:
            whole = set(TTFont(vendor / "fonts" / f"{name}.woff2").getBestCmap())
            few = whole & set(map(ord, CHARACTERS[name]))
            ranges = {
                name: f";unicode-range:{_ranges(whole - few)}",
                small(name): f";unicode-range:{_ranges(few | {STRUT})}",
            }
            (vendor / "fonts" / f"{small(name)}.woff2").write_bytes(_subset(vendor / "fonts" / f"{name}.woff2", name))
        rules += [
            f"@font-face{{font-family:{family};font-weight:{weight};font-style:{style};font-display:{display};"
            f'src:url(fonts/{file}.woff2) format("woff2"){characters}}}'
            for file, characters in ranges.items()
        ]
    (vendor / "faces.css").write_text("\n".join(rules), encoding="utf-8")


def _faces(vendor):
    for name, weight, style in SERIF:
        yield '"Book Serif"', name, weight, style, "swap"
    for path in sorted((vendor / "fonts").glob("KaTeX_*.woff2")):
        family, _, kind = path.stem.partition("-")
        yield family, path.stem, "700" if "Bold" in kind else "400", "italic" if "Italic" in kind else "normal", "block"


def _subset(path, name):
    font = TTFont(path)
    options = subset.Options(
        layout_features=FEATURES, hinting=False, bidi_closure=False, notdef_outline=True, name_IDs=[0, 13, 14]
    )
    options.flavor = "woff2"
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=CHARACTERS[name])
    subsetter.subset(font)
    for identifier, text in [(1, small(name)), (2, "Regular"), (4, small(name)), (6, small(name))]:
        font["name"].setName(text, identifier, 3, 1, 0x409)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _ranges(characters):
    """Return the characters as CSS writes them.

    >>> _ranges({0x20, 0x21, 0x22, 0x3b1})
    'U+20-22,U+3B1'
    """
    runs = [
        [code for _, code in run] for _, run in groupby(enumerate(sorted(characters)), lambda pair: pair[1] - pair[0])
    ]
    return ",".join(f"U+{run[0]:X}" + (f"-{run[-1]:X}" if len(run) > 1 else "") for run in runs)
