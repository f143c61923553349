import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { userMachine } from "./user-machine.ts";

const hasPython = spawnSync("python3", ["--version"], { timeout: 30_000 }).status === 0;

it.runIf(hasPython)("passes its own tests on the fake claude", async () => {
  const { root, run } = userMachine();
  // Without -B Python would leave its bytecode in the examples.
  const ended = await run("python3", ["-B", "-m", "unittest", "-v"], {
    cwd: `${root}/examples/python-scheduler`,
  });
  expect(ended).toMatchObject({ code: 0 });
  for (const name of ["ok", "empty", "hang", "fail", "rate_limit", "the_scheduler"]) {
    expect(ended.stderr).toMatch(new RegExp(`test_${name}.*ok$`, "m"));
  }
});

it.runIf(hasPython)("runs once as a command, and its exit code tells", async () => {
  const { root, home, run } = userMachine();
  const job = (mode: string) =>
    run("python3", ["-B", `${root}/examples/python-scheduler/draft_job.py`, `${home}/drafts`], {
      env: { FAKE_CLAUDE_MODE: mode },
    });
  expect(await job("ok")).toMatchObject({ code: 0, stderr: expect.stringMatching(/INFO wrote .*\.md\n$/) });
  expect(await job("empty")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/ERROR no draft, exit code 65/),
  });
});
