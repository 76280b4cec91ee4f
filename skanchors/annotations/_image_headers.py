"""Sizes of images from their headers.

Only the first bytes are read, and nothing is decoded. Of a header that is not as it
should be, nothing is believed.
"""

import os
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO

from skanchors._regular import open_regular

Size = tuple[float, float]

# The longest side that a header may tell; and limits to what a JPEG may hold before its
# frame, so that no file takes long.
_LARGEST = 1e9
_MAX_FILL = 1 << 16
_MAX_SEGMENTS = 10_000
_MAX_TAGS = 4096
_MAX_CHUNKS = 1000
_MAX_EXIF = 1 << 16


def image_size(path: str | os.PathLike) -> Size | None:
    """Read the size of an image from its header.

    Parameters
    ----------
    path : str or path-like
        A PNG, JPEG, BMP, GIF, WebP or TIFF file.

    Returns
    -------
    tuple of float or None
        Width and height as shown, after the rotation that a camera may have noted;
        None if the header cannot be read, or it is a device or a pipe.
    """
    try:
        file = open_regular(path)
    except (IsADirectoryError, ValueError):
        return None
    with file:
        return header_size(file)


def header_size(file: BinaryIO) -> Size | None:
    """`image_size` of an open file."""
    try:
        start = file.read(32)
        for magic, read in _READERS.items():
            if start.startswith(magic):
                width, height = map(float, read(file, start))
                if 1 <= width < _LARGEST and 1 <= height < _LARGEST:
                    return width, height
    except (struct.error, ValueError, OSError):
        pass
    return None


def _png(file: BinaryIO, start: bytes) -> Size:
    if start[12:16] != b"IHDR":
        raise ValueError("the first chunk is no header")
    width, height = struct.unpack(">II", start[16:24])
    # The orientation may be told before the pixels; what comes after these would
    # cost to go through the whole file.
    file.seek(33)
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] in (b"IDAT", b"IEND"):
            break
        (length,) = struct.unpack(">I", head[:4])
        if head[4:] == b"eXIf":
            return _turn(width, height, file.read(min(length, _MAX_EXIF)))
        file.seek(length + 4, os.SEEK_CUR)
    return width, height


def _bmp(file: BinaryIO, start: bytes) -> Size:
    if struct.unpack("<I", start[14:18])[0] == 12:  # of OS/2, and Windows 2
        return struct.unpack("<HH", start[18:22])
    width, height = struct.unpack("<ii", start[18:26])
    return width, abs(height)  # negative: stored from top to bottom


def _gif(file: BinaryIO, start: bytes) -> Size:
    return struct.unpack("<HH", start[6:10])


