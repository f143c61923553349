/**
 * What an install and an import may cost. A budget is what the package needs today and a quarter more: documentation
 * and examples grow, a dependency or a bundled file by mistake shows. Raise one in the commit that needs it, and say why there.
 */
export const INSTALL = {
  /** The tarball, in bytes: what npm downloads. */
  // The dashboard: 0.12 MB are the pictures in its documentation, 0.02 MB its page.
  // The fakes of codex and gemini, with their APIs: 0.15 MB.
  // The command line has a copy of the library's code, in files of its own, which start in half the time: 0.11 MB.
  packed: 1_600_000,
  /** What npm writes, in bytes. */
  // 0.8 MB are the command line's copy, and 0.06 MB the charts of the benchmarks.
  unpacked: 5_200_000,
  // 116 of them are examples, most of them small rules and configurations; 505 are declarations; 213 are the fakes of three command lines
  // and four APIs, which answer what the genuine clients and SDKs ask, an endpoint or a control request each.
  files: 1180,
} as const;

/** What may be in the tarball: files by name, folders with all that is in them. */
export const CONTENTS = [
  "dist/",
  "docs/",
  "examples/",
  "fake-bin/",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "package.json",
  "resources.schema.json",
];

/**
 * What an entry loads when it is imported, before anything is called. zod and pino each take longer to load than
 * the whole root, so a process that only defines a call would wait for what it may never use.
 */
export const EAGER: Readonly<
  Record<string, { readonly packages: readonly string[]; readonly ownBytes: number }>
> = {
  // 2 kB are the names that no file may have on Windows: the path of a ledger is checked where a call is defined.
  // 3 kB are the limits of a command line, the exit codes and the advice for Windows: checked, or said, without a wait.
  hardcall: { packages: [], ownBytes: 168_000 },
  "hardcall/bigquery": { packages: [], ownBytes: 190_000 },
  "hardcall/otel": { packages: ["@opentelemetry/api"], ownBytes: 178_000 },
  "hardcall/pg-boss": { packages: [], ownBytes: 175_000 },
  // The rules of the ledger, its statements, its schema and what each error of a server means: 140 kB beside the root. The process tables of
  // all systems: 18 kB. A ledger asks within a transaction whether an owner lives, so they are there before.
  "hardcall/postgres": { packages: ["p-timeout"], ownBytes: 365_000 },
  "hardcall/sentinel": { packages: ["p-timeout", "zod"], ownBytes: 400_000 },
  // The build gives every entry the root's file, so that the root stays one file: see tsup.config.ts.
  // Beside it, memoryLedger() needs the rules of the ledger, with its resources and its journal: 62 kB; and the process tables: 18 kB.
  "hardcall/testing": { packages: [], ownBytes: 265_000 },
};

/**
 * What the root does not import, though Node has loaded some of it itself: an import reads all that a module exports, and some of that
 * Node loads only when it is read, in 1 to 2 ms each.
 */
export const LATE_IN_ROOT = ["node:buffer", "node:crypto", "node:fs", "node:util"];

/** What no entry loads before it is needed, though Node has it. */
export const LATE_BUILTINS = [
  "node:child_process",
  "node:http",
  "node:https",
  "node:sqlite",
  "node:worker_threads",
];
