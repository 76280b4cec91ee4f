"""A server of an archive like those of PASCAL VOC, and what asks it."""

import hashlib
import io
import random
import tarfile
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from skanchors.datasets import fetch_voc

XML = b"<annotation/>"
NOISE = random.Random(0).randbytes(50_000)
FILES = {
    "VOCdevkit/VOC2007/Annotations/000001.xml": XML,
    "VOCdevkit/VOC2007/Annotations/000002.xml": XML,
    "VOCdevkit/VOC2007/Annotations/000003.xml": XML,
    "VOCdevkit/VOC2007/ImageSets/Main/trainval.txt": b"000001\n000002\n",
    "VOCdevkit/VOC2007/ImageSets/Main/train.txt": b"000002\n",
    "VOCdevkit/VOC2007/ImageSets/Main/test.txt": b"000003\n",
    "VOCdevkit/VOC2007/ImageSets/Layout/train.txt": b"000001\n",
    "VOCdevkit/VOC2007/JPEGImages/000001.jpg": bytes(range(256)) * 400,
}


def tar(files, members=()):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
    return stream.getvalue()


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves one content; may break off, and may do parts."""

    content = b""
    status = 200
    break_after = None
    parts = True
    length = None
    content_range = None
    redirect = None
    stall_after = None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.go_on = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/VOC.tar"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted and server.parts else 0
        status = server.status
        if status == 200 and start:
            status = 206 if start < len(server.content) else 416
        body = server.content[start:] if status in (200, 206) else b""
        if server.redirect and self.path == "/VOC.tar":
            self.send_response(302)
            self.send_header("Location", server.redirect)
            self.end_headers()
            return
        self.send_response(status)
        length = str(len(body)) if server.length is None else server.length
        self.send_header("Content-Length", length)
        if status == 206 and server.content_range:
            self.send_header("Content-Range", server.content_range)
        self.end_headers()
        body = body[: server.break_after]
        if server.stall_after is not None:
            self.wfile.write(body[: server.stall_after])
            server.go_on.wait(60)
            body = body[server.stall_after :]
        with suppress(ConnectionError):  # whoever asked may have been killed
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def serving(**settings):
    with Server() as server:
        for name, value in settings.items():
            setattr(server, name, value)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


CONTENT = tar(FILES)


def fetch(server, tmp_path, image_set="trainval", **parameters):
    parameters = {"checksum": digest(server.content), "delay": 0} | parameters
    return fetch_voc(
        2007, image_set, data_home=tmp_path / "home", url=server.url, **parameters
    )


def names(paths):
    return [path[-10:] for path in paths]
