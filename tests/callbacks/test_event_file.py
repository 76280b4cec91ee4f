import itertools

import numpy as np
import pytest

from skanchors.callbacks._event_file import EventFile
from skanchors.callbacks._graph import GraphNode

pytest.importorskip("tensorboard")


@pytest.fixture
def file(tmp_path):
    return EventFile(tmp_path / "deep" / "run", 17)


def test_scalars_come_back_in_order(file, read):
    values = [0.5, 0.25, -1.0, 1e-30]
    for step, value in enumerate(values):
        file.scalar("a/b", value, step)
    found = read(file.folder).Scalars("a/b")
    assert [event.step for event in found] == [0, 1, 2, 3]
    np.testing.assert_array_equal(
        [event.value for event in found], np.float32(values).astype(float)
    )


def test_one_file_a_run_that_is_closed_after_each_event(file, read):
    file.scalar("x", 1)
    read(file.folder)
    EventFile(file.folder, 17).scalar("x", 2, 1)
    assert [path.name for path in file.folder.iterdir()] == [file.path.name]
    assert [event.value for event in read(file.folder).Scalars("x")] == [1, 2]


def test_histogram_counts_weights(file, read):
    rng = np.random.default_rng(0)
    values, weight = rng.random(500), rng.random(500)
    file.histogram("h", values, weight)
    file.histogram("plain", values)
    found = read(file.folder)
    weighted = found.Histograms("h")[0].histogram_value
    assert weighted.num == pytest.approx(weight.sum())
    assert weighted.sum == pytest.approx(weight @ values)
    assert weighted.sum_squares == pytest.approx(weight @ values**2)
    edges = [values.min(), *weighted.bucket_limit]
    expected = [
        weight[(values >= low) & (values < high)].sum()
        for low, high in itertools.pairwise(edges[:-1])
    ]
    np.testing.assert_allclose(weighted.bucket[:-1], expected)
    plain = found.Histograms("plain")[0].histogram_value
    assert (plain.min, plain.max) == (values.min(), values.max())
    assert sum(plain.bucket) == plain.num == 500


def test_histogram_of_equal_values(file, read):
    file.histogram("h", np.full(7, 0.5))
    found = read(file.folder).Histograms("h")[0].histogram_value
    assert sum(found.bucket) == 7
    assert found.min < 0.5 < found.max


def test_text_and_image_come_back(file, read):
    file.text("words", "| é | **b** |")
    file.image("picture", b"png bytes", 30, 20)
    found = read(file.folder)
    tensor = found.Tensors("words")[0].tensor_proto
    assert tensor.string_val[0].decode() == "| é | **b** |"
    image = found.Images("picture")[0]
    assert (image.encoded_image_string, image.width, image.height) == (
        b"png bytes",
        30,
        20,
    )


def test_graph_comes_back(file, read):
    file.graph(
        [
            GraphNode("X", "Input", [], {}),
            GraphNode("km/IoUKMeans", "IoUKMeans", ["X"], {"n_clusters": "9"}),
        ]
    )
    x, km = read(file.folder).Graph().node
    assert (x.name, x.op, list(x.input)) == ("X", "Input", [])
    assert (km.name, km.op, list(km.input)) == ("km/IoUKMeans", "IoUKMeans", ["X"])
    assert km.attr["n_clusters"].s == b"9"


def test_hyperparameters_come_back(file, read):
    metadata = pytest.importorskip("tensorboard.plugins.hparams.metadata")
    file.hyperparameters({"k": 9, "metric": "iou", "deep": True}, "fit_001")
    file.end_session()
    content = read(file.folder).PluginTagToContent("hparams")
    start = metadata.parse_session_start_info_plugin_data(
        content[metadata.SESSION_START_INFO_TAG]
    )
    assert start.group_name == "fit_001"
    assert start.hparams["k"].number_value == 9
    assert start.hparams["metric"].string_value == "iou"
    assert start.hparams["deep"].bool_value is True
    end = metadata.parse_session_end_info_plugin_data(
        content[metadata.SESSION_END_INFO_TAG]
    )
    assert end.status == 1  # success
