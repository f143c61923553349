"""Calls that end on time, in an honest outcome, and never twice. One file for Python 3.9 and later, without packages.

    from hardcall import CallFailed, TryLater, claude, run

    dump = run(["pg_dump", "prod"], timeout=3600).stdout
    try:
        post = claude("Write the post of the day", timeout="10m", idle_timeout="90s", effects="none", attempts=3).text
    except TryLater as later:
        print(f"again in {later.retry_after} s: {later}")
    except CallFailed as failed:
        print(f"{failed.code}, effect {failed.effect}: {failed}")

This module starts the command line of hardcall (`npm install hardcall`), which does the work. It looks for
node_modules/hardcall beside this file and in the folders above, then for `hardcall` on PATH. `program` names another,
such as program=("/usr/bin/node", "/srv/site/node_modules/hardcall/dist/cli.js"). On Windows the `hardcall` on PATH is a
batch file, which could change arguments: this module starts the package behind it.

A number is seconds, as everywhere in Python; a string such as "90s" or "1h30m" has its unit. All options of the command
line are keyword arguments: `hardcall run --help` and `hardcall claude --help` explain them. `codex` and `gemini` are called
as `claude` is.

It works in threads and in process pools: exceptions and results can be pickled. In asyncio use `asyncio.to_thread`. If
Python itself ends, also by SIGTERM or SIGKILL, hardcall ends the call and all its processes (not on Windows).
"""

from __future__ import annotations

import datetime
import json
import math
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, Mapping, Sequence, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import Unpack

Duration = Union[str, float, datetime.timedelta]
Path = Union[str, "os.PathLike[str]"]


class CallOptions(TypedDict, total=False):
    """What `hardcall run` and the agents (`hardcall claude`, `codex`, `gemini`) take."""

    attempt_timeout: Duration | None
    idle_timeout: Duration | None
    kill_grace: Duration | None
    effects: str | None
    attempts: int | None
    key: str | None
    probe: str | None
    effect_within: Duration | None
    fingerprint_cwd: Path | None
    fingerprint_env: Sequence[str] | None
    replay_without_output: bool
    ledger: Path | None
    resource: str | None
    on_busy: str | None
    json: bool
    schema: Path | None
    max_output: int | None
    evidence_file: Path | Sequence[Path] | None
    evidence_command: str | Sequence[str] | None
    evidence_within: Duration | None
    max_input: int | None
    leave_running: bool
    name: str | None
    stderr: str | None
    journal: bool
    outcome_file: Path | None
    log_level: str | None


class RunOptions(CallOptions, total=False):
    """What only `hardcall run` takes. `--stdin` is the argument `input`."""

    rejected_exit_codes: Sequence[int] | None
    allow_empty: bool
    min_bytes: int | None


class AgentOptions(CallOptions, total=False):
    """What all agents take. The prompt goes over stdin and is not in `ps`."""

    model: str | None
    resume: str | None
    marker: bool
    permission_denials: str | None


class ClaudeOptions(AgentOptions, total=False):
    """What only `hardcall claude` takes."""

    system_prompt: str | None
    append_system_prompt: str | None
    max_turns: int | None
    max_budget_usd: float | None
    claude_bin: Path | None
    tools: Sequence[str] | None
    allowed_tools: Sequence[str] | None
    disallowed_tools: Sequence[str] | None
    permission_mode: str | None


class CodexOptions(AgentOptions, total=False):
    """What only `hardcall codex` takes. `config` has single settings, such as {"tools.web_search": True}."""

    reasoning_effort: str | None
    profile: str | None
    config: Mapping[str, str | float | bool] | None
    codex_bin: Path | None
    sandbox: str | None
    add_dir: Path | Sequence[Path] | None
    image: Path | Sequence[Path] | None


class GeminiOptions(AgentOptions, total=False):
    """What only `hardcall gemini` takes."""

    gemini_bin: Path | None
    approval_mode: str | None
    allowed_tools: Sequence[str] | None
    include_directories: Path | Sequence[Path] | None


