"""Brings a result's files to disk: fetched without the key, checked, named by us, kept whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from .. import _media
from .._addresses import falls_back
from .._effects import Download, Downloaded, Flow, Keep, Part, ask
from .._pixels import size_of
from .._refs import JobRef
from ..errors import NoAnswerError, SaveError
from ..models import File
from ..settings import Settings
from .deadlines import JITTER, RETRY_DELAYS, Deadline, note_time, pause

_BLIPS = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({403, 404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_RANGE = frozenset({206, 416})  # of a try to continue: a 206 that fits has brought bytes
_OK = 200
_PARTIAL = 206
_CUT = "the file is cut off"
_EMPTY = "the file is empty"
CUT_TRIES = 3
"""Downloads of one file that end too soon before that is believed."""
MAX_REDIRECTS = 3
"""Redirects that one file may take."""
_AGAIN = "The job is paid; fetch its result again by its id"
_FRESH = f"{_AGAIN}: the file's URL may be a fresh one; if it is the same, the file is gone"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for files; ``alone``: no other process that saves the same job there is alive."""

    folder: str
    alone: bool = False


def save(
    files: tuple[File, ...],
    job: JobRef,
    place: Place,
    *,
    settings: Settings,
    deadline: Deadline,
    parameters: Mapping[str, object] | None = None,
    unexpected: Counter[str] | None = None,
) -> Flow[tuple[str, ...]]:
    """Put every file at ``{request_id}-{n}.{ext}``, each in one step; return the paths.

    What differs from what was announced, or from the format that ``parameters`` asked for, is
    kept all the same and counted in ``unexpected``. Where we are alone, what a killed process left
    unfinished is removed. Raises SaveError, which names the file and the job; files already saved
    stay.
    """
    deadline.job = job
    deadline.stage = "the download"
    oddities = Counter[str]() if unexpected is None else unexpected
    asked = asked_format(parameters or {})
    paths = []
    for number, file in enumerate(files, start=1):
        saver = _Saver(file, job, place, settings=settings, deadline=deadline)
        paths.append((yield from saver.save(number)))
        oddities.update(saver.oddities(asked))
    return tuple(paths)


def asked_format(parameters: Mapping[str, object]) -> _media.Media | None:
    """Return the file type that the inputs ask for: one named as a format, of a known type."""
    named = (value for name, value in parameters.items() if name.endswith("format"))
    known = (_media.by_name(value) for value in named if isinstance(value, str))
    return next(filter(None, known), None)


