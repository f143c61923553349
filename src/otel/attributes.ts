import type { Attributes } from "@opentelemetry/api";
import { isAgent } from "../core/callee-kind.ts";
import type { AgentFacts, AttemptTrace, CallTrace } from "../telemetry/channels.ts";
import { AGENT, ATTRIBUTE } from "./names.ts";

/** The attributes that are known when a call starts. */
export function callAttributes({
  name,
  callId,
  callee,
  effects,
  keySha256,
  resource,
}: CallTrace): Attributes {
  return without({
    [ATTRIBUTE.callName]: name,
    [ATTRIBUTE.callId]: callId,
    [ATTRIBUTE.callee]: callee,
    [ATTRIBUTE.effects]: effects,
    [ATTRIBUTE.keySha256]: keySha256,
    [ATTRIBUTE.resource]: resource,
  });
}

/** The attributes that are known when a call has settled. */
export function outcomeAttributes(trace: CallTrace): Attributes {
  return without({
    [ATTRIBUTE.outcome]: trace.outcome,
    [ATTRIBUTE.effect]: trace.effect,
    [ATTRIBUTE.errorType]: trace.error?.code,
    [ATTRIBUTE.attempts]: trace.attempts,
    [ATTRIBUTE.ofCallId]: trace.ofCallId,
    [ATTRIBUTE.evidence]: trace.evidence && [...trace.evidence],
    [ATTRIBUTE.costUsd]: trace.costUsd,
    [ATTRIBUTE.waitedMs]: trace.waitedMs,
  });
}

/** The attributes that are known when an attempt starts. */
export function attemptAttributes(trace: AttemptTrace): Attributes {
  return without({
    [ATTRIBUTE.callName]: trace.name,
    [ATTRIBUTE.callId]: trace.callId,
    [ATTRIBUTE.callee]: trace.callee,
    [ATTRIBUTE.attempt]: trace.attempt,
    [ATTRIBUTE.executable]: trace.executable,
    ...agentAttributes(trace),
  });
}

/** The attributes that are known when an attempt has ended. */
export function endAttributes(trace: AttemptTrace): Attributes {
  return without({
    [ATTRIBUTE.effect]: trace.effect,
    [ATTRIBUTE.errorType]: trace.error?.code,
    [ATTRIBUTE.pid]: trace.pid,
    [ATTRIBUTE.exitCode]: trace.exitCode,
    [ATTRIBUTE.signal]: trace.signal,
    [ATTRIBUTE.stdoutBytes]: trace.stdoutBytes,
    [ATTRIBUTE.evidence]: trace.evidence && [...trace.evidence],
    [ATTRIBUTE.costUsd]: trace.costUsd,
    ...(trace.agent && answerAttributes(trace.agent)),
  });
}

/** The attributes of the metrics of an agent's run; of another callee none. */
export function agentAttributes({ callee, requestModel, agent }: AttemptTrace): Attributes {
  if (!isAgent(callee)) return {};
  return without({
    [ATTRIBUTE.operation]: AGENT.operation,
    [ATTRIBUTE.provider]: AGENT.provider[callee],
    [ATTRIBUTE.requestModel]: requestModel,
    [ATTRIBUTE.responseModel]: agent?.model,
  });
}

/** All input tokens, with the cached ones, as the GenAI conventions count them. */
export function inputTokens({ input, cacheRead, cacheCreation }: NonNullable<AgentFacts["tokens"]>): number {
  return input + cacheRead + cacheCreation;
}

function answerAttributes({ model, sessionId, stopReason, tokens }: AgentFacts): Attributes {
  return {
    [ATTRIBUTE.responseModel]: model,
    [ATTRIBUTE.conversation]: sessionId,
    [ATTRIBUTE.finishReasons]: stopReason === undefined ? undefined : [stopReason],
    ...(tokens && {
      [ATTRIBUTE.inputTokens]: inputTokens(tokens),
      [ATTRIBUTE.outputTokens]: tokens.output,
      [ATTRIBUTE.cacheReadTokens]: tokens.cacheRead,
      [ATTRIBUTE.cacheCreationTokens]: tokens.cacheCreation,
    }),
  };
}

/** The attributes without those that are undefined. */
export function without(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
