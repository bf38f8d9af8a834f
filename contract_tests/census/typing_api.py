"""What a type checker must know and refuse; never executed, read by `make types`.

Every `type: ignore` here is an assertion: mypy reports one that it does not need.
"""

from __future__ import annotations

from typing import assert_type

from PIL import Image

from chainhub_fal import (
    FLUX_1_SCHNELL_REDUX,
    AsyncClient,
    AsyncJob,
    AsyncResult,
    Client,
    Job,
    JobRef,
    Result,
    Update,
)
from chainhub_fal_api.models import Flux1SchnellReduxOutput
from chainhub_fal_api.models import Image as ImageModel


def known(client: Client, ref: JobRef) -> None:
    result = client.run(FLUX_1_SCHNELL_REDUX, image_url="cat.jpg", num_images=4, image_size="16:9")
    assert_type(result, Result[Flux1SchnellReduxOutput])
    assert_type(result.output.images, list[ImageModel])
    assert_type(result.seed, int | None)
    job = client.submit(FLUX_1_SCHNELL_REDUX, image_url=b"...")
    assert_type(job, Job[Flux1SchnellReduxOutput])
    for update in job.updates():
        assert_type(update, Update)
    assert_type(client.job(ref), Job[object])
    assert_type(client.job("id", endpoint=FLUX_1_SCHNELL_REDUX), Job[Flux1SchnellReduxOutput])
    assert_type(client.run("any/id", anything=1), Result[object])
    client.run(FLUX_1_SCHNELL_REDUX, image_url=b"", image_size={"width": 640, "height": 480})
    client.run(FLUX_1_SCHNELL_REDUX, image_url=Image.new("RGB", (8, 8)))
    client.with_options(deadline=120).run(FLUX_1_SCHNELL_REDUX, image_url=open("cat.jpg", "rb"))  # noqa: PTH123, SIM115 - never executed


async def known_async(client: AsyncClient) -> None:
    result = await client.run(FLUX_1_SCHNELL_REDUX, image_url="cat.jpg")
    assert_type(result, AsyncResult[Flux1SchnellReduxOutput])
    job = await client.submit(FLUX_1_SCHNELL_REDUX, image_url="cat.jpg")
    assert_type(job, AsyncJob[Flux1SchnellReduxOutput])
    async for update in job.updates():
        assert_type(update, Update)


def refused(client: Client) -> None:
    client.run(FLUX_1_SCHNELL_REDUX)  # type: ignore[call-overload]
    client.run(FLUX_1_SCHNELL_REDUX, image_url=5)  # type: ignore[call-overload]
    client.run(FLUX_1_SCHNELL_REDUX, image_url="a", num_images="4")  # type: ignore[call-overload]
    client.run(FLUX_1_SCHNELL_REDUX, image_url="a", image_size="21:9")  # type: ignore[call-overload]
    client.run(FLUX_1_SCHNELL_REDUX, image_url="a", output_format="default")  # type: ignore[call-overload]
    client.run(FLUX_1_SCHNELL_REDUX, image_url="a", prompt="no such input")  # type: ignore[call-overload]
    client.submit(FLUX_1_SCHNELL_REDUX, image="a")  # type: ignore[call-overload]
    client.with_options(patience=3)  # type: ignore[call-arg]
