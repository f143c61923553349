import { execFileSync, spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, type TestContext } from "vitest";
import { debianPackages } from "../helpers/cached-debian.ts";
import { fixture, linesIn, ROOT, tempFolder } from "../helpers/files.ts";
import {
  appears,
  childrenOf,
  commandLineOf,
  killAll,
  processesWith,
  survivorsAfter,
} from "../helpers/processes.ts";
import { childEnv, start } from "../helpers/run.ts";

/** Packages of Debian with the shells that systems have as `/bin/sh`, and the shell's place in each. */
const SHELLS = {
  busybox: ["busybox-static", "bin/busybox"],
  dash: ["dash", "bin/dash"],
  bash: ["bash-static", "bin/bash-static"],
  zsh: ["zsh-static", "bin/zsh-static"],
  mksh: ["mksh", "bin/mksh"],
  ksh93: ["ksh93u+m", "bin/ksh93"],
  yash: ["yash", "usr/bin/yash"],
  posh: ["posh", "usr/bin/posh"],
} as const;

async function shellOf(name: keyof typeof SHELLS, context: TestContext): Promise<string> {
  const [debian, place] = SHELLS[name];
  const found = await debianPackages(debian);
  return "reason" in found ? context.skip(found.reason) : path.join(found.folder, place);
}

/**
 * Runs a command with a shell as `/bin/sh`, in a process namespace that outlives the command. There a shell that takes `-123` for the
 * signal 1 and "every process" ends this namespace alone, not the machine's processes. posh takes a first number up to 64 for a signal also
 * after `--`, so its numbers begin above that.
 */
const WITH_SHELL = [
  "unshare",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
  "sh",
  "-c",
  `echo 300 >/proc/sys/kernel/ns_last_pid; mount --bind "$0" "$(readlink -f /bin/sh)" && "$@"; exec sleep 60`,
] as const;
const canUnshare = spawnSync("unshare", ["-m", "--pid", "--fork", "true"], { timeout: 20_000 }).status === 0;

/** A host with two calls under way, whose guardian runs in that shell. */
async function hostWith(shell: string, command: string, lines: number) {
  const reported = path.join(tempFolder(), "reported");
  const mark = `MARKED_BY_TEST=${process.pid}-${performance.now()}`;
  const all = () => processesWith(mark);
  onTestFinished(() => killAll(all()));
  const node = [process.execPath, path.join(ROOT, "test/fixtures/hosts/waits-for-calls.ts")];
  const host = ["env", mark, `PIDS=${reported}`, ...node, "no-handler", fixture(command), "2"];
  start(WITH_SHELL[0], [...WITH_SHELL.slice(1), shell, ...host], { env: childEnv() });
  await linesIn(reported, lines);
  const [pid] = all().filter((one) => commandLineOf(one).startsWith(process.execPath));
  const [guardian] = await appears(() => childrenOf(pid!, "guardian"));
  // It runs in the shell that is tested, and not in the machine's own.
  expect(statSync(`/proc/${guardian}/exe`).ino).toBe(statSync(shell).ino);
  return { guardian: guardian!, tree: all(), kill: () => process.kill(pid!, "SIGKILL") };
}

describe.skipIf(!canUnshare).each(Object.keys(SHELLS) as (keyof typeof SHELLS)[])(
  "with %s as /bin/sh",
  (name) => {
    test("kill -9 of the host: nothing is alive 2 s later, in any session", async (context) => {
      const { kill, tree } = await hostWith(await shellOf(name, context), "three-sessions-deep.sh", 8);
      expect(tree.length).toBeGreaterThanOrEqual(10);
      kill();
      expect(await survivorsAfter(2000, tree)).toEqual([]);
    });

    test("kill -9 of the host when no Node can be started: the groups are ended, also of what ignores SIGTERM", async (context) => {
      const { guardian, kill, tree } = await hostWith(await shellOf(name, context), "ignores-term.sh", 4);
      // Node takes more memory than that before it does anything.
      execFileSync("prlimit", ["--pid", String(guardian), "--as=50000000"], { timeout: 20_000 });
      kill();
      expect(await survivorsAfter(2000, tree)).toEqual([]);
    });
  },
);
