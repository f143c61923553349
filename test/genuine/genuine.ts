import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { Agent } from "../conformance/agents/agent.ts";
import type { Condition } from "../conformance/condition.ts";
import { startGateway } from "../conformance/gateway.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { appears, commandLineOf, killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { start, type Finished } from "../helpers/run.ts";

/** A run of a published CLI through `hardcall`, as it is installed. */
export interface Asked {
  /** What the fake model API does with each request, and its further arguments. */
  readonly api: readonly string[];
  /** Options of `hardcall codex|gemini`, beside a timeout of a minute. */
  readonly options?: readonly string[];
  readonly prompt?: string;
  /** Sent to hardcall once the agent has asked its model, or once a process runs whose command line holds the text. */
  readonly signal?: NodeJS.Signals;
  readonly whenRuns?: string;
  /** Changes of the agent's settings, by the URL of the API. */
  readonly settings?: (url: string) => NonNullable<Condition["settings"]>;
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing listens where the model should be. */
  readonly unreachable?: boolean;
  /** Home and working folder of an earlier run. */
  readonly home?: string;
}

export interface Seen extends Pick<Finished, "exitCode" | "signal" | "stderr" | "ms"> {
  readonly stdout: string;
  /** The outcome as JSON; empty if hardcall was killed. */
  readonly outcome: {
    readonly code?: string;
    readonly effect?: string;
    readonly sessionId?: string;
    readonly retryAfterMs?: number;
    readonly attempts?: readonly { readonly notes?: readonly string[] }[];
  };
  /** How many answers it asked its model for. */
  readonly requests: number;
  /** Processes of the run that are still alive 5 s after hardcall has ended. */
  readonly left: readonly string[];
  readonly home: string;
}

/** How long what hardcall started may live on after its end. */
const GONE_WITHIN_MS = 5000;

/** Variables of the person who runs the tests that would reach the CLIs. */
const FOREIGN = /^(?:OPENAI|CODEX|GEMINI|GOOGLE|HARDCALL|FAKE)_/;

export async function ask(agent: Agent, asked: Asked): Promise<Seen> {
  const { api, options = [], prompt = "Say hello.", signal, whenRuns } = asked;
  const executable = await agent.install(agent.version);
  await using gateway = await startGateway(api, agent.gateway);
  const url = asked.unreachable ? "http://127.0.0.1:9" : gateway.url;
  const home = asked.home ?? tempFolder();
  const work = path.join(home, "work");
  const place = { home, gateway: url };
  const settings = asked.settings?.(url);
  const condition = {
    name: "genuine",
    api,
    mode: "ok",
    args: [],
    spoken: "genuine",
    ...(settings && { settings }),
  };
  for (const folder of [work, path.join(home, "tmp")]) mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(agent.homeFiles?.(place, condition) ?? {})) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), content);
  }
  const outcomeFile = path.join(home, "outcome.json");
  const run = `GENUINE_RUN=${randomUUID()}`;
  onTestFinished(() => killAll(processesWith(run)));
  const args = [path.join(ROOT, "dist/cli.js"), agent.name, "--timeout", "1m", "--outcome-file", outcomeFile];
  const bin = [`--${agent.name}-bin`, executable];
  const without = Object.keys(process.env).filter((name) => FOREIGN.test(name));
  const { pid, finished } = start(process.execPath, [...args, ...bin, ...options, prompt], {
    cwd: work,
    env: {
      ...Object.fromEntries(without.map((name) => [name, undefined])),
      ...agent.environment(place),
      ...asked.env,
      ...Object.fromEntries([run.split("=") as [string, string]]),
    },
  });
  if (signal !== undefined) {
    await gateway.reached(1);
    if (whenRuns !== undefined)
      await appears(() => processesWith(run).filter((each) => commandLineOf(each).includes(whenRuns)));
    process.kill(pid, signal);
  }
  const { exitCode, signal: endedBy, stderr, stdout, ms } = await finished;
  const left = await survivorsAfter(GONE_WITHIN_MS, processesWith(run));
  const { count } = (await (await fetch(`${gateway.url}/__requests`)).json()) as { readonly count: number };
  return {
    exitCode,
    requests: count,
    signal: endedBy,
    stderr,
    ms,
    stdout: stdout.toString(),
    outcome: existsSync(outcomeFile)
      ? (JSON.parse(readFileSync(outcomeFile, "utf8")) as Seen["outcome"])
      : {},
    left: left.map((each) => commandLineOf(each).slice(0, 200)),
    home,
  };
}
