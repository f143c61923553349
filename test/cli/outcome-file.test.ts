import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { linesIn, ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, run, startHardcall } from "../helpers/run.ts";
import { canMount } from "../helpers/mounts.ts";

const write = (file: string) =>
  hardcall(["run", "--timeout", "20s", "--outcome-file", file, "--", "echo", "hi"]);
const outcomeIn = (file: string) => (JSON.parse(readFileSync(file, "utf8")) as { outcome: string }).outcome;

test("an older outcome is gone while the call runs, and there is no empty one", async () => {
  const folder = tempFolder();
  const [file, mark] = [path.join(folder, "outcome.json"), path.join(folder, "mark")];
  writeFileSync(file, '{"outcome":"of an earlier call"}');
  const script = 'echo x >"$0"; sleep 30';
  const args = ["run", "--timeout", "60s", "--outcome-file", file, "--", "sh", "-c", script, mark];
  const { child, finished } = startHardcall(args);
  await linesIn(mark, 1);
  expect(existsSync(file)).toBe(false);
  child.kill("SIGTERM");
  await finished;
  expect(outcomeIn(file)).toBe("failed");
});

test("it has the whole result of a call that did its work and could not record it", async () => {
  const folder = tempFolder();
  const [file, ledger] = [path.join(folder, "outcome.json"), path.join(folder, "ledger.db")];
  const size = 100_000;
  const script = `head -c ${size} /dev/zero | tr "\\\\0" x; rm -f "$0"*`;
  const flags = ["--timeout", "20s", "--key", "a", "--ledger", ledger, "--outcome-file", file];
  const { exitCode, stdout } = await hardcall(["run", ...flags, "--", "sh", "-c", script, ledger]);
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 74, stdout: "" });
  const outcome = JSON.parse(readFileSync(file, "utf8")) as object;
  expect(outcome).toMatchObject({ code: "ledger_unavailable", effect: "completed", value: "x".repeat(size) });
});

test("a link stays a link, and what it leads to is written", async () => {
  const folder = tempFolder();
  mkdirSync(path.join(folder, "target"));
  const link = path.join(folder, "outcome.json");
  symlinkSync("target/outcome.json", link);
  expect(await write(link)).toMatchObject({ exitCode: 0 });
  expect(await write(link)).toMatchObject({ exitCode: 0 });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(outcomeIn(path.join(folder, "target/outcome.json"))).toBe("executed");
});

test("a device stays a device", async () => {
  const device = path.join(tempFolder(), "null");
  try {
    execFileSync("mknod", [device, "c", "1", "3"], { stdio: "pipe", timeout: 20_000 });
  } catch {
    symlinkSync("/dev/null", device); // No right to make one: then the one that is there.
  }
  expect(await write(device)).toMatchObject({ exitCode: 0, stderr: "" });
  const report = await hardcall(["report", "--out", device, "--ledger", path.join(tempFolder(), "l.db")]);
  expect(report.stderr).not.toContain("--out cannot be written");
  expect(lstatSync(device).isFile()).toBe(false);
});

test("a pipe gets it whole, and one that nothing reads keeps nothing waiting", async () => {
  const folder = tempFolder();
  const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") };
  const script = `mkfifo pipe; cat pipe >copy & "$NODE" "$CLI" run --timeout 20s --outcome-file pipe -- echo hi; wait
    "$NODE" "$CLI" run --timeout 20s --outcome-file >(cat >copy2) -- echo hi; wait $!
    "$NODE" "$CLI" run --timeout 20s --outcome-file pipe -- echo hi; echo $?`;
  const end = await run("bash", ["-c", script], { cwd: folder, env });
  expect(end.stdout.toString()).toBe("hi\nhi\nhi\n0\n");
  expect(end.stderr).toContain("the outcome file could not be written: ENXIO");
  expect(outcomeIn(path.join(folder, "copy"))).toBe("executed");
  expect(outcomeIn(path.join(folder, "copy2"))).toBe("executed");
  expect(lstatSync(path.join(folder, "pipe")).isFIFO()).toBe(true);
});

test.skipIf(!canMount)("a file that is mounted by itself is written in its place", async () => {
  const folder = tempFolder();
  const [file, source] = [path.join(folder, "termination-log"), path.join(folder, "source")];
  writeFileSync(file, "");
  writeFileSync(source, "x".repeat(100_000));
  execFileSync("mount", ["--bind", source, file], { timeout: 20_000 });
  onTestFinished(() => void execFileSync("umount", [file], { timeout: 20_000 }));
  expect(await write(file)).toMatchObject({ exitCode: 0, stderr: "" });
  expect(outcomeIn(source)).toBe("executed");
});

test("a descriptor that is a file gets it whole, before what is printed there", async () => {
  const folder = tempFolder();
  const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") };
  const script = `"$NODE" "$CLI" run --timeout 20s --outcome-file /dev/stdout -- echo hi >out
    "$NODE" "$CLI" run --timeout 20s --outcome-file /dev/stderr -- false 2>err
    "$NODE" "$CLI" run --timeout 20s --outcome-file /dev/fd/3 -- echo hi 3>three; echo before >>three`;
  await run("bash", ["-c", script], { cwd: folder, env });
  const parts = (name: string) => readFileSync(path.join(folder, name), "utf8").split(/(?<=^\}\n)/m);
  for (const [name, after] of [
    ["out", "hi\n"],
    ["err", "hardcall: The call"],
    ["three", "before\n"],
  ] as const) {
    const [outcome = "", rest] = parts(name);
    expect(JSON.parse(outcome)).toHaveProperty("outcome");
    expect(rest).toContain(after);
  }
});
