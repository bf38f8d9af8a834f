"""What a live run spent, and how to get at each job that it paid for."""

from __future__ import annotations

from collections.abc import Iterator

from ..contract import Contract
from ..harness.target import Target
from ..suite.chains import node_of
from .spending import Purse, Submit, jobs


def journal(purse: Purse, target: Target, contract: Contract) -> Iterator[str]:
    """Yield lines: how much, each job with the command that reads it again, and what is open."""
    counting = [submit for submit in purse.submits if submit.counts]
    yield f"spent: {sum(each.with_key for each in counting)} of at most {jobs(purse.cap)}"
    for submit in counting:
        payer = "" if submit.with_key else ", sent without the key"
        yield f"  {submit.request_id or 'no id'}: {submit.state}{payer} ({submit.about})"
        if submit.request_id:
            yield f"    its result costs nothing more: {_read_again(submit, target, contract)}"
    if any(not submit.request_id for submit in counting):
        yield "  a submit without an id may be a job: look for it in the account's usage log"


def _read_again(submit: Submit, target: Target, contract: Contract) -> str:
    operation = contract.operations.get(submit.about)
    endpoint = node_of(contract, operation)["x-endpoint-id"] if operation else "ENDPOINT"
    return (
        f"chainhub-fal --base-url {target.base_url} --dialect {target.dialect}"
        f" result {submit.request_id} --endpoint {endpoint}"
    )
