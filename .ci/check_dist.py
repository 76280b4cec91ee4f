"""Check a built wheel and sdist: dependencies, data files, no tests in the wheel."""

import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(folder):
    """Raise AssertionError for the first thing that is wrong."""
    (wheel,) = Path(folder).glob("*.whl")
    (sdist,) = Path(folder).glob("*.tar.gz")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        text = archive.read(metadata).decode()
    parts = {name.partition("/")[0] for name in names}
    assert parts == {"skanchors", metadata.partition("/")[0]}, parts
    assert "skanchors/py.typed" in names
    sample = [name for name in names if name.startswith("skanchors/datasets/sample/")]
    assert len(sample) >= 100, f"{len(sample)} files of the sample are in the wheel"

    required = [
        line.replace(" ", "")
        for line in Parser().parsestr(text).get_all("Requires-Dist", [])
        if "extra" not in line
    ]
    declared = [line.replace(" ", "") for line in project["dependencies"]]
    assert sorted(required) == sorted(declared), (required, declared)

    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        assert name in names, f"{name} is missing from the sdist"
    print(f"{wheel.name} and {sdist.name} hold what they should")


if __name__ == "__main__":
    main(sys.argv[1])
