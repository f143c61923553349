import { runCommand } from "../call/run-once.ts";
import type { ProbeAnswer } from "../core/vocabulary.ts";
import { shellInvocation } from "../process/start/shell.ts";

/** How long a probe's command may take; the ledger's own limit is a little longer. */
const PROBE_TIMEOUT = "25s";

/**
 * A probe from `--probe 'shell command'`: exit code 0 means present, 1 absent, anything else that it could not tell. It has
 * `HARDCALL_KEY` in its environment.
 */
export function shellProbe(script: string) {
  const { file, args } = shellInvocation(script);
  return async (
    _input: unknown,
    { key, signal }: { readonly key: string; readonly signal: AbortSignal },
  ): Promise<ProbeAnswer> => {
    try {
      await runCommand(file, args, {
        timeout: PROBE_TIMEOUT,
        name: "probe",
        allowEmpty: true,
        signal,
        env: { HARDCALL_KEY: key },
      });
      return "present";
    } catch (error) {
      const { code, exitCode } = error as { readonly code?: string; readonly exitCode?: number };
      return code === "exit_nonzero" && exitCode === 1 ? "absent" : "unknown";
    }
  };
}
