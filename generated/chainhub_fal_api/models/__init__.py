# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""Contains all the data models used in inputs/outputs"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "CancelAnswer",
    "CancelAnswerStatus",
    "FalErrorContext",
    "FalErrorItem",
    "FalErrorList",
    "FalErrorText",
    "Flux1SchnellReduxInput",
    "Flux1SchnellReduxInputAcceleration",
    "Flux1SchnellReduxInputOutputFormat",
    "Flux1SchnellReduxOutput",
    "Flux1SchnellReduxOutputTimings",
    "GatewayError",
    "GatewayErrorBody",
    "Image",
    "ImageSize",
    "ImageSizePreset",
    "LogEntry",
    "LogLabels",
    "QueueMetrics",
    "QueueState",
    "QueueStatus",
    "QueueTicket",
    "RequestRefusal",
    "RequestRefusalStatus",
    "TaskError",
]

_MODULES = {
    "CancelAnswer": ".cancel_answer",
    "CancelAnswerStatus": ".cancel_answer_status",
    "FalErrorContext": ".fal_error_context",
    "FalErrorItem": ".fal_error_item",
    "FalErrorList": ".fal_error_list",
    "FalErrorText": ".fal_error_text",
    "Flux1SchnellReduxInput": ".flux_1_schnell_redux_input",
    "Flux1SchnellReduxInputAcceleration": ".flux_1_schnell_redux_input_acceleration",
    "Flux1SchnellReduxInputOutputFormat": ".flux_1_schnell_redux_input_output_format",
    "Flux1SchnellReduxOutput": ".flux_1_schnell_redux_output",
    "Flux1SchnellReduxOutputTimings": ".flux_1_schnell_redux_output_timings",
    "GatewayError": ".gateway_error",
    "GatewayErrorBody": ".gateway_error_body",
    "Image": ".image",
    "ImageSize": ".image_size",
    "ImageSizePreset": ".image_size_preset",
    "LogEntry": ".log_entry",
    "LogLabels": ".log_labels",
    "QueueMetrics": ".queue_metrics",
    "QueueState": ".queue_state",
    "QueueStatus": ".queue_status",
    "QueueTicket": ".queue_ticket",
    "RequestRefusal": ".request_refusal",
    "RequestRefusalStatus": ".request_refusal_status",
    "TaskError": ".task_error",
}

if TYPE_CHECKING:
    from .cancel_answer import CancelAnswer as CancelAnswer
    from .cancel_answer_status import CancelAnswerStatus as CancelAnswerStatus
    from .fal_error_context import FalErrorContext as FalErrorContext
    from .fal_error_item import FalErrorItem as FalErrorItem
    from .fal_error_list import FalErrorList as FalErrorList
    from .fal_error_text import FalErrorText as FalErrorText
    from .flux_1_schnell_redux_input import (
        Flux1SchnellReduxInput as Flux1SchnellReduxInput,
    )
    from .flux_1_schnell_redux_input_acceleration import (
        Flux1SchnellReduxInputAcceleration as Flux1SchnellReduxInputAcceleration,
    )
    from .flux_1_schnell_redux_input_output_format import (
        Flux1SchnellReduxInputOutputFormat as Flux1SchnellReduxInputOutputFormat,
    )
    from .flux_1_schnell_redux_output import (
        Flux1SchnellReduxOutput as Flux1SchnellReduxOutput,
    )
    from .flux_1_schnell_redux_output_timings import (
        Flux1SchnellReduxOutputTimings as Flux1SchnellReduxOutputTimings,
    )
    from .gateway_error import GatewayError as GatewayError
    from .gateway_error_body import GatewayErrorBody as GatewayErrorBody
    from .image import Image as Image
    from .image_size import ImageSize as ImageSize
    from .image_size_preset import ImageSizePreset as ImageSizePreset
    from .log_entry import LogEntry as LogEntry
    from .log_labels import LogLabels as LogLabels
    from .queue_metrics import QueueMetrics as QueueMetrics
    from .queue_state import QueueState as QueueState
    from .queue_status import QueueStatus as QueueStatus
    from .queue_ticket import QueueTicket as QueueTicket
    from .request_refusal import RequestRefusal as RequestRefusal
    from .request_refusal_status import RequestRefusalStatus as RequestRefusalStatus
    from .task_error import TaskError as TaskError
else:

    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(module, __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
