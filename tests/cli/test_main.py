"""The command as a whole."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

import skanchors
from skanchors.cli import COMMANDS, _fit, main
from skanchors.datasets import load_sample_paths


def shell(*argv, **options):
    return subprocess.run(
        [sys.executable, "-m", "skanchors", *argv],
        capture_output=True,
        text=True,
        timeout=60,
        **options,
    )


def test_as_a_module():
    done = shell("fit", "-k", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "mean IoU" in done.stdout


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert not stop.value.code
    assert capsys.readouterr().out.strip() == skanchors.__version__


def test_no_command_says_which_there_are(refuse):
    code, err = refuse()
    assert code == 2
    assert all(name in err for name in COMMANDS)
    code, err = refuse("anchor")
    assert code == 2
    assert "'anchor' is not known" in err


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)])
def test_help_fits_the_terminal_and_shows_examples(command, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert not stop.value.code
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert not command or f"\n  skanchors {command[0]} " in out


def test_a_reader_that_leaves_is_no_error():
    command = [sys.executable, "-m", "skanchors", "fit", "-k", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=60) == 0
    assert err == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("Give input_size."), "Give --input-size."),
        (TypeError("rule='size' helps"), "--rule size helps"),
        (FileNotFoundError(2, "No such file", "a.xml"), "a.xml: No such file"),
        (FileNotFoundError("a.xml is away."), "a.xml is away."),
        (ImportError("no matplotlib"), "no matplotlib"),
    ],
)
def test_errors_are_one_line(error, said, monkeypatch, refuse):
    def fail(args):
        raise error

    monkeypatch.setattr(_fit, "run", fail)
    assert refuse("fit") == (1, f"skanchors fit: error: {said}\n")


@pytest.mark.parametrize(
    "argv",
    [
        ("fit", "--image-sizes", "image_sizes.csv"),
        ("fit", "--class-names", "nowhere.txt"),
        ("evaluate", "--anchors-file", "nowhere.cfg"),
        ("evaluate", "--anchors-file", "."),
        ("report", "--detector", "yolov5", "--anchors-file", "nowhere.cfg"),
    ],
)
def test_a_file_that_is_not_there_is_named_with_its_option(
    argv, tmp_path, monkeypatch, refuse
):
    monkeypatch.chdir(tmp_path)
    code, err = refuse(*argv)
    assert code == 1
    command, option, file = argv[0], *argv[-2:]
    assert err.startswith(f"skanchors {command}: error: {option}")
    assert file in err.removeprefix(f"skanchors {command}: error: {option}")


def test_an_interruption_is_one_line(monkeypatch, capsys):
    def stop(args):
        raise KeyboardInterrupt

    monkeypatch.setattr(_fit, "run", stop)
    assert main(["fit"]) == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "\nskanchors fit: interrupted\n")


def test_mistakes_of_the_program_are_not_hidden(monkeypatch):
    def fail(args):
        raise ZeroDivisionError

    monkeypatch.setattr(_fit, "run", fail)
    with pytest.raises(ZeroDivisionError):
        main(["fit"])


def test_warnings_name_options_and_no_line_of_code(monkeypatch, capsys):
    def warn(args):
        warnings.warn("Try max_time.", stacklevel=1)
        return 0

    monkeypatch.setattr(_fit, "run", warn)
    before = warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert main(["fit"]) == 0
    assert capsys.readouterr().err == "skanchors fit: warning: Try --max-time.\n"
    assert warnings.showwarning is before


def test_names_that_the_terminal_cannot_show(tmp_path):
    file = tmp_path / "one.xml"
    text = Path(load_sample_paths()[0]).read_text().replace("<name>", "<name>\u732b ")
    file.write_text(text, encoding="utf-8")
    coding = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = shell("evaluate", str(file), "--detector", "yolov5", env=coding)
    assert done.returncode == 0, done.stderr
    assert "\\u732b" in done.stdout
