"""The README as the package index shows it: its picture is the one of the published book, since the index has no files of the project."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Readme(MetadataHookInterface):
    """What hatchling asks for the README when it builds the package."""

    def update(self, metadata):
        """Give the README with the published book's address before each file of docs/."""
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        published = text.replace("](docs/", f"]({metadata['urls']['Book']}")
        metadata["readme"] = {"content-type": "text/markdown", "text": published}
