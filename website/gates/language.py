"""Count what makes a page hard to read: `python -m website.gates.language site`, after `make book`.

It reads the Markdown copy of every page: words that the field does not use, sentences of more than 25 words, pages of the course without a
figure or without links to other pages, terms that the course uses before it says what they mean, and the lines of code that a chapter shows.
`--pages` names them. It fails if the course has any.
"""

import argparse
import re
import sys
from pathlib import Path

from mkdocs.config import load_config

from website.outputs import ROOT, pages
from website.outputs.page_as_markdown import address

LONGEST = 25
# What a reader does not find in the course's other books, or in a dictionary of today.
WORDS = {
    "slope": r"\bslopes?\b",
    "bend": r"\bb(?:end|ent|ends|ending)\b",
    "listener": r"\b(?:listen(?:s|er|ers)?|heard|hears?|blame\w*|answers? for)\b",
    "way back": r"\bway (?:back|forward)\b",
    "layer below": r"\blayers? (?:below|above)\b|\bunits? (?:below|above)\b",
    "storage": r"\bstorages?\b",
    "slip": r"\bslips?\b",
    "museum": r"\b(?:museum|specimen|rooms?|doors?|suspects?|(?<!gradient )(?<!steepest )descent)\b",
    "alone": r"\balone\b",
    "save": r"\b(?:save (?:for|a|an|the)\b|, save\b)",
    "stands": r"\bst(?:and|ands|ood)\b",
    "less": r"(?<=[\w$]) less (?=[\w$])(?!than)",
    "over m": r"\bover \$?m\b",
    "comes of": r"\bcom(?:e|es|ing) of\b",
    "turned round": r"\bturn(?:s|ed)? round\b",
    "whence": r"\b(?:whence|thereby|hence|thus|thereof|wherein|lest|ere|upon)\b",
}
WANTED = {
    "derivative": r"\bderivatives?\b",
    "with respect to": r"\bwith respect to\b",
    "minimize": r"\bminimi[sz]\w+\b",
    "gradient descent": r"\bgradient descent\b",
}


def prose(text, marked=False):
    r"""Return the sentences of a page in Markdown, each code and formula as one word; no tables, headings or quotations.

    `marked` leaves what is emphasized between asterisks, and links between brackets.

    >>> prose("# T\n\nLet $z = W a$ be. Is it 1.5?\n\n> Quoted.\n\n- One *[link](x.md)*.\n")
    ['Let X be.', 'Is it X?', 'One link.']
    >>> prose("One *new* [link](x.md).\n", marked=True)
    ['One *new* [link].']
    """
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\$\$.+?\$\$", "\n\n", text, flags=re.DOTALL)
    text = re.sub(r"`[^`]+`|\$[^$]+\$", "X", text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"[\1]" if marked else r"\1", text)
    text = re.sub(r"^ *(?:#|>|\||\{|<|---).*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\d+[.,]\d+", "X", text if marked else re.sub(r"\*+", "", text))
    found = []
    for paragraph in re.split(r"(?m)\n\s*\n|^ *(?:[-*]|\d+\.) +", text):
        found += re.split(r"(?<=[.!?:;])[\"”)]?\s+(?=[\"“(]?[A-Z0-9])", " ".join(paragraph.split()))
    return [sentence for sentence in found if re.search(r"[a-z]{2}", sentence)]


