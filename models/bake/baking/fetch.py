"""Downloads: resumed where they broke off, tried again, and kept only when size and checksum are the expected ones.

Proxies come from the environment (https_proxy, no_proxy). A mirror takes the place of scheme and host.
"""

import hashlib
import http.client
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Callable

from .manifest import Source
from .trouble import BakeError, first_line

MIRROR = "CUTLINE_MODEL_MIRROR"
CHUNK_BYTES = 1 << 20
TIMEOUT_SECONDS = 60  # without a byte; a model may take as long as it takes
PAUSES_SECONDS = (1, 2, 4, 8, 16)
# Asking again helps where the server is busy or ill, not where the file is not there.
PASSING = {408, 425, 429, 500, 502, 503, 504}

Progress = Callable[[int, int | None], None]


class _Broken(Exception):
    """A try that may go better next time."""


def fetch(
    source: Source,
    cache: Path,
    *,
    trust: bool = False,
    mirror: str | None = None,
    pauses: tuple[float, ...] = PAUSES_SECONDS,
    progress: Progress = lambda done, total: None,
    say: Callable[[str], None] = print,
) -> Path:
    """The file of this source, from the cache or downloaded into it. Raises BakeError."""
    if source.sha256 is None and not trust:
        raise BakeError(
            f"Expected a known sha256 for {source.name} but the manifest has none: pass --trust-on-first-use to accept what the server sends."
        )
    url = mirrored(source.url, mirror if mirror is not None else os.environ.get(MIRROR))
    cache.mkdir(parents=True, exist_ok=True)
    # The address is part of the name, because two authors may give their files one name.
    path = cache / f"{hashlib.sha256(source.url.encode()).hexdigest()[:12]}-{source.name}"
    if path.exists() and not _wrong(path, source):
        _tell(path, source, say)
        return path
    path.unlink(missing_ok=True)
    part = path.with_name(path.name + ".part")
    resumed = _download(url, part, source, pauses, progress)
    wrong = _wrong(part, source)
    if wrong and resumed:
        # What an earlier run left may be of another version of the file: once more, from the beginning.
        part.unlink()
        _download(url, part, source, pauses, progress)
        wrong = _wrong(part, source)
    if wrong:
        part.unlink()
        raise BakeError(f"{wrong} from {url}: nothing was kept.")
    os.replace(part, path)
    _tell(path, source, say)
    return path


def mirrored(url: str, mirror: str | None) -> str:
    """The address with scheme and host replaced by the mirror's base, which may have a path of its own."""
    if not mirror:
        return url
    base = urllib.parse.urlsplit(mirror)
    if base.scheme not in ("http", "https") or not base.netloc:
        raise BakeError(f"Expected an http or https address for {MIRROR} but received '{mirror}'.")
    return mirror.rstrip("/") + urllib.parse.urlsplit(url).path


def digest(path: Path, algorithm: str = "sha256") -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _tell(path: Path, source: Source, say: Callable[[str], None]) -> None:
    if source.sha256 is None:
        say(f'{source.name}: to pin what was received, write "sha256": "{digest(path)}" into models/manifest.json')


def _wrong(path: Path, source: Source) -> str | None:
    size = path.stat().st_size
    if source.bytes is not None and size != source.bytes:
        return f"Expected {source.bytes} bytes for {source.name} but received {size}"
    for algorithm in ("sha256", "md5"):
        expected = getattr(source, algorithm)
        received = expected and digest(path, algorithm)
        if expected != received:
            return f"Expected {algorithm} {expected} for {source.name} but received {received}"
    return None


def _download(url: str, part: Path, source: Source, pauses: tuple[float, ...], progress: Progress) -> bool:
    """Fills the part file. Returns whether it was there already, from another run. Tries that bring more of the file are not
    counted: a large one may need many where a proxy cuts every answer off."""
    furthest = _size(part)
    resumed = furthest > 0
    fruitless = 0
    while True:
        try:
            _attempt(url, part, source, progress)
            return resumed
        except urllib.error.HTTPError as error:
            error.close()
            if error.code not in PASSING:
                raise BakeError(f"Expected {source.name} at {url} but the server answered {error.code} {error.reason}.") from error
            trouble: Exception = error
        except (_Broken, urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            trouble = error
        fruitless = 1 if _size(part) > furthest else fruitless + 1
        furthest = max(furthest, _size(part))
        if fruitless > len(pauses):
            raise BakeError(f"{source.name} could not be fetched from {url}: {first_line(trouble)}. What has arrived is kept and resumed.")
        time.sleep(pauses[fruitless - 1])


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _attempt(url: str, part: Path, source: Source, progress: Progress) -> None:
    have = _size(part)
    if source.bytes is not None and have > source.bytes:
        part.unlink()
        have = 0
    if have and have == source.bytes:
        return
    request = urllib.request.Request(url, headers={"User-Agent": "cutline-bake", **({"Range": f"bytes={have}-"} if have else {})})
    try:
        # An opener of its own each time: the common one remembers the proxies of its first use.
        response = urllib.request.build_opener().open(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        error.close()
        part.unlink(missing_ok=True)
        raise _Broken("the server has no such range") from error
    with response:
        start = _start(response)
        if start not in (0, have):
            raise _Broken(f"the server sent a part from byte {start} instead of {have}")
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        if source.bytes is not None and total not in (None, source.bytes):
            part.unlink(missing_ok=True)
            raise BakeError(f"Expected {source.bytes} bytes for {source.name} but {url} offers {total}: nothing was kept.")
        _receive(response, part, start, source.bytes or total, source, progress)


def _start(response: http.client.HTTPResponse) -> int:
    """Where the body begins: a server that knows no ranges answers 200 and begins at 0."""
    if response.status != 206:
        return 0
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _receive(response, part: Path, start: int, total: int | None, source: Source, progress: Progress) -> None:
    done = start
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        file.truncate()
        while chunk := response.read1(CHUNK_BYTES):
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
            if total is not None and done > total:
                break
    if total is not None and done > total:
        part.unlink()
        raise BakeError(f"Expected {total} bytes for {source.name} but received more: nothing was kept.")
    if total is not None and done < total:
        raise _Broken(f"the connection ended after {done} of {total} bytes")
