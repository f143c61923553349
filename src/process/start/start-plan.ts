/** What decides how a command starts. */
export interface StartRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly leftovers: "end" | "leave";
}

/** What hardcall gives to Node's spawn. */
export interface StartPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly detached: boolean;
  /** The arguments are quoted already. */
  readonly windowsVerbatimArguments?: boolean | undefined;
}
