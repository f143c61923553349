import { parseForeignJson } from "../core/foreign.ts";
import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { parseDuration } from "../core/duration.ts";
import type { EffectWithin } from "../call/contract-options.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import type { Effects } from "../core/vocabulary.ts";
import { evidenceCommand } from "../evidence/command.ts";
import type { Evidence } from "../core/evidence.ts";
import { fileWritten } from "../evidence/file.ts";
import type { ProcessOptions } from "../callees/subprocess/options.ts";
import { shellProbe } from "./probe.ts";
import { HelpAsked, UsageError } from "./usage.ts";

type Flags = NonNullable<ParseArgsConfig["options"]>;

/** The flags that every call takes. */
export const CALL_FLAGS = {
  timeout: { type: "string" },
  "attempt-timeout": { type: "string" },
  "idle-timeout": { type: "string" },
  "kill-grace": { type: "string" },
  name: { type: "string" },
  effects: { type: "string", default: "once" },
  key: { type: "string" },
  attempts: { type: "string" },
  probe: { type: "string" },
  "effect-within": { type: "string" },
  "evidence-file": { type: "string", multiple: true },
  "evidence-command": { type: "string", multiple: true },
  "evidence-within": { type: "string" },
  ledger: { type: "string" },
  "max-output": { type: "string" },
  "max-input": { type: "string" },
  json: { type: "boolean", default: false },
  schema: { type: "string" },
  stdin: { type: "boolean", default: false },
  "leave-running": { type: "boolean", default: false },
  "fingerprint-cwd": { type: "string" },
  "fingerprint-env": { type: "string", multiple: true },
  "replay-without-output": { type: "boolean", default: false },
  "outcome-file": { type: "string" },
  "log-level": { type: "string" },
} as const satisfies Flags;

export type CallFlags = {
  [Flag in keyof typeof CALL_FLAGS]?: string | boolean | readonly string[] | undefined;
};

/**
 * Flags up to the first word that is none; what follows belongs to the command and is not looked at.
 *
 * @throws UsageError
 */
export function parseCommandLine<const F extends Flags>(args: readonly string[], flags: F) {
  const loose = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const asksForHelp = (token: (typeof loose.tokens)[number]) =>
    token.kind === "option" && (token.name === "help" || token.rawName === "-h");
  const end = loose.tokens.find((token) => token.kind !== "option")?.index ?? args.length;
  if (loose.tokens.some((token) => token.index < end && asksForHelp(token))) throw new HelpAsked();
  try {
    const { values } = parseArgs({ args: args.slice(0, end), options: flags, strict: true });
    return { values, rest: args.slice(args[end] === "--" ? end + 1 : end) };
  } catch (error) {
    throw new UsageError((error as Error).message.split("\n")[0]);
  }
}

/** The parts of a definition that the common flags give. Values are checked by the contract itself. */
export async function contractOf(flags: CallFlags) {
  const total = text(flags.timeout);
  if (total === undefined)
    throw new UsageError("--timeout is missing; every call needs one, such as --timeout 10m");
  const attempts = text(flags.attempts);
  const effects = oneOf("--effects", text(flags.effects), EFFECTS);
  return {
    timeout: { total, attempt: text(flags["attempt-timeout"]), idle: text(flags["idle-timeout"]) },
    effects,
    output: await outputSchema(flags, endOf(total)),
    evidence: evidenceOf(flags),
    ...gateOf(flags),
    retry: attempts === undefined ? undefined : { attempts: wholeNumber("--attempts", attempts) },
  };
}

function gateOf(flags: CallFlags) {
  const key = text(flags.key);
  const given = text(flags.probe);
  const probe = given === undefined ? undefined : shellProbe(script("--probe", given));
  const effectWithin = text(flags["effect-within"]);
  if (probe !== undefined && effectWithin === undefined) {
    throw new UsageError(
      "--probe needs --effect-within: for how long after an attempt's end its effect may still appear, such as 2m for a request " +
        "that has left, or none where a dead attempt can have no later effect",
    );
  }
  return {
    ...(key !== undefined && { key: () => key }),
    ...(probe !== undefined && { probe }),
    effectWithin: effectWithin as EffectWithin | undefined,
    ledger: text(flags.ledger),
    replayWithoutValue: flags["replay-without-output"] === true,
  };
}

