"""The sentence that says what to do about a finding, by its rule."""

from __future__ import annotations

from collections.abc import Mapping

from .findings import Finding

_OVERLAY = "state it in an overlay of spec/overlays and run make spec generate"
_AS_DOCUMENTED = f"Answer as the contract documents, or, if the server is right, {_OVERLAY}."
_ACCEPT = f"Accept what the contract allows, or, if the refusal is meant, {_OVERLAY}."
_REFUSE = f"Refuse it with a documented 4xx before a job is queued, or, if it is meant, {_OVERLAY}."
_KEY_FIRST = "Ask for the key before anything is looked up or read, and refuse with 401."
_KNOWN = "Answer 404 for an id that was never given out, and never for one that was."
_METHODS = "Answer 405, with an Allow header that lists the methods the path has."
_OUTPUT = "Read the server's log for this job: a valid input must end with the model's output."
_ENDS = "End a stream right after the event that tells the job's end, and never before it."
_AT_ONCE = (
    "Tell at once where the job stands, and each change as it comes: look for a proxy that keeps"
    " events back, or holds the line when nothing comes through it any more."
)
_LOG = "Read the server's log at the time of this request; it broke down, or took too long."
_PROVEN = (
    "Nothing was proven here: run every layer, let some jobs wait and some end, and check the"
    " server and its key."
)
_CODE: Mapping[str, str] = {
    "answer": _AS_DOCUMENTED,
    "strict_answer": _AS_DOCUMENTED,
    "status_code_conformance": _AS_DOCUMENTED,
    "content_type_conformance": _AS_DOCUMENTED,
    "response_headers_conformance": _AS_DOCUMENTED,
    "response_schema_conformance": _AS_DOCUMENTED,
    "valid-refused": _ACCEPT,
    "positive_data_acceptance": _ACCEPT,
    "never_accepted": _ACCEPT,
    "invalid-accepted": _REFUSE,
    "unreadable-accepted": _REFUSE,
    "negative_data_rejection": _REFUSE,
    "missing_required_header": _REFUSE,
    "key-not-asked-for": _KEY_FIRST,
    "key_is_needed": _KEY_FIRST,
    "ignored_auth": _KEY_FIRST,
    "key-echoed": "Take the key out of the answer, and replace the key: it may stand in logs.",
    "known-refused": _KNOWN,
    "unknown-found": _KNOWN,
    "use_after_free": _KNOWN,
    "ensure_resource_availability": _KNOWN,
    "method": _METHODS,
    "allow": _METHODS,
    "unsupported_method": _METHODS,
    "valid-failed": _OUTPUT,
    "status-behind": "Let status and result change together: a client waits for the later one.",
    "never-ends": "End every job, with its output or with an error: a client waits, and pays.",
    "stays-open": _ENDS,
    "stream_ends_with_the_job": _ENDS,
    "stream_says_nothing_after_the_end": _ENDS,
    "stream_begins_at_once": _AT_ONCE,
    "stream_keeps_up": _AT_ONCE,
    "stream_is_alive": "Send a comment every 15 s: a client takes a longer silence for a broken line.",
    "no-answer": _LOG,
    "answers": _LOG,
    "not_a_server_error": _LOG,
    "max_response_time": _LOG,
    "engine_error": _LOG,
    "silent_phase": _PROVEN,
    "not-exercised": _PROVEN,
    "untested": "Give contract_tests/suite/values.py a rule that tries this keyword.",
}
_OTHERWISE = {
    "error": "Repeat it with the curl line and correct the server: clients rely on this rule.",
    "warning": "Nothing need be done; look whether it is meant.",
}


def advice(finding: Finding) -> str:
    """Say in a sentence what to do about a finding."""
    return _CODE.get(finding.rule, _OTHERWISE[finding.level])
