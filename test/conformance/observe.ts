import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Agent, Place } from "./agents/agent.ts";
import type { Condition } from "./condition.ts";
import { startGateway } from "./gateway.ts";
import { normaliseText, readPrinted, type Printed } from "./normalise.ts";
import { run, type Ending, type Run } from "./run.ts";

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
  agent: Agent,
  cli: Cli,
  condition: Condition,
  apiArgs: readonly string[],
): Promise<Observation> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hardcall-conformance-")));
  try {
    return await observeIn(home, agent, cli, condition, apiArgs);
  } finally {
    // The CLI may still be writing its history while its folder goes.
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function observeIn(
  home: string,
  agent: Agent,
  cli: Cli,
  condition: Condition,
  apiArgs: readonly string[],
) {
  const cwd = join(home, "work");
  await using gateway = await startGateway([...apiArgs, ...condition.api], agent.gateway);
  const place = { home, gateway: condition.unreachable ? await unusedAddress() : gateway.url };
  const env = environment(agent, cli, place, condition);
  for (const folder of [cwd, env["TMPDIR"]]) if (folder) await mkdir(folder, { recursive: true });
  const fill = (text: string) => fillIn(text, place);
  await writeFiles(home, { ...agent.homeFiles?.(place, condition), ...condition.files }, fill);
  const start = (args: readonly string[], rest?: Pick<Run, "stdin" | "kill">) =>
    run({ file: cli.file, args: args.map(fill), cwd, env, ...rest });
  if (condition.before) await start(condition.before);

  const ready = () => {
    if (typeof condition.signalAt === "number") return delay(condition.signalAt);
    if (cli.kind === "fake") return delay(FAKE_STARTED_MS);
    return gateway.reached(1).then(() => delay(AFTER_REQUEST_MS));
  };
  const kill = condition.signal && { signal: condition.signal, when: ready };
  const ending = await start(condition.args, { stdin: condition.stdin, kill });
  const surroundings = { home, cwd, gateway: place.gateway, version: cli.version };
  return {
    exit: String(ending.signal ?? ending.exitCode),
    streams: streamsOf(ending),
    stdout: readPrinted(ending.stdout, surroundings, agent.rules),
    stderr: normaliseText(ending.stderr, surroundings, agent.rules),
    raw: ending,
  };
}

/** What a condition cannot know. */
const fillIn = (text: string, { home, gateway }: Place) =>
  text.replaceAll("<home>", home).replaceAll("<gateway>", gateway);

async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, fill(content));
  }
}

/** Where nothing listens: the port was free a moment ago. */
async function unusedAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}`;
}

export function streamsOf(ending: Pick<Ending, "stdout" | "stderr">): string {
  const used = (["stdout", "stderr"] as const).filter((name) => ending[name] !== "");
  return used.join("+") || "none";
}

function environment(
  agent: Agent,
  cli: Cli,
  place: Place,
  { mode, env = {} }: Condition,
): Record<string, string> {
  const all: Record<string, string | null> = {
    ...agent.environment(place),
    [`${agent.variables}_MODE`]: mode,
    [`${agent.variables}_VERSION`]: cli.version === agent.version ? null : cli.version,
    [`${agent.variables}_STATE_DIR`]: join(place.home, `.fake-${agent.name}`),
    ...env,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, fillIn(value, place)]])),
  );
}
