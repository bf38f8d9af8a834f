"""What a process may have open: a crowd needs more than some systems grant at first."""

from __future__ import annotations

import resource

_MOST_FILES = 10_240


def allow_many_files() -> None:
    """Let this process have as many connections open as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
