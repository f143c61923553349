import { fileURLToPath } from "node:url";
import type { Agent } from "../agent.ts";
import accepted from "./accepted.json" with { type: "json" };
import { CONDITIONS } from "./conditions.ts";
import { cleanEnvironment, DEFAULT_VERSION, homeFiles, installGenuine, PACKAGE } from "./genuine.ts";
import { rules } from "./rules.ts";
import { spokenIn } from "./spoken.ts";

export const codex: Agent = {
  name: "codex",
  package: PACKAGE,
  version: DEFAULT_VERSION,
  fakeVersions: [DEFAULT_VERSION],
  install: installGenuine,
  fake: fileURLToPath(new URL("../../../../fake-bin/codex/codex", import.meta.url)),
  variables: "FAKE_CODEX",
  gateway: "responses-api",
  environment: cleanEnvironment,
  homeFiles,
  rules,
  read: ["thread.started*", "item.*", "turn.completed*", "turn.failed*", "error*"],
  spokenIn,
  conditions: CONDITIONS,
  accepted,
};
