"""Brings a result's files to disk: fetched without the key, checked, named by us, kept whole."""

from __future__ import annotations

from .. import _media
from .._effects import Discard, Download, Downloaded, Flow, Keep, ask
from .._refs import JobRef
from ..errors import NoAnswerError, SaveError
from ..models import File
from ..settings import Settings
from .deadlines import JITTER, RETRY_DELAYS, Deadline, note_time, pause

_BLIPS = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({403, 404, 410})
_OK = 200  # the only success of a GET that asks for the whole
_CUT = "the file is cut off"
CUT_TRIES = 3
"""Downloads of one file that end too soon before that is believed."""
_AGAIN = "The job is paid; fetch its result again by its id"


def save(
    files: tuple[File, ...], job: JobRef, folder: str, *, settings: Settings, deadline: Deadline
) -> Flow[tuple[str, ...]]:
    """Put every file at ``folder/{request_id}-{n}.{ext}``, each in one step; return the paths.

    Raises SaveError, which names the file and the job; files already saved stay.
    """
    deadline.job = job
    deadline.stage = "the download"
    paths = []
    for number, file in enumerate(files, start=1):
        saver = _Saver(file, job, folder, settings=settings, deadline=deadline)
        paths.append((yield from saver.save(number)))
    return tuple(paths)


class _Saver:
    def __init__(
        self, file: File, job: JobRef, folder: str, *, settings: Settings, deadline: Deadline
    ) -> None:
        self.file = file
        self.job = job
        self.folder = folder
        self.settings = settings
        self.deadline = deadline

    def save(self, number: int) -> Flow[str]:
        stem = f"{self.job.request_id}-{number}"
        if self.file.url[:5].lower() == "data:":
            content = self._decode()
            media = self._type_of(content[: _media.HEAD_SIZE])
            return (yield from self._keep(content, stem, media))
        downloaded = yield from self._fetch()
        try:
            media = self._type_of(downloaded.head)
        except SaveError:
            yield Discard(downloaded)
            raise
        return (yield from self._keep(downloaded, stem, media))

    def _keep(self, content: bytes | Downloaded, stem: str, media: _media.Media) -> Flow[str]:
        try:
            name = f"{stem}.{media.extension}"
            return (yield from ask(Keep(content, self.folder, name), str))
        except SaveError as error:
            raise self._with_job(error) from error.__cause__

    def _decode(self) -> bytes:
        try:
            return _media.read_data_uri(self.file.url)
        except ValueError as error:
            raise self._error(f"its data URI cannot be read: {error}") from None

    def _fetch(self) -> Flow[Downloaded]:
        """Return a whole file; what may pass is tried again until the deadline."""
        delays = RETRY_DELAYS()
        cut = 0
        while True:
            try:
                downloaded = yield from self._download()
            except NoAnswerError as failure:
                self.deadline.now = max(self.deadline.now, failure.at)
                trouble = failure.problem
            except SaveError as error:
                raise self._with_job(error) from error.__cause__
            else:
                trouble = yield from self._trouble(downloaded)
                if not trouble:
                    return downloaded
                cut += trouble == _CUT
            if cut == CUT_TRIES:
                raise self._error(f"{_CUT}, {cut} times over")
            self.deadline.trouble = trouble
            yield from pause(self.deadline, next(delays), spread=JITTER)

    def _download(self) -> Flow[Downloaded]:
        wait = self.deadline.clip(self.settings.timeout)
        limit = self.settings.max_download
        request = Download(self.file.url, self.folder, limit, wait, self.deadline.left)
        downloaded = yield from ask(request, Downloaded)
        note_time(self.deadline, downloaded)
        return downloaded

    def _trouble(self, downloaded: Downloaded) -> Flow[str]:
        """Say what may pass; raise what will not; nothing when the file is there."""
        media = _media.sniff(downloaded.head)
        whole = media is None or _media.is_whole(
            media, downloaded.head, downloaded.tail, downloaded.size
        )
        if downloaded.status == _OK and whole:
            return ""
        yield Discard(downloaded)
        if downloaded.status == _OK:
            return _CUT
        if downloaded.status in _BLIPS:
            return f"HTTP {downloaded.status}"
        if downloaded.status in _GONE:
            raise self._error(f"answered {downloaded.status}: the file has expired or was removed")
        raise self._error(f"answered {downloaded.status}, not the file")

    def _type_of(self, head: bytes) -> _media.Media:
        """Believe the bytes: the name tells what they are, and a web page is no picture."""
        media = _media.sniff(head)
        announced = _media.by_name(self.file.content_type or "")
        if media is None and announced is not None:
            raise self._error(f"it is announced as {announced.media_type}, but its bytes are not")
        return media or _media.UNKNOWN

    def _error(self, problem: str) -> SaveError:
        return SaveError(f"{self.file.key}: {problem}", hint=_AGAIN, job=self.job)

    def _with_job(self, error: SaveError) -> SaveError:
        return SaveError(
            f"{self.file.key}: {error.problem}",
            path=error.path,
            hint=f"{error.hint}. {_AGAIN}".lstrip(". "),
            job=self.job,
        )
