export {
  fakeAnthropicApi,
  type FakeAnthropicApi,
  type FakeAnthropicApiOptions,
  type FakeApiRequest,
} from "./fake-anthropic-api.ts";
export {
  fakeBigQuery,
  type FakeBigQuery,
  type FakeBigQueryField,
  type FakeBigQueryOptions,
  type FakeBigQueryReport,
} from "./fake-bigquery.ts";
export { fakeClaude, type FakeClaude, type FakeClaudeCall, type FakeClaudeOptions } from "./fake-claude.ts";
export type { FakeServer } from "./fake-server.ts";
export { memoryLedger } from "./memory-ledger.ts";
