import type { Accepted } from "../accepted.ts";
import type { Condition } from "../condition.ts";
import type { Rules } from "../normalise.ts";

/** Where a run takes place. */
export interface Place {
  /** Its HOME, new for each condition. The run's folder is `work` in it. */
  readonly home: string;
  readonly gateway: string;
}

/** What the comparison has to know of one agent on the command line. */
export interface Agent {
  readonly name: "claude" | "codex" | "gemini";
  /** The package of npm that is asked what the newest version is. */
  readonly package: string;
  /** The version that the fake speaks as. */
  readonly version: string;
  /** The versions that the fake can be asked for, by the variable VERSION. */
  readonly fakeVersions: readonly string[];
  /** Path of the published CLI of that version, fetched into the user's cache when it is not there yet. */
  install(version: string): Promise<string>;
  /** Path of the fake CLI. */
  readonly fake: string;
  /** What the names of the fake's variables begin with: FAKE_CLAUDE. */
  readonly variables: string;
  /** The fake model API, in fake-bin. */
  readonly gateway: string;
  /**
   * The whole environment of a run, so that nothing of the person who starts it (keys, settings, a surrounding
   * session) can change what is seen.
   */
  environment(place: Place): Readonly<Record<string, string>>;
  /** The settings that the CLI finds in its home, with the condition's changes: path from there to content. */
  homeFiles?(place: Place, condition: Condition): Readonly<Record<string, string>>;
  readonly rules: Rules;
  /** The fields of events that hardcall reads, as `label.path` with `*` for anything: what a change of them does, a caller sees. */
  readonly read: readonly string[];
  /** Arguments of the gateway that make it say what this line of the fake's output says. */
  spokenIn(event: Readonly<Record<string, unknown>>): readonly string[];
  readonly conditions: readonly Condition[];
  /** Differences that the fake has on purpose. */
  readonly accepted: readonly Accepted[];
}
