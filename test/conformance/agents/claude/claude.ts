import { fileURLToPath } from "node:url";
import type { Agent } from "../agent.ts";
import accepted from "./accepted.json" with { type: "json" };
import { CONDITIONS } from "./conditions.ts";
import { cleanEnvironment, DEFAULT_VERSION, installGenuine, PACKAGE } from "./genuine.ts";
import { rules } from "./rules.ts";
import { spokenIn } from "./spoken.ts";

export const claude: Agent = {
  name: "claude",
  package: PACKAGE,
  version: DEFAULT_VERSION,
  install: installGenuine,
  fake: fileURLToPath(new URL("../../../../fake-bin/claude", import.meta.url)),
  variables: "FAKE_CLAUDE",
  gateway: "anthropic-api",
  environment: cleanEnvironment,
  rules,
  spokenIn,
  conditions: CONDITIONS,
  accepted,
};
