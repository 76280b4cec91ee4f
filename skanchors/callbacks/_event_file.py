"""Events in the format that TensorBoard reads, and the file they go to."""

import os
import socket
import time
from typing import Any

import numpy as np

from skanchors._optional import require

_N_BUCKETS = 30


def _tensorboard(module: str) -> Any:
    return require(f"tensorboard.{module}", extra="tensorboard")


class EventFile:
    """The events of one run, which is what TensorBoard calls a folder.

    The file is open only while an event is appended. So nothing is left open when a
    fit fails, worker processes need not be told of its end, TensorBoard sees each event
    at once, and there is no handle that could not be pickled.

    Parameters
    ----------
    folder : Path
    started : int
        When the fit began, in seconds; tells apart fits that share a folder.
    """

    def __init__(self, folder: Any, started: float) -> None:
        self.folder = folder
        name = f"events.out.tfevents.{started:010}.{socket.gethostname()}.{os.getpid()}"
        self.path = folder / name

    def scalar(self, tag: str, value: float, step: int = 0) -> None:
        """Add a point to the curve `tag`."""
        self._add_value(step, tag=tag, simple_value=float(value))

    def histogram(
        self, tag: str, values: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> None:
        """Add a histogram of values, each counted by its weight."""
        weight = np.ones(len(values)) if sample_weight is None else sample_weight
        counts, edges = np.histogram(values, _N_BUCKETS, weights=weight)
        histogram = _tensorboard("compat.proto.summary_pb2").HistogramProto(
            min=edges[0],
            max=edges[-1],
            num=weight.sum(),
            sum=weight @ values,
            sum_squares=weight @ values**2,
            bucket_limit=edges[1:],
            bucket=counts,
        )
        self._add_value(tag=tag, histo=histogram)

    def image(self, tag: str, png: bytes, width: int, height: int) -> None:
        """Add a picture, given as the bytes of a PNG file."""
        image = _tensorboard("compat.proto.summary_pb2").Summary.Image(
            encoded_image_string=png, width=width, height=height, colorspace=4
        )
        self._add_value(tag=tag, image=image)

    def text(self, tag: str, markdown: str) -> None:
        """Add a text."""
        self._add_value(
            tag=tag,
            metadata=_tensorboard("plugins.text.metadata").create_summary_metadata(
                display_name="", description=""
            ),
            tensor=_string_tensor(markdown),
        )

    def graph(self, nodes: Any) -> None:
        """Add a graph of `GraphNode` objects."""
        proto = _tensorboard("compat.proto.graph_pb2")
        attributes = _tensorboard("compat.proto.attr_value_pb2")
        shape = _tensorboard("compat.proto.tensor_shape_pb2").TensorShapeProto()
        shape.dim.add(size=-1)  # unknown; without any shape, arrows cover the names
        graph = proto.GraphDef()
        graph.versions.producer = 22  # the format since TensorFlow 1.0
        for node in nodes:
            attr = {
                name: attributes.AttrValue(s=text.encode())
                for name, text in node.parameters.items()
            }
            attr["_output_shapes"] = attributes.AttrValue(
                list=attributes.AttrValue.ListValue(shape=[shape])
            )
            graph.node.add(name=node.name, op=node.op, input=node.inputs, attr=attr)
        self._add_event(graph_def=graph.SerializeToString())

    def hyperparameters(self, params: dict[str, Any], session: Any) -> None:
        """Add the hyperparameters by which the scores of this run were reached."""
        summary = _tensorboard("plugins.hparams.summary_v2").hparams_pb(
            params, trial_id=session
        )
        self._add_event(summary=summary)

    def end_session(self) -> None:
        """Add that what `hyperparameters` began ended well."""
        metadata = _tensorboard("plugins.hparams.metadata")
        data = _tensorboard("plugins.hparams.plugin_data_pb2").HParamsPluginData()
        data.session_end_info.status = _tensorboard(
            "plugins.hparams.api_pb2"
        ).STATUS_SUCCESS
        data.session_end_info.end_time_secs = time.time()
        self._add_value(
            tag=metadata.SESSION_END_INFO_TAG,
            metadata=metadata.create_summary_metadata(data),
            tensor=metadata.NULL_TENSOR,
        )

    def chart(self, category: str, title: str, tags: list[str]) -> None:
        """Add that the curves whose tags match a pattern share one chart."""
        metadata = _tensorboard("plugins.custom_scalar.metadata")
        layout = _tensorboard("plugins.custom_scalar.layout_pb2").Layout()
        chart = layout.category.add(title=category).chart.add(title=title)
        chart.multiline.tag.append(tags)
        self._add_value(
            tag=metadata.CONFIG_SUMMARY_TAG,
            metadata=metadata.create_summary_metadata(),
            tensor=_string_tensor(layout.SerializeToString()),
        )

    def _add_value(self, step: int = 0, **value: Any) -> None:
        summary = _tensorboard("compat.proto.summary_pb2").Summary()
        summary.value.add(**value)
        self._add_event(summary=summary, step=step)

    def _add_event(self, **content: Any) -> None:
        event = _tensorboard("compat.proto.event_pb2").Event
        writer = _tensorboard("summary.writer.record_writer").RecordWriter
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            records = writer(file)
            now = time.time()
            if not file.tell():
                version = event(wall_time=now, file_version="brain.Event:2")
                records.write(version.SerializeToString())
            records.write(event(wall_time=now, **content).SerializeToString())


def _string_tensor(content: Any) -> Any:
    tensor = _tensorboard("compat.proto.tensor_pb2").TensorProto
    types = _tensorboard("compat.proto.types_pb2")
    content = content.encode() if isinstance(content, str) else content
    return tensor(dtype=types.DT_STRING, string_val=[content])
