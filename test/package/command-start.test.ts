import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

/** Runs the built command, and tells all that it has loaded: files, packages, and the modules of Node.js by their names. */
async function loadedBy(...args: readonly string[]) {
  const hook = `
    import { registerHooks } from "node:module";
    const files = new Set();
    registerHooks({
      load(url, context, next) {
        files.add(url);
        return next(url, context);
      },
    });
    process.on("exit", () => {
      const builtins = process.moduleLoadList.flatMap((name) => /^NativeModule ([^/]+)$/.exec(name)?.[1] ?? []);
      process.stderr.write(JSON.stringify({ files: [...files], builtins }));
    });`;
  const end = await run(process.execPath, [
    `--import=data:text/javascript,${encodeURIComponent(hook)}`,
    path.join(ROOT, "dist/cli.js"),
    ...args,
  ]);
  expect(end.exitCode, `run npm run build first; ${end.stderr}`).toBe(0);
  const { files, builtins } = JSON.parse(end.stderr) as Record<"files" | "builtins", readonly string[]>;
  const own = files.filter((url) => url.startsWith("file:"));
  return {
    own,
    strangers: own.filter((url) => !url.startsWith(pathToFileURL(path.join(ROOT, "dist/")).href)),
    builtins,
  };
}

/** Each takes 1 to 10 ms to load. */
const LATE = ["crypto", "http", "readline", "sqlite", "worker_threads"];

const RUN = ["run", "--timeout", "20s", "--allow-empty"];

test("a run without a key loads two files, no package and nothing that it does not use", async () => {
  const { own, strangers, builtins } = await loadedBy(...RUN, "--", "true");
  expect(own).toHaveLength(2);
  expect(strangers).toEqual([]);
  expect(builtins).toContain("child_process");
  expect(builtins.filter((name) => LATE.includes(name))).toEqual([]);
});

test("a run with output loads the hash for it, and nothing else", async () => {
  const { own, builtins } = await loadedBy(...RUN, "--", "echo", "hi");
  expect(own).toHaveLength(2);
  expect(builtins.filter((name) => LATE.includes(name))).toEqual(["crypto"]);
});

test("a run with a key loads the ledger in two files more, and no package", async () => {
  const ledger = path.join(tempFolder(), "ledger.db");
  const key = ["--effects", "once", "--key", "a", "--ledger", ledger];
  const { own, strangers, builtins } = await loadedBy(...RUN, ...key, "--", "true");
  expect(own).toHaveLength(4);
  expect(strangers).toEqual([]);
  expect(builtins.filter((name) => LATE.includes(name))).toEqual(["crypto", "sqlite"]);
});
