# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.flux_1_schnell_redux_output_timings import (
        Flux1SchnellReduxOutputTimings,
    )
    from ..models.image import Image


T = TypeVar("T", bound="Flux1SchnellReduxOutput")


@_attrs_define
class Flux1SchnellReduxOutput:
    """What a finished job of FLUX.1 [schnell] Redux returns.

    Attributes:
        images (list[Image]):
        timings (Flux1SchnellReduxOutputTimings): Seconds by step, for example inference; may be empty.
        seed (int): The seed that was used; it can be larger than 2^31.
        has_nsfw_concepts (list[bool]): One verdict of the safety checker per picture.
        prompt (str): Empty for this model.
    """

    images: list[Image]
    timings: Flux1SchnellReduxOutputTimings
    seed: int
    has_nsfw_concepts: list[bool]
    prompt: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        images = []
        for images_item_data in self.images:
            images_item = images_item_data.to_dict()
            images.append(images_item)

        timings = self.timings.to_dict()

        seed = self.seed

        has_nsfw_concepts = self.has_nsfw_concepts

        prompt = self.prompt

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "images": images,
                "timings": timings,
                "seed": seed,
                "has_nsfw_concepts": has_nsfw_concepts,
                "prompt": prompt,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.flux_1_schnell_redux_output_timings import (
            Flux1SchnellReduxOutputTimings,  # noqa: PLC0415
        )
        from ..models.image import Image  # noqa: PLC0415

        d = dict(src_dict)
        images = []
        _images = d.pop("images")
        for images_item_data in _images:
            images_item = Image.from_dict(images_item_data)

            images.append(images_item)

        timings = Flux1SchnellReduxOutputTimings.from_dict(d.pop("timings"))

        seed = d.pop("seed")

        has_nsfw_concepts = cast(list[bool], d.pop("has_nsfw_concepts"))

        prompt = d.pop("prompt")

        flux_1_schnell_redux_output = cls(
            images=images,
            timings=timings,
            seed=seed,
            has_nsfw_concepts=has_nsfw_concepts,
            prompt=prompt,
        )

        flux_1_schnell_redux_output.additional_properties = d
        return flux_1_schnell_redux_output

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
