"""What sets the book: the Markdown extensions and page helpers behind mkdocs.yml."""
