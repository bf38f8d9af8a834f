"""The values users hold when a job is done: the result, its files and its receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast

from chainhub_fal_api.endpoints import Endpoint
from chainhub_fal_api.operations import CONTRACT_SHA256, CONTRACT_VERSION

from . import _media
from ._fitting import Misfit, misfit
from ._refs import JobRef
from ._version import __version__
from .endpoints import find_endpoint
from .errors import ContractError

if TYPE_CHECKING:
    from chainhub_fal_api.endpoints._types import InputModel

R = TypeVar("R")
_RESULT = "get_result"
"""The operation that an output comes from."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a result. ``width`` and ``height`` are pixels, ``file_size`` bytes.

    None stands where the server did not say; ``key`` is the place in the output (``images[0]``).
    """

    url: str
    key: str = ""
    content_type: str | None = None
    file_name: str | None = None
    file_size: int | None = None
    width: int | None = None
    height: int | None = None

    @property
    def is_image(self) -> bool:
        """Tell whether it is a picture: by its content type, else by its place in the output."""
        if self.content_type:
            return self.content_type.startswith("image/")
        return self.key.startswith("image")

    def __repr__(self) -> str:
        """Show where it is; of a data URI only type, size and hash."""
        return f"File({_media.describe(self.url)!r}, {self.width}x{self.height})"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a job cost and how it went; safe to print and to keep.

    ``submitted_at`` is Unix time; times are in seconds and sizes in bytes. None stands where it is
    not known: a job that another process submitted, a server that says nothing. Bytes are those of
    bodies, after decompression, without headers.
    """

    job: JobRef
    elapsed: float
    """Spent on the job's behalf until its output came; not the time in which nobody waited."""
    polls: int
    """How often the job was asked about."""
    parameters: Mapping[str, object] = field(default_factory=dict, repr=False)
    """The inputs as sent, files shown as type, size and hash. They may hold a prompt, so they are
    not in the repr."""
    unexpected: Mapping[str, int] = field(default_factory=dict)
    """Counts what the contract does not know: it was kept, and a contract check turns it into a
    failure."""
    queue_seconds: float | None = None
    """From the ticket to the first look that saw the job running, or ended: at most so long."""
    run_seconds: float | None = None
    """How long it ran, as the server says it, else as it was seen."""
    total_seconds: float | None = None
    """From the submit to the output, whether or not anybody waited."""
    retries: int = 0
    """How often an exchange was tried again, because it brought nothing."""
    bytes_sent: int = 0
    bytes_received: int = 0
    bytes_saved: int = 0
    """Size of the files that were saved so far; every save counts."""
    units: str | None = None
    """What the server says it will bill, in its own words."""
    contract_version: str = CONTRACT_VERSION
    """The contract that this client was built from."""
    contract_sha256: str = CONTRACT_SHA256
    client_version: str = __version__

    @property
    def request_id(self) -> str:
        """The id of the job."""
        return self.job.request_id

    @property
    def endpoint(self) -> str:
        """The id of the endpoint."""
        return self.job.endpoint

    @property
    def submitted_at(self) -> float:
        """Unix time of the submit."""
        return self.job.submitted_at


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """A finished job's output: ``raw`` as it came, the rest read from it."""

    endpoint: Endpoint[..., R] = field(repr=False)
    raw: Mapping[str, object] = field(repr=False)
    receipt: Receipt

    def __reduce__(self) -> tuple[object, ...]:
        """Be pickled as the plain values it is made of: no client, no connection, no key."""
        return _restored, (self.endpoint.id, dict(self.raw), self.receipt)

    def __copy__(self) -> Self:
        """Return itself: it does not change."""
        return self

    def __deepcopy__(self, _: object) -> Self:
        """Return itself: it does not change."""
        return self

    def note_saved(self, size: int, unexpected: Mapping[str, int]) -> None:
        """Note in the receipt how many bytes were saved so far, and what was odd about them."""
        odd = {**self.receipt.unexpected, **unexpected}
        receipt = replace(self.receipt, bytes_saved=size, unexpected=odd)
        object.__setattr__(self, "receipt", receipt)

    @property
    def output(self) -> R:
        """The output as the contract types it.

        Raises ContractError, which names the place, where a field has not the type it should
        have: a typed value that lies is worse than none. Unknown fields are kept.
        """
        if found := misfit(self.raw, self.endpoint.output_schema):
            raise self._not_fitting(f"{found.words}, which the contract does not allow", found)
        try:
            model = cast("type[InputModel]", self.endpoint.output_model)
            return cast("R", model.from_dict(dict(self.raw)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._not_fitting(f"{type(error).__name__} {error}", Misfit("", "")) from error

    def _not_fitting(self, words: str, place: Misfit) -> ContractError:
        return ContractError(
            words,
            operation=_RESULT,
            pointer=place.pointer,
            hint="Read .raw and .files instead; the contract may have changed",
            job=self.receipt.job,
        )

    @property
    def files(self) -> tuple[File, ...]:
        """Every file in the output, in its order."""
        return tuple(_files(self.raw, ""))

    @property
    def images(self) -> tuple[File, ...]:
        """The pictures among the files."""
        return tuple(item for item in self.files if item.is_image)

    @property
    def seed(self) -> int | None:
        """The seed that repeats this result, where the model tells it."""
        seed = self.raw.get("seed")
        return seed if isinstance(seed, int) and not isinstance(seed, bool) else None


def _restored(endpoint: str, raw: Mapping[str, object], receipt: Receipt) -> Outcome[object]:
    return Outcome(find_endpoint(endpoint), raw, receipt)


def _files(value: object, key: str) -> Iterator[File]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _files(item, f"{key}[{index}]")
    elif isinstance(value, dict):
        if _is_location(value.get("url")):
            yield _file(value, key)
        else:
            for name, item in value.items():
                yield from _files(item, f"{key}.{name}".lstrip("."))


def _is_location(url: object) -> bool:
    return isinstance(url, str) and url[:8].lower().startswith(("https://", "http://", "data:"))


def _file(value: Mapping[str, object], key: str) -> File:
    def number(name: str) -> int | None:
        item = value.get(name)
        return item if isinstance(item, int) and not isinstance(item, bool) else None

    def text(name: str) -> str | None:
        item = value.get(name)
        return item if isinstance(item, str) and item else None

    return File(
        cast("str", value["url"]),
        key=key,
        content_type=text("content_type"),
        file_name=text("file_name"),
        file_size=number("file_size"),
        width=number("width"),
        height=number("height"),
    )
