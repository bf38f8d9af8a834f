"""Pages made for the purpose, and the project's own contract built once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from spec.build import Built, build
from spec.pages import Block, Page, extract
from spec.sources import Tree

from .desk import Desk

PAGE = """# Title

## OpenAPI Specification

```yaml
openapi: 3.0.1
info:
  title: ''
  version: 1.0.0
paths:
  {path}:
    post:
      summary: {path}
      parameters: {parameters}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                prompt:
                  {prompt}
              x-apifox-orders: [{orders}]
      responses:
        '200':
          description: ''
          content:
            application/json:
              schema: {{type: object, properties: {{}}}}
components:
  schemas: {schemas}
  securitySchemes:
    bearer: {{type: http, scheme: bearer}}
servers: {servers}
security:
  - bearer: []
```
"""
DEFAULTS = {
    "path": "/fal-ai/some-app/draw",
    "parameters": "[]",
    "prompt": "type: string",
    "orders": "prompt",
    "schemas": "{}",
    "servers": "[{url: 'https://api.chainhub.tech'}]",
}

MakePage = Callable[..., Page]


@pytest.fixture(scope="session")
def make_page() -> MakePage:
    """Make a small valid page; keywords replace its parts."""

    def make(name: str = "draw.md", **parts: str) -> Page:
        return Page(name, PAGE.format(**{**DEFAULTS, **parts}))

    return make


@pytest.fixture(scope="session")
def make_block(make_page: MakePage) -> Callable[..., Block]:
    """Make the block of such a page."""

    def make(**parts: str) -> Block:
        return extract(make_page(**parts))

    return make


@pytest.fixture(scope="session")
def tree() -> Tree:
    """The checkout these tests belong to."""
    return Tree(Path(__file__).resolve().parents[3])


@pytest.fixture(scope="session")
def built(tree: Tree) -> Built:
    """The project's contract, built anew."""
    return build(tree.pages(), tree.overlays())


@pytest.fixture
def desk(tree: Tree, tmp_path: Path) -> Desk:
    """A copy of the checkout's spec/ and contract."""
    shutil.copytree(tree.root / "spec" / "vendor", tmp_path / "spec" / "vendor")
    shutil.copytree(tree.root / "spec" / "overlays", tmp_path / "spec" / "overlays")
    shutil.copy(tree.contract, tmp_path)
    return Desk(tmp_path)
