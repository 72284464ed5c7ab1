"""The program of the child process that decodes compressed pixels: `python -m kossa.intake.decoder_child`.

Decoders are C libraries; one that crashes on a hostile file takes this process down and not the
case. A request is a length, a JSON object and the fragments; the answer for each frame is a
length, a JSON object and the samples. Nothing is unpickled on either side.
"""

from __future__ import annotations

import json
import logging
import struct
import sys
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any

from kossa.evidence import Refused
from kossa.intake.codecs import RLE, check_codestream

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["MEMORY", "read_message", "serve", "write_message"]

LENGTHS = struct.Struct("<QQ")  # bytes of JSON, bytes of payload
MEMORY = 3 << 30  # address space of the child: libraries map 1 GB, the rest is for one frame (judgement)


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytearray] | None:
    """Read one message; None at the end of the stream or where it is cut off."""
    head = stream.read(LENGTHS.size)
    if len(head) < LENGTHS.size:
        return None
    words, load = LENGTHS.unpack(head)
    text = stream.read(words)
    payload = bytearray(load)
    view = memoryview(payload)
    while view:
        got = stream.readinto(view)  # type: ignore[attr-defined]
        if not got:
            return None
        view = view[got:]
    return (json.loads(text), payload) if len(text) == words else None


def write_message(stream: IO[bytes], words: dict[str, Any], *payload: bytes | memoryview) -> None:
    """Write one message."""
    text = json.dumps(words).encode()
    stream.write(LENGTHS.pack(len(text), sum(len(part) for part in payload)))
    stream.write(text)
    for part in payload:
        stream.write(part)
    stream.flush()


def decoded(options: dict[str, Any], fragments: bytes) -> Iterator[npt.NDArray[np.generic]]:
    """Yield the frames of one file's encapsulated pixel data; raises `Refused`."""
    import numpy as np  # noqa: PLC0415
    from pydicom.encaps import encapsulate, generate_frames  # noqa: PLC0415 - not where the codes are checked
    from pydicom.pixels.decoders.base import get_decoder  # noqa: PLC0415
    from pydicom.uid import UID  # noqa: PLC0415

    syntax = options["transfer_syntax_uid"]
    settings = {k: v for k, v in options.items() if k != "transfer_syntax_uid"}
    frames = settings["number_of_frames"]
    settings["number_of_frames"] = 1
    decoder = get_decoder(UID(syntax))
    if syntax != RLE and "kossa" not in decoder.available_plugins:
        decoder.add_plugin("kossa", ("kossa.intake.codecs", "decode"))
    plugin = "pydicom" if syntax == RLE else "kossa"
    try:
        for count, frame in enumerate(generate_frames(fragments, number_of_frames=frames)):
            if count == frames:
                break
            check_codestream(
                frame,
                syntax,
                rows=settings["rows"],
                columns=settings["columns"],
                samples=settings["samples_per_pixel"],
                bits_allocated=settings["bits_allocated"],
            )
            one = encapsulate([frame], has_bot=False)
            array, _ = decoder.as_array(one, decoding_plugin=plugin, **settings)
            yield np.ascontiguousarray(array)
    except Refused:
        raise
    except Exception as fault:  # decoders raise what they like; each means the same here
        raise Refused("decode-failed", "the compressed pixels could not be decoded") from fault


def serve(source: IO[bytes], target: IO[bytes]) -> None:
    """Answer requests until the source ends.

    The libraries are loaded before the child says that it is ready: on a busy machine that alone can
    take longer than one frame may.
    """
    import imagecodecs  # noqa: F401, PLC0415
    from pydicom.pixels.decoders import base  # noqa: F401, PLC0415

    write_message(target, {"ready": True})
    while (message := read_message(source)) is not None:
        options, fragments = message
        try:
            for frame in decoded(options, bytes(fragments)):
                words = {"shape": frame.shape, "dtype": frame.dtype.str}
                write_message(target, words, frame.data.cast("B"))
            write_message(target, {"done": True})
        except Refused as refused:
            write_message(target, {"code": refused.code, "what": str(refused)})


def main() -> None:
    """Limit this process, then serve standard input to standard output."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass
    logging.disable()
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
