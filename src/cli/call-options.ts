import { parseForeignJson } from "../core/foreign.ts";
import { readFileSync } from "node:fs";
import { parseDuration } from "../core/duration.ts";
import type { EffectWithin } from "../call/contract-options.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import { evidenceCommand } from "../evidence/command.ts";
import type { Evidence } from "../core/evidence.ts";
import { fileWritten } from "../evidence/file.ts";
import type { ProcessOptions } from "../callees/subprocess/options.ts";
import { shellInvocation } from "../process/start/shell.ts";
import { shellProbe } from "./probe.ts";
import type { EVIDENCE, LIMITS, OUTPUT, PROCESSES, REPEATS, REPORTING, SHARED } from "./interface/call.ts";
import type { ValuesOf } from "./interface/command.ts";
import { UsageError } from "./interface/usage-error.ts";

/** What every call is given. */
type CallValues = ValuesOf<
  readonly {
    readonly title: string;
    readonly options:
      | typeof LIMITS
      | typeof REPEATS
      | typeof SHARED
      | typeof EVIDENCE
      | typeof OUTPUT
      | typeof PROCESSES
      | typeof REPORTING;
  }[]
>;

/**
 * The parts of a definition that the common flags give. Values are checked by the contract itself.
 *
 * @param reportsCost whether the callee tells what it cost
 */
export async function contractOf(flags: CallValues, reportsCost: boolean) {
  const { timeout: total, effects, attempts } = flags;
  if (total === undefined)
    throw new UsageError("--timeout is missing; every call needs one, such as --timeout 10m");
  return {
    timeout: { total, attempt: flags["attempt-timeout"], idle: flags["idle-timeout"] },
    effects,
    output: await outputSchema(flags, endOf(total)),
    evidence: evidenceOf(flags),
    ...gateOf(flags),
    ...(await sharedOf(flags, reportsCost)),
    // Without the option the environment decides.
    journal: flags.journal ? true : undefined,
    retry: attempts === undefined ? undefined : { attempts },
  };
}

function gateOf(flags: CallValues) {
  const { key, ledger, "effect-within": effectWithin } = flags;
  const probe = flags.probe === undefined ? undefined : shellProbe(script("--probe", flags.probe));
  if (probe !== undefined && effectWithin === undefined) {
    throw new UsageError(
      "--probe needs --effect-within: how long after an attempt its effect may still appear, such as 2m for a request on its " +
        "way, or none if an ended attempt can have no later effect",
    );
  }
  return {
    ...(key !== undefined && { key: () => key }),
    ...(probe !== undefined && { probe }),
    effectWithin: effectWithin as EffectWithin | undefined,
    ledger,
    replayWithoutValue: flags["replay-without-output"],
  };
}

/** The resource that a call waits for before its first attempt. With a probe it may wait for that instead. */
export const awaitedResource = ({ resource, probe }: CallValues): string | undefined =>
  probe === undefined ? resource : undefined;

async function sharedOf({ resource: name, "on-busy": onBusy }: CallValues, reportsCost: boolean) {
  if (name === undefined) {
    if (onBusy !== undefined) throw new UsageError("--on-busy needs --resource");
    return undefined;
  }
  // Loaded for a resource only.
  const { resourceNamed } = await import("./resources-file.ts");
  return { resource: resourceNamed(name, reportsCost), onBusy };
}

function evidenceOf(flags: CallValues): Evidence<unknown>[] {
  const { "evidence-within": within, "evidence-file": files, "evidence-command": commands } = flags;
  if (within !== undefined && files.length + commands.length === 0)
    throw new UsageError("--evidence-within needs --evidence-file or --evidence-command");
  return [
    ...files.map((file) => fileWritten(pathOf(file), { within })),
    ...commands.map((given) => {
      const { file, args } = shellInvocation(script("--evidence-command", given));
      return evidenceCommand(file, args, { within });
    }),
  ];
}

/** @throws UsageError */
export function processOptionsOf(flags: CallValues): ProcessOptions {
  const { "fingerprint-cwd": cwd, "fingerprint-env": env } = flags;
  if (flags.key === undefined && (cwd !== undefined || env.length > 0))
    throw new UsageError(
      `--fingerprint-${cwd === undefined ? "env" : "cwd"} needs --key: only a call with a key is compared with an earlier one`,
    );
  return {
    killGrace: flags["kill-grace"],
    maxOutput: flags["max-output"],
    leftovers: flags["leave-running"] ? "leave" : "end",
    fingerprint: { cwd, env },
  };
}

/** An empty variable, as in `--evidence-file "$OUT"`. @throws UsageError */
function pathOf(file: string): string {
  if (file.trim() !== "") return file;
  throw new UsageError("--evidence-file is blank; name the file that must be there after the call");
}

/** A script of nothing exits with 0, which would say that everything is there. */
function script(flag: string, given: string): string {
  const says = given.split("\n").some((line) => /^\s*[^\s#]/.test(line));
  if (says) return given;
  throw new UsageError(`${flag} is blank; give a shell command that looks for the result`);
}

/** On the clock of `performance.now()`. A timeout that cannot be read is refused with the rest of the contract. */
function endOf(total: string): number {
  const parsed = parseDuration(total);
  return performance.now() + ("ms" in parsed ? parsed.ms : 0);
}

async function outputSchema(
  { schema: file, json }: CallValues,
  endsAt: number,
): Promise<StandardSchema | undefined> {
  if (file === undefined) return json ? ANY_JSON : undefined;
  const schema = readSchema(file);
  // Loaded for a schema only.
  const { jsonSchema } = await import("./json-schema.ts");
  try {
    return await jsonSchema(schema, endsAt);
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(
      `--schema ${JSON.stringify(file)} is not a JSON Schema that hardcall can check: ${why}`,
    );
  }
}

const ANY_JSON: StandardSchema = {
  "~standard": { version: 1, vendor: "hardcall", validate: (value) => ({ value }) },
};

function readSchema(file: string): Record<string, unknown> {
  try {
    const schema: unknown = parseForeignJson(readFileSync(file, "utf8"));
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema))
      return schema as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(
      `--schema ${JSON.stringify(file)} cannot be read as JSON: ${(error as Error).message}`,
    );
  }
  throw new UsageError(`--schema ${JSON.stringify(file)} is not a JSON object; a JSON Schema is one`);
}
