# @generated from openapi.yaml (sha256:cb8a0879f703) by openapi-python-client 0.29.1 and ruff 0.17.6, "make generate"; do not edit.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.fal_error_list import FalErrorList
from ...models.fal_error_text import FalErrorText
from ...models.flux_1_schnell_redux_input import Flux1SchnellReduxInput
from ...models.gateway_error import GatewayError
from ...models.queue_ticket import QueueTicket
from ...models.task_error import TaskError
from ...types import Response


def _get_kwargs(
    *,
    body: Flux1SchnellReduxInput,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/fal-ai/flux-1/schnell/redux",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket | None:
    if response.status_code == 200:
        response_200 = QueueTicket.from_dict(response.json())

        return response_200

    if response.status_code == 400:

        def _parse_response_400(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_400 = _parse_response_400(response.json())

        return response_400

    if response.status_code == 401:

        def _parse_response_401(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_401 = _parse_response_401(response.json())

        return response_401

    if response.status_code == 403:

        def _parse_response_403(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_403 = _parse_response_403(response.json())

        return response_403

    if response.status_code == 404:

        def _parse_response_404(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_404 = _parse_response_404(response.json())

        return response_404

    if response.status_code == 413:

        def _parse_response_413(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_413 = _parse_response_413(response.json())

        return response_413

    if response.status_code == 422:

        def _parse_response_422(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_422 = _parse_response_422(response.json())

        return response_422

    if response.status_code == 429:

        def _parse_response_429(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_429 = _parse_response_429(response.json())

        return response_429

    if response.status_code == 500:

        def _parse_response_500(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_500 = _parse_response_500(response.json())

        return response_500

    if response.status_code == 502:

        def _parse_response_502(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_502 = _parse_response_502(response.json())

        return response_502

    if response.status_code == 503:

        def _parse_response_503(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_503 = _parse_response_503(response.json())

        return response_503

    if response.status_code == 504:

        def _parse_response_504(
            data: object,
        ) -> FalErrorList | FalErrorText | GatewayError | TaskError:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_0 = FalErrorList.from_dict(data)

                return componentsschemas_error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_1 = FalErrorText.from_dict(data)

                return componentsschemas_error_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_error_type_2 = GatewayError.from_dict(data)

                return componentsschemas_error_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_error_type_3 = TaskError.from_dict(data)

            return componentsschemas_error_type_3

        response_504 = _parse_response_504(response.json())

        return response_504

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Flux1SchnellReduxInput,
) -> Response[FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket]:
    """Submit variations of a picture to FLUX.1 [schnell] Redux

     Puts a job into the queue that makes variations of one picture. Official documentation:
    https://fal.ai/models/fal-ai/flux-1/schnell/redux

    Args:
        body (Flux1SchnellReduxInput): What FLUX.1 [schnell] Redux takes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: Flux1SchnellReduxInput,
) -> FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket | None:
    """Submit variations of a picture to FLUX.1 [schnell] Redux

     Puts a job into the queue that makes variations of one picture. Official documentation:
    https://fal.ai/models/fal-ai/flux-1/schnell/redux

    Args:
        body (Flux1SchnellReduxInput): What FLUX.1 [schnell] Redux takes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: Flux1SchnellReduxInput,
) -> Response[FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket]:
    """Submit variations of a picture to FLUX.1 [schnell] Redux

     Puts a job into the queue that makes variations of one picture. Official documentation:
    https://fal.ai/models/fal-ai/flux-1/schnell/redux

    Args:
        body (Flux1SchnellReduxInput): What FLUX.1 [schnell] Redux takes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: Flux1SchnellReduxInput,
) -> FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket | None:
    """Submit variations of a picture to FLUX.1 [schnell] Redux

     Puts a job into the queue that makes variations of one picture. Official documentation:
    https://fal.ai/models/fal-ai/flux-1/schnell/redux

    Args:
        body (Flux1SchnellReduxInput): What FLUX.1 [schnell] Redux takes.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        FalErrorList | FalErrorText | GatewayError | TaskError | QueueTicket
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
