"""Draft the overlay of a model's page: what the page leaves out, lost, or says only in prose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spec import names
from spec.documents import dump
from spec.evidence import KEY, Evidence
from spec.importing.losses import Change, Loss
from spec.importing.outputs import Output, main_file
from spec.importing.proposals import Confidence, Proposal
from spec.importing.reading import Reading
from spec.nodes import Json, JsonMap, Place, show
from spec.overlay import PROPOSED

HEADER = (
    "# Drafted by `python -m spec import`, to be reviewed. An action marked x-proposed does not\n"
    "# count: remove the mark to accept it, or the action to refuse it.\n"
)
_NO_FILE = Evidence(
    "inferred", "A job that made no file is not done, so what holds the files is always there."
)
RESULT_EXAMPLES: Place = (
    *("paths", "/fal-ai/{model_name}/requests/{request_id}", "get", "responses", "200"),
    *("content", "application/json", "examples"),
)


@dataclass(frozen=True)
class Decided:
    """A proposal and whether it is accepted; one that is not stays in the draft, marked."""

    proposal: Proposal
    accepted: bool


def overlay(
    reading: Reading, losses: Sequence[Loss], output: Output, decided: Sequence[Decided]
) -> JsonMap:
    """Return the drafted overlay of a page as a document."""
    written: list[Json] = [
        *map(_written, _operation(reading)),
        *actions(losses, decided),
        *map(_written, _output(reading, output)),
    ]
    title = f"{names.endpoint_id(reading.path)} - what its page says in prose, leaves out or lost"
    info: JsonMap = {"title": title, "version": "1.0.0"}
    return {"overlay": "1.0.0", "info": info, "actions": written}


def actions(losses: Sequence[Loss], decided: Sequence[Decided]) -> list[JsonMap]:
    """Return the actions for what a page lost and for what was proposed, accepted or not."""
    changes = [change for loss in losses for change in loss.changes]
    return [*map(_written, changes), *(action for one in decided for action in _proposed(one))]


def text(document: JsonMap) -> str:
    """Return the text of a drafted overlay's file."""
    return HEADER + dump(document)


def input_name(reading: Reading) -> str:
    """Return the name of the component that holds the input of a page's model."""
    content = ("requestBody", "content", "application/json", "schema", "$ref")
    node: Json = reading.operation
    for step in content:
        node = node[step] if isinstance(node, dict) else None
    return str(node).rsplit("/", 1)[-1]


def _operation(reading: Reading) -> Iterator[Change]:
    place: Place = ("paths", reading.path, reading.method)
    identity = names.endpoint_id(reading.path)
    update: JsonMap = {"x-output": f"#/components/schemas/{_output_name(reading)}"}
    note = "The page shows no output, so its name is ours."
    if str(reading.operation.get("summary")).startswith(reading.path):
        update = {"summary": f"Submit a job to {identity}", **update}
        note = f"The page's summary is the path itself. {note}"
    yield Change(place, Evidence("inferred", note), update)
    unknown = Evidence(
        "inferred",
        "What the server does with fields it does not know is not documented, so none is refused.",
    )
    component: Place = ("components", "schemas", input_name(reading))
    yield Change(component, unknown, {"additionalProperties": True})


def _output_name(reading: Reading) -> str:
    return names.component(reading.path, "Output")


def _output(reading: Reading, output: Output) -> Iterator[Change]:
    described = f"What a finished job of {names.endpoint_id(reading.path)} returns."
    schema: JsonMap = {"type": "object", "description": described, **output.schema}
    place: Place = ("components", "schemas")
    yield Change(place, output.evidence, {_output_name(reading): schema})
    main = main_file(output.schema)
    if main:
        yield Change((*place, _output_name(reading)), _NO_FILE, {"required": [main]})
    if output.example is not None:
        made_up = Evidence("inferred", "In the form of the drafted output; its values are made up.")
        evidence = output.evidence if output.evidence.source == "vendor-page" else made_up
        example: JsonMap = {names.slug(reading.path): {"value": output.example}}
        yield Change(RESULT_EXAMPLES, evidence, example)


def _written(change: Change) -> JsonMap:
    action: JsonMap = {"target": change.target or show(change.place)}
    action[KEY] = {"source": change.evidence.source, "note": change.evidence.note}
    action.update({"remove": True} if change.remove else {"update": change.update})
    return action


def _proposed(decided: Decided) -> Iterator[JsonMap]:
    """Yield the actions of a proposal: the keywords that go, then those that come."""
    proposal = decided.proposal
    if not proposal.update:
        return
    note = f"'{proposal.words}'" if proposal.source == "vendor-page" else proposal.words
    evidence = Evidence(proposal.source, note)
    changes = [Change((*proposal.place, key), evidence, remove=True) for key in proposal.removes]
    for change in (*changes, Change(proposal.place, evidence, proposal.update)):
        action = _written(change)
        if decided.accepted:
            yield action
            continue
        words = f"{proposal.confidence.value}: {proposal.what}"
        if proposal.confidence is Confidence.QUESTION:
            words += f" - {proposal.reason}"
        rest = {key: value for key, value in action.items() if key != "target"}
        yield {"target": action["target"], "description": words, PROPOSED: True, **rest}
