import { fileURLToPath } from "node:url";
import type { Agent } from "../agent.ts";
import accepted from "./accepted.json" with { type: "json" };
import { CONDITIONS } from "./conditions.ts";
import { cleanEnvironment, DEFAULT_VERSION, FAKE_VERSIONS, installGenuine, PACKAGE } from "./genuine.ts";
import { rules } from "./rules.ts";
import { spokenIn } from "./spoken.ts";

export const claude: Agent = {
  name: "claude",
  package: PACKAGE,
  version: DEFAULT_VERSION,
  fakeVersions: FAKE_VERSIONS,
  install: installGenuine,
  fake: fileURLToPath(new URL("../../../../fake-bin/claude", import.meta.url)),
  variables: "FAKE_CLAUDE",
  gateway: "anthropic-api",
  environment: cleanEnvironment,
  rules,
  // src/callees/claude/result-event.ts and transcript.ts
  read: [
    "*.session_id",
    "assistant.error",
    "assistant.message.content*",
    "rate_limit_event.rate_limit_info.*",
    "result.api_error*",
    "result.errors.0",
    "result.is_error",
    "result.num_turns",
    "result.permission_denials*",
    "result.result",
    "result.result_index",
    "result.stop_reason",
    "result.structured_output*",
    "result.subtype",
    "result.terminal_reason",
    "result.total_cost_usd",
    "result.usage",
    "system/init.model",
  ],
  spokenIn,
  conditions: CONDITIONS,
  accepted,
};