def measured(text):
    """Return the counts of one page."""
    sentences = prose(text)
    words = " ".join(sentences)
    code = text.partition("## In code\n")[2].partition("**With the library")[0]
    shown = re.findall(r"^```python\n(.*?)^```", code, re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\((https://[^)#]+)", text)
    return {
        "long": [sentence for sentence in sentences if len(sentence.split()) > LONGEST],
        "words": {
            name: found for name, pattern in WORDS.items() if (found := re.findall(pattern, words, re.IGNORECASE))
        },
        "wanted": {name: len(re.findall(pattern, words, re.IGNORECASE)) for name, pattern in WANTED.items()},
        "sentences": len(sentences),
        # An instrument is drawn, too; its copy in Markdown says only that the page shows it.
        "figures": text.count("*Figure, drawn on") + text.count("*Here [the page]"),
        "links": links,
        "code": max((len(block.splitlines()) for block in shown), default=0),
    }


def terms(glossary):
    r"""Return, for each term of the glossary in Markdown, its names and the page of the course that explains it, or None.

    >>> terms("**BP1, BP2**{: #bp }  \nTwo equations. [BP1](../learn/bp1.md)\n\n**logit**{: #logit } · *also*\nA [z](../look-up/z.md)\n")
    {'BP1, BP2': (['BP1', 'BP2'], 'learn/bp1.md'), 'logit': (['logit'], None)}
    """
    entries = re.findall(r"^\*\*([^*\n]+)\*\*\{: #[\w-]+ \}.*\n(.*)$", glossary, re.MULTILINE)
    homes = [re.search(r"\]\(\.\./(learn/[\w-]+\.md)", said) for _, said in entries]
    return {term: (term.split(", "), home and home[1]) for (term, _), home in zip(entries, homes)}


def used_too_early(course, glossary):
    r"""Return, for each term that the course uses before it says what it means, the page and the sentence.

    `course` has the Markdown of its pages by their names, in the order of reading. From the page on that the glossary names, a term is known. Before that,
    the first sentence that has it must mark it as new or link it, or say what it is.

    >>> used_too_early({"a.md": "A cost is a number. A *unit* has an error."}, "**unit**{: #u }\nA.\n\n**error**{: #e }\nB.\n\n**cost**{: #c }\nC.")
    {'error': 'a.md: A *unit* has an error.'}
    """
    found = {}
    for term, (names, home) in terms(glossary).items():
        word = rf"\b(?:{'|'.join(map(re.escape, names))})(?:e?s)?\b"
        new = rf"[*[][^*[\]]*{word}[^*[\]]*[*\]]|called (?:an? |the |its )?{word}|{word} (?:is|are|means?)\b|\({word}\)"
        for source, text in course.items():
            if source == home:
                break
            using = [sentence for sentence in prose(text, marked=True) if re.search(word, sentence, re.IGNORECASE)]
            if using:
                if not re.search(new, using[0], re.IGNORECASE):
                    found[term] = f"{source}: {using[0]}"
                break
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", type=Path, help="the folder of the built book")
    parser.add_argument("--pages", action="store_true", help="name what was counted, page by page")
    given = parser.parse_args()
    config = load_config(str(ROOT / "mkdocs.yml"))
    counts, course, course_of = {}, {}, {}
    for section, source in pages(config.nav):
        here = address(config, source)
        text = (given.site / here.removeprefix(config.site_url) / "index.md").read_text("utf-8")
        counts[source] = one = measured(text)
        others = {link for link in one["links"] if link.startswith(config.site_url)} - {
            here,
            address(config, "use/reference.md"),
        }
        one["links"] = len(others)
        if section == "Learn":
            course[source] = text
    for source, one in counts.items():
        if given.pages and source != "use/reference.md":
            print(
                f"{source}: {one['sentences']} sentences, {one['figures']} figures, {one['links']} links, {one['code']} lines in code"
            )
            print(
                *(f"    {len(sentence.split())} words: {sentence}" for sentence in one["long"]),
                sep="\n",
                end="\n" * bool(one["long"]),
            )
            print(
                *(f"    {name}: {len(found)}" for name, found in one["words"].items()),
                sep="\n",
                end="\n" * bool(one["words"]),
            )
    everywhere = [one for source, one in counts.items() if source != "use/reference.md"]
    for name in WORDS:
        print(f"{name:16} {sum(len(one['words'].get(name, ())) for one in everywhere):5}")
    for name in WANTED:
        print(f"{name:16} {sum(one['wanted'][name] for one in everywhere):5}")
    total, long = (
        sum(map(len, [one[key] for one in everywhere])) if key == "long" else sum(one[key] for one in everywhere)
        for key in ("sentences", "long")
    )
    print(f"sentences of more than {LONGEST} words: {long} of {total}")
    print(f"most lines under In code: {max(counts[source]['code'] for source in course)}")
    course_of["pages without a figure"] = [source for source in course if not counts[source]["figures"]]
    course_of["pages with fewer than three links"] = [source for source in course if counts[source]["links"] < 3]
    course_of["pages with a long sentence"] = [source for source in course if counts[source]["long"]]
    course_of["pages with another word than the field's"] = [source for source in course if counts[source]["words"]]
    before = next(k for k, source in enumerate(["index.md", *course]) if counts[source]["figures"])
    print(f"pages before the first figure: {before}")
    early = used_too_early(course, (ROOT / "docs/look-up/glossary.md").read_text("utf-8"))
    print(
        f"terms used before they are defined: {len(early)}",
        *(f"    {term}: {where}" for term, where in early.items()),
        sep="\n",
    )
    for what, which in course_of.items():
        print(f"{what} in the course: {len(which)} of {len(course)}", f"({', '.join(which)})" if which else "")
    sys.exit(any(course_of.values()) or bool(early))


if __name__ == "__main__":
    main()
