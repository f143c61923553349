import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { file, pullRequest, review, written } from "./pull-request.ts";
import { KIT, repository, run } from "./kit.ts";

const WRAPPER = `import subprocess


def draft(prompt):
    result = subprocess.run(["claude", "-p", prompt], capture_output=True, text=True)
    return result.stdout.strip()
`;

test("an empty repository with the kit in it is clean", () => {
  const { code, stdout, stderr } = repository().program("check");
  expect(stderr).toBe("");
  expect(stdout).toBe("0 errors, 0 warnings, 0 in the baseline.\n");
  expect(code).toBe(0);
});

test("the wrapper of the incident cannot be merged", () => {
  const { write, program } = repository();
  write("writer.py", WRAPPER);
  const { code, stdout } = program("check");
  expect(stdout).toContain("writer.py:5 error py-subprocess-timeout");
  expect(stdout).toContain("writer.py:6 error py-stdout-unchecked");
  expect(code).toBe(1);
});

test("the baseline keeps old findings out, wherever they move, and lets no second one in", () => {
  const { write, program } = repository();
  write("writer.py", WRAPPER);
  expect(program("check", "--write-baseline").code).toBe(0);
  write("writer.py", `# A line more.\n${WRAPPER}`);
  expect(program("check").stdout).toBe("0 errors, 0 warnings, 2 in the baseline.\n");

  write("writer.py", `${WRAPPER}\n\n${WRAPPER.slice(WRAPPER.indexOf("def"))}`);
  expect(program("check").stdout).toContain("2 errors, 0 warnings, 2 in the baseline.");

  write("writer.py", "");
  expect(program("check").stdout).toContain("2 of the baseline are gone");
});

test("the hook of a worktree that has no packages, or no kit, says so", () => {
  const { folder } = repository();
  const hook = () => run("sh", [join(KIT, "hooks/pre-push")], folder);
  rmSync(join(folder, "merge-gate/node_modules"));
  expect(hook()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Run: npm ci --prefix merge-gate\n"),
  });
  rmSync(join(folder, "merge-gate"), { recursive: true });
  expect(hook()).toMatchObject({ code: 0, stderr: expect.stringContaining("has no merge-gate/") });
});

test("one error is one error", () => {
  const { write, program } = repository();
  write("writer.py", "import subprocess\nsubprocess.run(['ls'])\n");
  expect(program("check").stdout).toMatch(/^1 error, 0 warnings, 0 in the baseline\.$/m);
});

test("a path that is not there is no clean path", () => {
  const { write, program } = repository();
  write("src/writer.py", WRAPPER);
  expect(program("check", "scr")).toEqual({
    code: 2,
    stdout: "",
    stderr: "There is no scr here, so nothing was judged.\n",
  });
  expect(program("check", "src", "gone.py")).toMatchObject({ code: 2, stdout: "" });
});

test("a check of some paths asks only about their part of the baseline", () => {
  const { write, program } = repository();
  write("src/writer.py", WRAPPER);
  write("src2/writer.py", WRAPPER);
  program("check", "--write-baseline");
  for (const part of ["src", "./src/", "src/writer.py"])
    expect(program("check", part).stdout).toBe("0 errors, 0 warnings, 2 in the baseline.\n");
  write("src/writer.py", "");
  expect(program("check", "src2").stdout).toBe("0 errors, 0 warnings, 2 in the baseline.\n");
  expect(program("check", "./src").stdout).toContain("2 of the baseline are gone");
});

test.for([
  ["# ast-grep-ignore: py-job-timeout, reason: the emulator answers at once", 0],
  ["# ast-grep-ignore: py-job-timeout", 1],
  ["# ast-grep-ignore", 1],
] as const)("a suppression needs a reason: %s", ([comment, expected]) => {
  const above = repository();
  above.write("report.py", `x = 1\n${comment}\nrows = job.result()\n`);
  expect(above.program("check").code).toBe(expected);
  above.write("report.py", `x = 1\nrows = job.result()  ${comment}\n`);
  expect(above.program("check").code).toBe(expected);
});

test("a suppression of the whole file is found", () => {
  const { write, program } = repository();
  write("report.py", "# ast-grep-ignore\n\nrows = job.result()\n");
  const { code, stdout } = program("check");
  expect(stdout).toContain("report.py:1 error py-suppression-reason");
  expect(code).toBe(1);
});

const CALLS = `import { defineCall, runClaude, task } from "hardcall";

export const publish = defineCall({
  name: "publish-post",
  callee: task(post),
  timeout: "2m",
  effects: "verifiable",
  key: (post) => [post.slot],
  probe,
});
export const draft = await runClaude("Write", { timeout: "10m" });
`;

const FAKE_LOG = ["fail", "empty", "hang"]
  .map((mode) => JSON.stringify({ event: "start", invocation: mode, mode }))
  .join("\n");

test("the sheet shows the calls of the branch and their contract", () => {
  const { write, git, program } = repository();
  write("old.ts", 'import { spawn } from "node:child_process";\nspawn("a", { timeout: 1 });\n');
  git("add", ".");
  git("commit", "-qm", "Old");
  git("checkout", "-qb", "drafts");
  write("calls.ts", CALLS);
  git("add", ".");
  git("commit", "-qm", "Calls");

  const { code, stdout } = program("sheet", "--base", "main");
  expect(stdout).toContain(
    '| `defineCall "publish-post"` | `calls.ts:3` | `"2m"` | `"verifiable"` | `(post) => [post.slot]` | — |  |',
  );
  expect(stdout).toContain('| `runClaude "Write"` | `calls.ts:11` | `"10m"` | `"once"` | — | — |  |');
  expect(stdout).not.toContain("old.ts");
  expect(code).toBe(0);
});

test("the solo track asks for all the evidence and says so", () => {
  const { write, git, program } = repository();
  git("checkout", "-qb", "drafts");
  write("calls.ts", CALLS);
  git("add", ".");
  git("commit", "-qm", "Calls");

  const without = program("sheet", "--base", "main", "--track", "solo");
  expect(without.stdout).toContain("there is no second login to approve this");
  expect(without.stdout).toContain("No log of the fake claude was given");
  expect(without.stdout).toContain("No pull request was given");
  expect(without.code).toBe(1);

  const request = written(pullRequest({ files: [file("calls.ts", 100)] }));
  const evidence = ["--from", request, "--fake-log", written(FAKE_LOG), "--now", "2026-11-20T13:00:00Z"];
  const complete = program("sheet", "--base", "main", "--track", "solo", ...evidence);
  expect(complete.stdout).toContain("**Everything asked for is here.**");
  expect(complete.code).toBe(0);

  write("calls.ts", CALLS.replace("  key: (post) => [post.slot],\n", ""));
  git("commit", "-qam", "No key");
  const keyless = program("sheet", "--base", "main", "--track", "solo", ...evidence);
  expect(keyless.stdout).toContain("1 calls have no complete contract.");
  expect(keyless.code).toBe(1);
});

test("the sheet is red while the floor is", () => {
  const { program } = repository();
  const request = written(pullRequest({ reviews: [review("grace", "APPROVED", "2026-11-20T12:01:00Z")] }));
  const { code, stdout } = program("sheet", "--base", "main", "--from", request);
  expect(stdout).toContain(
    "- 200 lines changed (4000 more left out) need 8 minutes of review; there were 1.",
  );
  expect(code).toBe(1);
});
