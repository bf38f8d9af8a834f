"""What the server says, in each protocol that a client of the comparison speaks."""

from __future__ import annotations

import json
from functools import lru_cache

_PHRASES = {200: "OK", 202: "Accepted", 206: "Partial", 400: "Bad Request", 404: "Not Found"}
JSON = "application/json"
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
LARGEST_FILE = 64 * 1024 * 1024
_JPEG_START, _JPEG_END = b"\xff\xd8\xff\xe0", b"\xff\xd9"


def http(status: int, body: bytes, media: str = JSON, extra: str = "") -> bytes:
    """Return a whole answer."""
    head = (
        f"HTTP/1.1 {status} {_PHRASES.get(status, 'Status')}\r\n"
        f"content-type: {media}\r\ncontent-length: {len(body)}\r\n{extra}\r\n"
    )
    return head.encode() + body


def as_json(status: int, value: object, extra: str = "") -> bytes:
    """Return a whole answer with a JSON body."""
    return http(status, json.dumps(value, separators=(",", ":")).encode(), extra=extra)


@lru_cache(maxsize=4)
def file(size: int) -> bytes:
    """Return a whole answer with a picture of so many bytes, as far as its ends tell."""
    size = min(max(size, len(_JPEG_START) + len(_JPEG_END)), LARGEST_FILE)
    content = _JPEG_START + bytes(size - len(_JPEG_START) - len(_JPEG_END)) + _JPEG_END
    return http(200, content, media="image/jpeg")


def fal_ticket(base: str, request_id: str, path: str) -> dict[str, object]:
    """Return what a fal submit is answered."""
    url = f"{base}{path}/requests/{request_id}"
    return {
        "status": "IN_QUEUE",
        "request_id": request_id,
        "response_url": url,
        "status_url": f"{url}/status",
        "cancel_url": f"{url}/cancel",
        "queue_position": 0,
        "logs": None,
        "metrics": {},
    }


def fal_status(url: str, request_id: str, state: str, ahead: int, took: float) -> dict[str, object]:
    """Return a fal status. fal-client fails without ``logs`` and ``queue_position``."""
    status: dict[str, object] = {
        "status": state,
        "request_id": request_id,
        "response_url": url,
        "status_url": f"{url}/status",
        "cancel_url": f"{url}/cancel",
    }
    if state == "IN_QUEUE":
        status["queue_position"] = ahead
    else:
        status["logs"] = []
    if state == "COMPLETED":
        status["metrics"] = {"inference_time": took}
    return status


def fal_output(base: str, request_id: str, size: int) -> dict[str, object]:
    """Return a fal result: one picture of ``size`` bytes."""
    picture = {
        "url": f"{base}/files/{size}/{request_id}.jpg",
        "width": 1024,
        "height": 768,
        "content_type": "image/jpeg",
    }
    return {
        "images": [picture],
        "timings": {"inference": 0.5},
        "seed": 17,
        "has_nsfw_concepts": [False],
        "prompt": "",
    }


def replicate(base: str, request_id: str, state: str, took: float) -> dict[str, object]:
    """Return a replicate prediction."""
    url = f"{base}/v1/predictions/{request_id}"
    words = {"IN_QUEUE": "starting", "IN_PROGRESS": "processing", "COMPLETED": "succeeded"}
    ended = state == "COMPLETED"
    return {
        "id": request_id,
        "model": "black-forest-labs/flux-schnell",
        "version": "hidden",
        "status": words[state],
        "input": {},
        "output": [f"{base}/files/1024/{request_id}.jpg"] if ended else None,
        "logs": "",
        "error": None,
        "metrics": {"predict_time": took} if ended else None,
        "created_at": "2026-01-01T00:00:00Z",
        "started_at": None,
        "completed_at": "2026-01-01T00:00:00Z" if ended else None,
        "urls": {"get": url, "cancel": f"{url}/cancel"},
    }


def openai(request_id: str, state: str) -> dict[str, object]:
    """Return a video of openai's protocol, the one there with a polling call in the client."""
    words = {"IN_QUEUE": "queued", "IN_PROGRESS": "in_progress", "COMPLETED": "completed"}
    return {
        "id": request_id,
        "object": "video",
        "created_at": 1767225600,
        "model": "sora-2",
        "progress": 100 if state == "COMPLETED" else 0,
        "seconds": "4",
        "size": "720x1280",
        "status": words[state],
    }
