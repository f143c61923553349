import path from "node:path";
import { optionName } from "../../core/wording.ts";
import { blankItemProblems, blankProblems, isUuid } from "../agent/input.ts";
import { ownFlagProblems, type OwnFlags } from "../agent/own-flags.ts";
import type { CodexOptions } from "./options.ts";

const SANDBOXES: readonly unknown[] = ["read-only", "workspace-write", "danger-full-access"];

const OWN: OwnFlags = [
  [/^--(?:json|experimental-json)$/, "hardcall sets it"],
  [/^(?:--output-last-message(?:=|$)|-o)/, "hardcall reads the last message from the events"],
  [/^--output-schema(?:=|$)/, "give the contract's schema instead"],
  [/^--skip-git-repo-check$/, "hardcall sets it"],
  [/^(?:--cd(?:=|$)|-C)/, "give the working folder of the call instead"],
  [/^(?:resume|fork|--last|--all)$/, "give the id of the thread as resume instead"],
  [/^(?:review|help|--help|-h|--version|-V)$/, "with it codex does something else"],
  [/^--?$/, "the prompt goes over stdin"],
];

/** What is wrong with the options, a sentence without full stop each. */
export function codexOptionProblems(options: CodexOptions): string[] {
  const { sandbox, profile, reasoningEffort, addDirs, images, config = {}, resume, extraArgs = [] } = options;
  return [
    ...blankProblems({
      [optionName("profile")]: profile,
      [optionName("reasoningEffort")]: reasoningEffort,
    }),
    ...blankItemProblems({ [optionName("addDirs")]: addDirs, [optionName("images")]: images }),
    ...(sandbox === undefined || SANDBOXES.includes(sandbox)
      ? []
      : [`${optionName("sandbox")} must be "read-only", "workspace-write" or "danger-full-access"`]),
    ...Object.entries(config).flatMap(([key, value]) => settingProblems(key, value)),
    ...ownFlagProblems(extraArgs, OWN),
    ...threadProblems(resume),
  ];
}

/**
 * codex takes a word that is no id for a thread's name, and begins a new thread where it knows none of that name.
 */
export function threadProblems(resume: string | undefined): string[] {
  if (resume === undefined || resume.trim() === "" || isUuid(resume)) return [];
  return [
    `${optionName("resume")} must be the id of a thread (a UUID); for a name that it does not know codex begins a new thread`,
  ];
}

/** Looked for at each call: codex goes on without an image that is not there, and says nothing (observed run image-missing). */
export function imageProblems({ images = [], cwd = process.cwd() }: CodexOptions): string[] {
  const { existsSync } = process.getBuiltinModule("node:fs");
  const missing = images.findIndex((image) => !existsSync(path.resolve(cwd, image)));
  if (missing === -1) return [];
  return [
    `file ${missing + 1} of ${optionName("images")} is not there; codex would answer without it and not say so`,
  ];
}

function settingProblems(key: string, value: unknown): string[] {
  if (key.trim() === "" || key.includes("="))
    return [`${optionName("config")} has a key that is blank or has a "="`];
  const fits =
    typeof value === "string" ||
    typeof value === "boolean" ||
    (typeof value === "number" && Number.isFinite(value));
  return fits
    ? []
    : [`${optionName("config")}: the value of ${key} must be a string, a finite number, true or false`];
}
