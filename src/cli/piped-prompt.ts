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
      return [isUtf16(hostStdin()) ? UTF_16 : NO_UTF_8];
    },
    check: (_input, context) => claude.check?.(prompt(), context) ?? [],
    fingerprint: () => claude.fingerprint(prompt()),
    fingerprintParts: (_input, context) => claude.fingerprintParts?.(prompt(), context) ?? {},
    run: (_input, context) => claude.run(prompt(), context),
  };
}

const NO_UTF_8 =
  "stdin is not UTF-8, so the prompt cannot be handed on as it is; convert it (iconv), nothing was started";
/** PowerShell's `|` itself hands text on as $OutputEncoding says. */
const UTF_16 =
  "stdin is UTF-16, as > and Out-File of Windows PowerShell write files; write it with Out-File -Encoding utf8, nothing was started";

/** By its byte order mark. */
const isUtf16 = ([first, second]: Uint8Array = new Uint8Array()): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
