import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  FAKE_BIN,
  startFake,
  temporaryFolder,
  type FakeOptions,
  type Run,
  type Started,
} from "../harness.ts";

export const FAKE_CODEX = join(FAKE_BIN, "codex/codex");

/** The config.toml of the observed runs, unless one says otherwise. */
export const USUAL_CONFIG = `model = "gpt-5.5"
model_provider = "mock"
analytics.enabled = false
features.plugins = false
[model_providers.mock]
name = "mock"
base_url = "http://gateway.test:8080/v1"
env_key = "MOCK_API_KEY"
wire_api = "responses"
request_max_retries = 1
stream_max_retries = 1
stream_idle_timeout_ms = 3000
`;

/** A home with a config.toml. */
export function codexHome(config = USUAL_CONFIG): string {
  const home = temporaryFolder();
  mkdirSync(join(home, ".codex"));
  writeFileSync(join(home, ".codex/config.toml"), config);
  return home;
}

/** Starts the fake codex; without `HOME` in its environment it has a home with the usual config.toml. */
export function startCodex(args: readonly string[], { mode, env, ...options }: FakeOptions = {}): Started {
  return startFake(args, {
    executable: FAKE_CODEX,
    ...options,
    env: {
      HOME: env?.["HOME"] ?? codexHome(),
      FAKE_CODEX_MAX_LIFETIME_MS: "20000",
      ...(mode === undefined ? {} : { FAKE_CODEX_MODE: mode }),
      ...env,
    },
  });
}

/** Runs the fake codex to its end. */
export const runCodex = (args: readonly string[], options?: FakeOptions): Promise<Run> =>
  startCodex(args, options).ended;

/** A run with the flags that every test needs. */
export const runExec = (more: readonly string[], options?: FakeOptions): Promise<Run> =>
  runCodex(["exec", "--skip-git-repo-check", ...more], options);
