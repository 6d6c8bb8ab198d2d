"""Removes the background of one photo, and prints what the answer says of the work. Python 3.9 and later, no packages.

    python3 remove_background.py portrait.jpg portrait_nobg.png
    python3 remove_background.py portrait.jpg portrait_nobg.png http://127.0.0.1:55433

Where the service asks for a key, it is taken from CUTLINE_KEY.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path

API_URL = 'http://127.0.0.1:55433'
TIMEOUT_S = 300


class Refused(Exception):
    """What the service said was wrong, in its own words."""

    def __init__(self, status: int, code: str, detail: str, retry_after: str | None):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.retry_after = retry_after


def remove_background(
    image_path: str | Path, output_path: str | Path, api_url: str = API_URL, smoothing: bool = True
) -> dict:
    """Writes the PNG; returns the answer's metadata. Raises Refused, OSError."""
    photo = Path(image_path)
    body, content_type = _form(photo, {'smoothing': str(smoothing).lower()})
    headers = {'Content-Type': content_type}
    if key := os.environ.get('CUTLINE_KEY'):
        headers['X-Api-Key'] = key
    request = urllib.request.Request(f'{api_url}/api/background-removal/remove', data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            content, told = response.read(), response.headers
    except urllib.error.HTTPError as error:
        raise _refusal(error) from error
    if told.get_content_type() == 'application/json':
        # A picture of more than 24 MiB comes as the address where it lies.
        with urllib.request.urlopen(json.loads(content)['url'], timeout=TIMEOUT_S) as response:
            content = response.read()
    Path(output_path).write_bytes(content)
    return {
        'processing_time_ms': float(told.get('X-Processing-Time-Ms', 0)),
        'original_size': told.get('X-Original-Size', 'unknown'),
        'model_version': told.get('X-Model-Version', 'unknown'),
        'file_size_bytes': len(content),
    }


def _form(photo: Path, fields: dict) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
        for name, text in fields.items()
    ]
    name = photo.name.replace('"', '%22')
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\n\r\n'
    parts += [head.encode(), photo.read_bytes(), f'\r\n--{boundary}--\r\n'.encode()]
    return b''.join(parts), f'multipart/form-data; boundary={boundary}'


def _refusal(error: urllib.error.HTTPError) -> Refused:
    try:
        document = json.loads(error.read())
    except ValueError:
        document = {}
    code = document.get('error_code', 'UNKNOWN')
    return Refused(error.code, code, document.get('detail', error.reason), error.headers.get('Retry-After'))


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        result = remove_background(*sys.argv[1:])
    except Refused as refused:
        sys.exit(f'{refused.code}: {refused}')
    print(f"Processing time: {result['processing_time_ms']:.1f} ms")
    print(f"Original size: {result['original_size']}")
    print(f"Model: {result['model_version']}")
    print(f"Output file: {result['file_size_bytes'] / 1024:.1f} KB")
