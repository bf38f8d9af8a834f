# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from enum import StrEnum


class ImageSizePreset(StrEnum):
    LANDSCAPE_16_9 = "landscape_16_9"
    LANDSCAPE_4_3 = "landscape_4_3"
    PORTRAIT_16_9 = "portrait_16_9"
    PORTRAIT_4_3 = "portrait_4_3"
    SQUARE = "square"
    SQUARE_HD = "square_hd"

    def __str__(self) -> str:
        return str(self.value)