def _webp(file: BinaryIO, start: bytes) -> Size:
    kind, body = start[8:16], start[20:]
    if kind == b"WEBPVP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"WEBPVP8L" and body[:1] == b"\x2f":
        (bits,) = struct.unpack("<I", body[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"WEBPVP8X" and len(body) >= 10:
        low = int.from_bytes
        width, height = low(body[4:7], "little") + 1, low(body[7:10], "little") + 1
        exif = _webp_exif(file) if body[0] & 0x08 else b""
        return _turn(width, height, exif)
    raise ValueError("not WebP")


def _webp_exif(file: BinaryIO) -> bytes:
    """The chunk EXIF, after those of the pixels."""
    file.seek(30)
    for _ in range(_MAX_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        (length,) = struct.unpack("<I", head[4:])
        if head[:4] == b"EXIF":
            return file.read(min(length, _MAX_EXIF))
        file.seek(length + length % 2, os.SEEK_CUR)
    return b""


def _turn(width: float, height: float, exif: bytes) -> Size:
    """The size after the orientation that EXIF tells, if it can be read."""
    with suppress(struct.error, ValueError):  # as good as none
        if _tiff_tags(exif.removeprefix(b"Exif\0\0"))[2]:
            return height, width
    return width, height


def _jpeg(file: BinaryIO, start: bytes) -> Size:
    file.seek(2)
    exif = b""
    fill = iter(range(_MAX_FILL))
    for _ in range(_MAX_SEGMENTS):
        kind = _jpeg_marker(file, fill)
        if kind == 0x01 or 0xD0 <= kind <= 0xD7:
            continue  # these stand alone
        if kind in _NO_FRAME_AFTER:
            break
        (length,) = struct.unpack(">H", file.read(2))
        if length < 2:
            break
        if kind in _FRAMES:
            if length < 8:
                break
            _, height, width = struct.unpack(">BHH", file.read(5))
            return _turn(width, height, exif)
        end = file.tell() + length - 2
        if kind == 0xE1 and not exif and file.read(min(6, length - 2)) == b"Exif\0\0":
            exif = b"Exif\0\0" + file.read(length - 8)
        file.seek(end)
    raise ValueError("no frame")


def _jpeg_marker(file: BinaryIO, fill: Iterator[int]) -> int:
    """The next marker, which bytes 0xFF may precede, as many as `fill` has left."""
    if file.read(1) != b"\xff":
        raise ValueError("not a marker")
    for _ in fill:
        (kind,) = struct.unpack("B", file.read(1))
        if kind != 0xFF:
            return kind
    raise ValueError("nothing but fill bytes")


# Markers that start a frame; 0xC4, 0xC8 and 0xCC in their midst are other things.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Another image begins, this one ends, its pixels begin; and no marker at all.
_NO_FRAME_AFTER = {0xD8, 0xD9, 0xDA, 0x00}


def _tiff(file: BinaryIO, start: bytes) -> Size:
    order = "<" if start[:2] == b"II" else ">"
    big = start[2:4] in (b"+\0", b"\0+")
    at, kind, n_bytes, each = _BIG_TIFF if big else _TIFF
    (offset,) = struct.unpack_from(order + kind, start, at)
    if offset > _LARGEST_FILE:
        raise ValueError("beyond the end of any file")
    file.seek(offset)
    # The offset in what is handed on is that of its own start.
    head = start[:at] + struct.pack(order + kind, at + struct.calcsize("=" + kind))
    rest = file.read(n_bytes + each * _MAX_TAGS)
    width, height, turned = _tiff_tags(head + rest, big)
    return (height, width) if turned else (width, height)


# Where the offset of the tags is, of which kind it is, the bytes of their number, and
# those of each. BigTIFF has more of all: https://www.awaresystems.be/imaging/tiff/bigtiff.html
_TIFF = (4, "I", 2, 12)
_BIG_TIFF = (8, "Q", 8, 20)
_LARGEST_FILE = 1 << 60


def _tiff_tags(tiff: bytes, big: bool = False) -> tuple[int, int, bool]:
    """Width, height, and whether the orientation swaps them; 0 where not told."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        raise ValueError("no order of bytes")
    at, kind, n_bytes, each = _BIG_TIFF if big else _TIFF
    (offset,) = struct.unpack_from(order + kind, tiff, at)
    (n_tags,) = struct.unpack_from(order + ("Q" if big else "H"), tiff, offset)
    found = {0x0100: 0, 0x0101: 0, 0x0112: 1}
    for i in range(min(n_tags, _MAX_TAGS)):
        place = offset + n_bytes + each * i
        if place + each > len(tiff):
            break
        tag, form, count = struct.unpack_from(order + "HH" + kind, tiff, place)
        if tag in found and count == 1 and form in _WHOLE_NUMBERS[big]:
            value = place + 4 + struct.calcsize("=" + kind)
            number = order + _WHOLE_NUMBERS[big][form]
            (found[tag],) = struct.unpack_from(number, tiff, value)
    return found[0x0100], found[0x0101], 5 <= found[0x0112] <= 8


# Kinds of whole numbers: of 16 and 32 bits, and in BigTIFF of 64.
_WHOLE_NUMBERS = ({3: "H", 4: "I"}, {3: "H", 4: "I", 16: "Q"})


_READERS: dict[bytes, Callable[[BinaryIO, bytes], Size]] = {
    b"\x89PNG\r\n\x1a\n": _png,
    b"\xff\xd8": _jpeg,
    b"BM": _bmp,
    b"GIF87a": _gif,
    b"GIF89a": _gif,
    b"RIFF": _webp,
    b"II*\0": _tiff,
    b"MM\0*": _tiff,
    b"II+\0": _tiff,
    b"MM\0+": _tiff,
}
