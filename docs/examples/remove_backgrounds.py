"""Removes the backgrounds of all photos in a folder, three at once, and lists those that failed.

    python3 remove_backgrounds.py portraits portraits_nobg
    python3 remove_backgrounds.py portraits portraits_nobg http://127.0.0.1:55433

What passes (429, 500, 503, 504, no connection) is tried again: after as many seconds as Retry-After says, else after 4, 8,
16 … and at most 60.
"""

from __future__ import annotations

import sys
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from remove_background import API_URL, Refused, remove_background

SUFFIXES = {'.jpg', '.jpeg', '.png', '.webp', '.avif', '.heic', '.bmp', '.gif'}
AT_ONCE = 3
TRIES = 5
SHORTEST_S, LONGEST_S = 4, 60
PASSES = {429, 500, 503, 504}


def back_off(failures: int, retry_after: str | None = None) -> float:
    """Seconds until the next try, after so many that failed."""
    if retry_after and retry_after.isdigit():
        return int(retry_after)
    return min(LONGEST_S, SHORTEST_S * 2 ** (failures - 1))


def with_retry(photo: Path, output: Path, api_url: str) -> None:
    for failures in range(1, TRIES + 1):
        retry_after = None
        try:
            remove_background(photo, output, api_url)
            return
        except Refused as refused:
            if refused.status not in PASSES or failures == TRIES:
                raise
            retry_after = refused.retry_after
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if failures == TRIES:
                raise
        time.sleep(back_off(failures, retry_after))


def remove_backgrounds(photos: list[Path], output_dir: Path, api_url: str = API_URL) -> list[tuple[str, str]]:
    """Writes <name>_nobg.png for each; returns (file name, what was wrong) of those that failed."""
    output_dir.mkdir(parents=True, exist_ok=True)

    def one(photo: Path) -> tuple[str, str] | None:
        try:
            with_retry(photo, output_dir / f'{photo.stem}_nobg.png', api_url)
            return None
        except (Refused, OSError) as error:
            return photo.name, str(error)

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return [failure for failure in pool.map(one, photos) if failure]


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    found = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix.lower() in SUFFIXES)
    failed = remove_backgrounds(found, Path(sys.argv[2]), *sys.argv[3:])
    print(f'Processed {len(found)} images: {len(found) - len(failed)} succeeded, {len(failed)} failed')
    for name, problem in failed:
        print(f'  {name}: {problem}')
    sys.exit(1 if failed else 0)
