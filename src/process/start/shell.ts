/** A shell and its arguments. */
interface ShellInvocation {
  readonly file: string;
  readonly args: readonly string[];
}

/** What stands before the script where cmd.exe runs one: without the AutoRun commands of the registry. */
export const CMD_OPTIONS = ["/d", "/s", "/c"] as const;

/** How the system's shell runs a script that a person wrote on one line: `/bin/sh`, on Windows cmd.exe. */
export function shellInvocation(
  script: string,
  { platform, env }: Pick<NodeJS.Process, "platform" | "env"> = process,
): ShellInvocation {
  if (platform !== "win32") return { file: "/bin/sh", args: ["-c", script] };
  const { ComSpec, SystemRoot = "C:\\Windows" } = env;
  return { file: ComSpec || `${SystemRoot}\\System32\\cmd.exe`, args: [...CMD_OPTIONS, script] };
}
