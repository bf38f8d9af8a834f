# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.queue_state import QueueState

if TYPE_CHECKING:
    from ..models.log_entry import LogEntry
    from ..models.queue_metrics import QueueMetrics


T = TypeVar("T", bound="QueueTicket")


@_attrs_define
class QueueTicket:
    """The answer to a submit. Keep request_id; all that follows needs it.

    Attributes:
        status (QueueState): Where a job stands. COMPLETED means finished, not successful. FAILED is the gateway's own
            word; fal reports a failed job as COMPLETED and tells the truth on the result route.
        request_id (str): The job's id. Opaque; it has the form of a UUID today.
        response_url (str): Where fal keeps the result. Names fal's host; only its path is of use here.
        status_url (str): Where fal tells the status. Names fal's host; only its path is of use here.
        cancel_url (str): Where fal takes a cancel. Names fal's host; only its path is of use here.
        logs (list[LogEntry] | None):
        metrics (QueueMetrics): Measurements of the job; empty until it has run.
        queue_position (int): Jobs ahead of this one; 0 is next.
    """

    status: QueueState
    request_id: str
    response_url: str
    status_url: str
    cancel_url: str
    logs: list[LogEntry] | None
    metrics: QueueMetrics
    queue_position: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status = self.status.value

        request_id = self.request_id

        response_url = self.response_url

        status_url = self.status_url

        cancel_url = self.cancel_url

        logs: list[dict[str, Any]] | None
        if isinstance(self.logs, list):
            logs = []
            for logs_type_0_item_data in self.logs:
                logs_type_0_item = logs_type_0_item_data.to_dict()
                logs.append(logs_type_0_item)

        else:
            logs = self.logs

        metrics = self.metrics.to_dict()

        queue_position = self.queue_position

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "request_id": request_id,
                "response_url": response_url,
                "status_url": status_url,
                "cancel_url": cancel_url,
                "logs": logs,
                "metrics": metrics,
                "queue_position": queue_position,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.log_entry import LogEntry  # noqa: PLC0415
        from ..models.queue_metrics import QueueMetrics  # noqa: PLC0415

        d = dict(src_dict)
        status = QueueState(d.pop("status"))

        request_id = d.pop("request_id")

        response_url = d.pop("response_url")

        status_url = d.pop("status_url")

        cancel_url = d.pop("cancel_url")

        def _parse_logs(data: object) -> list[LogEntry] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                logs_type_0 = []
                _logs_type_0 = data
                for logs_type_0_item_data in _logs_type_0:
                    logs_type_0_item = LogEntry.from_dict(logs_type_0_item_data)

                    logs_type_0.append(logs_type_0_item)

                return logs_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[LogEntry] | None, data)

        logs = _parse_logs(d.pop("logs"))

        metrics = QueueMetrics.from_dict(d.pop("metrics"))

        queue_position = d.pop("queue_position")

        queue_ticket = cls(
            status=status,
            request_id=request_id,
            response_url=response_url,
            status_url=status_url,
            cancel_url=cancel_url,
            logs=logs,
            metrics=metrics,
            queue_position=queue_position,
        )

        queue_ticket.additional_properties = d
        return queue_ticket

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