# In seconds, after the limits that hardcall itself keeps: for its start and its last words, and for its end when told.
SPARE, END = 60.0, 10.0
# The system cannot wait longer at once; it is also the longest limit that hardcall takes.
LONGEST = 2_147_483.0
# What the command line says about its output, and where that is here.
HERE = (
    ("The end of its stderr is below|--stderr tail shows the end of its stderr", "stderr_tail has the end of its stderr"),
    (r"\(its stderr is (below|shown with --stderr tail)\)", "(stderr_tail has its stderr)"),
    (r"--outcome-file FILE keeps", "stdout_tail has"),
)
DURATIONS = frozenset({"attempt_timeout", "idle_timeout", "kill_grace", "effect_within", "evidence_within"})
REPEATED = frozenset(
    {"fingerprint_env", "evidence_file", "evidence_command", "config", "add_dir", "image", "include_directories"}
)


class _Facts:
    """What hardcall knows of a call; `facts` has all of it, as `--outcome-file` writes it."""

    facts: Mapping[str, Any]

    @property
    def outcome(self) -> str | None:
        """executed, replayed or recovered; failed, in_doubt or in_progress. None if hardcall wrote no outcome."""
        return self.facts.get("outcome")

    @property
    def call_id(self) -> str | None:
        return self.facts.get("callId")

    @property
    def attempts(self) -> Sequence[Mapping[str, Any]]:
        return self.facts.get("attempts", ())

    @property
    def evidence(self) -> Sequence[Any]:
        return self.facts.get("evidence", ())

    @property
    def cost_usd(self) -> float | None:
        """What all attempts cost, in US dollars, if they told."""
        return self.facts.get("totalCostUsd")

    @property
    def duration(self) -> float | None:
        """In seconds."""
        return _ms(self.facts.get("durationMs"))


class Result(_Facts):
    """A call that succeeded."""

    def __init__(self, stdout: bytes, stderr: str, facts: Mapping[str, Any], is_json: bool = False) -> None:
        self.stdout, self.stderr, self.facts, self._is_json = stdout, stderr, facts, is_json

    @property
    def text(self) -> str:
        """The output as text, without its final newline. UnicodeDecodeError if it is not UTF-8: `stdout` has the bytes."""
        return self.stdout.decode("utf-8").removesuffix("\n")

    @property
    def value(self) -> Any:
        """With `json` or `schema` the parsed output, otherwise `text`."""
        if not self._is_json:
            return self.text
        told = self.facts.get("value")
        if isinstance(told, str):
            return told
        # The numbers of the outcome file went through JavaScript, which rounds integers above 2**53.
        try:
            return json.loads(self.stdout)
        except ValueError:
            return told


class CallFailed(_Facts, Exception):
    """A call that did not succeed. Its message has no arguments, prompt or output, so it is safe in any log."""

    def __init__(
        self, message: str, exit_code: int = 70, stderr: str = "", facts: Mapping[str, Any] | None = None
    ) -> None:
        # Only the message goes to Exception: pickle passes that one, and restores the attributes by itself.
        super().__init__(message)
        self.exit_code, self.stderr, self.facts = exit_code, stderr, facts or {}

    @property
    def code(self) -> str | None:
        """What went wrong, such as rate_limited; docs/errors.md of hardcall has an entry for each."""
        unsaid = {2: "invalid_config", 126: "spawn_failed", 127: "spawn_failed"}
        return self.facts.get("code") or unsaid.get(self.exit_code)

    @property
    def effect(self) -> str:
        """What is known of the world: not_started, rejected, completed or unknown."""
        unsaid = "completed" if self.facts.get("ok") else "unknown"
        return self.facts.get("effect") or ("not_started" if self.exit_code in (2, 126, 127) else unsaid)

    @property
    def retryable(self) -> bool:
        """Whether the same call again is safe, and could end better."""
        return self.facts.get("retryable", False)

    @property
    def retry_after(self) -> float | None:
        """The seconds after which another call may succeed, if that is known."""
        return _ms(self.facts.get("retryAfterMs"))

    @property
    def stdout_tail(self) -> str:
        return self.facts.get("stdoutTail", "")

    @property
    def stderr_tail(self) -> str:
        return self.facts.get("stderrTail", "")


