export { claude } from "./callees/claude/claude.ts";
export type { ClaudeDetails } from "./callees/claude/details.ts";
export type { ClaudeOptions } from "./callees/claude/arguments.ts";
export type { ClaudeEvent } from "./callees/claude/events.ts";
export { codex } from "./callees/codex/codex.ts";
export type { CodexDetails } from "./callees/codex/details.ts";
export type { CodexEvent } from "./callees/codex/events.ts";
export type { CodexOptions } from "./callees/codex/options.ts";
export { gemini } from "./callees/gemini/gemini.ts";
export type { GeminiDetails } from "./callees/gemini/details.ts";
export type { GeminiEvent } from "./callees/gemini/events.ts";
export type { GeminiOptions } from "./callees/gemini/options.ts";
export type { AgentDetails, PermissionDenial } from "./callees/agent/details.ts";
export type { AgentEvent } from "./callees/agent/events.ts";
export type { AgentInput, ClaudeInput } from "./callees/agent/input.ts";
export type { AgentOptions } from "./callees/agent/options.ts";
export type { AgentKind, CalleeKind } from "./core/callee-kind.ts";
export { command, type CommandOptions } from "./callees/command.ts";
export { job } from "./callees/job/job.ts";
export {
  jobError,
  type EndedJob,
  type JobCall,
  type JobDriver,
  type JobFacts,
  type JobProgress,
  type JobResult,
  type JobStatus,
} from "./callees/job/driver.ts";
export type { JobOptions } from "./callees/job/settings.ts";
export { task, type TaskContext, type TaskOptions } from "./callees/task.ts";
export type { AttemptContext, Callee, Candidate, Failure, Report } from "./core/callee.ts";
export { defineCall } from "./call/define-call.ts";
export {
  type Call,
  type InvokeOptions,
  type KeyedCall,
  type KeyedInvokeOptions,
} from "./call/defined-call.ts";
export { type CallOptions, type CallValue } from "./call/call-options.ts";
export {
  runClaude,
  runCodex,
  runCommand,
  runGemini,
  type RunClaudeOptions,
  type RunCodexOptions,
  type RunCommandOptions,
  type RunGeminiOptions,
} from "./call/run-once.ts";
export type { Circuit } from "./core/circuit.ts";
export { CallError, ConfigError } from "./core/errors.ts";
export type { StopCause } from "./core/stop-cause.ts";
export { rejected, type RejectedOptions } from "./core/rejected.ts";
export type { Duration } from "./core/duration.ts";
export type { KeyParts, Timeout } from "./call/contract-options.ts";
export {
  type AttemptRecord,
  type CallFacts,
  type CallResult,
  type KeyedResult,
  type Replay,
} from "./core/result.ts";
export { describeOutcome, type Settled } from "./core/settled.ts";
export type { RetryOptions } from "./call/retry.ts";
export type { SchemaIssue, StandardSchema } from "./core/standard-schema.ts";
export type { Evidence, EvidenceContext, FoundEvidence } from "./core/evidence.ts";
export { evidenceCommand, type EvidenceCommandOptions } from "./evidence/command.ts";
export { eventually, type SettlingOptions } from "./evidence/eventually.ts";
export { fileWritten, type FileOptions } from "./evidence/file.ts";
export { httpFound, type HttpOptions } from "./evidence/http.ts";
export { rowsExist, type PreparingClient, type QueryingClient, type RowsOptions } from "./evidence/rows.ts";
export type { Effect, Effects, ErrorCode, Outcome, ProbeAnswer } from "./core/vocabulary.ts";
export type { FingerprintOptions } from "./callees/subprocess/fingerprint.ts";
export type { ProcessOptions } from "./callees/subprocess/options.ts";
export type { Probe } from "./call/invocation.ts";
export {
  dedupe,
  type CheckOptions,
  type Dedupe,
  type DedupeOptions,
  type OnceOptions,
  type ReservationOptions,
} from "./dedupe/dedupe.ts";
export type { OnceProbe, Publish } from "./dedupe/once.ts";
export type { DedupeVerdict, DuplicateContent, NewContent, PendingContent } from "./dedupe/verdict.ts";
export {
  CHANNELS,
  type AgentFacts,
  type AttemptTrace,
  type CallTrace,
  type LedgerTrace,
  type TraceError,
} from "./telemetry/channels.ts";
export type { Logger } from "./core/logger.ts";
export { openLedger } from "./ledger/open-ledger.ts";
export { defineResource } from "./resources/define-resource.ts";
export type {
  BreakerOptions,
  BudgetOptions,
  CallCost,
  RateOptions,
  Resource,
  ResourceOptions,
} from "./resources/options.ts";
export { keyFor, type KeyPart } from "./ledger/key/key.ts";
export type { LedgerStore } from "./ledger/store/store.ts";
