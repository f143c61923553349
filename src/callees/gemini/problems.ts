import { optionName } from "../../core/wording.ts";
import { blankItemProblems, isUuid } from "../agent/input.ts";
import { ownFlagProblems, type OwnFlags } from "../agent/own-flags.ts";
import type { GeminiOptions } from "./options.ts";

const APPROVAL_MODES: readonly unknown[] = ["default", "auto_edit", "yolo", "plan"];

const OWN: OwnFlags = [
  [/^(?:--output-format(?:=|$)|-o)/, "hardcall reads the events of stream-json"],
  [/^(?:--prompt(?:=|$)|-p)/, "the prompt goes over stdin"],
  [/^(?:--prompt-interactive(?:=|$)|-i)/, "a call has no terminal"],
  [/^(?:--resume(?:=|$)|-r)/, "give the id of the session as resume instead"],
  [/^--session-(?:id|file)(?:=|$)/, "give the id of the session as resume instead"],
  [
    /^(?:--(?:experimental-)?acp|--list-\w+|--delete-session|-l|--help|-h|--version|-v)$/,
    "with it gemini does something else",
  ],
];

/** What is wrong with the options, a sentence without full stop each. */
export function geminiOptionProblems(options: GeminiOptions): string[] {
  const { approvalMode, allowedTools, includeDirectories, resume, extraArgs = [] } = options;
  return [
    ...blankItemProblems({
      [optionName("allowedTools")]: allowedTools,
      [optionName("includeDirectories")]: includeDirectories,
    }),
    ...(approvalMode === undefined || APPROVAL_MODES.includes(approvalMode)
      ? []
      : [`${optionName("approvalMode")} must be "default", "auto_edit", "yolo" or "plan"`]),
    ...ownFlagProblems(extraArgs, OWN, withHyphens),
    ...sessionProblems(resume),
  ];
}

/** gemini takes "latest" and numbers, too; without a session, "latest" begins a new one, and the numbers change. */
export function sessionProblems(resume: string | undefined): string[] {
  if (resume === undefined || resume.trim() === "" || isUuid(resume)) return [];
  return [
    `${optionName("resume")} must be the id of a session (a UUID); with "latest" gemini begins a new session where it has none`,
  ];
}

/** gemini takes `--outputFormat` for `--output-format`. */
const withHyphens = (flag: string) =>
  flag.replace(/^--[^=]+/, (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
