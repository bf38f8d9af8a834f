# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.flux_1_schnell_redux_input_acceleration import (
    Flux1SchnellReduxInputAcceleration,
)
from ..models.flux_1_schnell_redux_input_output_format import (
    Flux1SchnellReduxInputOutputFormat,
)
from ..models.image_size_preset import ImageSizePreset
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.image_size import ImageSize


T = TypeVar("T", bound="Flux1SchnellReduxInput")


@_attrs_define
class Flux1SchnellReduxInput:
    """What FLUX.1 [schnell] Redux takes.

    Attributes:
        image_url (str): The picture to vary, as an http(s) address or a data URI.
        num_inference_steps (int | Unset): Steps the model takes; more are slower and finer. Default: 4.
        image_size (ImageSize | ImageSizePreset | Unset): Size of the pictures, a preset or a width and a height.
            Default: ImageSizePreset.LANDSCAPE_4_3.
        num_images (int | Unset): How many pictures to make. Default: 1.
        enable_safety_checker (bool | Unset): Whether the safety checker looks at the pictures. Default: True.
        output_format (Flux1SchnellReduxInputOutputFormat | Unset): File format of the pictures. Default:
            Flux1SchnellReduxInputOutputFormat.JPEG.
        acceleration (Flux1SchnellReduxInputAcceleration | Unset): How much speed may cost in quality. Default:
            Flux1SchnellReduxInputAcceleration.REGULAR.
        seed (int | None | Unset): The same seed and input give the same pictures; null leaves the choice to the model.
        sync_mode (bool | Unset): Whether pictures come back as data URIs; the job is then kept in no history. Default:
            False.
    """

    image_url: str
    num_inference_steps: int | Unset = 4
    image_size: ImageSize | ImageSizePreset | Unset = ImageSizePreset.LANDSCAPE_4_3
    num_images: int | Unset = 1
    enable_safety_checker: bool | Unset = True
    output_format: Flux1SchnellReduxInputOutputFormat | Unset = (
        Flux1SchnellReduxInputOutputFormat.JPEG
    )
    acceleration: Flux1SchnellReduxInputAcceleration | Unset = (
        Flux1SchnellReduxInputAcceleration.REGULAR
    )
    seed: int | None | Unset = UNSET
    sync_mode: bool | Unset = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        image_url = self.image_url

        num_inference_steps = self.num_inference_steps

        image_size: dict[str, Any] | str | Unset
        if isinstance(self.image_size, Unset):
            image_size = UNSET
        elif isinstance(self.image_size, ImageSizePreset):
            image_size = self.image_size.value
        else:
            image_size = self.image_size.to_dict()

        num_images = self.num_images

        enable_safety_checker = self.enable_safety_checker

        output_format: str | Unset = UNSET
        if not isinstance(self.output_format, Unset):
            output_format = self.output_format.value

        acceleration: str | Unset = UNSET
        if not isinstance(self.acceleration, Unset):
            acceleration = self.acceleration.value

        seed: int | None | Unset
        if isinstance(self.seed, Unset):
            seed = UNSET
        else:
            seed = self.seed

        sync_mode = self.sync_mode

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image_url": image_url,
            }
        )
        if num_inference_steps is not UNSET:
            field_dict["num_inference_steps"] = num_inference_steps
        if image_size is not UNSET:
            field_dict["image_size"] = image_size
        if num_images is not UNSET:
            field_dict["num_images"] = num_images
        if enable_safety_checker is not UNSET:
            field_dict["enable_safety_checker"] = enable_safety_checker
        if output_format is not UNSET:
            field_dict["output_format"] = output_format
        if acceleration is not UNSET:
            field_dict["acceleration"] = acceleration
        if seed is not UNSET:
            field_dict["seed"] = seed
        if sync_mode is not UNSET:
            field_dict["sync_mode"] = sync_mode

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_size import ImageSize  # noqa: PLC0415

        d = dict(src_dict)
        image_url = d.pop("image_url")

        num_inference_steps = d.pop("num_inference_steps", UNSET)

        def _parse_image_size(data: object) -> ImageSize | ImageSizePreset | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                image_size_type_0 = ImageSizePreset(data)

                return image_size_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            image_size_type_1 = ImageSize.from_dict(data)

            return image_size_type_1

        image_size = _parse_image_size(d.pop("image_size", UNSET))

        num_images = d.pop("num_images", UNSET)

        enable_safety_checker = d.pop("enable_safety_checker", UNSET)

        _output_format = d.pop("output_format", UNSET)
        output_format: Flux1SchnellReduxInputOutputFormat | Unset
        if isinstance(_output_format, Unset):
            output_format = UNSET
        else:
            output_format = Flux1SchnellReduxInputOutputFormat(_output_format)

        _acceleration = d.pop("acceleration", UNSET)
        acceleration: Flux1SchnellReduxInputAcceleration | Unset
        if isinstance(_acceleration, Unset):
            acceleration = UNSET
        else:
            acceleration = Flux1SchnellReduxInputAcceleration(_acceleration)

        def _parse_seed(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seed = _parse_seed(d.pop("seed", UNSET))

        sync_mode = d.pop("sync_mode", UNSET)

        flux_1_schnell_redux_input = cls(
            image_url=image_url,
            num_inference_steps=num_inference_steps,
            image_size=image_size,
            num_images=num_images,
            enable_safety_checker=enable_safety_checker,
            output_format=output_format,
            acceleration=acceleration,
            seed=seed,
            sync_mode=sync_mode,
        )

        flux_1_schnell_redux_input.additional_properties = d
        return flux_1_schnell_redux_input

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