class InvalidConfig(CallFailed):
    """2: an argument or an environment variable is wrong. Nothing was started."""


class BadOutput(CallFailed):
    """65: the output is blank, cut off, or does not fit the schema; or evidence is missing. Do not use it."""


class CalleeFailed(CallFailed):
    """69: the command or agent failed or refused."""


class InternalFault(CallFailed):
    """70: hardcall itself failed, or did not end."""


class RunsElsewhere(CallFailed):
    """73: another process runs the call now, or the key belongs to another input."""


class LedgerUnavailable(CallFailed):
    """74: the ledger cannot be used."""


class TryLater(CallFailed):
    """75: a rate limit, an overload, no network, no room at a resource, or too early to tell. See `retry_after`."""


class InDoubt(CallFailed):
    """76: it may have happened. Look, then use `hardcall ledger resolve`."""


class AccessDenied(CallFailed):
    """77: the service rejected the credentials, or billing stopped it: this call, or one that opened the circuit."""


class TimedOut(CallFailed):
    """124: a time limit ended the call."""


class CannotStart(CallFailed):
    """126, 127: the command could not start."""


class HardcallNotFound(CannotStart):
    """hardcall itself, or Node.js, is not there."""


class Cancelled(CallFailed):
    """130, 143: SIGINT or SIGTERM ended the call."""


EXCEPTIONS: Mapping[int, type[CallFailed]] = {
    2: InvalidConfig,
    65: BadOutput,
    69: CalleeFailed,
    70: InternalFault,
    73: RunsElsewhere,
    74: LedgerUnavailable,
    75: TryLater,
    76: InDoubt,
    77: AccessDenied,
    124: TimedOut,
    126: CannotStart,
    127: CannotStart,
    130: Cancelled,
    143: Cancelled,
}


def run(
    argv: Sequence[str | bytes | os.PathLike[str]],
    *,
    timeout: Duration,
    input: str | bytes | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] | None = None,
    **options: Unpack[RunOptions],
) -> Result:
    """Runs a command. Raises CallFailed unless the call succeeded.

    `input` goes to the command's stdin, `env` replaces the environment, `program` is how to start hardcall.
    """
    if isinstance(argv, (str, bytes)):
        raise TypeError('argv is a list of words, such as ["pg_dump", "prod"]')
    command = [os.fsdecode(word) for word in argv]
    if not command:
        raise InvalidConfig('argv is empty; its first word is the program, such as ["pg_dump", "prod"]', 2)
    for index, word in enumerate(command):
        if not _is_utf8(word):
            raise InvalidConfig(f"argv[{index}] is not UTF-8, so Node.js cannot hand it on. Nothing was started.", 2)
    data = None if input is None else _bytes("input", input)
    words = (["--stdin"] if input is not None else []) + ["--", *command]
    return _call("run", words, data, timeout, options, RunOptions, cwd, env, program)


def claude(
    prompt: str | bytes,
    *,
    timeout: Duration,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] | None = None,
    **options: Unpack[ClaudeOptions],
) -> Result:
    """Asks `claude -p`. Raises CallFailed unless the answer is whole and valid. See `run` for `env` and `program`."""
    return _call("claude", [], _bytes("prompt", prompt), timeout, options, ClaudeOptions, cwd, env, program)


def codex(
    prompt: str | bytes,
    *,
    timeout: Duration,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] | None = None,
    **options: Unpack[CodexOptions],
) -> Result:
    """Asks `codex exec`. Raises CallFailed unless the answer is whole and valid. See `run` for `env` and `program`."""
    return _call("codex", [], _bytes("prompt", prompt), timeout, options, CodexOptions, cwd, env, program)


