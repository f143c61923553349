"""Runs the job against the fake claude, a real process that fails, prints nothing or hangs.

    npx -c 'python3 -m unittest'
"""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest
from unittest import mock

import draft_job

FAKE_BIN = subprocess.run(
    ["hardcall", "fake-bin"], capture_output=True, text=True, check=True, timeout=30
).stdout.strip()


class DraftJobTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def with_fake(self, mode: str):
        """Puts the fake claude on PATH. It ends after 20 seconds, even if the test is killed."""
        path = f"{FAKE_BIN}{os.pathsep}{os.environ['PATH']}"
        env = {"PATH": path, "FAKE_CLAUDE_MODE": mode, "FAKE_CLAUDE_MAX_LIFETIME_MS": "20000"}
        return mock.patch.dict(os.environ, env)

    def fails(self, mode: str, timeout: str = "10s") -> draft_job.CallFailed:
        with self.with_fake(mode), self.assertRaises(draft_job.CallFailed) as caught:
            draft_job.write_draft(self.folder, timeout)
        self.assertEqual(list(self.folder.iterdir()), [], "a failed run must leave no file")
        return caught.exception

    def test_ok_writes_the_draft(self):
        with self.with_fake("ok"):
            file = draft_job.write_draft(self.folder)
        self.assertEqual(list(self.folder.iterdir()), [file])
        self.assertIn("morning light", file.read_text(encoding="utf-8"))

    def test_empty_is_no_draft_although_claude_exits_0(self):
        failure = self.fails("empty")
        self.assertTrue(failure.bad_output)
        self.assertIn("nothing", str(failure))

    def test_hang_ends_on_time(self):
        start = time.monotonic()
        failure = self.fails("hang", timeout="1s")
        self.assertTrue(failure.timed_out)
        # This includes the starts of Python and Node. Without a timeout it would be 20 seconds.
        self.assertLess(time.monotonic() - start, 10)

    def test_fail_is_not_taken_for_a_draft(self):
        failure = self.fails("fail")
        self.assertEqual(failure.code, 69)
        self.assertFalse(failure.later)

    def test_rate_limit_may_work_later(self):
        self.assertTrue(self.fails("rate-limit").later)

    def test_the_scheduler_logs_an_error_and_goes_on(self):
        with self.with_fake("empty-stdout"), self.assertLogs("draft-job", "ERROR") as logs:
            self.assertFalse(draft_job.run_job(self.folder))
        self.assertIn("exit code 65", logs.output[0])


if __name__ == "__main__":
    unittest.main()
