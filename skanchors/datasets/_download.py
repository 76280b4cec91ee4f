"""Download a file whose digest is known, going on where an earlier try stopped."""

import hashlib
import os
import time
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from skanchors._progress import track

_CHUNK = 1 << 20
_TIMEOUT = 60
# Many times what any of the archives has; a server may never stop.
_MAX_BYTES = 16 << 30


class Archive(NamedTuple):
    """Where an archive is, and the digest of it."""

    url: str
    checksum: str


class _Redirects(HTTPRedirectHandler):
    """Follow to the same protocol, or to a safer one, and to no other."""

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        """As of `HTTPRedirectHandler`."""
        if urlsplit(newurl).scheme not in ("https", urlsplit(req.full_url).scheme):
            why = f"{msg}, to another protocol: {newurl}"
            raise HTTPError(req.full_url, code, why, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check_archive(archive: Archive) -> None:
    """Refuse other protocols, and digests that are none."""
    if urlsplit(archive.url).scheme not in ("http", "https"):
        raise ValueError(
            f"url must start with http:// or https://, got {archive.url!r}."
        )
    name, _, digest = archive.checksum.partition(":")
    if name not in hashlib.algorithms_guaranteed or not digest:
        raise ValueError(
            f"checksum must be as 'sha256:<hex digits>', got {archive.checksum!r}."
        )


def download(
    archive: Archive, file: Path, n_retries: int, delay: float, verbose: int
) -> None:
    """Download to a file, going on where an earlier download stopped.

    Parameters
    ----------
    archive : Archive
        What to download.
    file : Path
        Where to; what has come so far is in the file of that name and ``.part``.
    n_retries : int
        How many times to go on after the connection broke.
    delay : float
        Seconds between these.
    verbose : int
        Whether to show a progress bar.
    """
    part = file.with_name(file.name + ".part")
    for left in reversed(range(n_retries + 1)):
        try:
            _download_rest(archive.url, part, verbose)
            break
        except (URLError, HTTPException, OSError) as error:
            # 4xx: asking again will not help.
            final = isinstance(error, HTTPError) and error.code < 500
            if not left or final:
                size = part.stat().st_size if part.exists() else 0
                raise OSError(
                    f"The download of {archive.url} failed after {size} bytes: "
                    f"{error}. They are kept in {part}; call again to go on from "
                    f"there, or download the archive by other means to {part}, or "
                    "pass url= of a mirror."
                ) from error
            time.sleep(delay)
    if not has_digest(part, archive.checksum):
        found = _digest(part, archive.checksum)
        part.unlink()
        raise OSError(
            f"The archive from {archive.url} has the wrong digest {found}, expected "
            f"{archive.checksum}. It was removed; call again to download it anew. If "
            "you trust this archive, pass its digest as checksum=."
        )
    os.replace(part, file)


def _download_rest(url: str, part: Path, verbose: int) -> None:
    start = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        response = build_opener(_Redirects).open(request, timeout=_TIMEOUT)
    except HTTPError as error:
        with error:
            if error.code == 416 and start:  # there is nothing after what we have
                return
            raise
    with response:
        if start and response.status != 206:
            start = 0  # the server does not do parts
        told = response.headers.get("Content-Range", "").split("/")[0].lower()
        if start and told and not _starts_at(told, start):
            part.unlink()
            raise OSError("the server sent another part than was asked for")
        length = _length(response)
        n_chunks = None if length is None else -(-length // _CHUNK)
        with part.open("ab" if start else "wb") as file:
            chunks = iter(lambda: response.read(_CHUNK), b"")
            received = 0
            for chunk in track(
                chunks, total=n_chunks, description="Downloading VOC", verbose=verbose
            ):
                received += len(chunk)
                if start + received > _MAX_BYTES:
                    raise OSError(f"more than {_MAX_BYTES >> 30} GiB came")
                file.write(chunk)
        if length is not None and received < length:
            raise OSError(f"the connection ended {length - received} bytes early")


def _starts_at(content_range: str, start: int) -> bool:
    return content_range.removeprefix("bytes").strip().startswith(f"{start}-")


def _length(response: HTTPResponse) -> int | None:
    """What the server says that it sends, None if it says nothing sensible."""
    text = response.headers.get("Content-Length", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def has_digest(path: Path, checksum: str) -> bool:
    """Whether a file has the digest that it should have."""
    return _digest(path, checksum) == checksum.partition(":")[2].lower()


def _digest(path: Path, checksum: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, checksum.partition(":")[0]).hexdigest()
