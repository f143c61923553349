import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Condition } from "./conditions.ts";
import { startGateway } from "./gateway.ts";
import { cleanEnvironment } from "./genuine.ts";
import { normaliseText, readPrinted, type Printed } from "./normalise.ts";
import { run, type Ending } from "./run.ts";

export interface Cli {
  readonly kind: "genuine" | "fake";
  readonly file: string;
  readonly version: string;
}

/** What was seen of one run, without what differs from run to run. */
export interface Seen {
  /** The exit code, or the name of the signal that ended it. */
  readonly exit: string;
  /** Which streams carry anything. */
  readonly streams: string;
  readonly stdout: Printed;
  readonly stderr: string;
}

export interface Observation extends Seen {
  readonly raw: Ending;
}

// Within some 50 ms of its request the CLI still answers a signal as if the turn had not begun. A real
// timeout sends its signal later, so the comparison does too.
const AFTER_REQUEST_MS = 500;
// The fake makes no request to wait for. This is several times what it needs to start on a busy machine.
const FAKE_STARTED_MS = 1500;

export async function observe(
  cli: Cli,
  condition: Condition,
  apiArgs: readonly string[],
): Promise<Observation> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hardcall-conformance-")));
  try {
    return await observeIn(home, cli, condition, apiArgs);
  } finally {
    // The CLI may still be writing its history while its folder goes.
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function observeIn(home: string, cli: Cli, condition: Condition, apiArgs: readonly string[]) {
  const cwd = join(home, "work");
  await mkdir(cwd);
  await using gateway = await startGateway([...apiArgs, ...condition.api]);
  const env = environment(home, gateway.url, condition);
  if (condition.before) await run({ file: cli.file, args: condition.before, cwd, env });

  const ready = () =>
    cli.kind === "fake" ? delay(FAKE_STARTED_MS) : gateway.reached(1).then(() => delay(AFTER_REQUEST_MS));
  const kill = condition.signal && { signal: condition.signal, when: ready };
  const ending = await run({ file: cli.file, args: condition.args, cwd, env, stdin: condition.stdin, kill });
  const surroundings = { home, cwd, gateway: gateway.url, version: cli.version };
  return {
    exit: String(ending.signal ?? ending.exitCode),
    streams: streamsOf(ending),
    stdout: readPrinted(ending.stdout, surroundings),
    stderr: normaliseText(ending.stderr, surroundings),
    raw: ending,
  };
}

export function streamsOf(ending: Pick<Ending, "stdout" | "stderr">): string {
  const used = (["stdout", "stderr"] as const).filter((name) => ending[name] !== "");
  return used.join("+") || "none";
}

function environment(home: string, gateway: string, { mode, env = {} }: Condition): Record<string, string> {
  const all: Record<string, string | null> = {
    ...cleanEnvironment({ home, gateway }),
    FAKE_CLAUDE_MODE: mode,
    FAKE_CLAUDE_STATE_DIR: join(home, ".fake-claude"),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
