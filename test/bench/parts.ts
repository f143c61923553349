import type { BenchPart } from "./part.ts";

/** A part by its name. Its file is loaded only when it runs: what others load would change what it measures. */
export interface PartPlace {
  readonly name: string;
  /** What a full run of it may take. All parts without `askedOnly` together have 5 minutes. */
  readonly seconds: number;
  /** Too long for every run: it runs with `--only` alone. */
  readonly askedOnly?: true;
  readonly load: () => Promise<BenchPart>;
}

/** In the order in which they run and are shown. */
export const PARTS: readonly PartPlace[] = [
  { name: "spawn", seconds: 15, load: async () => (await import("./spawn-cost.ts")).part },
  { name: "timeouts", seconds: 40, load: async () => (await import("./many-timeouts.ts")).part },
  { name: "concurrency", seconds: 20, load: async () => (await import("./concurrency.ts")).part },
  { name: "hosts", seconds: 30, load: async () => (await import("./host-memory.ts")).part },
  { name: "import", seconds: 5, load: async () => (await import("./start-cost.ts")).imports },
  { name: "cli", seconds: 20, load: async () => (await import("./command-start.ts")).commandStart },
  { name: "fake", seconds: 5, load: async () => (await import("./start-cost.ts")).fakes },
  { name: "output", seconds: 20, load: async () => (await import("./big-output.ts")).part },
  { name: "files", seconds: 45, load: async () => (await import("./files-scale.ts")).part },
  { name: "report", seconds: 45, load: async () => (await import("./report-scale.ts")).part },
  { name: "contention", seconds: 45, load: async () => (await import("./contention.ts")).part },
  asked("journal", async () => (await import("./journal-cost.ts")).part),
  asked("postgres", async () => (await import("./postgres-cost.ts")).part),
  asked("resource", async () => (await import("./resource-cost.ts")).part),
  asked("scale", async () => (await import("./postgres-scale.ts")).part),
  asked("faults", async () => (await import("./faults.ts")).part),
];

function asked(name: string, load: PartPlace["load"]): PartPlace {
  return { name, seconds: 300, askedOnly: true, load };
}
