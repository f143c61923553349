import { expect, test } from "vitest";
import { hardcall } from "../../helpers/run.ts";

/** The lines of doctor that are about a start, and its exit code. */
async function doctor(value: string | undefined, through: readonly string[] = []) {
  const env = { HARDCALL_SPAWN_HELPER: value };
  const { stdout, stderr, exitCode } = await hardcall(["doctor"], { env, through });
  expect(stderr).toBe("");
  const lines = stdout.toString().split("\n");
  const about = lines.filter((line) => /commands fast|commands can be/.test(line));
  return {
    lines: about.map((line) => line.replaceAll(/ {2,}/g, " | ")),
    exitCode,
    stdout: stdout.toString(),
  };
}

const WHAT = "large hosts start commands fast";

test("without the variable: from which memory on there is a helper", async () => {
  const { lines, exitCode } = await doctor(undefined);
  expect(lines).toEqual([
    expect.stringMatching(`^yes | ${WHAT} | by a spawning helper, once a host has \\d+ MiB of memory$`),
  ]);
  expect(lines[0]).toContain(`yes | ${WHAT}`);
  expect(exitCode).toBe(0);
});

test("on: there is one", async () => {
  const { lines } = await doctor("on");
  expect(lines).toEqual([`yes | ${WHAT} | by a spawning helper: HARDCALL_SPAWN_HELPER turns it on`]);
});

test("off: what that costs, and no exit code, as no guarantee rests on it", async () => {
  const { lines, exitCode } = await doctor("off");
  expect(lines).toEqual([
    `NO | ${WHAT} | the host starts them itself: HARDCALL_SPAWN_HELPER turns it off. The more memory it has, the longer each start blocks it`,
  ]);
  expect(exitCode).toBe(0);
});

test("on, where it cannot be had: why", async () => {
  const { lines, exitCode } = await doctor("on", [
    "unshare",
    "-m",
    "sh",
    "-c",
    'umount -l /proc; "$@"; exit $?',
    "sh",
  ]);
  expect(lines).toEqual([
    `NO | ${WHAT} | the host starts them itself: it needs the /proc of this machine. The more memory it has, the longer each start blocks it`,
  ]);
  // For want of /proc, not of the helper.
  expect(exitCode).toBe(69);
});

test("another value: no call starts, which is exit code 69, and the rest is told all the same", async () => {
  const { lines, exitCode, stdout } = await doctor("yes");
  expect(lines).toEqual([
    'NO | commands can be started | The environment variable HARDCALL_SPAWN_HELPER is "yes"; give on, off or auto; no call starts',
  ]);
  expect(stdout).toMatch(/^yes {2}a deadline holds/m);
  expect(exitCode).toBe(69);
});