def gemini(
    prompt: str | bytes,
    *,
    timeout: Duration,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    program: Sequence[str] | None = None,
    **options: Unpack[GeminiOptions],
) -> Result:
    """Asks `gemini`. Raises CallFailed unless the answer is whole and valid. See `run` for `env` and `program`."""
    return _call("gemini", [], _bytes("prompt", prompt), timeout, options, GeminiOptions, cwd, env, program)


def _call(
    command: str,
    words: list[str],
    data: bytes | None,
    timeout: Duration,
    options: Mapping[str, Any],
    known: Any,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    program: Sequence[str] | None,
) -> Result:
    for name in options:
        if name not in known.__annotations__:
            raise TypeError(f"{command}() got an unexpected keyword argument {name!r}")
    if cwd is not None and not os.path.isdir(cwd):
        raise InvalidConfig(f"cwd is {os.fspath(cwd)!r}, which is not a folder. Nothing was started.", 2)
    environment = dict(os.environ if env is None else env)
    limit = _duration("timeout", timeout)
    flags = [flag for name, value in {**options, "outcome_file": None}.items() for flag in _flags(name, value)]
    # hardcall keeps the limits. Only a hardcall that does not end by itself meets this one, which is far behind them.
    stop = _seconds(_duration("kill_grace", options.get("kill_grace") or 5)) + END
    longest = max(_seconds(limit), _seconds(environment.get(_variable(command, words, options), ""))) + stop + SPARE
    longest = min(longest, LONGEST)
    is_live = options.get("stderr") == "live"
    folder = _temporary_folder()
    try:
        given = options.get("outcome_file")
        file = os.path.join(folder, "outcome.json") if given is None else _absolute(cwd, given)
        flags += [f"--timeout={limit}", f"--outcome-file={file}"]
        whole = [*(program or _program(environment)), command, *flags, *words]
        code, stdout, stderr = _finish(_guarded(whole, stop, folder), data, cwd, environment, is_live, longest, stop)
        facts = _read(file)
    finally:
        # A folder that cannot be removed must not hide how the call ended.
        shutil.rmtree(folder, ignore_errors=True)
    if code == 0:
        return Result(stdout, stderr, facts, is_json=bool(options.get("json") or options.get("schema")))
    unsaid = "what it said is on stderr" if is_live else "it said nothing; check whether the call took effect"
    message = facts.get("message") or _said(stderr) or f"hardcall ended with exit code {code}: {unsaid}"
    # The advice is for the command line: --kill-grace is kill_grace here, and no stderr follows.
    for theirs, ours in HERE:
        message = re.sub(theirs, ours, message)
    message = re.sub("--([a-z-]+)", lambda flag: _keyword(flag[1], known) or flag[0], message)
    # hardcall says so itself when the command is not there, also if it could not write the outcome.
    if code in (126, 127) and not facts and re.search("^hardcall: ", stderr, re.MULTILINE) is None:
        raise HardcallNotFound(f"hardcall could not start: {message}", 127, stderr)
    raise EXCEPTIONS.get(code, InternalFault)(message, code, stderr, facts)


