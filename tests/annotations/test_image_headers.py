"""Sizes from headers of every kind, whole, odd and broken."""

import os
import struct

import pytest

from skanchors.annotations import read_annotations
from skanchors.annotations._image_headers import image_size


def jpeg(*parts, height=480, width=640, frame=b"\xff\xc0"):
    frame += struct.pack(">HBHH", 17, 8, height, width)
    return b"\xff\xd8" + b"".join(parts) + frame + b"\0" * 20


def segment(kind, body):
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def tiff(entries, order="<"):
    mark = {"<": b"II", ">": b"MM"}[order]
    head = mark + struct.pack(order + "HI", 42, 20) + b"pixels pixel"
    head += struct.pack(order + "H", len(entries))
    for tag, kind, value in entries:
        number = order + ("HH" if kind == 3 else "I")
        packed = struct.pack(number, *((value, 0) if kind == 3 else (value,)))
        head += struct.pack(order + "HHI", tag, kind, 1) + packed
    return head + b"\0" * 4


def big_tiff(entries, order="<", offset=24):
    """The same with 64 bits for offsets, counts and values."""
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HHH", 43, 8, 0)
    head += struct.pack(order + "Q", offset) + b"pixels p"
    head += struct.pack(order + "Q", len(entries))
    for tag, kind, value in entries:
        packed = struct.pack(order + {3: "H", 4: "I", 16: "Q"}[kind], value)
        head += struct.pack(order + "HHQ", tag, kind, 1) + packed.ljust(8, b"\0")
    return head + b"\0" * 8


def webp(kind, body):
    return b"RIFF" + struct.pack("<I", 100) + b"WEBP" + kind + b"\0" * 4 + body


VP8 = b"\x30\x01\x00\x9d\x01\x2a" + struct.pack("<HH", 640 | 1 << 14, 480 | 2 << 14)
VP8L = b"\x2f" + struct.pack("<I", 639 | 479 << 14 | 1 << 28)
VP8X = b"\x10\0\0\0" + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
CORE = b"BM" + b"\0" * 12 + struct.pack("<IHHHH", 12, 640, 480, 1, 24)
INFO = b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 640, -480) + b"\0" * 9
OS2 = b"BM" + b"\0" * 12 + struct.pack("<Iii", 64, 640, 480) + b"\0" * 9
PLAIN = [(256, 3, 640), (257, 4, 480)]
TURNED = tiff([(274, 3, 6)], ">")
EXIF = b"EXIF" + struct.pack("<I", len(TURNED)) + TURNED


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + b"crc "


