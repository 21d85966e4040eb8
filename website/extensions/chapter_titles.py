"""A griffe extension: a chapter that opens with a question shows no title, because its page has the title."""

import griffe


def without_title(docstring):
    r"""Return a docstring without its first line, if the question that the chapter answers follows it.

    >>> without_title("BP2: the error of a hidden layer.\n\n> How can it have an error?\n")
    '> How can it have an error?\n'
    >>> without_title("Three lines.\n\nAnd more.")
    'Three lines.\n\nAnd more.'
    """
    _, blank, rest = docstring.partition("\n\n")
    return rest if blank and rest.startswith("> ") else docstring


class ChapterTitles(griffe.Extension):
    def on_module(self, *, mod, **kwargs):
        if mod.docstring:
            mod.docstring.value = without_title(mod.docstring.value)
