"""What examples/python/hardcall.py does, on real processes. python-module.test.ts runs this with each Python of the machine."""

import concurrent.futures
import datetime
import json
import os
import pathlib
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

import hardcall
from hardcall import claude, run

FAKE_BIN = os.environ["FAKE_BIN"]


def failure_of(mode: str, **options) -> hardcall.CallFailed:
    env = {**os.environ, "PATH": f"{FAKE_BIN}{os.pathsep}{os.environ['PATH']}", "FAKE_CLAUDE_MODE": mode}
    try:
        answer = claude("Write a post", env=env, **{"timeout": 60, **options})
    except hardcall.CallFailed as failed:
        return failed
    raise AssertionError(f"{mode} gave {answer.text!r}")


class Folder(unittest.TestCase):
    """Each test has a folder, in which hardcall keeps its ledger and Python its temporary files."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.ledger = self.folder / "ledger.db"
        patched = mock.patch.dict(os.environ, {"HARDCALL_LEDGER": str(self.ledger)})
        patched.start()
        self.addCleanup(patched.stop)
        tempfile.tempdir = str(self.temporary)
        self.addCleanup(setattr, tempfile, "tempdir", None)

    def tearDown(self):
        self.assertEqual(list(self.temporary.iterdir()), [], "a temporary file is left")


class SuccessTest(Folder):
    def test_output_outcome_and_attempts(self):
        done = run(["printf", "two\\nlines\\n"], timeout="10s", name="lines")
        self.assertEqual((done.stdout, done.text, done.value), (b"two\nlines\n", "two\nlines", "two\nlines"))
        self.assertEqual((done.outcome, done.facts["name"], len(done.attempts)), ("executed", "lines", 1))
        self.assertGreater(done.duration, 0)

    def test_bytes_stay_what_they_are(self):
        self.assertEqual(run(["printf", "\\377\\000\\n"], timeout=30).stdout, b"\xff\x00\n")

    def test_input_json_and_evidence(self):
        made = self.folder / "made"
        done = run(
            ["sh", "-c", 'cat; echo x > "$0"', made],
            timeout=datetime.timedelta(seconds=10),
            input='{"rooms": [12, "ä"]}',
            json=True,
            evidence_file=[made],
            effects="none",
            attempts=2,
        )
        self.assertEqual(done.value, {"rooms": [12, "ä"]})
        self.assertEqual(done.evidence[0]["kind"], "file")

    def test_codex_and_gemini(self):
        own = {
            "codex": {"sandbox": "read-only", "config": {"tools.web_search": True, "greeting": "hi"}, "add_dir": [self.folder]},
            "gemini": {"allowed_tools": ["read_file", "glob"], "include_directories": self.folder},
        }
        for name, options in own.items():
            with self.subTest(name):
                path = os.pathsep.join([os.path.join(FAKE_BIN, name), os.environ["PATH"]])
                fake = f"FAKE_{name.upper()}"
                env = {**os.environ, "PATH": path, f"{fake}_MODE": "ok", f"{fake}_TEXT": "hello"}
                ask = getattr(hardcall, name)
                self.assertEqual(ask("Write a post", timeout=60, env=env, **options).text, "hello")
                with self.assertRaises(hardcall.BadOutput):
                    ask("Write a post", timeout=60, env={**env, f"{fake}_MODE": "empty"})
                with self.assertRaisesRegex(TypeError, "max_turns"):
                    ask("Write a post", timeout=60, max_turns=3)

    def test_every_json_value_is_what_python_makes_of_it(self):
        for text in ("null", "0", "false", "12345678901234567890", '["a", null]', "1.5"):
            with self.subTest(text):
                self.assertEqual(run(["echo", text], timeout=10, json=True).value, json.loads(text))
        self.assertEqual(run(["echo", '"word"'], timeout=10, json=True).value, "word")

    def test_the_longest_limit(self):
        self.assertEqual(run(["echo", "x"], timeout=2_147_483).text, "x")
        for timeout in ("30d", 1e300):
            with self.assertRaisesRegex(hardcall.InvalidConfig, "the longest duration|not a number|give milliseconds"):
                run(["echo", "x"], timeout=timeout)

    def test_a_key_gives_the_first_result(self):
        command = ["sh", "-c", "echo $$"]
        first, second = (run(command, timeout=30, key="once").text for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(run(command, timeout=30, key="once", ledger=self.ledger).outcome, "replayed")

    def test_cwd_env_and_outcome_file(self):
        env = {"PATH": os.environ["PATH"], "HARDCALL_LEDGER": str(self.ledger), "ROOMS": "12"}
        done = run(["sh", "-c", "pwd; echo $ROOMS"], timeout=30, cwd=self.folder, env=env, outcome_file="kept.json")
        self.assertEqual(done.text.splitlines(), [os.path.realpath(self.folder), "12"])
        self.assertEqual(json.loads((self.folder / "kept.json").read_text())["callId"], done.call_id)

    def test_claude_gets_a_large_prompt_that_no_other_user_can_read(self):
        log = self.folder / "log"
        env = {
            **os.environ,
            "PATH": f"{FAKE_BIN}{os.pathsep}{os.environ['PATH']}",
            "FAKE_CLAUDE_MODE": "ok",
            "FAKE_CLAUDE_LOG": str(log),
        }
        done = claude("secret " * 50_000, timeout=30, env=env, model="sonnet", tools=[], allowed_tools=["Read", "Edit"])
        self.assertIn("morning light", done.text)
        self.assertGreater(done.cost_usd, 0)
        argv = json.loads(log.read_text().splitlines()[0])["argv"]
        self.assertNotIn("secret", json.dumps(argv))
        self.assertEqual(argv[4:], ["--model", "sonnet", "--tools", "", "--allowedTools", "Read", "Edit"])

    def test_a_longer_timeout_of_the_environment_counts(self):
        with mock.patch.dict(os.environ, {"HARDCALL_SLEEP_TIMEOUT": "20s"}), mock.patch.multiple(
            hardcall, SPARE=0.5, END=0.5
        ):
            run(["sleep", "1.5"], timeout=0.2, kill_grace=0.1, allow_empty=True)


class FailureTest(Folder):
    def test_each_kind_is_an_exception_of_its_own(self):
        for mode, kind, code, effect in [
            ("empty", hardcall.BadOutput, "empty_output", "completed"),
            ("fail", hardcall.CalleeFailed, "exit_nonzero", "unknown"),
            ("rate-limit", hardcall.TryLater, "rate_limited", "rejected"),
            ("auth", hardcall.AccessDenied, "auth", "rejected"),
        ]:
            with self.subTest(mode):
                failed = failure_of(mode)
                self.assertEqual((type(failed), failed.code, failed.effect), (kind, code, effect))
                self.assertEqual((failed.outcome, len(failed.attempts)), ("failed", 1))
                self.assertIs(hardcall.EXCEPTIONS[failed.exit_code], kind)

    def test_a_limit_that_ends_says_when(self):
        self.assertGreater(failure_of("usage-limit").retry_after, 60)
        self.assertTrue(failure_of("usage-limit").retryable)

    def test_a_hang_ends_on_time(self):
        start = time.monotonic()
        failed = failure_of("hang", timeout=1, kill_grace=0.5)
        self.assertEqual((type(failed), failed.code), (hardcall.TimedOut, "timeout"))
        # The fake would hang for two minutes.
        self.assertLess(time.monotonic() - start, 60)

    def test_the_tails_are_kept_and_not_in_the_message(self):
        with self.assertRaises(hardcall.CalleeFailed) as caught:
            run(["sh", "-c", "echo half; echo why >&2; exit 3"], timeout=30)
        failed = caught.exception
        self.assertEqual((failed.stdout_tail, failed.stderr_tail), ("half\n", "why\n"))
        self.assertNotIn("half", f"{failed!r} {failed}")

    def test_the_advice_names_keywords(self):
        with self.assertRaisesRegex(hardcall.TimedOut, "raise timeout;"):
            run(["sleep", "20"], timeout=0.2, kill_grace=0.1)
        with self.assertRaisesRegex(hardcall.InvalidConfig, "attempts cannot be used with effects"):
            run(["true"], timeout=30, attempts=2)

    def test_the_advice_names_the_tails(self):
        for shown in ("tail", "off"):
            with self.assertRaisesRegex(hardcall.CalleeFailed, r"stderr_tail has the end of its stderr\.$") as caught:
                run(["sh", "-c", "echo why >&2; exit 3"], timeout=30, stderr=shown)
            self.assertEqual(caught.exception.stderr_tail, "why\n")
            with self.assertRaisesRegex(hardcall.TimedOut, r"\(stderr_tail has its stderr\)"):
                run(["sh", "-c", "echo why >&2; sleep 20"], timeout=1, stderr=shown)
        with self.assertRaisesRegex(hardcall.CalleeFailed, "stdout_tail has the end of its stdout") as caught:
            run(["sh", "-c", "echo half; exit 3"], timeout=30)
        self.assertEqual(caught.exception.stdout_tail, "half\n")
        with self.assertRaisesRegex(hardcall.BadOutput, "stdout_tail has its end"):
            run(["echo", "no JSON"], timeout=30, json=True)

    def test_what_is_wrong_starts_nothing(self):
        made = self.folder / "made"
        for problem, options in [
            ("without a unit", {"timeout": "600"}),
            ("is nan", {"timeout": float("nan")}),
            ("greater than 0", {"timeout": 0}),
            ("timeout is -1, and no limit is negative; give seconds", {"timeout": -1}),
            ("idle_timeout is -1.0, and", {"timeout": 1, "idle_timeout": datetime.timedelta(seconds=-1)}),
            ("unit", {"timeout": 1, "kill_grace": "5"}),
            ("not a folder", {"timeout": 1, "cwd": "/nowhere"}),
            ("cannot be read", {"timeout": 1, "schema": "/nowhere"}),
            ("null byte", {"timeout": 1, "name": "a\0b"}),
            ("null byte", {"timeout": 1, "env": {**os.environ, "A": "a\0b"}}),
            ("environment variable name", {"timeout": 1, "env": {**os.environ, "A=B": ""}}),
            ("surrogate", {"timeout": 1, "input": "\ud800"}),
        ]:
            with self.subTest(problem), self.assertRaisesRegex(hardcall.InvalidConfig, problem) as caught:
                run(["touch", made], **options)
            self.assertEqual((caught.exception.code, caught.exception.effect), ("invalid_config", "not_started"))
        for word in (b"\xff", "\udcff"):
            with self.assertRaisesRegex(hardcall.InvalidConfig, r"argv\[1\] is not UTF-8"):
                run([made, word], timeout=1)
        for timeout in (None, True, [], b"5s"):
            with self.assertRaisesRegex(TypeError, "timeout is a number of seconds"):
                run(["touch", made], timeout=timeout)
        with self.assertRaisesRegex(TypeError, "input is text or bytes, not int"):
            run(["touch", made], timeout=1, input=5)
        with self.assertRaisesRegex(TypeError, "prompt is text or bytes, not NoneType"):
            claude(None, timeout=1)
        with self.assertRaisesRegex(TypeError, "'tiemout'"):
            run(["touch", made], timeout=1, tiemout=1)
        with self.assertRaisesRegex(TypeError, "list of words"):
            run("touch made", timeout=1)
        with self.assertRaisesRegex(hardcall.InvalidConfig, "argv is empty; its first word is the program"):
            run([], timeout=1)
        self.assertFalse(made.exists())

    def test_what_is_not_there(self):
        with self.assertRaises(hardcall.CannotStart) as caught:
            run(["no-such-command"], timeout=30)
        self.assertEqual((caught.exception.exit_code, caught.exception.effect), (127, "not_started"))
        with self.assertRaisesRegex(hardcall.HardcallNotFound, "Node.js is not on PATH"):
            run(["true"], timeout=30, env={"PATH": "/nowhere"})
        with self.assertRaisesRegex(hardcall.HardcallNotFound, "could not start"):
            run(["true"], timeout=30, program=["/nowhere/hardcall"])
        # A copy of the module in a folder without hardcall, and a PATH that has Node.js only.
        (self.folder / "node").symlink_to(shutil.which("node"))
        moved = mock.patch.object(hardcall, "__file__", str(self.folder / "hardcall.py"))
        with moved, self.assertRaisesRegex(hardcall.HardcallNotFound, "npm install hardcall"):
            run(["true"], timeout=30, env={"PATH": str(self.folder)})

    def test_the_package_behind_a_batch_file(self):
        # As npm installs on Windows: globally the packages are beside the batch file, in a project beside its folder.
        for batch, package in (("npm", "npm/node_modules/hardcall"), ("modules/.bin", "modules/hardcall")):
            (self.folder / batch).mkdir(parents=True)
            (self.folder / package).mkdir(parents=True)
            (self.folder / package / "package.json").write_text('{"bin": {"hardcall": "dist/cli.js"}}')
            program = hardcall._behind(str(self.folder / batch / "hardcall.CMD"))
            self.assertEqual(program, str(self.folder / package / "dist/cli.js"))
        self.assertIsNone(hardcall._behind(str(self.folder / "hardcall.CMD")))

    def test_no_place_for_temporary_files(self):
        with mock.patch.object(tempfile, "tempdir", "/proc/nowhere"):
            with self.assertRaisesRegex(hardcall.CannotStart, "temporary files cannot be used") as caught:
                run(["true"], timeout=10)
        self.assertEqual((caught.exception.code, caught.exception.effect), ("spawn_failed", "not_started"))

    def test_a_command_that_is_missing_is_not_a_missing_hardcall(self):
        read = hardcall._read
        silent = mock.patch.object(hardcall, "_read", lambda file: {} if file.endswith("outcome.json") else read(file))
        with silent, self.assertRaisesRegex(hardcall.CannotStart, "no-such-command") as caught:
            run(["no-such-command"], timeout=10)
        self.assertIs(type(caught.exception), hardcall.CannotStart)

    def test_a_working_folder_that_has_been_deleted(self):
        script = (
            "import hardcall, os, sys\nos.mkdir(sys.argv[1])\nos.chdir(sys.argv[1])\nos.rmdir(sys.argv[1])\n"
            "try:\n    hardcall.run(['true'], timeout=5, outcome_file='out.json')\n"
            "except hardcall.InvalidConfig as refused:\n    print(refused)"
        )
        env = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.abspath(hardcall.__file__))}
        command = [sys.executable, "-c", script, str(self.folder / "gone")]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stdout, "The working folder has been deleted. Nothing was started.\n")

    def test_a_ledger_that_cannot_be_used(self):
        with self.assertRaises(hardcall.LedgerUnavailable):
            run(["true"], timeout=30, key="k", ledger="/proc/nowhere/ledger.db")

    def test_a_doubt(self):
        command = ["sh", "-c", "exit 1"]
        for kind in (hardcall.CalleeFailed, hardcall.InDoubt):
            with self.assertRaises(kind) as caught:
                run(command, timeout=30, key="doubt", name="job")
        self.assertEqual(caught.exception.outcome, "in_doubt")
        with self.assertRaises(hardcall.RunsElsewhere):
            run(["true"], timeout=30, key="doubt", name="job")

    def test_a_hardcall_that_does_not_end_is_stopped(self):
        stuck = self.folder / "stuck"
        stuck.write_text("trap '' TERM; echo $$ > pid; while :; do sleep 1; done")
        with mock.patch.multiple(hardcall, SPARE=0.5, END=0.5), self.assertRaises(hardcall.InternalFault) as caught:
            run(["true"], timeout=0.1, kill_grace=0.1, cwd=self.folder, program=["sh", stuck])
        self.assertEqual(caught.exception.effect, "unknown")
        if (self.folder / "pid").exists():  # On a slow machine it is stopped before it is stuck.
            running = pathlib.Path("/proc", (self.folder / "pid").read_text().strip(), "cmdline")
            self.assertFalse(running.exists() and running.read_bytes())


    def test_a_hardcall_that_is_killed(self):
        killed = self.folder / "killed"
        killed.write_text("kill -9 $$")
        with self.assertRaisesRegex(hardcall.InternalFault, "it said nothing; check whether") as caught:
            run(["true"], timeout=30, program=["sh", killed])
        self.assertEqual((caught.exception.exit_code, caught.exception.effect), (137, "unknown"))

    def test_stderr_that_goes_past(self):
        program = (
            "import hardcall\n"
            "hardcall.run(['sh', '-c', 'echo words >&2; echo x'], timeout=20, stderr='live')\n"
            "try:\n    hardcall.run(['true'], timeout=20, stderr='live', attempts=2)\n"
            "except hardcall.InvalidConfig as refused:\n    print(refused)"
        )
        env = {**os.environ, "PYTHONPATH": os.path.dirname(hardcall.__file__)}
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
        self.assertRegex(done.stderr, r"^words\nhardcall: Invalid configuration")
        self.assertEqual(done.stdout, "hardcall ended with exit code 2: what it said is on stderr\n")


def call_of(number: int) -> str:
    return run(["echo", str(number)], timeout=30, input="x").text


def failing(_: int) -> None:
    run(["sh", "-c", "exit 4"], timeout=30)


class PoolTest(Folder):
    def test_threads(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            self.assertEqual(list(pool.map(call_of, range(8))), [str(number) for number in range(8)])

    def test_processes(self):
        with concurrent.futures.ProcessPoolExecutor(2) as pool:
            self.assertEqual(list(pool.map(call_of, range(2))), ["0", "1"])
            failed = pool.submit(failing, 0).exception()
        self.assertEqual((type(failed), failed.attempts[0]["exitCode"]), (hardcall.CalleeFailed, 4))

    def test_pickle(self):
        done = pickle.loads(pickle.dumps(run(["echo", "1"], timeout=30)))
        self.assertEqual((done.text, done.outcome), ("1", "executed"))


class SignalTest(Folder):
    """The end of the pipe is the end of the command: it has the last copy of the other end."""

    def end_by(self, number: int, handler: str = "") -> str:
        fifo = self.folder / "held"
        os.mkfifo(fifo)
        command = "exec 7> held; echo started >&7; sleep 60"
        script = (
            f"import hardcall, signal, sys\n{handler}\n"
            f"hardcall.run(['sh', '-c', {command!r}], timeout=50, kill_grace=0.5, cwd={str(self.folder)!r}, stderr='live')"
        )
        env = {**os.environ, "TMPDIR": str(self.temporary), "PYTHONPATH": os.path.dirname(hardcall.__file__)}
        process = subprocess.Popen([sys.executable, "-c", script], env=env, stderr=subprocess.PIPE, text=True)
        signal.signal(signal.SIGALRM, lambda *_: process.kill() or self.fail(f"45 s: {process.communicate()}"))
        signal.alarm(45)
        self.addCleanup(signal.alarm, 0)
        with open(fifo) as held:
            self.assertEqual(held.readline(), "started\n")
            process.send_signal(number)
            self.assertEqual(held.read(), "", "the command goes on")
        # With stderr='live' the guard beside Python holds this pipe too: at its end the temporary files are gone.
        _, stderr = process.communicate(timeout=30)
        return f"{process.returncode} {stderr}"

    def test_keyboard_interrupt(self):
        self.assertRegex(self.end_by(signal.SIGINT), r"^-2 [\s\S]*KeyboardInterrupt")

    def test_a_handler_that_exits(self):
        self.assertRegex(self.end_by(signal.SIGTERM, "signal.signal(signal.SIGTERM, lambda *_: sys.exit(9))"), "^9 ")

    def test_sigterm_without_a_handler(self):
        self.assertRegex(self.end_by(signal.SIGTERM), "^-15 ")

    def test_sigkill(self):
        self.assertRegex(self.end_by(signal.SIGKILL), "^-9 ")


if __name__ == "__main__":
    unittest.main()
