"""What the tests of several commands share."""

import json

import pytest

from skanchors.cli import main


@pytest.fixture
def run_json(capsys):
    """Run a command with ``--json`` and return what it prints, read back."""

    def run(*argv):
        assert main([*map(str, argv), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def refuse(capsys):
    """Run a command that must fail: its exit code and what it says on stderr."""

    def run(*argv):
        try:
            code = main([*map(str, argv)])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "Traceback" not in captured.err
        return code, captured.err

    return run
