# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""The object shapes that endpoint inputs hold, as plain dictionaries."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ImageSizeDict(TypedDict):
    width: NotRequired[int]
    height: NotRequired[int]
