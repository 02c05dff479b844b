"""The victim (牺牲进程): a deployment's process that is forked for every request and killed where the request says so.

Run as `python -m tests.web.kill.victim` in the environment of a deployment. Every line on standard input is a request
`{"do": verb, "kill_after": seconds or null}`; every line of the answer says how it ended. The parent opens no database
connection and uses no thread, so that each child is a process of its own, as if just started.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any

import django


def main() -> None:
    """Answer requests until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    django.setup()
    from tests.web.kill import stages

    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(run(stages.VERBS[request["do"]], request.get("kill_after"))), file=answers, flush=True)


def run(verb: Any, kill_after: float | None) -> dict[str, Any]:
    """Fork, let the child work, kill it when its time has come. `ended`: finished, failed or killed."""
    reading, writing = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reading)
        work(verb, writing)
    os.close(writing)
    rest = None if kill_after is None else max(0.0, kill_after - (time.monotonic() - start))
    in_time = bool(select.select([reading], [], [], rest)[0])
    if not in_time:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, "r") as stream:
        said = stream.read() if in_time else ""
    _pid, status = os.waitpid(child, 0)
    ended = "killed" if not in_time else "finished" if status == 0 else "failed"
    return {"ended": ended, "seconds": time.monotonic() - start, "answer": json.loads(said) if said else None}


def work(verb: Any, writing: int) -> None:
    """In the child: do it, say what came of it, leave without the parent's cleaning up."""
    status = 1
    try:
        said = json.dumps(verb())
        with os.fdopen(writing, "w") as stream:
            stream.write(said)
        status = 0
    except BaseException as fault:
        import traceback

        traceback.print_exc()
        with os.fdopen(writing, "w") as stream:
            stream.write(json.dumps({"fault": f"{type(fault).__name__}: {fault}"}))
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
