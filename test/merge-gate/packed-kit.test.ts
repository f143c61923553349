import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packedProject, type PackedProject } from "../examples/packed-project.ts";
import { KIT } from "./kit.ts";

const README = readFileSync(path.join(KIT, "README.md"), "utf8");
const [, SET_UP = ""] = /## Put it in[^]*?```sh\n([^]*?)```/.exec(README) ?? [];
const BAD = 'import subprocess\n\nsubprocess.run(["claude", "-p", "Write"], check=True)\n';

let project: PackedProject;
beforeAll(async () => {
  project = await packedProject();
}, 180_000);
afterAll(() => project?.remove());

/** Runs lines of a shell, which have to succeed. */
async function shell(lines: string, folder = "."): Promise<string> {
  const { exitCode, stdout, stderr } = await project.shell(`set -e\n${lines}`, folder);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.any(String) });
  return stdout.toString();
}

test("as the README says, in a project of npm init -y: the hook keeps a bad push back, and lets a good one through", async () => {
  await shell(
    "git init -q -b main . && git init -q --bare ../remote.git && git remote add origin ../remote.git",
  );
  writeFileSync(path.join(project.folder, "old.py"), BAD);
  expect(await shell(SET_UP)).toContain("1 findings written to merge-gate.baseline.json.\n");

  const commit =
    "git add . && git -c user.name=t -c user.email=t@example.com -c commit.gpgsign=false commit -qm";
  await shell(`${commit} 'The kit, and what was there'\ngit push -q origin main`);

  writeFileSync(path.join(project.folder, "new.py"), BAD);
  await shell(`${commit} 'A call without a limit'`);
  const push = await project.shell("git push -q origin main");
  expect(push.exitCode).toBe(1);
  expect(`${push.stdout.toString()}${push.stderr}`).toContain("new.py:3 error py-subprocess-timeout");
}, 120_000);

test("in a bare folder, without git and without a package.json", async () => {
  mkdirSync(path.join(project.folder, "../bare"));
  const run = `${project.folder}/node_modules/.bin/hardcall example merge-gate\nnpm ci --prefix merge-gate`;
  await shell(run, "../bare");
  expect(await shell("node merge-gate/bin/check.ts", "../bare")).toBe(
    "0 errors, 0 warnings, 0 in the baseline.\n",
  );
  writeFileSync(path.join(project.folder, "../bare/new.py"), BAD);
  const found = await project.shell("node merge-gate/bin/check.ts", "../bare");
  expect(found.exitCode).toBe(1);
  expect(found.stdout.toString()).toContain("new.py:3 error py-subprocess-timeout");
}, 120_000);

test("the README takes at most three screens", () => {
  expect(README.split("\n").length).toBeLessThanOrEqual(120);
});
