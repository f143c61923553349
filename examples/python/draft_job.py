"""A scheduled job that asks claude for a draft, through hardcall.py. See README.md for how to try it.

    python3 draft_job.py drafts/                  # once; the exit code is that of hardcall
    python3 draft_job.py drafts/ --every 43200    # twice a day, until it is stopped
"""

import argparse
import datetime
import logging
import pathlib
import time

import hardcall

log = logging.getLogger("draft-job")

PROMPT = "Write the post of the day, in Markdown, with a title."


def write_draft(folder: pathlib.Path, timeout: str = "10m") -> pathlib.Path:
    """Writes one draft to a new file in the folder. Raises CallFailed, and then writes no file."""
    # A second draft does no harm, so hardcall may try again what failed.
    draft = hardcall.claude(PROMPT, name="python-draft", timeout=timeout, tools=[], effects="none", attempts=2).text
    file = folder / f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}.md"
    part = file.with_suffix(".part")
    part.write_text(draft + "\n", encoding="utf-8")
    part.rename(file)
    return file


def run_job(folder: pathlib.Path, timeout: str = "10m") -> int:
    """What the scheduler calls. Logs a failure as a warning or an error, never as a success. Returns the exit code."""
    try:
        log.info("wrote %s", write_draft(folder, timeout))
        return 0
    except hardcall.TryLater as later:
        log.warning("no draft now: %s", later)
        return later.exit_code
    except hardcall.CallFailed as failed:
        log.error("no draft, %s: %s", failed.code, failed)
        return failed.exit_code


def main() -> None:
    parser = argparse.ArgumentParser(description="Asks claude for a draft, once or on a schedule.")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--every", type=float, help="seconds between two runs; without it the job runs once")
    parser.add_argument("--timeout", default="10m")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    args.folder.mkdir(parents=True, exist_ok=True)
    if args.every is None:
        raise SystemExit(run_job(args.folder, args.timeout))
    while True:
        run_job(args.folder, args.timeout)
        time.sleep(args.every)


if __name__ == "__main__":
    main()
