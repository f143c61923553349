import { formatDuration } from "../../core/duration.ts";

/** What is known of a call that runs. */
export interface CallStatus {
  readonly name: string;
  /** Milliseconds since its start. */
  readonly goneMs: number;
  /** Milliseconds that the whole call may take. */
  readonly limitMs: number;
  /** 1 for the first; 0 before it. */
  readonly attempt: number;
  readonly attempts: number;
  /** Between two attempts, and after the last. */
  readonly isBetween: boolean;
  /** A signal has come, and the processes are being ended. */
  readonly isStopping: boolean;
  /** The resource that its first attempt waits for, if it has one. */
  readonly resource?: string | undefined;
  readonly agent: AgentStatus | undefined;
}

/** What is known of an agent's run so far. */
export interface AgentStatus {
  /** The tool that it asked for last, until its next word. */
  readonly tool: string | undefined;
  readonly turns: number;
  /** Input and output, the caches included. */
  readonly tokens: number;
  /** US dollars; only a run that is over tells. */
  readonly costUsd: number | undefined;
}

/** One line about a call that runs: "publish: 1 min 15 s of 10 min, attempt 2 of 3, Bash, 4 turns, 12300 tokens, $0.12". */
export function statusLine(status: CallStatus): string {
  const { name, goneMs, limitMs, attempt, attempts, isBetween, isStopping, resource, agent } = status;
  const seconds = formatDuration(Math.floor(goneMs / 1000) * 1000);
  return [
    `${name}: ${seconds} of ${formatDuration(limitMs)}`,
    attempts > 1 && attempt > 0 && `attempt ${attempt} of ${attempts}${isBetween ? " is over" : ""}`,
    resource !== undefined && attempt === 0 && !isStopping && `waits for a place of ${resource}`,
    isStopping && "stopping (Ctrl-C again: leave at once)",
    ...(agent === undefined ? [] : agentParts(agent)),
  ]
    .filter((part) => typeof part === "string")
    .join(", ");
}

function agentParts({ tool, turns, tokens, costUsd }: AgentStatus) {
  return [
    tool,
    turns > 0 && `${turns} ${turns === 1 ? "turn" : "turns"}`,
    tokens > 0 && `${compact(tokens)} tokens`,
    costUsd !== undefined && `$${costUsd.toFixed(2)}`,
  ];
}

const compact = (count: number) => (count < 10_000 ? `${count}` : `${Math.round(count / 1000)}k`);
