"""A user's tests of a job that calls claude."""
import os
import subprocess

import pytest


def ask(mode, timeout):
    env = dict(os.environ, FAKE_CLAUDE_MODE=mode)
    return subprocess.run(["claude", "-p", "Hello"], env=env, capture_output=True, text=True, timeout=timeout)


def test_one_call():
    answer = ask("ok", 30)
    assert answer.returncode == 0
    assert answer.stdout.strip()


def test_one_failure():
    assert ask("auth", 30).returncode == 1


def test_one_hang():
    with pytest.raises(subprocess.TimeoutExpired):
        ask("hang", 2)
