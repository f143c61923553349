"""Asks claude for a draft on a schedule, through the command line of hardcall. Python's standard library is enough.

Try it with the tests, which use the fake claude:

    npx -c 'python3 -m unittest'

With the real claude, twice a day (`hardcall` must be on PATH, for example in node_modules/.bin):

    python3 draft_job.py drafts/ --every 43200

hardcall ends the call on time, prints an answer only if it is complete, and tells failures apart by its exit code. So this
job needs no timeout of its own, parses no error texts, and never saves an empty draft.
"""

import argparse
import datetime
import logging
import pathlib
import subprocess
import time

log = logging.getLogger("draft-job")

PROMPT = "Write the post of the day, in Markdown, with a title."


class CallFailed(Exception):
    """The call gave no draft. `code` is the exit code of hardcall."""

    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.code = code

    @property
    def later(self) -> bool:
        """Temporary: a rate limit, an overload, no network. The same call may succeed later."""
        return self.code == 75

    @property
    def timed_out(self) -> bool:
        return self.code == 124

    @property
    def bad_output(self) -> bool:
        """claude reported success, but the draft is blank, cut off, or not in the requested form."""
        return self.code == 65


def ask_claude(prompt: str, timeout: str = "10m") -> str:
    """Returns the answer of claude, or raises CallFailed."""
    # The prompt goes over stdin: an argument is limited to 128 KiB, and `ps` shows it to every user.
    call = ["hardcall", "claude", "--name", "python-draft", "--timeout", timeout, "--kill-grace", "1s"]
    # ast-grep-ignore: py-subprocess-timeout, reason: hardcall ends it by its own --timeout
    done = subprocess.run(call, input=prompt, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise CallFailed(done.returncode, done.stderr.strip())
    return done.stdout


def write_draft(folder: pathlib.Path, timeout: str = "10m") -> pathlib.Path:
    """Writes one draft to a new file in the folder. Raises CallFailed, and then writes no file."""
    draft = ask_claude(PROMPT, timeout)
    file = folder / f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}.md"
    part = file.with_suffix(".part")
    part.write_text(draft, encoding="utf-8")
    part.rename(file)
    return file


def run_job(folder: pathlib.Path, timeout: str = "10m") -> bool:
    """What the scheduler calls. Logs a failure as a warning or an error, never as a success."""
    try:
        log.info("wrote %s", write_draft(folder, timeout))
        return True
    except CallFailed as failure:
        level = logging.WARNING if failure.later else logging.ERROR
        log.log(level, "no draft, exit code %d: %s", failure.code, failure)
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks claude for a draft, once or on a schedule.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--every", type=float, help="seconds between two runs; without it the job runs once")
    parser.add_argument("--timeout", default="10m")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.every is None:
        raise SystemExit(0 if run_job(args.folder, args.timeout) else 1)
    while True:
        run_job(args.folder, args.timeout)
        time.sleep(args.every)


if __name__ == "__main__":
    main()
