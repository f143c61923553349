"""A suite in Python's standard library against the fake claude: PATH has it first, and nothing is mocked."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

FAKE_BIN = os.environ["FAKE_BIN"]


def ask(mode, *args, timeout=30, **env):
    """What a script does: run claude, capture its output, give up after a while."""
    return subprocess.run(
        ["claude", "-p", "Write the post.", *args],
        capture_output=True,
        env=environment(mode, **env),
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=timeout,
    )


def environment(mode, **env):
    path = FAKE_BIN + os.pathsep + os.environ["PATH"]
    return {**os.environ, "PATH": path, "FAKE_CLAUDE_MODE": mode, "FAKE_CLAUDE_MAX_LIFETIME_MS": "30000", **env}


class MeetsFailure(unittest.TestCase):
    def test_fail(self):
        run = ask("fail")
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertTrue(run.stderr.startswith("Error: "))

    def test_empty_is_exit_0(self):
        run = ask("empty")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "\n", ""))

    def test_empty_in_json_calls_itself_a_success(self):
        result = json.loads(ask("empty", "--output-format", "json").stdout)
        self.assertEqual((result["subtype"], result["is_error"], result["result"]), ("success", False, ""))

    def test_hang(self):
        started = time.monotonic()
        with self.assertRaises(subprocess.TimeoutExpired):
            ask("hang", timeout=1)
        self.assertLess(time.monotonic() - started, 15)

    def test_hang_ends_on_sigterm(self):
        args = ["claude", "-p", "x", "--output-format", "stream-json", "--verbose"]
        with subprocess.Popen(args, env=environment("hang"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as run:
            self.assertEqual(json.loads(run.stdout.readline())["subtype"], "init")
            run.send_signal(signal.SIGTERM)
            self.assertEqual(run.wait(timeout=30), 143)

    def test_a_sequence_ends_well(self):
        with tempfile.TemporaryDirectory() as folder:
            log = os.path.join(folder, "log")
            env = {"FAKE_CLAUDE_STATE_DIR": folder, "FAKE_CLAUDE_LOG": log, "FAKE_CLAUDE_TEXT": "A post."}
            runs = [ask("fail,empty,ok", **env) for _ in range(3)]
            self.assertEqual([run.returncode for run in runs], [1, 0, 0])
            self.assertEqual(runs[2].stdout, "A post.\n")
            verify = os.path.join(FAKE_BIN, "claude-verify")
            checked = subprocess.run(
                [verify, log, "--calls", "3", "--modes", "fail,empty,ok", "--all-used"],
                capture_output=True,
                text=True,
                timeout=30,
            )
            self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    sys.exit(not unittest.main(exit=False, verbosity=2).result.wasSuccessful())
