"""The typed table of queue endpoints: a builder function and an `Endpoint` for every submit."""

import inspect
from pathlib import Path

from spec import endpoint_types, names
from spec.builders import arguments, builder
from spec.derive import ENDPOINT, OUTPUT, default_endpoint, submits
from spec.hints import FILE_TYPES, Shapes
from spec.inline import inlined
from spec.lazy import lazy_module
from spec.models import Model, model_of, read_models
from spec.nodes import Json, JsonMap, at, branch, mapping, sequence, text
from spec.operations import operations

ARGUMENT = "x-argument"
_GET = '''
INDEX: Mapping[str, str] = {index!r}

DEFAULT: Final = {default!r}


def get(endpoint_id: str) -> Endpoint[..., object]:
    """Return the endpoint with this id; raises KeyError when the contract has none."""
    constant = INDEX[endpoint_id]
    endpoint: Endpoint[..., object] = getattr(import_module(_MODULES[constant], __name__), constant)
    return endpoint
'''
_OPERATIONS = '''"""Every operation of the contract: method, path and the statuses it documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CONTRACT_VERSION: Final = {version!r}
CONTRACT_SHA256: Final = {digest!r}


@dataclass(frozen=True)
class Operation:
    """One operation; `path` is a template with `{{name}}` for each path parameter."""

    operation_id: str
    method: str
    path: str
    statuses: tuple[int, ...]


OPERATIONS: Mapping[str, Operation] = {{
    operation.operation_id: operation for operation in ({rows})
}}
'''
_ENDPOINT = '''"""{title}"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from ..models.{input_module} import {input_class}
from ..models.{output_module} import {output_class}
{shape_import}
from ._types import Endpoint, FileInput{either_name}

{builder}

{constant}: Final = Endpoint(
    id={id!r},
    path={path!r},
    model_name={model_name!r},
    operation_id={operation_id!r},
    build={build},
    input_model={input_class},
    output_model={output_class},
    input_schema={input_schema!r},
    output_schema={output_schema!r},
    files={files!r},
    summary={summary!r},
)
'''


def write_table(document: JsonMap, package: Path, digest: str) -> None:
    """Write `endpoints/` and `operations.py` into a freshly generated package.

    `digest` is the SHA-256 of the contract's file.
    """
    folder = package / "endpoints"
    folder.mkdir()
    models = read_models(package)
    shapes = Shapes(document)
    for path, operation in submits(document):
        source = _endpoint(document, path, operation, models, shapes)
        (folder / f"{names.slug(path)}.py").write_text(source, "utf-8")
    (folder / "_shapes.py").write_text(_shapes(shapes), "utf-8")
    (folder / "_types.py").write_text(inspect.getsource(endpoint_types), "utf-8")
    (folder / "__init__.py").write_text(_index(document), "utf-8")
    (package / "operations.py").write_text(_operations(document, digest), "utf-8")


def _endpoint(
    document: JsonMap, path: str, operation: JsonMap, models: dict[str, Model], shapes: Shapes
) -> str:
    input_name, input_schema = _component(document, _body_reference(operation))
    output_name, output_schema = _component(document, text(operation[OUTPUT], (path, OUTPUT)))
    input_class, input_model = model_of(models, input_name)
    output_class, output_model = model_of(models, output_name)
    slug = names.slug(path)
    fields = [*arguments(document, input_schema, input_name, shapes)]
    source = builder(slug, operation, fields)
    renamed = {field.field: field.name for field in fields if field.name != field.field}
    used = [name for name in shapes.fields if name in source]
    return _ENDPOINT.format(
        title=f"The endpoint {operation[ENDPOINT]}: its builder and its entry in the table.",
        input_module=input_model.module,
        input_class=input_class,
        output_module=output_model.module,
        output_class=output_class,
        shape_import=f"from ._shapes import {', '.join(used)}" if used else "",
        builder=source,
        constant=slug.upper(),
        slug=slug,
        build=f"by_either_name({slug}, {renamed!r})" if renamed else slug,
        either_name=", by_either_name" if renamed else "",
        id=operation[ENDPOINT],
        path=path,
        model_name=names.model_name(path),
        operation_id=operation["operationId"],
        input_schema=_with_arguments(inlined(document, input_schema), renamed),
        output_schema=inlined(document, output_schema),
        files=_files(inlined(document, input_schema)),
        summary=operation.get("summary") or "",
    )


def _with_arguments(schema: JsonMap, renamed: dict[str, str]) -> JsonMap:
    """Note on the fields whose own name is no name in Python what their argument is called."""
    for field, name in renamed.items():
        branch(schema, "properties", field)[ARGUMENT] = name
    return schema


def _body_reference(operation: JsonMap) -> str:
    place = ("requestBody", "content", "application/json", "schema", "$ref")
    return text(at(operation, *place), place)


def _component(document: JsonMap, reference: str) -> tuple[str, JsonMap]:
    name = reference.rsplit("/", 1)[-1]
    return name, mapping(at(document, "components", "schemas", name), ("schemas", name))


def _files(schema: JsonMap) -> dict[str, tuple[Json, ...]]:
    """Return the input fields that take a file, or a list of files, and the accepted types."""
    found: dict[str, tuple[Json, ...]] = {}
    for field, node in mapping(schema.get("properties") or {}, ("properties",)).items():
        kinds = _file_types(node)
        if kinds:
            found[field] = tuple(kinds)
    return found


def _file_types(schema: Json) -> list[Json]:
    """Find the file types of a field: its own, its items', or those of one of its choices."""
    if not isinstance(schema, dict):
        return []
    if FILE_TYPES in schema:
        return sequence(schema[FILE_TYPES], (FILE_TYPES,))
    arms = [schema.get("items")]
    for choice in ("oneOf", "anyOf", "allOf"):
        arms += sequence(schema.get(choice) or [], (choice,))
    return next((kinds for kinds in map(_file_types, arms) if kinds), [])


def _shapes(shapes: Shapes) -> str:
    classes = []
    for name, fields in shapes.fields.items():
        body = ", ".join(fields)
        classes.append(f"{name} = TypedDict({name!r}, {{{body}}})")
    header = (
        '"""The object shapes that endpoint inputs hold, as plain dictionaries."""\n\n'
        "from __future__ import annotations\n\n"
    )
    imports = (
        "from collections.abc import Mapping, Sequence\n"
        "from typing import Literal, NotRequired, TypedDict\n\n"
        "from ._types import FileInput\n\n"
    )
    return header + imports + "\n".join(classes) + "\n"


def _index(document: JsonMap) -> str:
    modules = dict.fromkeys(("Endpoint", "FileInput", "PictureLike"), "._types")
    index: dict[str, str] = {}
    for path, operation in submits(document):
        constant = names.slug(path).upper()
        index[text(operation[ENDPOINT], (path,))] = constant
        modules[constant] = f".{names.slug(path)}"
    title = "The queue endpoints of the contract, each imported when it is first asked for."
    imports = "from collections.abc import Mapping\nfrom typing import Final"
    body = _GET.format(index=index, default=default_endpoint(document))
    return lazy_module(title, modules, imports, body)


def _operations(document: JsonMap, digest: str) -> str:
    rows = ""
    for path, method, operation in operations(document):
        codes = mapping(operation["responses"], (path, method, "responses"))
        statuses = tuple(sorted(int(code) for code in codes if code.isdigit()))
        row = (operation["operationId"], method.upper(), path, statuses)
        rows += f"Operation{row!r},"
    version = text(at(document, "info", "version"), ("info", "version"))
    return _OPERATIONS.format(rows=rows, version=version, digest=digest)
