"""Write the bill of materials of the built book, in CycloneDX: `python -m website.gates.bill site FILE`, with the group `release`.

It names what of others the site serves, with its version, its licence, and the sha256 of each file. `licences.py` knows whose each file is.
"""

import hashlib
import json
import sys
import tarfile
from email import message_from_bytes
from importlib.metadata import metadata
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

import backprop
from website.gates import licences

NODE_MODULES = licences.ROOT / "website" / "node_modules"
NPM = {
    "KaTeX": "katex",
    "Source Serif 4": "@fontsource/source-serif-4",
    "Pyodide": "pyodide",
    "MiniSearch": "minisearch",
    "stemmer": "stemmer",
}
PYPI = {
    "Material for MkDocs": "mkdocs-material",
    "Zensical": "zensical",
    "mkdocstrings-python": "mkdocstrings-python",
    "array-api-compat": "array-api-compat",
}


def of_npm(name):
    package = json.loads((NODE_MODULES / name / "package.json").read_text(encoding="utf-8"))
    group, _, short = name.rpartition("/")
    return package["version"], package["license"], PackageURL("npm", group or None, short, package["version"])


def of_pypi(about):
    licence = about["License-Expression"] or about["License"]
    return about["Version"], licence, PackageURL("pypi", None, about["Name"].lower(), about["Version"])


def origin(owner, site, files):
    """Return the version, the licence and the package URL of what the site serves of an owner."""
    if owner in NPM:
        return of_npm(NPM[owner])
    if owner in PYPI:
        return of_pypi(metadata(PYPI[owner]))
    if owner == "Python":  # Pyodide's standard library
        lock = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
        version = lock["info"]["python"]
        return version, "PSF-2.0", PackageURL("generic", None, "python", version)
    [file] = files  # NumPy's
    with tarfile.open(site / file) as archive:
        [name] = [name for name in archive.getnames() if name.endswith(".dist-info/METADATA")]
        return of_pypi(message_from_bytes(archive.extractfile(name).read()))


def component(owner, site, files):
    version, licence, address = origin(owner, site, files)
    held = [
        Component(
            name=file,
            type=ComponentType.FILE,
            hashes=[
                HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256((site / file).read_bytes()).hexdigest())
            ],
        )
        for file in files
    ]
    factory = LicenseFactory()
    return Component(
        name=owner,
        version=version,
        purl=address,
        bom_ref=str(address),
        licenses=[factory.make_from_string(licence)],
        components=held,
    )


def bill(site):
    """Return the bill of a built book, as JSON that fits the schema of CycloneDX."""
    others = [
        component(owner, site, files) for owner, files in licences.served(site).items() if owner not in ("", "book")
    ]
    book = Component(name="backprop, the book", version=backprop.__version__, type=ComponentType.APPLICATION)
    found = Bom(components=others)
    found.metadata.component = book
    found.register_dependency(book, others)
    text = JsonV1Dot6(found).output_as_string(indent=2)
    if wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(wrong)
    return text


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(bill(Path(sys.argv[1])), encoding="utf-8")