class _Saver:
    def __init__(
        self, file: File, job: JobRef, place: Place, *, settings: Settings, deadline: Deadline
    ) -> None:
        self.file = file
        self.part = Part(owner=job.request_id, alone=place.alone)
        self.job = job
        self.folder = place.folder
        self.settings = settings
        self.deadline = deadline
        self.announced = _media.by_name(file.content_type or "")
        self.media = _media.UNKNOWN
        self.head = b""

    def save(self, number: int) -> Flow[str]:
        stem = f"{self.job.request_id}-{number}"
        try:
            if self.file.url[:5].lower() == "data:":
                content = self._decode()
                self._look_at(content[: _media.HEADER_SIZE])
                return (yield from self._keep(content, stem))
            downloaded = yield from self._fetch()
            self._look_at(downloaded.head)
            return (yield from self._keep(downloaded, stem))
        finally:
            self.part.drop()

    def oddities(self, asked: _media.Media | None) -> list[str]:
        """Say what the saved file is, where that is not what was announced or asked for."""
        is_a = f"{self.file.key} is {self.media.media_type}"
        found = []
        if self.announced not in {None, self.media}:
            found.append(f"{is_a}, announced as {self.file.content_type}")
        elif asked and self.media.kind == asked.kind and self.media is not asked:
            found.append(f"{is_a}, not the {asked.media_type} that was asked for")
        size = size_of(self.head)
        said = (self.file.width, self.file.height)
        if size and None not in said and said not in {size, size[::-1]}:  # a camera may turn it
            has = f"{self.file.key} has {size[0]}x{size[1]} pixels"
            found.append(f"{has}, announced as {said[0]}x{said[1]}")
        return found

    def _keep(self, content: bytes | Downloaded, stem: str) -> Flow[str]:
        try:
            name = f"{stem}.{self.media.extension}"
            return (yield from ask(Keep(content, self.folder, name, self.part), str))
        except SaveError as error:
            raise self._with_job(error) from error.__cause__

    def _decode(self) -> bytes:
        try:
            content = _media.read_data_uri(self.file.url)
        except ValueError as error:
            raise self._error(f"its data URI cannot be read: {error}") from None
        limit = self.settings.max_download
        if len(content) > limit:
            larger = f"it is larger than {_media.show_size(limit)}"
            raise self._with_job(SaveError(larger, hint="Raise max_download"))
        return content

    def _fetch(self) -> Flow[Downloaded]:
        """Return a whole file; what may pass is tried again until the deadline."""
        delays = RETRY_DELAYS()
        spoilt = 0
        while True:
            continued = self.part.size > 0
            try:
                downloaded = yield from self._follow()
            except NoAnswerError as failure:
                self.deadline.now = max(self.deadline.now, failure.at)
                trouble = failure.problem
            else:
                trouble = self._trouble(downloaded, continued=continued)
                if not trouble:
                    return downloaded
            spoilt += trouble in {_CUT, _EMPTY}
            if spoilt == CUT_TRIES:
                raise self._error(f"{trouble}, {spoilt} times over")
            self.deadline.trouble = trouble
            yield from pause(self.deadline, next(delays), spread=JITTER)

    def _follow(self) -> Flow[Downloaded]:
        url = self.file.url
        for _ in range(MAX_REDIRECTS + 1):
            downloaded = yield from self._download(url)
            if downloaded.status not in _REDIRECTS:
                return downloaded
            url = self._target(url, downloaded)
        raise self._error(f"it was redirected more than {MAX_REDIRECTS} times")

    def _target(self, url: str, downloaded: Downloaded) -> str:
        answered = f"answered {downloaded.status}, a redirect"
        location = downloaded.headers.get("location", "")
        try:
            target = urljoin(url, location)
            lost = falls_back(url, target)
            scheme = urlsplit(target).scheme
        except ValueError:
            raise self._error(f"{answered} to a place that cannot be read") from None
        if not location or scheme not in {"http", "https"}:
            raise self._error(f"{answered} to nowhere")
        if lost:
            raise self._error(f"{answered} that gives up encryption")
        return target

    def _download(self, url: str) -> Flow[Downloaded]:
        wait = self.deadline.clip(self.settings.timeout)
        limit = self.settings.max_download
        request = Download(url, self.folder, limit, wait, self.deadline.left, self.part)
        try:
            downloaded = yield from ask(request, Downloaded)
        except SaveError as error:
            raise self._with_job(error) from error.__cause__
        note_time(self.deadline, downloaded)
        return downloaded

    def _trouble(self, downloaded: Downloaded, *, continued: bool) -> str:
        """Say what may pass; raise what will not; nothing when the file is there."""
        status = downloaded.status
        if status == _OK or (status == _PARTIAL and downloaded.size):
            return self._flaw(downloaded)
        if status in _NO_RANGE and continued:
            return "the file could not be continued"
        if status in _BLIPS:
            return f"HTTP {status}"
        if status in _GONE:
            raise self._error(f"answered {status}: the file has expired or was removed", _FRESH)
        raise self._error(f"answered {status}, not the file")

    def _flaw(self, downloaded: Downloaded) -> str:
        media = _media.sniff(downloaded.head)
        if media is None:
            whole = downloaded.size > 0
        else:
            whole = _media.is_whole(media, downloaded.head, downloaded.tail, downloaded.size)
        if whole:
            return ""
        self.part.forget()  # to continue bytes that are wrong makes no file right
        return _CUT if downloaded.size else _EMPTY

    def _look_at(self, head: bytes) -> None:
        """Believe the bytes: they tell the type, and a web page is no picture."""
        if not head:
            raise self._error("it is empty")
        self.head = head
        media = _media.sniff(head)
        if media is None:
            self._refuse_stranger(head)
        self.media = media or _media.UNKNOWN

    def _refuse_stranger(self, head: bytes) -> None:
        """Refuse bytes that cannot be what was announced; of the unknown, keep what may be."""
        text = _media.text_kind(head)
        if self.announced and (text or self.announced.kind == "image"):
            raise self._error(
                f"it is announced as {self.announced.media_type}, but its bytes are not"
            )
        if text == _media.PAGE and "html" not in (self.file.content_type or ""):
            raise self._error(f"it is {text}")
        if text and self.file.is_image:
            raise self._error(f"it is {text}, not a picture")

    def _error(self, problem: str, hint: str = _AGAIN) -> SaveError:
        return SaveError(f"{self.file.key}: {problem}", hint=hint, job=self.job)

    def _with_job(self, error: SaveError) -> SaveError:
        return SaveError(
            f"{self.file.key}: {error.problem}",
            path=error.path,
            hint=f"{error.hint}. {_AGAIN}".lstrip(". "),
            job=self.job,
        )
