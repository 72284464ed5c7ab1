"""Compressed frames by way of a child process: started when first needed, replaced when it dies."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kossa.evidence import Refused
from kossa.intake.decoder_child import read_message, write_message

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kossa.intake.dicom_header import DicomHeader

__all__ = ["CHILDREN", "Decoder", "decode_frames"]

CHILDREN = max(1, min(4, os.cpu_count() or 1))  # processes that decode side by side

BASE_SECONDS = 15.0  # for one frame, on a machine that others use too (judgement)
BYTES_PER_SECOND = 2e6  # a tenth of what JPEG 2000, the slowest, was measured at (ecosystem.md 3)
START_SECONDS = 60.0
RESTART_SECONDS = 1.0  # what a new child costs
LOST_SECONDS = 20.0  # spent on children that died; then none is started again (judgement)

DIED = "the decoder failed on the compressed pixels"


class Decoder:
    """One child process that decodes; safe to use from several threads, one file at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._lost = 0.0

    def frames(self, fragments: bytes | memoryview, header: DicomHeader) -> Iterator[npt.NDArray[np.generic]]:
        """Yield the decoded frames of one file, (rows, columns) or with a last axis of samples.

        Raises
        ------
        Refused
            `decode-failed` (also where the child died or took too long), `size-mismatch`.
        """
        import numpy as np  # noqa: PLC0415

        size = header.rows * header.columns * header.samples * header.bits_allocated // 8
        seconds = BASE_SECONDS + size / BYTES_PER_SECOND
        with self._lock:
            process = self._started()
            finished = False
            try:
                self._ask(process, fragments, header)
                count = 0
                while True:
                    words, payload = self._answer(process, seconds)
                    if "shape" not in words:
                        break
                    count += 1
                    yield np.frombuffer(payload, np.dtype(words["dtype"])).reshape(words["shape"])
                finished = True
            finally:
                if not finished:
                    self.close()  # what is left of the answer must not meet the next request
        if "code" in words:
            raise Refused(words["code"], words["what"])
        if count != len(header.frames):
            raise Refused("size-mismatch", f"{len(header.frames)} frames are declared and {count} were found")

    def close(self) -> None:
        """End the child process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        if self._lost > LOST_SECONDS:
            raise Refused("decode-failed", "the decoder failed too often before and was not tried")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kossa.intake.decoder_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._answer(self._process, START_SECONDS)
        return self._process

    def _ask(
        self, process: subprocess.Popen[bytes], fragments: bytes | memoryview, header: DicomHeader
    ) -> None:
        options: dict[str, Any] = {
            "transfer_syntax_uid": header.transfer_syntax_uid,
            "number_of_frames": len(header.frames),
            "rows": header.rows,
            "columns": header.columns,
            "samples_per_pixel": header.samples,
            "photometric_interpretation": header.photometric or "MONOCHROME2",
            "bits_allocated": header.bits_allocated,
            "bits_stored": header.bits_stored,
            "pixel_representation": int(header.signed),
            "planar_configuration": 0,
            "pixel_keyword": "PixelData",
        }
        assert process.stdin is not None
        try:
            write_message(process.stdin, options, fragments)
        except OSError:
            raise Refused("decode-failed", DIED) from None

    def _answer(self, process: subprocess.Popen[bytes], seconds: float) -> tuple[dict[str, Any], bytearray]:
        """Read one message of the child; a child that dies or takes too long is a refusal."""
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        began = time.monotonic()
        timer.start()
        try:
            message = read_message(process.stdout)
        except (OSError, ValueError):
            message = None
        finally:
            timer.cancel()
        if message is None:
            self._lost += RESTART_SECONDS + time.monotonic() - began
            raise Refused("decode-failed", DIED)
        return message


class _Pool:
    """Decoders that wait for work; as many as there are threads that ask at once, at most `CHILDREN`."""

    def __init__(self) -> None:
        self._idle: queue.LifoQueue[Decoder] = queue.LifoQueue()
        self._every = [Decoder() for _ in range(CHILDREN)]
        for decoder in reversed(self._every):
            self._idle.put(decoder)

    def frames(self, fragments: bytes | memoryview, header: DicomHeader) -> Iterator[npt.NDArray[np.generic]]:
        decoder = self._idle.get()
        try:
            yield from decoder.frames(fragments, header)
        finally:
            self._idle.put(decoder)

    def close(self) -> None:
        for decoder in self._every:
            decoder.close()


_pool = _Pool()
atexit.register(_pool.close)


def decode_frames(fragments: bytes | memoryview, header: DicomHeader) -> Iterator[npt.NDArray[np.generic]]:
    """Decode with one of the process's children; see `Decoder.frames`."""
    return _pool.frames(fragments, header)