def png(*chunks):
    body = struct.pack(">IIBBBBB", 640, 480, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join([chunk(b"IHDR", body), *chunks])


def extended(flags, *chunks):
    return webp(b"VP8X", bytes([flags]) + VP8X[1:]) + b"".join(chunks)


PIXELS = b"VP8 \x05\0\0\0pixel\0"  # filled up to an even length
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\r"


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (CORE, (640, 480)),
        (INFO, (640, 480)),
        (OS2, (640, 480)),
        (b"GIF87a" + struct.pack("<HH", 640, 480), (640, 480)),
        (b"GIF89a" + struct.pack("<HH", 640, 480) + b"\0" * 9, (640, 480)),
        (webp(b"VP8 ", VP8), (640, 480)),
        (webp(b"VP8L", VP8L), (640, 480)),
        (webp(b"VP8X", VP8X), (640, 480)),
        (tiff(PLAIN), (640, 480)),
        (big_tiff(PLAIN), (640, 480)),
        (big_tiff([(256, 16, 640), (257, 3, 480)], ">"), (640, 480)),
        (big_tiff([*PLAIN, (274, 3, 6)], ">"), (480, 640)),
        (tiff(PLAIN, ">"), (640, 480)),
        (tiff([*PLAIN, (274, 3, 6)], ">"), (480, 640)),
        (jpeg(frame=b"\xff\xff\xff\xc0"), (640, 480)),
        (jpeg(b"\xff\xff\xff\xff" + segment(0xFE, b"note")), (640, 480)),
        (jpeg(b"\xff\x01", b"\xff\xd0"), (640, 480)),
        (jpeg(segment(0xC4, b"\0" * 30)), (640, 480)),
        (jpeg(segment(0xE1, b"Exif\0\0" + tiff([(274, 3, 8)]))), (480, 640)),
        (jpeg(segment(0xE1, b"Exif\0\0" + tiff([(274, 4, 5)], ">"))), (480, 640)),
        (jpeg(segment(0xE1, b"Exif\0\0XX" + b"\0" * 20)), (640, 480)),
        # The first Exif counts; other data under the same marker does not.
        (
            jpeg(
                segment(0xE1, b"http://ns.adobe.com/"),
                segment(0xE1, b"Exif\0\0" + tiff([(274, 3, 6)])),
                segment(0xE1, b"Exif\0\0" + tiff([(274, 3, 1)])),
            ),
            (480, 640),
        ),
        (png(), (640, 480)),
        (png(chunk(b"tEXt", b"a\0b"), chunk(b"eXIf", TURNED)), (480, 640)),
        (png(chunk(b"eXIf", tiff([(274, 3, 3)]))), (640, 480)),
        (png(chunk(b"eXIf", b"II")), (640, 480)),
        (png(chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")), (640, 480)),
        (extended(0x08, PIXELS, EXIF), (480, 640)),
        (extended(0x18, b"ALPH\x03\0\0\0abc\0", PIXELS, EXIF), (480, 640)),
        (extended(0x00, PIXELS, EXIF), (640, 480)),  # nobody reads it
        (extended(0x08, PIXELS), (640, 480)),
        (
            extended(
                0x08, b"EXIF", struct.pack("<I", len(TURNED) + 6), b"Exif\0\0", TURNED
            ),
            (480, 640),
        ),
    ],
)
def test_headers(tmp_path, content, size):
    path = tmp_path / "image"
    path.write_bytes(content)
    assert image_size(path) == size
    for n in range(len(content)):
        path.write_bytes(content[:n])
        assert image_size(path) in (None, size, size[::-1])


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 24,
        PNG + b"IDAT" + struct.pack(">II", 640, 480),
        PNG + b"IHDR" + struct.pack(">II", 0, 480),
        PNG + b"IHDR" + struct.pack(">II", 640, 1 << 31),
        b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, -640, 480),
        b"BM" + b"\0" * 12 + struct.pack("<IHH", 12, 0, 480),
        b"GIF89a\0\0\1\0",
        b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 640, -(1 << 31)),
        # What comes after the end of an image, or amid its pixels, is no frame.
        jpeg(b"\xff\xd9"),
        jpeg(b"\xff\xd8"),
        jpeg(b"\xff\x00"),
        jpeg(segment(0xDA, b"\0" * 6)),
        b"\xff\xd8\xff\xc0" + struct.pack(">HBHH", 6, 8, 480, 640) + b"\0" * 9,
        b"\xff\xd8" + (b"\xff" * 60_000 + b"\x01") * 2 + jpeg()[2:],
        webp(b"VP8 ", VP8[:3] + b"\0\0\0" + VP8[6:]),
        webp(b"VP8L", b"\0" + VP8L[1:]),
        webp(b"ALPH", VP8X),
        b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 20,
        tiff([(256, 3, 640)]),
        tiff([(256, 2, 640), (257, 3, 480)]),
        b"II*\0" + struct.pack("<I", 1 << 31) + b"\0" * 30,
        b"II+\0" + b"\0" * 30,
        big_tiff(PLAIN, offset=1 << 63),
        big_tiff(PLAIN, offset=(1 << 59) + 1),
        big_tiff([(256, 16, 1 << 63), (257, 3, 480)]),
        tiff([(256, 16, 640), (257, 3, 480)]),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 200_000 + b"\xc0",
        b"\xff\xd8" + b"\xff\x01" * 30_000,
        jpeg(segment(0xFE, b"")[:-2] + b"\0\1"),
        jpeg(height=0),
    ],
)
def test_of_broken_headers_nothing_is_believed(tmp_path, content):
    path = tmp_path / "image"
    path.write_bytes(content)
    assert image_size(path) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF"])
def test_headers_as_pillow_writes_them(tmp_path, kind):
    pil = pytest.importorskip("PIL.Image")
    pytest.importorskip("PIL.features")
    path = tmp_path / "image"
    try:
        pil.new("RGB", (123, 45)).save(path, format=kind)
    except (KeyError, OSError):
        pytest.skip(f"Pillow here does not write {kind}")
    assert image_size(path) == (123, 45)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_as_pillow_writes_and_shows_them(tmp_path, kind, orientation):
    pil = pytest.importorskip("PIL.Image")
    turn = pytest.importorskip("PIL.ImageOps").exif_transpose
    path = tmp_path / "image"
    image = pil.new("RGB", (123, 45))
    exif = image.getexif()
    exif[274] = orientation
    try:
        image.save(path, format=kind, exif=exif)
    except (KeyError, OSError):
        pytest.skip(f"Pillow here does not write {kind}")
    with pil.open(path) as written:
        assert image_size(path) == turn(written).size
    assert image_size(path) == ((123, 45) if orientation < 5 else (45, 123))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
def test_pipes_and_devices_are_refused(tmp_path):
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.1 0.2")
    table = read_annotations([tmp_path / "a.txt"])
    assert table.relative.all()
    with pytest.raises(OSError, match=r"image_sizes.*device or a pipe"):
        read_annotations([tmp_path / "a.txt"], image_sizes=tmp_path / "a.png")
