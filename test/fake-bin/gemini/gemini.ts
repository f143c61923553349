import { join } from "node:path";
import { FAKE_BIN, type FakeOptions, runFake, type Started, startFake } from "../harness.ts";

export const FAKE_GEMINI = join(FAKE_BIN, "gemini/gemini");

export interface GeminiFakeOptions extends FakeOptions {
  /** Let the fake start itself again as a child, as the real CLI does by default. */
  readonly relaunch?: boolean;
}

const gemini = ({ mode, env, relaunch = false, ...options }: GeminiFakeOptions): FakeOptions => ({
  executable: FAKE_GEMINI,
  ...options,
  env: {
    FAKE_GEMINI_MAX_LIFETIME_MS: "20000",
    ...(relaunch ? {} : { GEMINI_CLI_NO_RELAUNCH: "true" }),
    ...(mode === undefined ? {} : { FAKE_GEMINI_MODE: mode }),
    ...env,
  },
});

/** Starts the fake gemini as a real process. */
export const startGemini = (args: readonly string[], options: GeminiFakeOptions = {}): Started =>
  startFake(args, gemini(options));

/** Runs the fake gemini to its end. */
export const runGemini = (args: readonly string[], options: GeminiFakeOptions = {}) =>
  runFake(args, gemini(options));
