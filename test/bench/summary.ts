import type { Figures } from "./figures.ts";
import { figure } from "./markdown.ts";

/** What a user asks first, the place that says more, and the table whose sentence answers. */
const QUESTIONS = [
  ["Does a call end if the program misbehaves?", "#faults", "faults"],
  ["What does a call cost?", "#what-a-call-costs", "call-cost"],
  ["And in a large process?", "#the-memory-of-the-host", "host-memory"],
  ["What if hundreds time out at once?", "#many-timeouts-at-once", "timeouts"],
  ["What does a start of the command line cost?", "#what-a-start-of-the-command-line-costs", "command-start"],
  ["What does the import cost?", "#what-a-start-of-node-costs", "import-cost"],
  ["What does a key cost?", "benchmarks/ledger.md#a-ledger-in-a-file", "ledger-cost"],
  ["And if several processes write?", "benchmarks/ledger.md#a-ledger-in-a-file", "contention"],
  ["How much memory does much output take?", "#much-output", "big-output"],
] as const;

/** The answers as a list, and the figures that are over their limits. */
export function summaryOf({ parts }: Pick<Figures, "parts">): string {
  const tables = parts.flatMap((part) => part.tables);
  const answers = QUESTIONS.flatMap(([question, place, id]) => {
    const means = tables.find((found) => found.id === id)?.means;
    return means === undefined ? [] : [`- [${question}](${place}) ${means}`];
  });
  const limited = tables.flatMap(({ ratios }) => ratios.filter(({ limit }) => limit !== undefined));
  const over = limited.filter(({ value, limit = Number.NaN }) => value > limit);
  const list = over.map(
    ({ name, value, limit = Number.NaN }) => `${name} ${figure(value)} (${figure(limit)})`,
  );
  return [
    answers.join("\n"),
    over.length === 0
      ? `All ${limited.length} figures with a limit keep it.`
      : `Of ${limited.length} figures with a limit, ${over.length} are over it (the limit in brackets): ${list.join("; ")}.`,
  ].join("\n\n");
}
