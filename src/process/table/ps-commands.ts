/**
 * How one system's `ps` is asked. Each column is an option of its own with an empty header, so that no header line is printed. In POSIX
 * the text after `=` reaches to the end of the option.
 */
export interface PsCommands {
  readonly of: "macOS" | "FreeBSD" | "procps" | "busybox";
  /** Whether it prints start times. Without them a pid is not told from the same pid of a later process. */
  readonly startTimes: boolean;
  /** Where a command line has the environment; `undefined` where it cannot be printed. */
  readonly environment: "after the arguments" | "before the arguments" | undefined;
  /** Every process, with command line and environment where `environment` says so. */
  readonly all: readonly string[];
  /** The columns of some processes without their command lines; `undefined` where some cannot be asked for. */
  readonly some: ((pids: readonly number[]) => readonly string[]) | undefined;
  /** Some processes with their command lines and without their environments. */
  readonly commandLines: ((pids: readonly number[]) => readonly string[]) | undefined;
}

const columns = (names: readonly string[]) => names.flatMap((name) => ["-o", `${name}=`]);

const FACTS = columns(["pid", "ppid", "pgid", "stat", "lstart"]);
const COMMAND_LINE = columns(["args"]);
const list = (pids: readonly number[]) => ["-p", pids.join(",")];

/** macOS, FreeBSD and procps differ in the option for the environment alone. `ww`: as wide as it is. */
const known = (
  of: PsCommands["of"],
  all: readonly string[],
  environment: PsCommands["environment"],
): PsCommands => ({
  of,
  startTimes: true,
  environment,
  all: [...all, ...FACTS, ...COMMAND_LINE],
  some: (pids) => [...FACTS, ...list(pids)],
  commandLines: (pids) => ["-ww", ...FACTS, ...COMMAND_LINE, ...list(pids)],
});

/**
 * ps(1) of macOS: "-E Display the environment as well". It shows the environment of the user's own processes, except of those that System
 * Integrity Protection restricts, such as `/bin/sh`.
 */
export const MACOS = known("macOS", ["-axwwE"], "after the arguments");

/** ps(1) of FreeBSD: "-e Display the environment as well", and it comes first. */
export const FREEBSD = known("FreeBSD", ["-axwwe"], "before the arguments");

/** ps(1) of procps, where `e` without a dash shows the environment, and `-e` is another option. */
export const PROCPS = known("procps", ["axwwe"], "after the arguments");

/** `busybox ps` has neither `lstart` nor an option for the environment, and cannot be asked for one process. */
export const BUSYBOX: PsCommands = {
  of: "busybox",
  startTimes: false,
  environment: undefined,
  all: ["ps", ...columns(["pid", "ppid", "pgid", "stat"])],
  some: undefined,
  commandLines: undefined,
};
