"""Runs pieces of Python with the genuine BigQuery client, each in a process of its own, and says how each ended.

    python3 measure.py SECONDS    reads jobs from stdin, a JSON line each: {"id", "url", "project", "needs", "code"}

It forks: importing the client takes a second of CPU, and hundreds of processes wait at the same time. Each job's answer is a JSON line
{"id", "seconds", "outcome"}; "seconds" is null where the process had to be killed. A module that is missing is {"id", "missing"}.
"""

import faulthandler
import gc
import importlib
import json
import os
import select
import signal
import sys
import time
import warnings

warnings.simplefilter("ignore")

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

# Seconds. All at once would compete for the CPU, and measure that.
BETWEEN_STARTS = 0.25


def run(job):
    """Returns the number of rows, or the name of the exception."""
    client = bigquery.Client(
        project=job["project"],
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": job["url"]},
    )
    scope = {"bigquery": bigquery, "client": client, "sql": "SELECT 1 AS n"}
    try:
        exec(job["code"], scope)
        return f"{len(list(scope['rows']))} rows"
    except BaseException as error:
        return type(error).__name__


def start(job, limit):
    """Forks. Returns the pid, and a pipe that closes when the process has ended, with all its threads."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        # Should this program be killed, its children would hang on.
        faulthandler.dump_traceback_later(limit + 10, exit=True, file=open(os.devnull, "w"))
        os.write(writing, run(job).encode())
        # The usual end of a Python: it joins threads that still run.
        sys.exit(0)
    os.close(writing)
    return pid, reading


def missing(job):
    for module in job["needs"]:
        try:
            importlib.import_module(module)
        except ImportError as error:
            return str(error)
    return None


def main():
    limit = float(sys.argv[1])
    waiting = [json.loads(line) for line in sys.stdin]
    running = {}
    next_start = 0
    for job in waiting:
        missing(job)
    # Without it each child's garbage collector copies the memory of all that was imported, which takes 0.4 s of CPU.
    gc.freeze()
    while waiting or running:
        now = time.monotonic()
        if waiting and now >= next_start:
            next_start = now + BETWEEN_STARTS
            job = waiting.pop(0)
            reason = missing(job)
            if reason is not None:
                print(json.dumps({"id": job["id"], "missing": reason}), flush=True)
                continue
            pid, pipe = start(job, limit)
            running[pipe] = (job["id"], pid, now, [])
        wake = [began + limit for _, _, began, _ in running.values()] + [next_start] * bool(waiting)
        ended, _, _ = select.select(running, [], [], max(0, min(wake, default=0) - time.monotonic()))
        for pipe in list(running):
            name, pid, began, said = running[pipe]
            late = time.monotonic() - began >= limit
            if pipe in ended:
                chunk = os.read(pipe, 1000)
                if chunk:
                    said.append(chunk.decode())
                    continue
                late = False
            elif not late:
                continue
            seconds = None if late else round(time.monotonic() - began, 1)
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(pipe)
            del running[pipe]
            print(json.dumps({"id": name, "seconds": seconds, "outcome": "".join(said)}), flush=True)


main()
