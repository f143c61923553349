"""Asks claude for a draft on a schedule, through hardcall. Standard library only.

    python3 draft_job.py drafts/ --every 43200

hardcall ends the call on time and prints only what held the contract, so this job has no timeout of its own, parses no
error texts, and never takes nothing for a draft.
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
    """The call ended without a draft. `code` is the exit code of hardcall."""

    def __init__(self, code: int, message: str):
        super().__init__(message)
        self.code = code

    @property
    def later(self) -> bool:
        """A rate limit, an overload, no network: the same call may work at another time."""
        return self.code == 75

    @property
    def timed_out(self) -> bool:
        return self.code == 124

    @property
    def bad_output(self) -> bool:
        """claude says that it worked, but there is no draft: blank, cut off, or not what was asked for."""
        return self.code == 65


def ask_claude(prompt: str, timeout: str = "10m") -> str:
    """The answer of claude. Raises CallFailed when there is none."""
    # The prompt goes over stdin: an argument holds no more than 128 KiB, and everybody can read it in `ps`.
    call = ["hardcall", "claude", "--name", "python-draft", "--timeout", timeout, "--kill-grace", "1s"]
    # ast-grep-ignore: py-subprocess-timeout, reason: the --timeout of hardcall ends it
    done = subprocess.run(call, input=prompt, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise CallFailed(done.returncode, done.stderr.strip())
    return done.stdout


def write_draft(folder: pathlib.Path, timeout: str = "10m") -> pathlib.Path:
    """One run of the job: a new file in the folder. Raises CallFailed, and then there is no new file."""
    draft = ask_claude(PROMPT, timeout)
    file = folder / f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}.md"
    part = file.with_suffix(".part")
    part.write_text(draft, encoding="utf-8")
    part.rename(file)
    return file


def run_job(folder: pathlib.Path, timeout: str = "10m") -> bool:
    """What the scheduler calls; a failure is an error in the log, never an `ok`."""
    try:
        log.info("wrote %s", write_draft(folder, timeout))
        return True
    except CallFailed as failure:
        level = logging.WARNING if failure.later else logging.ERROR
        log.log(level, "no draft, exit code %d: %s", failure.code, failure)
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes a draft every so often.")
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
