import type { CallOptions, CallValue } from "./call-options.ts";
import type { Call, KeyedCall, KeyedInvokeOptions } from "./defined-call.ts";
import { anchored } from "../ledger/store/locate.ts";
import { checkContract, effectWithinMs } from "./contract.ts";
import { type ContractOptions, type KeyParts } from "./contract-options.ts";
import { CallError, ConfigError } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import { faultOf } from "./fault.ts";
import { enterHost, letHostDie } from "../process/host-signals.ts";
import { leaseProblems, spansHosts } from "./lease-room.ts";
import { attachInside } from "./inside.ts";
import type { Definition } from "./invocation.ts";
import { lazily } from "../core/lazily.ts";
import { readOptions } from "../core/options.ts";
import type { Settled } from "../core/settled.ts";
import type { StandardSchema } from "../core/standard-schema.ts";
import { effectiveLimits } from "./effective-limits.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";

/**
 * Combines a callee and a contract into a function that makes the call. It checks the whole definition at once.
 *
 * @example
 * const backup = defineCall({
 *   name: "backup",
 *   callee: command("pg_dump", ["prod"]),
 *   timeout: { total: "1h", idle: "5m" },
 *   effects: "none",
 *   retry: { attempts: 3 },
 * });
 * const { value } = await backup();
 *
 * @throws ConfigError (`invalid_config`) whose `problems` lists everything that is wrong
 */
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  // For `async () => "absent"`: without a parameter of its own TypeScript widens the one answer to `string`.
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer> & { readonly key?: undefined },
): Call<Input, CallValue<Raw, Schema>, Details>;
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer> & {
    readonly replayWithoutValue?: false | undefined;
    readonly store?: "value" | undefined;
  },
): KeyedCall<Input, CallValue<Raw, Schema>, Details, CallValue<Raw, Schema>>;
export function defineCall<
  Input,
  Raw,
  Details extends object,
  const Schema extends StandardSchema | undefined = undefined,
  const Answer extends ProbeAnswer = ProbeAnswer,
>(
  options: CallOptions<Input, Raw, Details, Schema, Answer>,
): KeyedCall<Input, CallValue<Raw, Schema>, Details>;
export function defineCall<Input, Raw, Details extends object, Schema extends StandardSchema | undefined>(
  options: CallOptions<Input, Raw, Details, Schema>,
): Call<Input, CallValue<Raw, Schema>, Details> {
  type Value = CallValue<Raw, Schema>;
  const contract = options as unknown as ContractOptions;
  checkContract(contract);
  const definition: Definition<Input, Value, Details> = {
    name: options.name,
    callee: options.callee,
    effects: options.effects,
    probe: options.probe,
    effectWithinMs: effectWithinMs(options.effectWithin) ?? 0,
    output: options.output,
    evidence: options.evidence ?? [],
    ledger: anchored(options.ledger),
    store: options.store ?? "value",
    replayWithoutValue: options.replayWithoutValue ?? options.store === "hash",
    onInProgress: options.onInProgress ?? "fail",
    resource: options.resource,
    onBusy: options.onBusy ?? "wait",
    logger: options.logger,
  };

  const settleFor = async (
    requestedBy: string | undefined,
    input: Input,
    invoke: Partial<KeyedInvokeOptions>,
  ): Promise<Settled<Value, Details>> => {
    const host = enterHost();
    try {
      if (host.signal.aborted) await letHostDie();
      const limits = effectiveLimits(contract, process.env);
      checkInvoke(options.name, invoke);
      // A key function that returns undefined is an error: a call without a key would run without any guard.
      const isGiven = Object.hasOwn(invoke, "key");
      const parts = isGiven ? invoke.key : keyOf(options.name, options.key, input);
      const key = isGiven || options.key ? await readKey(options.name, parts) : undefined;
      const [{ runCall }, { logCall, logLevel, prepareLog }] = await loadPipeline();
      const level = logLevel(options.name, process.env);
      await prepareLog(level, options.logger);
      const settled = await runCall(definition, limits, {
        input,
        key,
        signal: invoke.signal,
        host: host.signal,
        requestedBy,
      });
      await logCall(settled, level, options.logger);
      return settled;
    } catch (error) {
      return error instanceof CallError ? error : faultOf(options.name, error);
    } finally {
      host.leave();
    }
  };
  const settle = async (input: Input, invoke: Partial<KeyedInvokeOptions> = {}) =>
    settleFor(undefined, input, invoke);
  const call = async (input: Input, invoke?: Partial<KeyedInvokeOptions>) => {
    const settled = await settle(input, invoke);
    if (settled instanceof CallError) throw settled;
    return settled;
  };
  attachInside<Input, Value, Details>(call, {
    name: options.name,
    hasKey: options.key !== undefined,
    store: definition.store,
    ledger: definition.ledger,
    logger: options.logger,
    stopMs: options.callee.stopMs,
    limits: () => effectiveLimits(contract, process.env),
    ledgerProblems: () => (spansHosts(definition.ledger) ? leaseProblems(options.callee) : []),
    settle: (input, { key, signal, requestedBy }) =>
      settleFor(requestedBy, input, { signal, ...(key !== undefined && { key }) }),
  });
  return Object.assign(call, { settle }) as Call<Input, Value, Details>;
}

function checkInvoke(name: string, invoke: unknown): void {
  // It has no fields of its own, so it would pass for options without a signal, and could not cancel the call.
  if (invoke instanceof AbortSignal)
    throw new ConfigError(name, ["the options of the call are an AbortSignal; give { signal }"]);
  const problems: string[] = [];
  let signal: unknown;
  try {
    ({ signal } = readOptions<KeyedInvokeOptions>(invoke, { signal: "anything", key: "anything" }, problems));
  } catch (error) {
    problems.push(`the options of the call cannot be read: reading them threw ${errorName(error)}`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal))
    problems.push("signal must be an AbortSignal");
  if (problems.length > 0) throw new ConfigError(name, problems);
}

function keyOf<Input>(
  name: string,
  key: ((input: Input) => KeyParts) | undefined,
  input: Input,
): KeyParts | undefined {
  try {
    return key?.(input);
  } catch (error) {
    throw new ConfigError(name, [`the key function threw ${errorName(error)}, so the call has no key`]);
  }
}

/** Loaded by the first call, so that a program that only defines calls starts fast. */
const loadPipeline = lazily(() => Promise.all([import("./run-call.ts"), import("../telemetry/log.ts")]));

const loadKeys = lazily(() => Promise.all([import("../ledger/key/key.ts"), import("./ledger-answers.ts")]));

async function readKey(name: string, parts: unknown): Promise<string> {
  const [{ toKey }, { asConfigError }] = await loadKeys();
  try {
    return toKey(parts as KeyParts);
  } catch (error) {
    throw asConfigError(name, error);
  }
}
