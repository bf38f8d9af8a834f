"""The one door to jsoncompat, which proves that one JSON Schema covers another."""

import json

import jsoncompat

from spec.compare.schemas import CONDITIONS, Schema
from spec.errors import SpecError
from spec.nodes import Json, JsonMap

_UNSUPPORTED = "not supported"
_BLIND = ("pattern", "format", "not", "if", "then", "else", *CONDITIONS)


def covers(consumer: JsonMap, producer: JsonMap) -> bool | None:
    """Tell whether `consumer` takes every value of `producer`; None where the prover cannot say.

    It knows neither `pattern` nor `format` and takes them for nothing. Raises SpecError when it
    fails: a failed proof is not an absence of change.
    """
    try:
        return jsoncompat.check_compat(json.dumps(producer), json.dumps(consumer), "deserializer")
    except ValueError as error:
        if _UNSUPPORTED in str(error):
            return None
        raise SpecError("jsoncompat", str(error), "Correct the schema it names.") from error
    except BaseException as error:
        # A panic of its Rust side is no Exception, and must not pass for an answer either.
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise SpecError("jsoncompat", f"it crashed: {error}", "Report the two schemas.") from error


def is_refuted(consumer: Schema, producer: Schema) -> bool:
    """Tell whether the prover finds that `consumer` refuses what `producer` sends.

    It does not recognise every schema even in itself; of one where it fails in that it knows
    nothing. The same goes for schemas that differ in what it is weak in.
    """
    if texts(consumer.form) != texts(producer.form):
        return False
    if covers(consumer.form, producer.closed_form) is not False:
        return False
    return all(covers(side.form, side.closed_form) for side in (consumer, producer))


def texts(form: Json) -> list[str]:
    """List what a schema says in keywords that the prover ignores or is weak in.

    Where two schemas differ in them, it proves nothing.
    """
    if isinstance(form, dict):
        own = [f"{key}={form[key]}" for key in _BLIND if key in form]
        return sorted([*own, *(text for value in form.values() for text in texts(value))])
    if isinstance(form, list):
        return sorted(text for value in form for text in texts(value))
    return []
