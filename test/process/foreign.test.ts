import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { readStat } from "../../src/process/table/proc.ts";
import { PidFile, ROOT } from "../helpers/files.ts";
import { appears, commandLineOf, killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { OPEN, start } from "../helpers/run.ts";
import { asUser, becomesRoot, canBeAnotherUser, programIn } from "../helpers/users.ts";

const HOST = path.join(ROOT, "test/fixtures/hosts/tells-what-survived.ts");
const AGAIN = path.join(ROOT, "test/fixtures/hosts/calls-again.ts");

interface Told {
  readonly code: string;
  readonly survivors: number;
  readonly notes: readonly string[];
}

function marked() {
  const mark = `${process.pid}-${performance.now()}`;
  const found = () => processesWith(`MARKED_BY_TEST=${mark}`);
  onTestFinished(() => killAll(found()));
  return { mark, found };
}

describe.skipIf(!canBeAnotherUser)("a host that is not root", () => {
  /** Programs that act as root, and that no one may read. */
  function programs() {
    const folder = mkdtempSync(path.join(tmpdir(), "hardcall-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o755);
    return { asRoot: `${becomesRoot(folder)} sleep 60`, unreadable: programIn(folder, "sleep", 0o711) };
  }

  /** A pid namespace in which no stranger's process may be taken for one that was left behind. */
  const ALONE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", '"$@"; :', "sh"];

  async function run(script: string, before: readonly string[] = []): Promise<Told> {
    const { mark } = marked();
    const [file, ...args] = [...ALONE, ...before, ...asUser, process.execPath, HOST, script] as const;
    const { stdout } = await start(file, args, { env: { MARKED_BY_TEST: mark } }).finished;
    return JSON.parse(stdout.toString()) as Told;
  }

  /** A `/proc` in which only our own user's processes are. */
  const HIDING = ["unshare", "-m", "sh", "-c", 'mount -t proc -o hidepid=2 proc /proc; exec "$@"', "sh"];
  const cannotEnd = {
    code: "timeout",
    survivors: 1,
    notes: expect.arrayContaining(["hardcall could not end 1 process"]),
  };

  test("counts a leader that has become root", async () => {
    expect(await run(`exec ${programs().asRoot}`)).toMatchObject(cannotEnd);
  });

  test("counts a child that has become root, in a session of its own", async () => {
    expect(await run(`setsid ${programs().asRoot} & sleep 60`)).toMatchObject(cannotEnd);
  });

  test("counts a leader that has become root and is hidden", async () => {
    expect(await run(`exec ${programs().asRoot}`, HIDING)).toMatchObject(cannotEnd);
  });

  test("counts a child that has become root and is hidden", async () => {
    expect(await run(`${programs().asRoot} & sleep 60`, HIDING)).toMatchObject(cannotEnd);
  });

  /** A call with a key whose first run acts as told and whose later ones do well: makes it once for each `call`. */
  function calledAgain(first: string) {
    const { mark, found } = marked();
    const folder = mkdtempSync(path.join(tmpdir(), "hardcall-test-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chmodSync(folder, 0o777);
    const flag = path.join(folder, "second");
    const script = `test -e ${flag} && echo done && exit; touch ${flag}; ${first}`;
    const [file, ...args] = [...ALONE, ...asUser, process.execPath, AGAIN, script, folder];
    const { child } = start(file, args, { env: { MARKED_BY_TEST: mark }, stdin: OPEN });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const call = async () => {
      child.stdin?.write("\n");
      return JSON.parse(String((await lines.next()).value)) as object;
    };
    const end = async () => {
      child.stdin?.end();
      await once(child, "exit");
    };
    return { call, end, found };
  }

  test("starts nothing beside what it could not end, and goes on when that has ended", async () => {
    const { call, end, found } = calledAgain(`exec ${programs().asRoot}`);
    expect(await call()).toMatchObject({ code: "timeout", starts: 1 });
    expect(await call()).toMatchObject({ code: "in_doubt", retryAfterMs: 1000, starts: 0 });
    killAll(found().filter((pid) => commandLineOf(pid).startsWith("sleep")));
    expect(await call()).toMatchObject({ outcome: "executed", starts: 1 });
    await end();
  });

  test("a daemon that only may be its own is counted, and holds no key", async () => {
    const { unreadable } = programs();
    const daemon = `(setsid ${unreadable} 60 >/dev/null 2>&1 &)`;
    const { call, end, found } = calledAgain(`${daemon}; exec sleep 60`);
    expect(await call()).toMatchObject({ code: "timeout", starts: 1, survivors: [1] });
    expect(await call()).toMatchObject({ outcome: "executed", starts: 1 });
    expect(found().filter((pid) => commandLineOf(pid).startsWith(unreadable))).toHaveLength(1);
    await end();
  });

  test("ends a child that cannot be read", async () => {
    const told = await run(`setsid ${programs().unreadable} 60 & sleep 60`);
    expect(told).toEqual({ code: "timeout", survivors: 0, notes: [] });
  });

  test.each(["root's", "one that cannot be read"])(
    "counts a daemon that may be its own: %s",
    async (whose) => {
      const { asRoot, unreadable } = programs();
      const daemon = whose === "root's" ? asRoot : `${unreadable} 60`;
      const told = await run(`(setsid ${daemon} >/dev/null 2>&1 &); sleep 0.3; echo started`);
      expect(told).toMatchObject({ code: "ok", survivors: 1 });
      expect(told.notes).toEqual([
        expect.stringMatching(/^1 process may belong to it and may still be running: /),
      ]);
    },
  );
});

/** A root without the folder. */
const ROOT_WITHOUT_PROC = `mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/m
mount -t overlay none -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/m && rmdir /mnt/m/proc
mount --bind /dev /mnt/m/dev && exec chroot /mnt/m "$@"`;

const UNUSABLE = {
  "not there": ["unshare", "-m", "sh", "-ec", ROOT_WITHOUT_PROC, "sh"],
  empty: ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc; "$@"; :', "sh"],
  "not mounted": ["unshare", "-m", "sh", "-c", 'umount -l /proc; "$@"; :', "sh"],
  "another namespace's": ["unshare", "--pid", "--fork", "sh", "-c", '"$@"; :', "sh"],
} as const;

const reachable = (before: readonly string[]) =>
  spawnSync(before[0]!, [...before.slice(1), process.execPath, "-e", "", HOST], { timeout: 20_000 })
    .status === 0;
const canUnshare = spawnSync("unshare", ["-m", "--pid", "--fork", "true"], { timeout: 20_000 }).status === 0;

const unusable = Object.entries(UNUSABLE).filter(([, before]) => canUnshare && reachable(before));

describe.each(unusable)("where /proc is %s", (_, [file, ...args]) => {
  const begin = (script: string, lives = "") => {
    const { mark, found } = marked();
    // The host, which outlives what started it, and its guardian.
    onTestFinished(() => killAll(processesWith(`TO_BE_MARKED=${mark}`)));
    const command = [...args, process.execPath, HOST, script, lives];
    const { child } = start(file, command, { env: { TO_BE_MARKED: mark } });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    return { found, told: async () => JSON.parse(String((await lines.next()).value)) as Told };
  };

  test("a group that ignores SIGTERM is ended", async () => {
    // The host lives on: with it would end the namespace, and all that is in it.
    const { told, found } = begin(`trap "" TERM; sleep 60 & sleep 60`, "and lives on");
    expect(await told()).toMatchObject({ code: "timeout" });
    expect(await survivorsAfter(0, found())).toEqual([]);
  });

  test("doctor says that a deadline holds, and that what escapes does not end", async () => {
    const cli = path.join(ROOT, "src/cli.ts");
    const { stdout } = await start(file, [...args, process.execPath, cli, "doctor"]).finished;
    expect(stdout.toString()).toMatch(/^yes {2}a deadline holds .* was gone after \d+ ms$/m);
    expect(stdout.toString()).toMatch(
      /^NO {3}escaped descendants are ended .* there is no \/proc of our own$/m,
    );
  });

  test("a command that does well has done well", async () => {
    expect(await begin("echo hi").told()).toEqual({ code: "ok", survivors: 0, notes: [] });
  });
});

test.skipIf(!canUnshare)(
  "where /proc is another namespace's its numbers are not taken for our own",
  async () => {
    const { mark, found } = marked();
    const [file, ...args] = UNUSABLE["another namespace's"];
    const pids = new PidFile();
    onTestFinished(() => killAll(processesWith(`TO_BE_MARKED=${mark}`)));
    const script = `setsid sleep 60 & echo $! >>"${pids.path}"; sleep 60`;
    const { child } = start(file, [...args, process.execPath, HOST, script, "and lives on"], {
      env: { TO_BE_MARKED: mark, TIMEOUT: "6000" },
    });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    await pids.reported(1);
    // The number that its escaped child has out here is given to a stranger in there.
    const isEscaped = (pid: number) => commandLineOf(pid) === "sleep 60" && readStat(pid)?.group === pid;
    const [escaped] = await appears(() => found().filter(isEscaped));
    const innocent = marked();
    const inside = `echo ${escaped! - 1} >/proc/sys/kernel/ns_last_pid; sleep 61 & echo $!; wait`;
    const { child: stranger } = start("nsenter", ["-t", String(escaped), "-p", "sh", "-c", inside], {
      env: { MARKED_BY_TEST: innocent.mark },
    });
    const [number] = (await once(stranger.stdout!, "data")) as [Buffer];
    expect(Number(number.toString())).toBe(escaped);
    expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ code: "timeout" });
    expect(innocent.found().filter((pid) => commandLineOf(pid) === "sleep 61")).toHaveLength(1);
  },
);
