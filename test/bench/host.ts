/**
 * A process of its own for one measurement: `host.ts output <subject> <script>` or `host.ts fault <subject> <script>`.
 * What came of it is one line of JSON on stdout.
 */
import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { MARK } from "../../examples/demo/leftovers.mts";
import { SUBJECTS, type Answer, type SubjectName } from "./subjects.ts";

/** What the host has to say when its call has settled. */
export interface Settlement {
  readonly ms: number;
  readonly ok: boolean;
  readonly stdout: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rssMb: number;
}

const FAULT_TIMEOUT_MS = 1000;

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

const [part, subject, script, mark] = process.argv.slice(2) as [
  "output" | "fault",
  SubjectName,
  string,
  string,
];
const run = await SUBJECTS[subject]();
const options = part === "fault" ? { timeoutMs: FAULT_TIMEOUT_MS, env: { [MARK]: mark } } : {};
const start = performance.now();
let ok = true;
let answer: Answer;
try {
  answer = await run("sh", ["-c", script], options);
} catch (error) {
  ok = false;
  const known = error as { answer?: Answer; stdout?: unknown };
  answer = known.answer ?? { stdout: typeof known.stdout === "string" ? known.stdout : "" };
}
const ms = performance.now() - start;
const settlement: Settlement = {
  ms,
  ok,
  stdout: answer.stdout.slice(0, 100),
  bytes: answer.bytes ?? Buffer.byteLength(answer.stdout),
  sha256: answer.sha256 ?? (part === "output" ? hashOf(answer.stdout) : ""),
  // In kibibytes, at its highest (getrusage(2)).
  rssMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
};
process.stdout.write(`${JSON.stringify(settlement)}\n`);
// Our parent counts what is left while we live: a library may tidy up only when its host ends.
if (part === "fault") await wait(20_000);
process.exit(0);
