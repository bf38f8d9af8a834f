"""Names derived by rule from an endpoint's path, so that no page can choose or clash them."""

import re

from spec.errors import SpecError

OWNER = "fal-ai"
# Names and code are derived from the path, so nothing but these characters may reach them.
_ENDPOINT = re.compile(rf"/{OWNER}(/[A-Za-z0-9][A-Za-z0-9._-]*)+")
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def segments(path: str) -> list[str]:
    """Split `/fal-ai/flux-1/schnell/redux` into its segments."""
    return [part for part in path.split("/") if part]


def own_path(path: str) -> str:
    """Return an endpoint's path without what stands before the owner (`/BASE_URL/fal-ai/x`)."""
    _, owner, below = f"/{path}".partition(f"/{OWNER}/")
    return (owner + below).rstrip("/") if owner else path


def is_submit(path: str, method: str) -> bool:
    """Tell whether an operation puts a job into the queue: a POST to a literal endpoint path."""
    return method == "post" and "{" not in path


def endpoint_id(path: str) -> str:
    """Return the model's id, `fal-ai/flux-1/schnell/redux`; raises SpecError for foreign paths."""
    if not _ENDPOINT.fullmatch(path):
        raise SpecError(
            path,
            f"this is no queue endpoint: such a path is /{OWNER}/<app>[/...] in plain letters",
            "Only the pages of that family can become part of this contract.",
        )
    return path.strip("/")


def model_name(path: str) -> str:
    """Return the only segment besides the owner that survives in a request's URLs (`flux-1`)."""
    return segments(endpoint_id(path))[1]


def _words(path: str) -> list[str]:
    below_owner = segments(endpoint_id(path))[1:]
    return [word for word in re.split(r"[^0-9A-Za-z]+", " ".join(below_owner)) if word]


def slug(path: str) -> str:
    """Return the endpoint's name in snake case, `flux_1_schnell_redux`."""
    name = "_".join(_words(path)).lower()
    return name if name.isidentifier() else f"endpoint_{name}"


def component(path: str, suffix: str) -> str:
    """Return the name of one of the endpoint's schemas, `Flux1SchnellRedux` + suffix."""
    name = "".join(word[0].upper() + word[1:] for word in slug(path).split("_"))
    return name + suffix


def operation_id(path: str, method: str) -> str:
    """Return the operation's id: `submit_<slug>`, or the method and the words of the path."""
    if is_submit(path, method):
        return f"submit_{slug(path)}"
    words = [word for word in re.split(r"[^0-9A-Za-z]+", path) if word]
    return "_".join([method, *words]).lower()
