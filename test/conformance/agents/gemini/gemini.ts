import { fileURLToPath } from "node:url";
import type { Agent } from "../agent.ts";
import accepted from "./accepted.json" with { type: "json" };
import { CONDITIONS } from "./conditions.ts";
import { cleanEnvironment, DEFAULT_VERSION, homeFiles, installGenuine, PACKAGE } from "./genuine.ts";
import { rules } from "./rules.ts";
import { spokenIn } from "./spoken.ts";

export const gemini: Agent = {
  name: "gemini",
  package: PACKAGE,
  version: DEFAULT_VERSION,
  fakeVersions: [DEFAULT_VERSION],
  install: installGenuine,
  fake: fileURLToPath(new URL("../../../../fake-bin/gemini/gemini", import.meta.url)),
  variables: "FAKE_GEMINI",
  gateway: "gemini-api",
  environment: cleanEnvironment,
  homeFiles,
  rules,
  read: ["init.*", "message.role", "message.content", "tool_use.*", "tool_result.*", "error.*", "result.*"],
  spokenIn,
  conditions: CONDITIONS,
  accepted,
};
