"""Extensions of Markdown and of the reference, which the builders load by the names in mkdocs.yml."""