function evidenceOf(flags: CallFlags): Evidence<unknown>[] {
  const within = text(flags["evidence-within"]);
  return [
    ...list(flags["evidence-file"]).map((file) => fileWritten(file, { within })),
    ...list(flags["evidence-command"]).map((given) =>
      evidenceCommand("/bin/sh", ["-c", script("--evidence-command", given)], { within }),
    ),
  ];
}

export function processOptionsOf(flags: CallFlags): ProcessOptions {
  for (const flag of ["fingerprint-cwd", "fingerprint-env"] as const) {
    if (flags.key === undefined && flags[flag] !== undefined)
      throw new UsageError(
        `--${flag} goes with --key: only a call with a key is compared with an earlier one`,
      );
  }
  const maxOutput = text(flags["max-output"]);
  return {
    killGrace: text(flags["kill-grace"]),
    maxOutput: maxOutput === undefined ? undefined : wholeNumber("--max-output", maxOutput),
    leftovers: flags["leave-running"] ? "leave" : "end",
    fingerprint: { cwd: text(flags["fingerprint-cwd"]), env: list(flags["fingerprint-env"]) },
  };
}

/** @throws UsageError */
export function maxInputOf(flags: CallFlags): number | undefined {
  const given = text(flags["max-input"]);
  return given === undefined ? undefined : wholeNumber("--max-input", given);
}

/** A script of nothing exits with 0, which would say that everything is there. */
function script(flag: string, given: string): string {
  const says = given.split("\n").some((line) => /^\s*[^\s#]/.test(line));
  if (says) return given;
  throw new UsageError(`${flag} is blank; give a shell command that looks`);
}

/** @throws UsageError */
export function wholeNumber(flag: string, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new UsageError(`${flag} is ${JSON.stringify(value)}; give a whole number`);
}

const EFFECTS = ["none", "keyed", "verifiable", "once"] as const satisfies readonly Effects[];

/** @throws UsageError */
export function oneOf<const Word extends string>(
  flag: string,
  given: string | undefined,
  words: readonly Word[],
): Word {
  const word = words.find((known) => known === given);
  if (word !== undefined) return word;
  throw new UsageError(`${flag} is ${JSON.stringify(given)}; give one of ${words.join(", ")}`);
}

/** Refuses what a variable gives that is not set: `--model "$MODEL"`. @throws UsageError */
export function visible(flag: string, given: string | undefined): string | undefined {
  if (given === undefined || given.trim() !== "") return given;
  throw new UsageError(`${flag} is blank; leave it out, or give it a value`);
}

const list = (value: CallFlags[keyof CallFlags]): readonly string[] => (Array.isArray(value) ? value : []);

export const text = (value: CallFlags[keyof CallFlags]): string | undefined =>
  typeof value === "string" ? value : undefined;

/** On the clock of `performance.now()`. A timeout that cannot be read is refused with the rest of the contract. */
function endOf(total: string): number {
  const parsed = parseDuration(total);
  return performance.now() + ("ms" in parsed ? parsed.ms : 0);
}

async function outputSchema(flags: CallFlags, endsAt: number): Promise<StandardSchema | undefined> {
  const file = text(flags.schema);
  if (file === undefined) return flags.json ? ANY_JSON : undefined;
  const schema = readSchema(file);
  // Loaded for a schema only.
  const { jsonSchema } = await import("./json-schema.ts");
  try {
    return await jsonSchema(schema, endsAt);
  } catch (error) {
    const why = (error as Error).message;
    throw new UsageError(`--schema ${JSON.stringify(file)} is no JSON Schema that can be checked: ${why}`);
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
  throw new UsageError(`--schema ${JSON.stringify(file)} holds no JSON object`);
}
