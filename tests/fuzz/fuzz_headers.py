"""Fuzzing of the reader of image headers, with a bound on time and on what is read.

``python tests/fuzz/fuzz_headers.py --seconds 900`` changes and splices headers of every
kind. Where atheris is installed, ``--atheris`` lets it guide the changes by coverage;
what follows are options of libFuzzer, and a folder for what it finds.
"""

import io
import struct
import sys
import time
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import changing

ATHERIS = __name__ == "__main__" and "--atheris" in sys.argv
if ATHERIS:
    import atheris

    instrument = atheris.instrument_imports(include=["skanchors.annotations"])
else:
    instrument = nullcontext()

with instrument:
    from skanchors.annotations._image_headers import header_size

# What one input may take: so much at once, and so much a byte of it.
SECONDS, SECONDS_A_BYTE = 0.2, 20e-6


def check(content: bytes) -> float:
    """Read a header; no error may come out, and no size that no image has.

    Returns
    -------
    float
        Seconds taken.
    """
    start = time.process_time()
    size = header_size(io.BytesIO(content))
    taken = time.process_time() - start
    assert taken < SECONDS + SECONDS_A_BYTE * len(content), f"{taken:.1f} s"
    if size is not None:
        width, height = size
        assert type(width) is type(height) is float
        assert 1 <= width < 1e9
        assert 1 <= height < 1e9
    return taken


def _segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def _tiff(order: str) -> bytes:
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, 8)
    tags = b"".join(
        struct.pack(order + "HHIHH", tag, 3, 1, value, 0)
        for tag, value in [(256, 640), (257, 480), (274, 6)]
    )
    return head + struct.pack(order + "H", 3) + tags + b"\0" * 4


def _big_tiff() -> bytes:
    tags = b"".join(
        struct.pack("<HHQQ", tag, 16, 1, value)
        for tag, value in [(256, 640), (257, 480), (274, 6)]
    )
    return b"II+\0\x08\0\0\0" + struct.pack("<QQ", 16, 3) + tags + b"\0" * 8


def seeds() -> list[bytes]:
    """A header of every kind."""
    exif = _segment(0xE1, b"Exif\0\0" + _tiff(">"))
    frame = _segment(0xC2, struct.pack(">BHHB", 8, 480, 640, 3) + b"\0" * 9)
    vp8 = b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480)
    vp8x = b"\x10\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
    return [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
        + struct.pack(">II", 640, 480)
        + b"\x08\2\0\0\0",
        b"\xff\xd8" + _segment(0xE0, b"JFIF\0" + b"\0" * 9) + exif + frame,
        b"\xff\xd8\xff\xff" + _segment(0xFE, b"note") + b"\xff\x01\xff\xd0" + frame,
        b"BM" + b"\0" * 12 + struct.pack("<IHHHH", 12, 640, 480, 1, 24),
        b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 640, -480) + b"\0" * 9,
        b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0" * 9,
        b"RIFF\x20\0\0\0WEBPVP8 \0\0\0\0" + vp8,
        b"RIFF\x20\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 639 | 479 << 14),
        b"RIFF\x20\0\0\0WEBPVP8X\0\0\0\0" + vp8x,
        _tiff("<"),
        _tiff(">"),
        _big_tiff(),
    ]


PIECES = (
    *(bytes([byte]) for byte in (0, 1, 8, 0xC0, 0xC4, 0xD8, 0xE1, 0xFE, 0xFF)),
    b"\xff\xff",
    b"\xff\xe1\xff\xff",
    b"\xff\xe1\0\x02",
    b"\xff\x01",
    b"\0\0\0\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"Exif\0\0",
    b"II*\0\x08\0\0\0",
    b"MM\0*\0\0\0\x08",
    b"II+\0\x08\0\0\0",
    b"\x01\x12\0\3\0\0\0\1\0\6\0\0",
)


def main() -> None:
    """Fuzz, and say how much and how slow."""
    if ATHERIS:
        changing.guided(atheris, check, seeds())
    changing.main(check, seeds, PIECES, __doc__.split("\n", 1)[0])


if __name__ == "__main__":
    main()
