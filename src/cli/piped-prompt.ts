import { isUtf8 } from "node:buffer";
import type { Callee } from "../core/callee.ts";
import type { ClaudeInput } from "../callees/claude/input.ts";
import type { ClaudeDetails } from "../callees/claude/details.ts";
import { hostStdin, readHostStdin } from "../process/host-stdin.ts";

type Claude<Input> = Callee<Input, string, ClaudeDetails>;

/** claude with the prompt that comes on stdin, after the argument if there is one, as `claude -p` has it. Reading is part of the call. */
export function withPipedPrompt(
  claude: Claude<ClaudeInput>,
  argument: string | undefined,
  maxBytes: number,
): Claude<ClaudeInput> {
  const prompt = () => {
    const piped = new TextDecoder().decode(hostStdin());
    return argument === undefined ? piped : `${argument}\n${piped}`;
  };
  return {
    ...claude,
    gather: async ({ remainingMs, signal }) => {
      const problem = await readHostStdin({ maxBytes, withinMs: remainingMs, signal });
      if (problem !== undefined) return [`${problem}, so the prompt is not complete; nothing was started`];
      // Decoded all the same, each byte that is no UTF-8 would reach the model as U+FFFD.
      if (isUtf8(hostStdin() ?? Buffer.alloc(0))) return [];
      return [
        "stdin is not UTF-8, so the prompt cannot be handed on as it is; convert it (iconv), nothing was started",
      ];
    },
    check: (_input, context) => claude.check?.(prompt(), context) ?? [],
    fingerprint: () => claude.fingerprint(prompt()),
    fingerprintParts: (_input, context) => claude.fingerprintParts?.(prompt(), context) ?? {},
    run: (_input, context) => claude.run(prompt(), context),
  };
}
