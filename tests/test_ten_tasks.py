"""Ten things that people come for: one command each, or five lines of Python."""

import io
import re
from contextlib import redirect_stdout

import pytest

from skanchors.cli import main
from skanchors.datasets import make_voc_annotations

# Task, command, Python, and what the answer of each has.
TASKS = [
    (
        "anchors for YOLOv5",
        "fit DATA --detector yolov5",
        """
from skanchors import fit_detector
print(fit_detector("DATA", "yolov5", random_state=0))
""",
        r"(Keep|Replace) yolov5 defaults[\s\S]*anchors:\n  - \[",
    ),
    (
        "anchors for Faster R-CNN",
        "fit DATA --detector fasterrcnn_resnet50_fpn",
        """
from skanchors import fit_detector
print(fit_detector("DATA", "fasterrcnn_resnet50_fpn", random_state=0))
""",
        r"(Keep|Replace) fasterrcnn[\s\S]*AnchorGenerator\(\n    sizes=\(\(",
    ),
    (
        "how many anchors",
        "select DATA -k 2:5",
        """
from skanchors.annotations import read_dataset
from skanchors.model_selection import choose_n_clusters
print(choose_n_clusters(read_dataset("DATA"), range(2, 6), random_state=0))
""",
        r"held out +fitted[\s\S]*\d anchors: ",
    ),
    (
        "mine against the defaults",
        "evaluate DATA --detector yolov5 --anchors-file mine.yaml",
        """
from skanchors.annotations import read_dataset
from skanchors.export import AnchorSet
from skanchors.inspection import compare_anchors
sets = {"mine": AnchorSet.load("mine.json"), "defaults": None}
print(compare_anchors(read_dataset("DATA"), sets, detector="yolov5"))
""",
        r"(Keep|Replace) (yolov5 )?defaults",
    ),
    (
        "the images that are served worst",
        "report DATA --detector yolov5 -o worst.html",
        """
from skanchors.annotations import read_dataset
from skanchors.inspection import dataset_report
report = dataset_report(read_dataset("DATA"), "yolov5")
report.to_html("worst.html")
print(report)
""",
        r"yolov5",
    ),
    (
        "each class with the same say",
        "fit DATA --detector yolov5 --balance class",
        """
from skanchors import fit_detector
print(fit_detector("DATA", "yolov5", balance="class", random_state=0))
""",
        r"anchors:\n  - \[",
    ),
    (
        "an input that is not square",
        "fit DATA --detector yolov5 --input-size 640x384",
        """
from dataclasses import replace
from skanchors import fit_detector
from skanchors.detectors import get_detector
wide = replace(get_detector("yolov5"), input_size=(640, 384))
print(fit_detector("DATA", wide, random_state=0))
""",
        r"anchors:\n  - \[",
    ),
    (
        "more boxes than memory",
        "fit DATA --low-memory --scaling letterbox --input-size 640",
        """
from skanchors import IoUKMeans
from skanchors.annotations import iter_sizes
from skanchors.datasets import list_annotations
km = IoUKMeans(9, random_state=0)
for X in iter_sizes(list_annotations("DATA")): print(km.partial_fit(X).cluster_centers_)
""",
        r"\d\.\d",
    ),
    (
        "how good any anchors could be",
        "fit DATA -k 2 --certify --max-time 5",
        """
from skanchors import IoUKMeans
from skanchors.annotations import read_dataset
from skanchors.certify import certify_anchors
X = read_dataset("DATA").sizes("letterbox", 640)
print(certify_anchors(X, IoUKMeans(2, random_state=0).fit(X), max_time=5))
""",
        r"[Nn]o set of 2 anchors|no \d anchors|proof|at most",
    ),
    (
        "a log for TensorBoard",
        "fit DATA --tensorboard logs",
        """
from skanchors import IoUKMeans
from skanchors.annotations import read_dataset
from skanchors.callbacks import TensorBoardLogger
km = IoUKMeans(9).set_callbacks(TensorBoardLogger("logs"))
print(km.fit(read_dataset("DATA")).cluster_centers_)
""",
        r"\d\.\d",
    ),
]
NAMES = [name for name, *_ in TASKS]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks") / "data"
    make_voc_annotations(folder, 60, random_state=0)
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to write in, with anchors of one's own."""
    monkeypatch.chdir(tmp_path)
    levels = ["[20, 30, 40, 60, 70, 50]", "[90, 120, 150, 100, 140, 260]"]
    lines = [*levels, "[300, 180, 260, 350, 480, 400]"]
    text = "nc: 3\nanchors:\n" + "".join(f"  - {line}\n" for line in lines)
    (tmp_path / "mine.yaml").write_text(text)
    from skanchors.export import parse_anchors

    parse_anchors(text).save("mine.json")
    return tmp_path


def needs(task):
    if "TensorBoard" in task:
        pytest.importorskip("tensorboard")
        pytest.importorskip("matplotlib")


# 2026-11-26: one of the tasks balances rare groups, which are merged and named.
@pytest.mark.filterwarnings("default:Groups with fewer")
@pytest.mark.parametrize(("task", "command", "code", "answer"), TASKS, ids=NAMES)
def test_one_command(task, command, code, answer, data, here, capsys):
    needs(task)
    assert main(command.replace("DATA", str(data)).split()) == 0
    out = capsys.readouterr().out
    assert re.search(answer, out)
    assert max(map(len, re.findall(r"^(?!anchor_gen| {4}).*$", out, re.M))) <= 80
    if "TensorBoard" in task:
        assert list(here.rglob("*tfevents*"))
    if "-o " in command:
        assert (here / "worst.html").stat().st_size > 10_000


# 2026-11-26: one of the tasks balances rare groups, which are merged and named.
@pytest.mark.filterwarnings("default:Groups with fewer")
@pytest.mark.parametrize(("task", "command", "code", "answer"), TASKS, ids=NAMES)
def test_five_lines(task, command, code, answer, data, here):
    needs(task)
    lines = code.replace("DATA", str(data)).strip().splitlines()
    assert len(lines) <= 5 and max(map(len, code.splitlines())) <= 88
    out = io.StringIO()
    with redirect_stdout(out):
        exec("\n".join(lines), {})
    assert re.search(answer, out.getvalue())
