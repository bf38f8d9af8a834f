# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""The endpoint fal-ai/flux-1/schnell/redux: its builder and its entry in the table."""

from __future__ import annotations

from typing import Final, Literal

from ..models.flux_1_schnell_redux_input import Flux1SchnellReduxInput
from ..models.flux_1_schnell_redux_output import Flux1SchnellReduxOutput
from ._shapes import ImageSizeDict
from ._types import Endpoint, FileInput


def flux_1_schnell_redux(
    *,
    image_url: FileInput,
    num_inference_steps: int = 4,
    image_size: Literal[
        "square_hd",
        "square",
        "portrait_4_3",
        "portrait_16_9",
        "landscape_4_3",
        "landscape_16_9",
        "3:4",
        "4:3",
        "16:9",
        "9:16",
    ]
    | ImageSizeDict = "landscape_4_3",
    num_images: int = 1,
    enable_safety_checker: bool = True,
    output_format: Literal["jpeg", "png"] = "jpeg",
    acceleration: Literal["none", "regular", "high"] = "regular",
    seed: int | None = None,
    sync_mode: bool = False,
) -> dict[str, object]:
    """Submit variations of a picture to FLUX.1 [schnell] Redux.

    Puts a job into the queue that makes variations of one picture. Official documentation:
    https://fal.ai/models/fal-ai/flux-1/schnell/redux

    Args:
        image_url: The picture to vary, as an http(s) address or a data URI. File types: jpg,
            jpeg, png, webp, gif, avif.
        num_inference_steps: Steps the model takes; more are slower and finer. At least 1, at
            most 12. Default: 4.
        image_size: Size of the pictures, a preset or a width and a height. Also 3:4 for
            portrait_4_3, 4:3 for landscape_4_3, 16:9 for landscape_16_9, 9:16 for
            portrait_16_9. Default: landscape_4_3.
        num_images: How many pictures to make. At least 1, at most 4. Default: 1.
        enable_safety_checker: Whether the safety checker looks at the pictures. Default: True.
        output_format: File format of the pictures. Default: jpeg.
        acceleration: How much speed may cost in quality. Default: regular.
        seed: The same seed and input give the same pictures; null leaves the choice to the
            model.
        sync_mode: Whether pictures come back as data URIs; the job is then kept in no history.
            Default: False.
    """
    given: dict[str, object] = {
        "image_url": image_url,
        "num_inference_steps": num_inference_steps,
        "image_size": image_size,
        "num_images": num_images,
        "enable_safety_checker": enable_safety_checker,
        "output_format": output_format,
        "acceleration": acceleration,
        "sync_mode": sync_mode,
    }
    if seed is not None:
        given["seed"] = seed
    return given


