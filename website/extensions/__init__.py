"""Extensions of Markdown and of the reference, which the builders load by the names in mkdocs.yml."""

from website import kept as kept  # first of all, to know with which sources the build began