def _finish(
    words: list[str],
    data: bytes | None,
    cwd: Path | None,
    env: Mapping[str, str],
    is_live: bool,
    longest: float,
    stop: float,
) -> tuple[int, bytes, str]:
    stdin = subprocess.DEVNULL if data is None else subprocess.PIPE
    err_to = None if is_live else subprocess.PIPE
    # On Windows this one process can be told to end by Ctrl-Break. Ctrl-C does not reach it then: `_stop` tells it.
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    try:
        process = subprocess.Popen(
            words, stdin=stdin, stdout=subprocess.PIPE, stderr=err_to, cwd=cwd, env=env, creationflags=flags
        )
    except OSError as error:
        raise HardcallNotFound(f"hardcall could not start: {error}", 127) from error
    except ValueError as error:
        # Without the word itself, which may be a secret: "embedded null byte", "surrogates not allowed".
        why = error.reason if isinstance(error, UnicodeError) and hasattr(error, "reason") else error
        problem = f"An argument, option or environment variable cannot be handed to a program ({why})"
        raise InvalidConfig(f"{problem}. Nothing was started.", 2) from None
    try:
        stdout, stderr = process.communicate(data, timeout=longest)
    except BaseException as why:
        # Ctrl-C, SystemExit from a signal handler, or the limit. hardcall takes the same signal twice for one.
        _stop(process, signal.SIGINT if isinstance(why, KeyboardInterrupt) else signal.SIGTERM)
        try:
            process.communicate(timeout=stop + 5)
        except subprocess.TimeoutExpired:
            process.kill()
        if not isinstance(why, subprocess.TimeoutExpired):
            raise
        message = f"hardcall did not end within {longest:.0f} s, so it was stopped. Check whether the call took effect."
        raise InternalFault(message, 70) from None
    return process.returncode, stdout, (stderr or b"").decode("utf-8", "replace")


def _stop(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if sys.platform != "win32":
        process.send_signal(number)
        return
    try:
        process.send_signal(signal.CTRL_BREAK_EVENT)
    except OSError:
        process.terminate()  # Without a console. Windows then ends the processes of the call, too.


def _temporary_folder() -> str:
    try:
        return tempfile.mkdtemp(prefix="hardcall-")
    except OSError as error:
        problem = f"The folder for temporary files cannot be used ({error}). Free it, or set TMPDIR"
        raise CannotStart(f"{problem}. Nothing was started.", 126) from error


def _absolute(cwd: Path | None, file: Path) -> str:
    try:
        return os.path.abspath(os.path.join(cwd or "", file))
    except FileNotFoundError:
        raise InvalidConfig("The working folder has been deleted. Nothing was started.", 2) from None


def _is_utf8(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _bytes(name: str, given: Any) -> bytes:
    if isinstance(given, (bytes, bytearray, memoryview)):
        return bytes(given)
    if not isinstance(given, str):
        raise TypeError(f"{name} is text or bytes, not {type(given).__name__}")
    if not _is_utf8(given):
        raise InvalidConfig(f"{name} has half a surrogate pair, which UTF-8 cannot hold. Nothing was started.", 2)
    return given.encode("utf-8")


def _program(env: Mapping[str, str]) -> list[str]:
    """How to start hardcall: the package beside this file or above, else the command on PATH."""
    node, command = shutil.which("node", path=env.get("PATH")), shutil.which("hardcall", path=env.get("PATH"))
    folder = os.path.dirname(os.path.abspath(__file__))
    while True:
        package = os.path.join(folder, "node_modules", "hardcall")
        manifest = _read(os.path.join(package, "package.json"))
        if manifest and node:
            return [node, os.path.join(package, manifest["bin"]["hardcall"])]
        if folder == os.path.dirname(folder):
            break
        folder = os.path.dirname(folder)
    if command and not command.lower().endswith((".cmd", ".bat")):
        return [command]
    behind = _behind(command) if command else None
    if behind and node:
        return [node, behind]
    if node is None:
        raise HardcallNotFound("Node.js is not on PATH (that of cron is short). Install it, or add its folder.", 127)
    where = os.path.dirname(os.path.abspath(__file__))
    raise HardcallNotFound(f"hardcall is neither in {where} nor on PATH. Run npm install hardcall there.", 127)


def _behind(batch: str) -> str | None:
    """The program that npm's batch file starts, of a global installation or of node_modules/.bin."""
    folder = os.path.dirname(os.path.abspath(batch))
    for package in (os.path.join(folder, "node_modules", "hardcall"), os.path.join(folder, "..", "hardcall")):
        manifest = _read(os.path.join(package, "package.json"))
        if manifest:
            return os.path.join(os.path.normpath(package), manifest["bin"]["hardcall"])
    return None


def _flags(name: str, value: Any) -> list[str]:
    flag = f"--{name.replace('_', '-')}"
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if name in DURATIONS:
        return [f"{flag}={_duration(name, value)}"]
    is_one = isinstance(value, (str, os.PathLike)) or not isinstance(value, Sequence)
    if isinstance(value, Mapping):
        return [f"{flag}={key}={json.dumps(each)}" for key, each in value.items()]
    if name in REPEATED:
        return [f"{flag}={each}" for each in ([value] if is_one else value)]
    return [f"{flag}={value if is_one else ','.join(map(str, value))}"]


def _duration(name: str, value: Duration) -> str:
    if isinstance(value, datetime.timedelta):
        value = value.total_seconds()
    if isinstance(value, str):
        if re.fullmatch(r"\s*[\d.]+\s*", value):
            raise InvalidConfig(f"{name} is {value!r}, without a unit; give seconds as a number, or '90s'", 2)
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(f"{name} is a number of seconds, a timedelta or text such as '90s', not {type(value).__name__}")
    if not math.isfinite(value):
        raise InvalidConfig(f"{name} is {value}; every limit is finite", 2)
    if value < 0:
        raise InvalidConfig(f"{name} is {value}, and no limit is negative; give seconds, such as 90 or '90s'", 2)
    return f"{value * 1000:.0f}ms"


def _seconds(text: str) -> float:
    """Of a duration that hardcall accepts; what it refuses is 0 or anything, as nothing starts then."""
    units = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "": 0.001}
    return sum(float(n) * units[unit] for n, unit in re.findall(r"(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d|)", text))


def _variable(command: str, words: Sequence[str], options: Mapping[str, Any]) -> str:
    """The environment variable that replaces the timeout. hardcall names a call after its program."""
    program = os.path.basename(words[words.index("--") + 1]) if "--" in words[:-1] else command
    return f"HARDCALL_{re.sub('[^A-Z0-9]+', '_', str(options.get('name') or program).upper()).strip('_')}_TIMEOUT"


def _keyword(flag: str, known: Any) -> str | None:
    name = flag.replace("-", "_")
    return name if name == "timeout" or name in known.__annotations__ else None


def _said(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line and not line.startswith("Try: ")]
    return " ".join(lines[-5:]).replace("hardcall: ", "", 1)


def _ms(value: float | None) -> float | None:
    return None if value is None else value / 1000


def _read(file: str) -> dict[str, Any]:
    try:
        with open(file, encoding="utf-8") as opened:
            found = json.load(opened)
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}  # Not written: hardcall refused its options, or the disk is full. The exit code tells.


