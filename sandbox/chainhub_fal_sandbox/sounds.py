"""Real sounds: a WAV with one quiet tone whose pitch the seed decides."""

from __future__ import annotations

import math
import struct
import wave
from dataclasses import dataclass
from io import BytesIO

MEDIA_TYPE = "audio/wav"
LONGEST = 10.0
"""Seconds of sound that are made at most, whatever was asked for."""
_RATE = 8000  # samples per second
_LOUDNESS = 4000  # of 32767
_LOWEST = 220.0  # hertz
_STEPS = 24  # semitones above it


@dataclass(frozen=True)
class Sound:
    """Everything that decides the bytes of one sound."""

    seed: int
    index: int
    seconds: float

    def render(self) -> bytes:
        """Return the sound as WAV: the same recipe gives the same bytes."""
        pitch = _LOWEST * 2 ** ((self.seed + self.index) % _STEPS / 12)
        count = max(1, round(min(self.seconds, LONGEST) * _RATE))
        turn = 2 * math.pi * pitch / _RATE
        samples = (round(_LOUDNESS * math.sin(turn * number)) for number in range(count))
        stream = BytesIO()
        with wave.open(stream, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(struct.pack(f"<{count}h", *samples))
        return stream.getvalue()
