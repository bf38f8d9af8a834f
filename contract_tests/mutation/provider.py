"""All mutants of the provider by name, and how many of each group there must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from .provider_access import auth_mutants, method_mutants
from .provider_codes import status_mutants
from .provider_conduct import sequence_mutants, time_mutants
from .provider_files import file_mutants
from .provider_identity import identity_mutants
from .provider_input import validation_mutants
from .provider_known import known_mutants
from .provider_mutant import Group, Mutant
from .provider_shape import shape_mutants
from .provider_streams import stream_mutants

# A catalogue that shrinks would report a better score for proving less.
# Those made from the contract have theirs in what the contract says.
FLOORS: Mapping[Group, int] = {
    "schema": 90,
    "status": 55,
    "header": 22,
    "media type": 30,
    "auth": 18,
    "method": 15,
    "validation": 35,
    "sequence": 45,
    "identity": 30,
    "time": 15,
    "files": 18,
}


def _by_name(mutants: Iterable[Mutant]) -> Mapping[str, Mutant]:
    """Index mutants; raises ValueError for a name that two of them bear."""
    found = list(mutants)
    twice = [name for name, number in Counter(each.name for each in found).items() if number > 1]
    if twice:
        raise ValueError(f"two mutants bear one name: {', '.join(twice)}")
    return {each.name: each for each in found}


MUTANTS: Mapping[str, Mutant] = _by_name(
    (
        *known_mutants(),
        *shape_mutants(),
        *status_mutants(),
        *auth_mutants(),
        *method_mutants(),
        *validation_mutants(),
        *sequence_mutants(),
        *identity_mutants(),
        *time_mutants(),
        *file_mutants(),
        *stream_mutants(),
    )
)
