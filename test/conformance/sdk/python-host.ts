import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { PythonCondition } from "./python-conditions.ts";

const FLAGS = ["--output-format", "stream-json", "--verbose", "--system-prompt", ""];
const LIMIT_MS = 60_000;

/** Drives the CLI as `query()` of Python's SDK does, to the end of the process. */
export async function converseAsPython(
  { args, initialize, answer }: PythonCondition,
  { file, cwd, env }: { readonly file: string; readonly cwd: string; readonly env: Record<string, string> },
): Promise<void> {
  const flags = [...FLAGS, ...args, "--setting-sources=", "--input-format", "stream-json"];
  const child = spawn(file, flags, {
    cwd,
    env: { ...env, CLAUDE_CODE_ENTRYPOINT: "sdk-py" },
    stdio: ["pipe", "pipe", "inherit"],
    timeout: LIMIT_MS,
  });
  const exited = once(child, "exit");
  const send = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const id = "req_1_0badcafe";
  send({
    type: "control_request",
    request_id: id,
    request: { subtype: "initialize", hooks: null, ...initialize },
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as {
      type: string;
      request_id: string;
      request: object;
      response?: object;
    };
    if (message.type === "control_response") {
      send({
        type: "user",
        session_id: "",
        message: { role: "user", content: "Write the post." },
        parent_tool_use_id: null,
      });
    } else if (message.type === "control_request") {
      const response = answer(message.request as Record<string, unknown>);
      const outcome =
        response instanceof Error
          ? { subtype: "error", request_id: message.request_id, error: response.message }
          : { subtype: "success", request_id: message.request_id, response };
      send({ type: "control_response", response: outcome });
    } else if (message.type === "result") child.stdin.end();
  }
  await exited;
}
