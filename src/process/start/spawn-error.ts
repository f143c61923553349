/** Why a process could not be started. */
export type SpawnFailureKind = "not_found" | "not_executable" | "no_resources" | "too_large" | "other";

/** A start that failed. Unlike Node's own error it holds no arguments, so it may be logged. */
export class SpawnError extends Error {
  readonly kind: SpawnFailureKind;
  readonly code: string;

  constructor(kind: SpawnFailureKind, code: string, message: string) {
    super(message);
    this.name = "SpawnError";
    this.kind = kind;
    this.code = code;
  }
}

const NO_RESOURCES: ReadonlySet<string> = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"]);

/** The error of a system that is short of something. */
export function noResources(code: string): SpawnError | undefined {
  if (!NO_RESOURCES.has(code)) return undefined;
  const message = `the system has no process, memory or descriptor left (${code})`;
  return new SpawnError("no_resources", code, message);
}
