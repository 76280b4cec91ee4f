"""Annotation files of common formats, read into tables and box sizes."""

from skanchors.annotations._balance import balanced_weight
from skanchors.annotations._coco_extractor import COCOBoxExtractor
from skanchors.annotations._findings import AnnotationWarning, Finding
from skanchors.annotations._from_records import from_records
from skanchors.annotations._kitti_dimensions import read_kitti_dimensions
from skanchors.annotations._read import read_annotations
from skanchors.annotations._read_dataset import read_dataset
from skanchors.annotations._stamp import stamp_paths
from skanchors.annotations._stream import iter_sizes
from skanchors.annotations._table import AnnotationTable
from skanchors.annotations._voc_extractor import VOCBoxExtractor
from skanchors.annotations._yolo_extractor import YOLOBoxExtractor
from skanchors.annotations.formats import register_format, unregister_format

__all__ = [
    "AnnotationTable",
    "AnnotationWarning",
    "COCOBoxExtractor",
    "Finding",
    "VOCBoxExtractor",
    "YOLOBoxExtractor",
    "balanced_weight",
    "from_records",
    "iter_sizes",
    "read_annotations",
    "read_dataset",
    "read_kitti_dimensions",
    "register_format",
    "stamp_paths",
    "unregister_format",
]
