import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { peakMegabytes } from "./peak.ts";

const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** What a command took, with its memory at its highest. */
export interface CommandCost {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs `hardcall` with these arguments in a process of its own. */
export function commandCost(args: readonly string[], env: NodeJS.ProcessEnv = {}): CommandCost {
  // Its text, as to load a file of TypeScript takes 15 MB.
  const script = `import { readFileSync } from "node:fs";
    ${peakMegabytes.toString()}
    process.on("exit", () => process.stderr.write("peak " + peakMegabytes()));
    process.argv[1] = ${JSON.stringify(CLI)};
    await import(${JSON.stringify(CLI)});`;
  const start = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, CLI, ...args],
    {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: 600_000,
    },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`hardcall ${args[0]} exited with code ${status}: ${stderr}`);
  return { seconds, megabytes: Number(/peak ([\d.]+)$/.exec(stderr)?.[1]) };
}
