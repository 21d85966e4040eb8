r"""One color for each symbol of the four equations, in formulas and in code alike.

The sources stay plain: they write `\delta^{l}` and `delta`, and the color is found from the symbol.
The colors themselves are in `docs/assets/book.css`, as `--c-err`, `--c-wt`, `--c-act`, `--c-bias`, `--c-slope`.
"""

import re

from markdown import Extension
from markdown.postprocessors import Postprocessor

from backprop import activations, rectifiers

SYMBOLS = {r"\delta": "c-err", "W": "c-wt", "w": "c-wt", "a": "c-act", "b": "c-bias"}
SLOPES = {r"\sigma", r"\Sigma"}  # colored only with a prime
# Commands whose argument is text, or a name, and not mathematics.
OPAQUE = {
    *(r"\text", r"\textrm", r"\textsf", r"\texttt", r"\textit", r"\textbf", r"\mathrm", r"\mathsf", r"\mathtt"),
    *(r"\operatorname", r"\operatorname*", r"\tag", r"\tag*", r"\begin", r"\end", r"\hspace", r"\htmlClass"),
}
ACCENTS = {r"\bar", r"\hat", r"\tilde", r"\dot", r"\vec"}
# What follows one of these is its argument; scripts behind that are not the argument's.
TAKES_ONE = {"^", "_", r"\frac", r"\tfrac", r"\dfrac", r"\sqrt", r"\mathbf", r"\boldsymbol"}
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)

IDENTIFIERS = {
    "c-err": r"delta\w*",
    "c-wt": r"W\d*|W_\w+|dC_dW",
    "c-act": r"a\d*|a_prev|dC_da",
    "c-bias": r"b\d*|dC_db",
    "c-slope": "|".join(
        [
            r"sigma_prime\w*",
            *(rf"{name}\w*" for name in [*activations.__all__, *rectifiers.__all__] if name.endswith("_prime")),
        ]
    ),
}
IN_BLOCK = re.compile(r'<span class="(n[a-z]?)">(\w+)</span>')
WORD = re.compile(r"(?!a [a-z])[A-Za-z_]\w*")  # not the article: "beside a batch"
# Code within a line has no tag inside; a block's <code> follows a <span>.
IN_LINE = re.compile(r"(?<!</span>)<code>([^<]+)</code>")


def color_tex(tex):
    r"""Wrap each colored symbol, with its scripts, in `\htmlClass`."""
    tokens = TOKEN.findall(tex)
    out, i = [], 0
    while i < len(tokens):
        if tokens[i] in OPAQUE:
            kind, end = None, _argument(tokens, i + 1)
        else:
            kind, end = _symbol(tokens, i)
        piece = "".join(tokens[i:end])
        # The outer braces let it stand as an argument: `\frac a2`, `\nabla_a`.
        out.append(rf"{{\htmlClass{{{kind}}}{{{piece}}}}}" if kind else piece)
        i = end
    return "".join(out)


def _symbol(tokens, i):
    """Return the color of what begins at token i, and where it ends."""
    token, after = tokens[i], _skip(tokens, i + 1)
    if kind := SYMBOLS.get(token):
        return kind, i + 1 if _before(tokens, i) in TAKES_ONE else _scripts(tokens, i + 1)
    if token in SLOPES and tokens[after : after + 1] == ["'"]:
        return "c-slope", _plain_parenthesis(tokens, _scripts(tokens, after))
    if token in ACCENTS and (kind := SYMBOLS.get("".join(tokens[after : after + 1]))):
        return kind, _scripts(tokens, after + 1)
    if token == "(" and (kind := SYMBOLS.get("".join(tokens[after : after + 1]))):
        close = _scripts(tokens, after + 1)
        if tokens[close : close + 1] == [")"] and (end := _scripts(tokens, close + 1)) > close + 1:
            return kind, end  # (W^{l+1})^{\mathsf T} is one thing
    return None, i + 1


def _skip(tokens, i):
    while i < len(tokens) and tokens[i].isspace():
        i += 1
    return i


def _before(tokens, i):
    return next((token for token in reversed(tokens[:i]) if not token.isspace()), None)


def _argument(tokens, i):
    """Return the end of the group, or of the one token, that begins at i."""
    depth = 0
    for j in range(_skip(tokens, i), len(tokens)):
        depth += (tokens[j] == "{") - (tokens[j] == "}")
        if depth == 0:
            return j + 1
    return len(tokens)


def _scripts(tokens, i):
    """Return the end of the primes, superscripts and subscripts that begin at i."""
    while i < len(tokens) and tokens[i] in "'^_":
        i = i + 1 if tokens[i] == "'" else _argument(tokens, i + 1)
    return i


def _plain_parenthesis(tokens, i):
    """Return the end of a parenthesis at i that holds no colored symbol; i if there is none."""
    if tokens[i : i + 1] != ["("] or ")" not in tokens[i:]:
        return i
    end = tokens.index(")", i) + 1
    inside = tokens[i + 1 : end]
    return i if "(" in inside or SYMBOLS.keys() & set(inside) else end


def color_code(html):
    """Give the identifiers in highlighted blocks and in code within a line the color of their symbol."""
    html = IN_BLOCK.sub(lambda m: _identifier(m[2], m[1]), html)
    return IN_LINE.sub(lambda m: "<code>" + WORD.sub(lambda word: _identifier(word[0]), m[1]) + "</code>", html)


def _identifier(name, token=""):
    """Return the name in its color, inside the highlighter's own span if it has one."""
    if kind := next((kind for kind, names in IDENTIFIERS.items() if re.fullmatch(names, name)), None):
        name = f'<span class="{kind}">{name}</span>'
    return f'<span class="{token}">{name}</span>' if token else name


class CodeColors(Postprocessor):
    def run(self, text):
        return color_code(text)


class ColorsExtension(Extension):
    def extendMarkdown(self, md):
        md.postprocessors.register(CodeColors(md), "code-colors", 5)  # after stashed HTML is back, at 30


def makeExtension(**kwargs):
    return ColorsExtension(**kwargs)
