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
export {
  fakeClaude,
  fakeCodex,
  fakeGemini,
  type FakeAgent,
  type FakeAgentCall,
  type FakeAgentOptions,
  type FakeClaude,
  type FakeClaudeCall,
  type FakeClaudeOptions,
} from "./fake-agent.ts";
export type { FakeServer } from "./fake-server.ts";
export { memoryLedger } from "./memory-ledger.ts";
