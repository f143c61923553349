import { isUtf8 } from "node:buffer";
import type { Callee } from "../core/callee.ts";
import type { AgentInput } from "../callees/agent/input.ts";
import { hostStdin, readHostStdin } from "../process/host-stdin.ts";

type Agent = Callee<AgentInput, string>;

/** An agent with the prompt that comes on stdin, after the argument if there is one, as `claude -p` has it. Reading is part of the call. */
export function withPipedPrompt(agent: Agent, argument: string | undefined, maxBytes: number): Agent {
  const prompt = () => {
    const piped = new TextDecoder().decode(hostStdin());
    return argument === undefined ? piped : `${argument}\n${piped}`;
  };
  return {
    ...agent,
    gather: async ({ remainingMs, signal }) => {
      const problem = await readHostStdin({ maxBytes, withinMs: remainingMs, signal });
      if (problem !== undefined) return [`${problem}, so the prompt is not complete; nothing was started`];
      // Decoded all the same, each byte that is no UTF-8 would reach the model as U+FFFD.
      if (isUtf8(hostStdin() ?? Buffer.alloc(0))) return [];
      return [isUtf16(hostStdin()) ? UTF_16 : NO_UTF_8];
    },
    check: (_input, context) => agent.check?.(prompt(), context) ?? [],
    fingerprint: () => agent.fingerprint(prompt()),
    fingerprintParts: (_input, context) => agent.fingerprintParts?.(prompt(), context) ?? {},
    run: (_input, context) => agent.run(prompt(), context),
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
