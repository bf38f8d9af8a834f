# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
"""What an endpoint of the queue is to a type checker; copied as it stands into the package."""

import os
from collections.abc import Callable, Mapping
from typing import IO, Any, Generic, ParamSpec, Protocol, Self, TypeAlias, TypeVar

from attrs import frozen

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)


class PictureLike(Protocol):
    """What a PIL image offers, so that nobody needs Pillow to say so."""

    @property
    def mode(self) -> str:
        """The pixel format, for example `RGB`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""

    @property
    def format(self) -> str | None:
        """The file format it was read from, if any."""

    def save(self, fp: IO[bytes], format: str | None = None) -> None:  # noqa: A002 - Pillow's name
        """Write the picture in the given file format."""


FileInput: TypeAlias = (
    str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | PictureLike
)
"""A URL, a data URI, a path, bytes, an open binary file or a picture."""


class InputModel(Protocol):
    """What every generated model can do."""

    def to_dict(self) -> dict[str, Any]:
        """Return the model as JSON; any value may stand in it."""

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Make the model from JSON; any value may stand in it."""


def by_either_name(
    build: Callable[P, dict[str, object]], arguments: Mapping[str, str]
) -> Callable[P, dict[str, object]]:
    """Let a builder take inputs by the names of its arguments or by those of their fields.

    `arguments` gives the argument of each field whose own name is no name in Python.
    """

    def renamed(*args: P.args, **inputs: P.kwargs) -> dict[str, object]:
        named = {arguments.get(name, name): value for name, value in inputs.items()}
        taking_any: Callable[..., dict[str, object]] = build
        return taking_any(*args, **named)

    return renamed


@frozen(eq=False, repr=False)
class Endpoint(Generic[P, R_co]):
    """One model behind the queue: what it takes (`P`) and what it returns (`R_co`)."""

    id: str
    path: str
    model_name: str
    operation_id: str
    build: Callable[P, dict[str, object]]
    input_model: type[InputModel]
    output_model: type[R_co]
    input_schema: Mapping[str, object]
    output_schema: Mapping[str, object]
    files: Mapping[str, tuple[str, ...]]
    summary: str

    def __repr__(self) -> str:
        return f"Endpoint({self.id!r})"
