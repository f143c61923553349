import { once } from "node:events";
import path from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import { survivorsAfter } from "../helpers/processes.ts";
import { start } from "../helpers/run.ts";

/** Reports once its event loop has turned with the command there: then the guardian knows the command's group. */
const HOST = `import { readdirSync } from "node:fs";
import { runCommand } from "./src/index.ts";
const script = 'echo $$ >>"$PIDS"; sleep 60 & echo $! >>"$PIDS"; echo >"$READY/now"; wait';
const call = runCommand("sh", ["-c", script], { timeout: "60s" });
const look = setInterval(() => {
  if (readdirSync(process.env.READY).length === 0) return;
  clearInterval(look);
  console.log("told");
}, 10);
await call;`;

test("kill -9 of a host that a bundler made, which has no program of the guardian's: its groups end", async () => {
  const bundle = path.join(tempFolder(), "host.mjs");
  await build({
    stdin: { contents: HOST, resolveDir: ROOT, loader: "ts" },
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    // What a call of a command does not load.
    external: ["pg", "pino", "zod", "ajv", "ajv-formats", "execa", "@koromix/*"],
    logLevel: "error",
  });
  const pids = new PidFile();
  const { child, finished } = start(process.execPath, [bundle], {
    env: { PIDS: pids.path, READY: tempFolder() },
  });
  await once(child.stdout!, "data");
  expect(pids.pids()).toHaveLength(2);
  child.kill("SIGKILL");
  expect(await survivorsAfter(2000, pids.pids())).toEqual([]);
  await finished;
});
