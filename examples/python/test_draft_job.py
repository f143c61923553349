"""Runs the job against the fake claude: a real process that fails, prints nothing or hangs. pytest finds these tests too.

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
import hardcall

FAKE_BIN = subprocess.run(
    ["hardcall", "fake-bin"], capture_output=True, text=True, check=True, timeout=30
).stdout.strip()


class DraftJobTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name) / "drafts"
        self.state = pathlib.Path(folder.name) / "state"
        for made in (self.folder, self.state):
            made.mkdir()

    def with_fake(self, modes: str):
        """Puts the fake claude on PATH, and one mode for each start. It ends after 60 seconds, even if the test is killed."""
        env = {
            "PATH": f"{FAKE_BIN}{os.pathsep}{os.environ['PATH']}",
            "FAKE_CLAUDE_MODE": modes,
            "FAKE_CLAUDE_STATE_DIR": str(self.state),
            "FAKE_CLAUDE_MAX_LIFETIME_MS": "60000",
        }
        return mock.patch.dict(os.environ, env)

    def fails(self, modes: str, timeout: str = "30s") -> hardcall.CallFailed:
        with self.with_fake(modes), self.assertRaises(hardcall.CallFailed) as caught:
            draft_job.write_draft(self.folder, timeout)
        self.assertEqual(list(self.folder.iterdir()), [], "a failed run must leave no file")
        return caught.exception

    def test_ok_writes_the_draft(self):
        with self.with_fake("ok"):
            file = draft_job.write_draft(self.folder)
        self.assertEqual(list(self.folder.iterdir()), [file])
        self.assertIn("morning light", file.read_text(encoding="utf-8"))

    def test_a_second_attempt_follows_a_rate_limit(self):
        with self.with_fake("rate-limit,ok"):
            draft_job.write_draft(self.folder)

    def test_empty_is_no_draft_although_claude_exits_0(self):
        failed = self.fails("empty")
        self.assertIsInstance(failed, hardcall.BadOutput)
        self.assertEqual([attempt["exitCode"] for attempt in failed.attempts], [0, 0])

    def test_hang_ends_on_time(self):
        start = time.monotonic()
        self.assertIsInstance(self.fails("hang", timeout="1s"), hardcall.TimedOut)
        # This includes the starts of Python and Node. Without a timeout it would be 60 seconds.
        self.assertLess(time.monotonic() - start, 40)

    def test_a_usage_limit_says_when_to_come_back(self):
        failed = self.fails("usage-limit")
        self.assertIsInstance(failed, hardcall.TryLater)
        self.assertGreater(failed.retry_after, 60)

    def test_the_scheduler_logs_an_error_and_goes_on(self):
        with self.with_fake("empty-stdout"), self.assertLogs("draft-job", "ERROR") as logs:
            self.assertEqual(draft_job.run_job(self.folder), 65)
        self.assertIn("no draft", logs.output[0])


if __name__ == "__main__":
    unittest.main()
