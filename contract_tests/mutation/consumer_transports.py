"""Mutants of the transports: what each library must be kept from doing, and the gate before them."""

from __future__ import annotations

from .consumer_mutants import ClientMutant

_AIOHTTP = (
    ClientMutant(
        "aiohttp-resends-without-proof",
        "paying",
        "_transport_aiohttp.py",
        "        context.trace_request_ctx.sending()",
        "        context.trace_request_ctx.connecting()",
        "a submit that was read is taken to have never left, and the job is paid twice",
    ),
    ClientMutant(
        "aiohttp-finds-no-proof",
        "manners",
        "_transport_aiohttp.py",
        "        context.trace_request_ctx.connecting()",
        "        context.trace_request_ctx.sending()",
        "a refused connection is reported as a job that may be paid",
    ),
    ClientMutant(
        "aiohttp-follows-redirects",
        "secrets",
        "_transport_aiohttp.py",
        "                allow_redirects=False,\n                timeout=_UNLIMITED,\n                trace",
        "                allow_redirects=True,\n                timeout=_UNLIMITED,\n                trace",
        "a redirect carries the key, or a second submit, to another place",
    ),
    ClientMutant(
        "aiohttp-keeps-cookies",
        "secrets",
        "_transport_aiohttp.py",
        "        cookie_jar=aiohttp.DummyCookieJar(),\n",
        "        cookie_jar=aiohttp.CookieJar(unsafe=True),\n",
        "what one answer set is sent with every request after it",
    ),
    ClientMutant(
        "aiohttp-peer-not-judged",
        "hosts",
        "_transport_aiohttp.py",
        '        if refusal := self._reach.peer_refusal(str(req.url), peer[0] if peer else ""):',
        '        if refusal := "" and self._reach.peer_refusal(str(req.url), str(peer)):',
        "a public name may lead to a machine of the caller's own network",
    ),
    ClientMutant(
        "aiohttp-sends-the-key-to-downloads",
        "secrets",
        "_transport_aiohttp.py",
        "                        headers=address.headers,\n",
        "                        headers={**address.headers, **self._head.headers},\n",
        "a file's host is none of the API's and must not learn the key",
    ),
    ClientMutant(
        "aiohttp-sends-a-files-credentials",
        "secrets",
        "_transport_aiohttp.py",
        "    if url.userinfo:\n",
        "    if not url.userinfo:\n",
        "aiohttp makes a header of credentials that stand in a URL",
    ),
)
_CONNECTIONS = (
    ClientMutant(
        "own-sync-submit-has-no-trace",
        "manners",
        "_transport_httpcore.py",
        '            request.extensions["trace"] = wire.trace.hear\n\n        return self._send',
        "            pass\n\n        return self._send",
        "a refused connection is reported as a job that may be paid",
    ),
    ClientMutant(
        "own-async-exchange-without-end",
        "deadline",
        "_bounded.py",
        "asyncio.timeout(wire.timeout)",
        "asyncio.timeout(None)",
        "a server that never answers holds the caller for ever",
    ),
    ClientMutant(
        "spoilt-connection-used-again",
        "paying",
        "_idle.py",
        "if connection.is_available() and not connection.has_expired():",
        "if connection.is_available():",
        "a submit is lost on a connection that the server has just closed",
    ),
    ClientMutant(
        "connections-never-kept",
        "manners",
        "_idle.py",
        "if self._closed or not connection.is_available() or self._count >= self._most:",
        "if True or self._closed or not connection.is_available():",
        "each poll opens a connection of its own",
    ),
    ClientMutant(
        "answer-unpacked-without-end",
        "manners",
        "_bodies.py",
        "            return self._zlib.decompress(chunk, limit + 1)\n        except",
        "            return self._zlib.decompress(chunk)\n        except",
        "a few bytes of a server's fill the memory",
    ),
    ClientMutant(
        "broken-download-forgets-what-came",
        "parts",
        "_sinks.py",
        "    def __exit__(self, *_: object) -> None:\n        self.write()\n",
        "    def __exit__(self, *about: object) -> None:\n        self.write() if about[0] is None else None\n",
        "a film that breaks off in the middle is fetched anew each time",
    ),
)
_GATE = (
    ClientMutant(
        "slot-lost-with-a-cancelled-wait",
        "manners",
        "_slots.py",
        "            if _was_given(turn):\n                self.give_back()\n",
        "",
        "after some cancellations nothing is sent any more",
    ),
    ClientMutant(
        "slot-not-given-back",
        "manners",
        "_drivers_async.py",
        "            return await self.transport.exchange(call)\n        finally:\n            self._calls.give_back()",
        "            return await self.transport.exchange(call)\n        finally:\n            pass",
        "after 64 requests nothing is sent any more",
    ),
    ClientMutant(
        "result-waits-behind-looks",
        "manners",
        "flows/polling.py",
        "urgent=self._has_ended",
        "urgent=False",
        "in a crowd a result that is there is told a second late",
    ),
    ClientMutant(
        "looks-wait-behind-results",
        "manners",
        "flows/polling.py",
        "urgent=self._has_ended",
        "urgent=True",
        "where all is urgent nothing is",
    ),
    ClientMutant(
        "last-come-first-served",
        "manners",
        "_slots.py",
        "            turn = waiting.popleft()",
        "            turn = waiting.pop()",
        "a job that waits is overtaken for ever",
    ),
    ClientMutant(
        "turn-waited-for-no-longer-than-an-exchange",
        "manners",
        "_drivers.py",
        "        began = time.monotonic()\n        if wait := self._turn(call.patience)",
        "        began = time.monotonic()\n        if wait := self._turn(call.timeout)",
        "under a cap on requests many submits fail that only had to wait",
    ),
    ClientMutant(
        "late-turn-outlives-the-deadline",
        "manners",
        "_drivers.py",
        "            time.sleep(wait)\n        return self.transport.exchange(what_is_left(call, began))",
        "            time.sleep(wait)\n        return self.transport.exchange(call)",
        "who waited for a turn waits beyond the deadline for the answer",
    ),
    ClientMutant(
        "proxy-passed-by",
        "hosts",
        "_choosing.py",
        "    return settings.http2 or _has_proxy()",
        "    return settings.http2",
        "a company's proxy is not asked, and the key leaves by another way",
    ),
)

TRANSPORTS = (*_AIOHTTP, *_CONNECTIONS, *_GATE)
"""From the driver's hand to the wire."""
