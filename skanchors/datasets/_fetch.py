"""PASCAL VOC from its home page: only the annotations are kept."""

import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from skanchors._progress import track
from skanchors.datasets._listing import list_annotations

_HOME = "http://host.robots.ox.ac.uk/pascal/VOC"
_CHUNK = 1 << 20
_TIMEOUT = 60
# The largest annotation file and the largest sum of them that are extracted.
_MAX_FILE = 16 << 20
_MAX_TOTAL = 2 << 30

# Where things go, by where they are in the archive. Names are taken from here and
# nothing else, so that an archive cannot write anywhere else.
_WANTED = re.compile(
    r"(?:.*/)?VOC\d{4}/(Annotations/[\w-]+\.xml|ImageSets/Main/[\w-]+\.txt)", re.ASCII
)


class Archive(NamedTuple):
    """Where an archive is, and the digest of it."""

    url: str
    checksum: str


# The home page gives no digests. These are the MD5 digests that other libraries check;
# they tell a broken download, not a forged one.
_ARCHIVES = {
    (2007, "trainval"): Archive(
        f"{_HOME}/voc2007/VOCtrainval_06-Nov-2007.tar",
        "md5:c52e279531787c972589f7e41ab4ae64",
    ),
    (2007, "test"): Archive(
        f"{_HOME}/voc2007/VOCtest_06-Nov-2007.tar",
        "md5:b6e924de25625d8de591ea690078ad9f",
    ),
    (2012, "trainval"): Archive(
        f"{_HOME}/voc2012/VOCtrainval_11-May-2012.tar",
        "md5:6cd6e144f989b92b3379bac3b3de84fd",
    ),
}


def fetch_voc(
    year=2007,
    image_set="trainval",
    *,
    data_home=None,
    download_if_missing=True,
    url=None,
    checksum=None,
    n_retries=3,
    delay=1.0,
    verbose=0,
):
    """Fetch the annotations of PASCAL VOC, and list the files.

    The archive holds the images too (about 440 MB for 2007, 2 GB for 2012). It is
    downloaded once; the annotations and the image sets are taken out of it and kept in
    `data_home`, and it is removed.

    Parameters
    ----------
    year : {2007, 2012}, default=2007
        Year of the challenge.
    image_set : str, default="trainval"
        "train", "val" or "trainval"; for 2007 also "test"; or the set of a class, such
        as "dog_train".
    data_home : str, path-like or None, default=None
        Where to keep the files. None is the folder ``skanchors`` in scikit-learn's data
        home, see `sklearn.datasets.get_data_home`.
    download_if_missing : bool, default=True
        Whether to download what is not there yet. If not, that is an error.
    url : str or None, default=None
        Another place of the archive, such as a mirror. None is the home page of the
        challenge.
    checksum : str or None, default=None
        Digest of the archive, such as ``"sha256:..."`` or ``"md5:..."``. None is the
        MD5 digest of the original archive.
    n_retries : int, default=3
        How many times to go on after the connection broke.
    delay : float, default=1.0
        Seconds between these.
    verbose : int, default=0
        Whether to show a progress bar on a terminal.

    Returns
    -------
    list of str
        Paths of the XML files, sorted.

    Raises
    ------
    OSError
        If the download fails; what has come so far is kept, and the next call goes on
        from there. Also if the digest is wrong, or the archive has no annotations.
    ValueError
        If there is no such year or image set.

    See Also
    --------
    load_sample_paths : A small sample that needs no download.

    Examples
    --------
    >>> from skanchors.datasets import fetch_voc
    >>> paths = fetch_voc(2007, "trainval")  # doctest: +SKIP
    >>> len(paths)  # doctest: +SKIP
    5011
    """
    part = "test" if re.fullmatch(r"(\w+_)?test", image_set) else "trainval"
    if (year, part) not in _ARCHIVES:
        known = ", ".join(f"{y} {p}" for y, p in _ARCHIVES)
        raise ValueError(f"There is no VOC {year} {part} to fetch; there are {known}.")
    archive = _ARCHIVES[year, part]
    if url is not None:
        archive = archive._replace(url=url)
    if checksum is not None:
        archive = archive._replace(checksum=checksum)
    _check(archive)
    folder = _home(data_home) / f"VOC{year}_{part}"
    if not folder.is_dir():
        if not download_if_missing:
            raise OSError(
                f"VOC {year} {part} is not in {folder}, and download_if_missing=False."
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        file = folder.with_name(folder.name + ".tar")
        _download(archive, file, n_retries, delay, verbose)
        _extract(file, folder)
        file.unlink()
    return list_annotations(folder, image_set)


def _home(data_home):
    if data_home is not None:
        return Path(data_home).expanduser()
    from sklearn.datasets import get_data_home

    return Path(get_data_home()) / "skanchors"


def _check(archive):
    if urlsplit(archive.url).scheme not in ("http", "https"):
        raise ValueError(
            f"url must start with http:// or https://, got {archive.url!r}."
        )
    name, _, digest = archive.checksum.partition(":")
    if name not in hashlib.algorithms_guaranteed or not digest:
        raise ValueError(
            f"checksum must be as 'sha256:<hex digits>', got {archive.checksum!r}."
        )


def _download(archive, file, n_retries, delay, verbose):
    """Download to a file, going on where an earlier download stopped."""
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
    found = _digest(part, archive.checksum.partition(":")[0])
    if found != archive.checksum.partition(":")[2].lower():
        part.unlink()
        raise OSError(
            f"The archive from {archive.url} has the wrong digest {found}, expected "
            f"{archive.checksum}. It was removed; call again to download it anew. If "
            "you trust this archive, pass its digest as checksum=."
        )
    os.replace(part, file)


def _download_rest(url, part, verbose):
    start = part.stat().st_size if part.exists() else 0
    request = Request(url, headers={"Range": f"bytes={start}-"} if start else {})
    try:
        response = urlopen(request, timeout=_TIMEOUT)
    except HTTPError as error:
        with error:
            if error.code == 416 and start:  # there is nothing after what we have
                return
            raise
    with response:
        if start and response.status != 206:
            start = 0  # the server does not do parts
        length = response.headers.get("Content-Length")
        with part.open("ab" if start else "wb") as file:
            n_chunks = None if length is None else -(-int(length) // _CHUNK)
            chunks = iter(lambda: response.read(_CHUNK), b"")
            received = 0
            for chunk in track(
                chunks, total=n_chunks, description="Downloading VOC", verbose=verbose
            ):
                file.write(chunk)
                received += len(chunk)
        if length is not None and received < int(length):
            raise OSError(f"the connection ended {int(length) - received} bytes early")


def _digest(path, name):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, name).hexdigest()


def _extract(file, folder):
    """Take annotations and image sets out of an archive, all or nothing."""
    scratch = Path(tempfile.mkdtemp(prefix=folder.name, dir=folder.parent))
    try:
        total = 0
        with tarfile.open(file, "r:*") as archive:
            for member in archive:
                wanted = _WANTED.fullmatch(member.name)
                # Only regular files: a link would point anywhere.
                if wanted is None or not member.isreg():
                    continue
                total += member.size
                if member.size > _MAX_FILE or total > _MAX_TOTAL:
                    raise OSError(f"{file}: {member.name} is too large.")
                target = scratch / wanted[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.extractfile(member) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
        if not (scratch / "Annotations").is_dir():
            raise OSError(f"{file} has no annotations of PASCAL VOC in it.")
        os.replace(scratch, folder)
    except tarfile.TarError as error:
        raise OSError(f"{file} is not a tar archive: {error}.") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
