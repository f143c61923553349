import { execFileSync } from "node:child_process";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { killAll, processesWith, survivorsAfter, appears, commandLineOf } from "../helpers/processes.ts";
import { OPEN } from "../helpers/run.ts";
import { canMakeImages, HARDCALL, smallImage, type ImageOptions } from "../helpers/small-image.ts";

describe.skipIf(!canMakeImages)("an image of busybox and Node", () => {
  const image = smallImage();

  /** Two processes that ignore SIGTERM; the second is in a session of its own. Their environment holds the mark. */
  const tree = (mark: string) => {
    const sleep = `process.on("SIGTERM", () => {}); setTimeout(() => {}, 60_000)`;
    const start = `require("child_process").spawn(process.execPath, ["-e", process.env.SLEEP], { detached: true, stdio: "inherit" })`;
    return `export SLEEP='${sleep}' MARKED_BY_TEST=${mark}; exec node -e '${start}; ${sleep}'`;
  };
  const both = (found: () => number[]) => appears(() => (found().length === 2 ? found() : []));
  const marked = () => {
    const mark = `${process.pid}-${performance.now()}`;
    const found = () => processesWith(`MARKED_BY_TEST=${mark}`);
    onTestFinished(() => killAll(found()));
    return { mark, found };
  };

  test("doctor finds every guarantee", async (context) => {
    const { stdout, exitCode } = await image(context).run(`${HARDCALL} doctor; exit $?`);
    expect(stdout.match(/^NO .*$/gm)).toEqual(
      ["claude", "codex", "gemini"].map((agent) => expect.stringContaining(`${agent} can be started`)),
    );
    expect(stdout).toMatch(/^yes {2}escaped descendants are ended/m);
    expect(stdout).toMatch(/^yes {2}children die with a killed host +by a guardian process in \/bin\/sh/m);
    expect(exitCode).toBe(0);
  });

  test("a tree that ignores SIGTERM, one of it in a session of its own, ends in time", async (context) => {
    const { mark, found } = marked();
    const limits = "--timeout 2s --kill-grace 300";
    // Its first process lives on for a while: with it would end all that is in the namespace.
    const script = `${HARDCALL} run ${limits} -- sh -c '${tree(mark).replaceAll("'", `'\\''`)}'; echo $?; sleep 20`;
    const { child } = image(context).start(script);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const all = await both(found);
    expect((await lines.next()).value).toBe("124");
    expect(await survivorsAfter(500, all)).toEqual([]);
    child.kill("SIGKILL");
  });

  test("kill -9 of the host: nothing is alive 2 s later", async (context) => {
    const { mark, found } = marked();
    const script = `${HARDCALL} run --timeout 60s -- sh -c '${tree(mark).replaceAll("'", `'\\''`)}' & read -r line; kill -9 $!; sleep 20`;
    const { child } = image(context).start(script, {}, { stdin: OPEN });
    const all = await both(found);
    child.stdin?.write("\n");
    expect(await survivorsAfter(2000, all)).toEqual([]);
    child.kill("SIGKILL");
  });

  test.for<readonly [string, ImageOptions, boolean]>([
    ["without Node to start", {}, false],
    ["without /proc", { proc: "none" }, true],
    ["without /proc and Node to start", { proc: "none" }, false],
  ])(
    "kill -9 of the host %s: its group is ended, also of what ignores SIGTERM",
    async ([, options, hasNode], context) => {
      const { mark, found } = marked();
      const script = `export MARKED_BY_TEST=${mark}
      ${HARDCALL} run --timeout 60s -- sh -c 'trap "" TERM; sleep 60 & sleep 60' & read -r line; kill -9 $!; sleep 20`;
      const { child } = image(context).start(script, options, { stdin: OPEN });
      const having = (text: string) => found().filter((pid) => commandLineOf(pid).startsWith(text));
      await appears(() => (having("sleep 60").length === 2 ? [0] : []));
      const [guardian] = having("/bin/sh -c trap");
      // Node takes more memory than that before it does anything.
      if (!hasNode)
        execFileSync("prlimit", ["--pid", String(guardian), "--as=50000000"], { timeout: 20_000 });
      const all = [guardian!, ...having("sleep 60"), ...having("node ")];
      expect(all).toHaveLength(4);
      child.stdin?.write("\n");
      expect(await survivorsAfter(2000, all)).toEqual([]);
      child.kill("SIGKILL");
    },
  );

  test("the library, the fake and the embedded ledger work", async (context) => {
    const program = `import { claude, command, defineCall, runCommand } from "/app/dist/index.js";
      const call = defineCall({ name: "keyed", callee: command("echo", ["done"]), timeout: "20s", effects: "once", key: () => ["a"] });
      const draft = defineCall({ name: "draft", callee: claude({ env: { FAKE_CLAUDE_MODE: "ok" } }), timeout: "20s", effects: "none" });
      const { value } = await runCommand("sh", ["-c", "echo $((1 + 1))"], { timeout: "20s" });
      const outcomes = [(await call()).outcome, (await call()).outcome];
      console.log(JSON.stringify({ value, outcomes, text: (await draft({ prompt: "Hello" })).value.length > 20 }));`;
    const { stdout, stderr } = await image(context).run(
      `cat >/tmp/program.mjs <<'END'\n${program}\nEND\nPATH=/app/fake-bin:$PATH node /tmp/program.mjs`,
    );
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({ value: "2", outcomes: ["executed", "replayed"], text: true });
  });

  const CALLS = `${HARDCALL} run --timeout 20s -- echo done
    echo "exit $?"; ${HARDCALL} run --timeout 20s --key a -- echo done
    echo "exit $?"; ${HARDCALL} doctor; exit 0`;
  const works = { keyed: "done\nexit 0", said: /^$/, ledger: "yes" };
  const refused = {
    keyed: "exit 74",
    said: /^hardcall: The call "echo" could not be recorded: the ledger .* cannot be written\. /,
    ledger: "NO ",
  };

  test.for<readonly [string, ImageOptions, typeof works]>([
    ["whose root is read-only", { isReadOnly: true }, refused],
    ["whose root is read-only, with a /tmp", { isReadOnly: true, tmp: "mode=1777" }, works],
    ["without HOME", { env: { HARDCALL_LEDGER: "/tmp/ledger.db" } }, works],
    ["with a HOME that cannot be written", { env: { HOME: "/home" }, asUser: true }, refused],
    ["for a user without a name", { asUser: true }, works],
    [
      "for a user without a name and HOME",
      { asUser: true, env: { HARDCALL_LEDGER: "/tmp/ledger.db" } },
      works,
    ],
    ["without /proc", { proc: "none" }, works],
    ["whose /proc hides others", { proc: "hidepid=2", asUser: true }, works],
    ["without random devices", { devices: ["null"] }, works],
    ["from whose /tmp nothing may be started", { tmp: "mode=1777,noexec" }, works],
    [
      "in the C locale, without time zones",
      { env: { HOME: "/tmp", LC_ALL: "C", TZ: "No/Such_Zone" } },
      works,
    ],
    ["where a user may have 40 processes", { asUser: true, limits: ["--nproc=40"] }, works],
    ["where a process may have 40 descriptors", { limits: ["--nofile=40"] }, works],
    ["with a heap of 32 MB", { env: { HOME: "/tmp", NODE_OPTIONS: "--max-old-space-size=32" } }, works],
  ])(
    "%s: a call works, one with a key works or says why not, and doctor says so",
    async ([, options, { keyed, said, ledger }], context) => {
      const { stdout, stderr } = await image(context).run(CALLS, options);
      expect(stderr).toMatch(said);
      expect(stdout.slice(0, stdout.indexOf("\nhardcall "))).toBe(`done\nexit 0\n${keyed}`);
      expect(stdout).toMatch(/^yes {2}a deadline holds/m);
      expect(stdout).toMatch(new RegExp(`^${ledger}  the ledger can be written`, "m"));
    },
  );

  test("for a user without a name and HOME: limits in ~/ are refused, Postgres needs no ~/.pgpass, an embedded ledger asks for a path", async (context) => {
    const noHome = (name: string, value: string) => ({ asUser: true, env: { [name]: value } });
    const resources = await image(context).run(
      `${HARDCALL} resource list`,
      noHome("HARDCALL_RESOURCES", "~/limits.json"),
    );
    expect(resources).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(
        'HARDCALL_RESOURCES begins with "~/", but HOME is not set and the user has no home folder',
      ),
    });
    const keyed = `${HARDCALL} run --timeout 5s --key a -- echo done`;
    const postgres = await image(context).run(
      keyed,
      noHome("HARDCALL_LEDGER", "postgres://someone@127.0.0.1:1/none"),
    );
    expect(postgres).toMatchObject({ exitCode: 74, stderr: expect.stringContaining("ECONNREFUSED") });
    const embedded = await image(context).run(keyed, { asUser: true, env: {} });
    expect(embedded).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Set HARDCALL_LEDGER to the path of a file. Nothing was started."),
    });
  });

  test("without /dev/null: a call and doctor say that it is missing", async (context) => {
    const { stdout, stderr } = await image(context).run(CALLS, { devices: [] });
    expect(stdout).toMatch(/^exit 126\nexit 126\nhardcall /);
    const missing = "this system has no /dev/null, which a command without stdin needs (ENOENT)";
    expect(stderr).toContain(`The call "echo" could not start: ${missing}.`);
    expect(stdout).toMatch(/^NO {3}a deadline holds .* has no \/dev\/null/m);
    expect(stdout).toMatch(/^NO {3}children die with a killed host .* has no \/dev\/null/m);
  });
});
