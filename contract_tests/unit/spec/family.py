"""Pages in the form of the vendor's family, made for the purpose."""

from __future__ import annotations

import json

from spec.nodes import Json, JsonMap

TICKET: JsonMap = {
    "status": "IN_QUEUE",
    "request_id": "acf05732-7cb3-445b-9f39-fdaeccb1d730",
    "response_url": "https://queue.fal.run/fal-ai/app/requests/acf05732",
    "status_url": "https://queue.fal.run/fal-ai/app/requests/acf05732/status",
    "cancel_url": "https://queue.fal.run/fal-ai/app/requests/acf05732/cancel",
    "logs": None,
    "metrics": {},
    "queue_position": 0,
}
GATEWAY = "https://api.chainhub.tech"


def page(
    path: str = "/fal-ai/app/draw",
    properties: JsonMap | str | None = None,
    example: Json = None,
    method: str = "post",
    **more: Json,
) -> str:
    """Write a page; `properties` is a mapping, or YAML as it stands with the damage it has.

    Of `more`, `ticket` is the example of the answer, `schema` the schema of the answer, `servers`
    and `security` are the document's, `own_security` is the operation's.
    """
    shown = json.dumps(properties or {}) if not isinstance(properties, str) else properties
    schema = f"{{type: object, properties: {shown}}}"
    if isinstance(properties, str):
        schema = "\n              type: object\n              properties:\n" + properties
    answer = {"schema": more.get("schema", {"type": "object", "properties": {}})}
    if more.get("ticket", TICKET) is not None:
        answer["example"] = more.get("ticket", TICKET)
    media = "" if example is None else f"            example: {json.dumps(example)}\n"
    return f"""# {path}

## OpenAPI Specification

```yaml
openapi: 3.0.1
info: {{title: '', version: 1.0.0}}
paths:
  {path}:
    {method}:
      summary: {path}
      requestBody:
        content:
          application/json:
            schema: {schema}
{media}      responses:
        '200': {{description: '', content: {{application/json: {json.dumps(answer)}}}}}
      security: {json.dumps(more.get("own_security", [{"bearer": []}]))}
      x-apifox-status: released
components:
  schemas: {{}}
  securitySchemes: {{bearer: {{type: http, scheme: bearer}}}}
servers: {json.dumps(more.get("servers", [{"url": GATEWAY}]))}
security: {json.dumps(more.get("security", [{"bearer": []}]))}
```
"""
