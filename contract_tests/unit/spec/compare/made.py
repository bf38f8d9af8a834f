"""A small contract made for the purpose, edits of it, and verdicts in three letters."""

import copy
import functools
from collections.abc import Callable

import yaml

from spec.compare.changes import Change, Comparison, Judgement, Verdict
from spec.compare.comparison import compare
from spec.compare.contracts import Contract
from spec.nodes import Json, JsonMap, Place, at, mapping

BASE = """
openapi: 3.1.0
info: {title: A queue, version: 1.2.3}
servers:
  - url: https://api.example.org
  - url: https://other.example.org
security:
  - bearer: []
paths:
  /jobs:
    post:
      operationId: submit_job
      tags: [queue]
      summary: Submit
      x-endpoint-id: owner/app
      x-output: '#/components/schemas/Output'
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Input'}
      responses:
        '200':
          description: Accepted
          headers:
            X-Request-Id: {required: true, schema: {type: string}}
            X-Hint: {schema: {type: string}}
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Ticket'}
          links:
            result:
              operationId: get_result
              parameters: {job_id: $response.body#/id}
        '422':
          $ref: '#/components/responses/Refused'
  /jobs/{job_id}:
    parameters:
      - {name: job_id, in: path, required: true, schema: {type: string, minLength: 1}}
    get:
      operationId: get_result
      tags: [queue]
      summary: Read
      parameters:
        - {name: logs, in: query, schema: {type: integer, minimum: 0, maximum: 1}}
        - {name: region, in: query, required: true, schema: {type: string}}
      responses:
        '200':
          description: Done
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Output'}
        '202':
          description: Not yet
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Ticket'}
        '404': {description: Unknown}
        5XX: {description: Down}
components:
  schemas:
    Input:
      type: object
      required: [prompt]
      properties:
        prompt: {type: string}
        size: {$ref: '#/components/schemas/Size'}
        value: {}
    Size:
      type: string
      enum: [small, large]
    Ticket:
      type: object
      required: [id, state]
      properties:
        id: {type: string}
        state: {$ref: '#/components/schemas/State'}
    State:
      type: string
      enum: [queued, done]
    Output:
      type: object
      required: [images]
      properties:
        images: {type: array, items: {$ref: '#/components/schemas/Image'}}
        value: {}
    Image:
      type: object
      required: [url]
      properties:
        url: {type: string}
        width: {type: integer}
        parent: {$ref: '#/components/schemas/Image'}
    Unused:
      type: object
      properties:
        note: {type: string}
  responses:
    Refused:
      description: Refused
      content:
        application/json:
          schema: {type: object, required: [detail], properties: {detail: {type: string}}}
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
"""
LETTERS = {
    Verdict.BREAKING: "B",
    Verdict.UNKNOWN: "U",
    Verdict.COMPATIBLE: "C",
    Verdict.UNTOUCHED: "-",
}
Edit = Callable[[JsonMap], None]


@functools.cache
def _base() -> JsonMap:
    return mapping(yaml.safe_load(BASE), ())


def base() -> JsonMap:
    return copy.deepcopy(_base())


def edited(*edits: Edit) -> JsonMap:
    document = base()
    for edit in edits:
        edit(document)
    return document


def put(value: Json, *place: str | int) -> Edit:
    def edit(document: JsonMap) -> None:
        parent = at(document, *place[:-1])
        if isinstance(parent, list) and place[-1] == len(parent):
            parent.append(copy.deepcopy(value))
            return
        assert isinstance(parent, dict | list), place
        parent[place[-1]] = copy.deepcopy(value)  # type: ignore[index]

    return edit


def cut(*place: str | int) -> Edit:
    def edit(document: JsonMap) -> None:
        parent = at(document, *place[:-1])
        assert isinstance(parent, dict | list), place
        del parent[place[-1]]  # type: ignore[arg-type]

    return edit


def move(old: Place, new: Place) -> Edit:
    def edit(document: JsonMap) -> None:
        value = at(document, *old)
        cut(*old)(document)
        put(value, *new)(document)

    return edit


def compared(old: JsonMap, new: JsonMap) -> Comparison:
    return compare(Contract("old", {}, old), Contract("new", {}, new))


def letters(change: Change) -> str:
    found = (change.callers, change.readers, change.generated)
    return "".join(LETTERS[it.verdict] for it in found)


def told(comparison: Comparison) -> dict[str, str]:
    return {change.kind: letters(change) for change in comparison.changes}


def breaks_on_the_wire(change: Change) -> list[Judgement]:
    return [it for it in (change.callers, change.readers) if it.verdict is Verdict.BREAKING]
