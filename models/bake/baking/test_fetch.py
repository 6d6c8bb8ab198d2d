"""Downloads from a real server on this machine, which breaks off, lies about lengths and serves wrong files."""

import hashlib
import os
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .fetch import fetch, mirrored
from .manifest import Source
from .trouble import BakeError

CONTENT = bytes(range(256)) * 40_000  # 10 MB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server:
    """Serves CONTENT at every path, misbehaving as the next of `moods` says: one mood a request, then none."""

    def __init__(self, *moods: str) -> None:
        self.moods = list(moods)
        self.ranges: list[str | None] = []
        self.paths: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.ranges.append(self.headers.get("Range"))
                server.paths.append(self.path)
                server.answer(self, server.moods.pop(0) if server.moods else "")

            def log_message(self, *_) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_: None  # who refuses a body closes the connection
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def answer(self, request: BaseHTTPRequestHandler, mood: str) -> None:
        wanted = request.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and not mood.startswith("no ranges") else 0
        if mood.isdigit():
            request.send_error(int(mood))
            return
        if start >= len(CONTENT):
            request.send_error(416)
            return
        body = CONTENT[start:]
        if mood == "wrong file":
            body = bytes(len(body))
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        lies = {"too short": len(body) - 1, "too long": len(body) + 1000}
        if mood != "no length":
            request.send_header("Content-Length", str(lies.get(mood, len(body))))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(body[: len(body) // 3] if mood.endswith("breaks off") else body)
        request.close_connection = True

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


class Fetching(unittest.TestCase):
    def serve(self, *moods: str) -> Server:
        server = Server(*moods)
        self.addCleanup(server.close)
        return server

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cache = Path(folder.name)
        self.said: list[str] = []

    def get(self, server: Server, known: bool = True, **changes) -> Path:
        fields = {"sha256": SHA256, "bytes": len(CONTENT)} if known else {"sha256": None}
        options = {key: changes.pop(key) for key in ("trust", "mirror", "progress") if key in changes}
        source = Source(what="numbers", url=f"{server.url}/v1/numbers.pth", licence="MIT", **{**fields, **changes})
        return fetch(source, self.cache, pauses=(0, 0, 0), say=self.said.append, **{"mirror": "", **options})

    def left(self) -> list[int]:
        return [path.stat().st_size for path in self.cache.iterdir()]

    def test_a_sound_file_arrives_and_is_not_fetched_again(self) -> None:
        server = self.serve()
        steps: list[tuple[int, int | None]] = []
        path = self.get(server, progress=lambda done, total: steps.append((done, total)))
        self.assertEqual(path.read_bytes(), CONTENT)
        self.assertEqual(steps[-1], (len(CONTENT), len(CONTENT)))
        self.assertEqual(self.get(server), path)
        self.assertEqual(len(server.ranges), 1)

    def test_a_broken_connection_is_resumed_where_it_broke(self) -> None:
        server = self.serve("breaks off", "breaks off")
        self.assertEqual(self.get(server).read_bytes(), CONTENT)
        third = len(CONTENT) // 3
        self.assertEqual(server.ranges, [None, f"bytes={third}-", f"bytes={third + (len(CONTENT) - third) // 3}-"])

    def test_as_long_as_more_arrives_it_goes_on(self) -> None:
        server = self.serve(*["breaks off"] * 12)
        self.assertEqual(self.get(server).read_bytes(), CONTENT)
        self.assertEqual(len(server.ranges), 13)

    def test_a_server_that_never_gets_further_is_given_up(self) -> None:
        for moods in (["too long", "416"], ["no ranges, breaks off"]):
            server = self.serve(*moods * 9)
            with self.assertRaisesRegex(BakeError, "could not be fetched"):
                self.get(server, bytes=None)
            self.assertEqual(len(server.ranges), 4)

    def test_what_an_earlier_run_left_is_resumed(self) -> None:
        server = self.serve("breaks off", *["503"] * 3)
        with self.assertRaisesRegex(BakeError, "kept and resumed"):
            self.get(server)
        left = self.left()
        self.get(server)
        self.assertEqual(server.ranges[-1], f"bytes={left[0]}-")

    def test_a_server_without_ranges_is_read_from_the_beginning(self) -> None:
        server = self.serve("breaks off", "no ranges")
        self.assertEqual(self.get(server).read_bytes(), CONTENT)

    def test_what_is_left_of_another_version_is_thrown_away(self) -> None:
        server = self.serve("breaks off", *["503"] * 3)
        with self.assertRaises(BakeError):
            self.get(server)
        next(self.cache.iterdir()).write_bytes(bytes(1000))
        self.assertEqual(self.get(server).read_bytes(), CONTENT)
        self.assertEqual(server.ranges[-2:], ["bytes=1000-", None])

    def test_more_than_there_is_to_have_begins_anew(self) -> None:
        server = self.serve()
        path = self.get(server)
        path.rename(path.with_name(path.name + ".part"))
        with path.with_name(path.name + ".part").open("ab") as file:
            file.write(b"more")
        self.assertEqual(self.get(server, bytes=None).read_bytes(), CONTENT)

    def test_a_busy_server_is_asked_again(self) -> None:
        server = self.serve("503", "429", "500")
        self.assertEqual(self.get(server).read_bytes(), CONTENT)
        self.assertEqual(len(server.ranges), 4)

    def test_a_busy_server_is_not_asked_for_ever(self) -> None:
        server = self.serve(*["503"] * 9)
        with self.assertRaisesRegex(BakeError, "could not be fetched.*503"):
            self.get(server)
        self.assertEqual(len(server.ranges), 4)
        self.assertEqual(self.left(), [])

    def test_a_file_that_is_not_there_is_not_asked_for_again(self) -> None:
        server = self.serve("404")
        with self.assertRaisesRegex(BakeError, "answered 404"):
            self.get(server)
        self.assertEqual(len(server.ranges), 1)

    def test_a_wrong_file_is_not_kept(self) -> None:
        with self.assertRaisesRegex(BakeError, f"Expected sha256 {SHA256} .* nothing was kept"):
            self.get(self.serve("wrong file"))
        self.assertEqual(self.left(), [])

    def test_a_length_that_is_not_the_known_one_is_refused_before_the_body(self) -> None:
        for mood in ("too short", "too long"):
            with self.assertRaisesRegex(BakeError, f"Expected {len(CONTENT)} bytes .* offers"):
                self.get(self.serve(mood))
            self.assertEqual(self.left(), [])

    def test_a_length_that_is_too_long_is_a_broken_connection_where_the_size_is_not_known(self) -> None:
        server = self.serve("too long")
        self.assertEqual(self.get(server, bytes=None).read_bytes(), CONTENT)
        self.assertEqual(server.ranges, [None, f"bytes={len(CONTENT)}-", None])

    def test_without_a_length_the_checksum_tells(self) -> None:
        self.assertEqual(self.get(self.serve("no length")).read_bytes(), CONTENT)

    def test_an_unknown_checksum_is_refused(self) -> None:
        server = self.serve()
        with self.assertRaisesRegex(BakeError, "--trust-on-first-use"):
            self.get(server, known=False)
        self.assertEqual(server.ranges, [])

    def test_trusted_on_first_use_it_prints_what_to_pin(self) -> None:
        server = self.serve()
        self.get(server, known=False, trust=True)
        self.assertIn(f'"sha256": "{SHA256}"', self.said[0])
        self.get(server, known=False, trust=True)
        self.assertEqual((len(server.ranges), self.said), (1, [self.said[0]] * 2))

    def test_an_md5_counts_where_no_sha256_is_known(self) -> None:
        with self.assertRaisesRegex(BakeError, "Expected md5"):
            self.get(self.serve(), known=False, trust=True, md5="0" * 32)
        self.assertEqual(self.left(), [])

    def test_a_damaged_file_in_the_cache_is_fetched_again(self) -> None:
        server = self.serve()
        self.get(server).write_bytes(b"damaged")
        self.assertEqual(self.get(server).read_bytes(), CONTENT)

    def test_a_mirror_takes_the_place_of_scheme_and_host(self) -> None:
        server = self.serve()
        source = Source(what="numbers", url="https://nowhere.invalid/v1/numbers.pth", licence="MIT", sha256=SHA256)
        path = fetch(source, self.cache, mirror=f"{server.url}/models/")
        self.assertEqual(path.read_bytes(), CONTENT)
        self.assertEqual(server.paths, ["/models/v1/numbers.pth"])
        with self.assertRaisesRegex(BakeError, "http or https"):
            mirrored("https://nowhere.invalid/a", "ftp://elsewhere")

    def test_a_proxy_of_the_environment_is_used(self) -> None:
        server = self.serve()
        names = {name: os.environ.pop(name, None) for name in ("http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY")}
        os.environ["http_proxy"] = server.url
        try:
            source = Source(what="numbers", url="http://nowhere.invalid/numbers.pth", licence="MIT", sha256=SHA256)
            self.assertEqual(fetch(source, self.cache, mirror="").read_bytes(), CONTENT)
            self.assertEqual(server.paths, ["http://nowhere.invalid/numbers.pth"])
        finally:
            del os.environ["http_proxy"]
            os.environ.update({name: value for name, value in names.items() if value is not None})


if __name__ == "__main__":
    unittest.main()
