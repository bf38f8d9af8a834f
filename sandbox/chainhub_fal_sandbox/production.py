"""From a finished job to its output: loads the source, draws up the output once, keeps it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainhub_fal_sandbox.artefacts import Studio
from chainhub_fal_sandbox.contract import Contract, Endpoint
from chainhub_fal_sandbox.files import FileStore
from chainhub_fal_sandbox.orders import read_order
from chainhub_fal_sandbox.outputs import OutputBuilder
from chainhub_fal_sandbox.pictures import PictureRefusedError, invent, open_picture
from chainhub_fal_sandbox.queue import Failure, Job
from chainhub_fal_sandbox.settings import Settings
from chainhub_fal_sandbox.sources import is_foreign, load_source
from chainhub_fal_sandbox.validation import detail


@dataclass
class Production:
    """Makes outputs; what fails because of the input becomes the job's failure."""

    settings: Settings
    contract: Contract
    files: FileStore
    _outputs: dict[str, Mapping[str, object]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def output_of(self, job: Job, origin: str) -> Mapping[str, object] | None:
        """Return the output of a completed job, the same at every call; None if it failed.

        Decodes pictures and may read a file from loopback: call it in a thread.
        """
        with self._lock:
            if job.request_id not in self._outputs and job.failure is None:
                self._produce(job, origin)
            return self._outputs.get(job.request_id)

    def _produce(self, job: Job, origin: str) -> None:
        endpoint = self._endpoint(job.endpoint_id)
        name = next((n for n in endpoint.picture_fields if job.input.get(n)), "")
        try:
            source = self._source(job, name, origin)
            order = read_order(endpoint, self.contract, job.input)
            studio = Studio(order, source, self.settings.max_megapixels)
            builder = OutputBuilder(self.contract, self.files, origin, studio, job.run_seconds)
            built = builder.build(endpoint.output_schema)
        except PictureRefusedError as error:
            item = detail(
                ["body", name], str(error), error.kind, job.input.get(name), error.context
            )
            job.failure = Failure(422, [item])
            return
        if not isinstance(built, Mapping):
            raise TypeError(f"the output schema of {endpoint.endpoint_id} describes no object")
        self._outputs[job.request_id] = built

    def _source(self, job: Job, name: str, origin: str) -> bytes:
        """Return an encoded picture to start from; a model without a source gets a drawn one."""
        value = job.input.get(name)
        url = value[0] if isinstance(value, list) and value else value
        if not isinstance(url, str):
            return invent(json.dumps(dict(job.input), sort_keys=True))
        if self.settings.foreign_images == "invent" and is_foreign(url):
            return invent(url)
        own = url.removeprefix(f"{origin}/files/")
        source = self.files.read(own) if self.files.find(own) else load_source(url)
        open_picture(source, self.settings.max_megapixels)
        return source

    def _endpoint(self, endpoint_id: str) -> Endpoint:
        return next(e for e in self.contract.endpoints.values() if e.endpoint_id == endpoint_id)
