import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { fixture, PidFile, ROOT } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { run, start } from "../helpers/run.ts";

const DIST = path.join(ROOT, "dist");

// `npm test` builds first; a run of vitest alone may have nothing to look at.
describe.skipIf(!existsSync(path.join(DIST, "cli.js")))("the built package", () => {
  const cli = path.join(DIST, "cli.js");

  test("its command is executable, and ends a tree in time", async () => {
    expect(statSync(cli).mode & 0o111).toBe(0o111);
    const pids = new PidFile();
    const args = ["run", "--timeout", "1s", "--kill-grace", "300", "--", fixture("three-sessions-deep.sh")];
    const end = await run(cli, args, { env: { PIDS: pids.path } });
    expect(end.exitCode).toBe(124);
    expect(pids.pids()).toHaveLength(4);
    expect(await survivorsAfter(1000, pids.pids())).toEqual([]);
  });

  test("its guardian is found where the build put it", async () => {
    const pids = new PidFile();
    const { child, finished } = start(
      cli,
      ["run", "--timeout", "60s", "--", fixture("three-sessions-deep.sh")],
      {
        env: { PIDS: pids.path },
      },
    );
    const tree = await pids.reported(4);
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
    await finished;
  });

  test("exports what its types declare, and no more", async () => {
    const built = (await import(pathToFileURL(path.join(DIST, "index.js")).href)) as Record<string, unknown>;
    const source = (await import("../../src/index.ts")) as Record<string, unknown>;
    expect(Object.keys(built).toSorted()).toEqual(Object.keys(source).toSorted());
    const result = await (built["runCommand"] as typeof import("../../src/index.ts").runCommand)(
      "echo",
      ["hi"],
      {
        timeout: "20s",
      },
    );
    expect(result.value).toBe("hi");
  });

  test("importing it loads no client library", () => {
    const entry = readFileSync(path.join(DIST, "index.js"), "utf8");
    expect(entry).not.toMatch(/^import .*"(?:execa|zod|pino)"/m);
  });
});