FLUX_1_SCHNELL_REDUX: Final = Endpoint(
    id="fal-ai/flux-1/schnell/redux",
    path="/fal-ai/flux-1/schnell/redux",
    model_name="flux-1",
    operation_id="submit_flux_1_schnell_redux",
    build=flux_1_schnell_redux,
    input_model=Flux1SchnellReduxInput,
    output_model=Flux1SchnellReduxOutput,
    input_schema={
        "type": "object",
        "properties": {
            "image_url": {
                "type": "string",
                "description": "The picture to vary, as an http(s) address or a data URI.",
                "minLength": 1,
                "format": "uri",
                "x-file-types": ["jpg", "jpeg", "png", "webp", "gif", "avif"],
            },
            "num_inference_steps": {
                "type": "integer",
                "description": "Steps the model takes; more are slower and finer.",
                "minimum": 1,
                "maximum": 12,
                "default": 4,
            },
            "image_size": {
                "description": "Size of the pictures, a preset or a width and a height.",
                "oneOf": [
                    {
                        "type": "string",
                        "enum": [
                            "square_hd",
                            "square",
                            "portrait_4_3",
                            "portrait_16_9",
                            "landscape_4_3",
                            "landscape_16_9",
                        ],
                        "description": "A picture size by name - square_hd 1024x1024, square 512x512, portrait_4_3 768x1024, portrait_16_9 576x1024, landscape_4_3 1024x768, landscape_16_9 1024x576.",
                    },
                    {
                        "type": "object",
                        "description": "A picture size in pixels.",
                        "properties": {
                            "width": {
                                "type": "integer",
                                "exclusiveMinimum": 0,
                                "maximum": 14142,
                                "default": 512,
                                "description": "Width in pixels.",
                            },
                            "height": {
                                "type": "integer",
                                "exclusiveMinimum": 0,
                                "maximum": 14142,
                                "default": 512,
                                "description": "Height in pixels.",
                            },
                        },
                    },
                ],
                "default": "landscape_4_3",
                "x-aliases": {
                    "3:4": "portrait_4_3",
                    "4:3": "landscape_4_3",
                    "16:9": "landscape_16_9",
                    "9:16": "portrait_16_9",
                },
            },
            "num_images": {
                "type": "integer",
                "description": "How many pictures to make.",
                "minimum": 1,
                "maximum": 4,
                "default": 1,
            },
            "enable_safety_checker": {
                "type": "boolean",
                "description": "Whether the safety checker looks at the pictures.",
                "default": True,
            },
            "output_format": {
                "type": "string",
                "description": "File format of the pictures.",
                "enum": ["jpeg", "png"],
                "default": "jpeg",
            },
            "acceleration": {
                "type": "string",
                "description": "How much speed may cost in quality.",
                "enum": ["none", "regular", "high"],
                "default": "regular",
            },
            "seed": {
                "type": ["integer", "null"],
                "description": "The same seed and input give the same pictures; null leaves the choice to the model.",
            },
            "sync_mode": {
                "type": "boolean",
                "default": False,
                "description": "Whether pictures come back as data URIs; the job is then kept in no history.",
            },
        },
        "required": ["image_url"],
        "description": "What FLUX.1 [schnell] Redux takes.",
        "additionalProperties": True,
    },
    output_schema={
        "type": "object",
        "description": "What a finished job of FLUX.1 [schnell] Redux returns.",
        "required": ["images", "timings", "seed", "has_nsfw_concepts", "prompt"],
        "properties": {
            "images": {
                "type": "array",
                "items": {
                    "type": "object",
                    "description": "A finished picture, to be fetched without a key and soon.",
                    "required": ["url"],
                    "properties": {
                        "url": {
                            "type": "string",
                            "format": "uri",
                            "description": "An https address, or a data URI when the job asked for one.",
                        },
                        "content_type": {"type": ["string", "null"]},
                        "file_name": {"type": ["string", "null"]},
                        "file_size": {
                            "type": ["integer", "null"],
                            "minimum": 0,
                            "description": "Size in bytes.",
                        },
                        "width": {
                            "type": ["integer", "null"],
                            "minimum": 1,
                            "description": "Width in pixels.",
                        },
                        "height": {
                            "type": ["integer", "null"],
                            "minimum": 1,
                            "description": "Height in pixels.",
                        },
                    },
                },
                "minItems": 1,
                "maxItems": 4,
            },
            "timings": {
                "type": "object",
                "description": "Seconds by step, for example inference; may be empty.",
                "additionalProperties": {"type": "number"},
            },
            "seed": {
                "type": "integer",
                "format": "int64",
                "description": "The seed that was used; it can be larger than 2^31.",
            },
            "has_nsfw_concepts": {
                "type": "array",
                "description": "One verdict of the safety checker per picture.",
                "items": {"type": "boolean"},
            },
            "prompt": {"type": "string", "description": "Empty for this model."},
        },
    },
    files={"image_url": ("jpg", "jpeg", "png", "webp", "gif", "avif")},
    summary="Submit variations of a picture to FLUX.1 [schnell] Redux",
)
