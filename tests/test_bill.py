"""The bill of materials of the book names everything by others that the site serves, and the bytes of each file."""

import hashlib
import json

import pytest

from website import python_pack
from website.gates import licences

pytest.importorskip("cyclonedx", reason="needs the dependency group release")


@pytest.fixture
def named(site):
    from website.gates.bill import bill

    return {component["name"]: component for component in json.loads(bill(site))["components"]}


def test_the_bill_names_all_that_the_site_serves_of_others(named, site):
    assert set(named) == set(licences.served(site)) - {"book"}
    for name, component in named.items():
        assert component["version"], name
        assert component["licenses"], name
        assert component["purl"].endswith(f"@{component['version']}"), name


def test_the_bill_has_the_bytes_of_each_file(named, site):
    files = [file for component in named.values() for file in component["components"]]
    assert files
    for file in files:
        assert file["hashes"][0]["content"] == hashlib.sha256((site / file["name"]).read_bytes()).hexdigest()


def test_what_the_bill_says_of_numpy_is_in_the_file_that_the_site_serves(tmp_path):
    from website.gates.bill import origin

    about = b"Name: numpy\nVersion: 2.4.3\nLicense-Expression: BSD-3-Clause\n"
    (tmp_path / "numpy.tar.gz").write_bytes(python_pack.packed({"numpy-2.4.3.dist-info/METADATA": about}))
    version, licence, address = origin("NumPy", tmp_path, ["numpy.tar.gz"])
    assert (version, licence, str(address)) == ("2.4.3", "BSD-3-Clause", "pkg:pypi/numpy@2.4.3")
