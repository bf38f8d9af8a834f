# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.log_labels import LogLabels


T = TypeVar("T", bound="LogEntry")


@_attrs_define
class LogEntry:
    """One line that the model wrote while it ran.

    Attributes:
        message (str):
        timestamp (str | Unset): When it was written, with microseconds; samples carry no zone.
        level (str | Unset): For example INFO, WARN, ERROR, DEBUG, STDOUT or STDERR.
        source (str | Unset):
        labels (LogLabels | None | Unset):
    """

    message: str
    timestamp: str | Unset = UNSET
    level: str | Unset = UNSET
    source: str | Unset = UNSET
    labels: LogLabels | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.log_labels import LogLabels  # noqa: PLC0415

        message = self.message

        timestamp = self.timestamp

        level = self.level

        source = self.source

        labels: dict[str, Any] | None | Unset
        if isinstance(self.labels, Unset):
            labels = UNSET
        elif isinstance(self.labels, LogLabels):
            labels = self.labels.to_dict()
        else:
            labels = self.labels

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "message": message,
            }
        )
        if timestamp is not UNSET:
            field_dict["timestamp"] = timestamp
        if level is not UNSET:
            field_dict["level"] = level
        if source is not UNSET:
            field_dict["source"] = source
        if labels is not UNSET:
            field_dict["labels"] = labels

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.log_labels import LogLabels  # noqa: PLC0415

        d = dict(src_dict)
        message = d.pop("message")

        timestamp = d.pop("timestamp", UNSET)

        level = d.pop("level", UNSET)

        source = d.pop("source", UNSET)

        def _parse_labels(data: object) -> LogLabels | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                labels_type_0 = LogLabels.from_dict(data)

                return labels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LogLabels | None | Unset, data)

        labels = _parse_labels(d.pop("labels", UNSET))

        log_entry = cls(
            message=message,
            timestamp=timestamp,
            level=level,
            source=source,
            labels=labels,
        )

        log_entry.additional_properties = d
        return log_entry

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