def _guarded(words: list[str], stop: float, folder: str) -> list[str]:
    """SIGKILL, and SIGTERM without a handler, end Python without a word. A process beside it then tells hardcall."""
    is_python = re.match(r"python|pypy", os.path.basename(sys.executable or "")) is not None
    if os.name != "posix" or not is_python or not os.path.isfile(__file__):
        return words
    return [sys.executable, "-I", "-S", os.path.abspath(__file__), str(os.getpid()), str(stop), folder, *words]


def _guard(parent: int, stop: float, folder: str, words: list[str]) -> int:
    """
    Hands signals on to hardcall, tells it when the parent has gone, and kills it if it does not end then.
    A parent that has gone cannot remove the folder of its temporary files.
    """
    told: list[int] = []
    wake, waker = os.pipe()
    for end in (wake, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, _: told.append(number))
    try:
        child = subprocess.Popen(words)
    except OSError as error:
        print(error, file=sys.stderr)
        return 127
    ends_at = math.inf
    while child.poll() is None:
        if os.getppid() != parent and ends_at == math.inf:
            told.append(signal.SIGTERM)
        while told:
            child.send_signal(told.pop(0))
            ends_at = min(ends_at, time.monotonic() + stop)
        if time.monotonic() > ends_at:
            child.kill()
        if select.select([wake], [], [], 1)[0]:
            os.read(wake, 4096)
    if os.getppid() != parent:
        shutil.rmtree(folder, ignore_errors=True)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(_guard(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4:]))
