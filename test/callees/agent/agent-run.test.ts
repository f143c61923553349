import { expect, test } from "vitest";
import { z } from "zod";
import { CallError, ConfigError, defineCall, type AgentEvent } from "../../../src/index.ts";
import type { Agent, AgentRunParts, AgentTranscript, AskedRun } from "../../../src/callees/agent/agent.ts";
import { agentCallee } from "../../../src/callees/agent/agent-callee.ts";
import type { AgentDetails } from "../../../src/callees/agent/details.ts";
import { EventLines } from "../../../src/callees/agent/event-lines.ts";
import { lastLine } from "../../../src/callees/agent/marker.ts";
import { AGENT_OPTIONS, type AgentOptions } from "../../../src/callees/agent/options.ts";

/** An agent that runs a script: its answer is the text of its last `done` event. */
interface ScriptOptions extends AgentOptions<AgentEvent> {
  readonly script: string;
}

class ScriptTranscript extends EventLines<AgentEvent> implements AgentTranscript<AgentEvent> {
  text: string | undefined;
  abandoned = false;
  disposed = 0;

  get answered(): boolean {
    return this.text !== undefined;
  }

  isSignOfLife({ type }: AgentEvent): boolean {
    return type !== "waiting";
  }

  takeStderr(chunk: Buffer) {
    const text = chunk.toString();
    return { shown: Buffer.from(text.replaceAll("LOG\n", "")), isSignOfLife: text.includes("LOG") };
  }

  endStderr(): Buffer {
    return Buffer.from("the end");
  }

  protected override see(event: AgentEvent): void {
    if (event.type === "turn") this.text = undefined;
    if (event.type === "done") this.text = String(event["text"]);
    if (event.type === "other") this.abandoned = true;
  }
}

type Prepare = (asked: AskedRun<ScriptOptions>) => Partial<AgentRunParts<AgentEvent, AgentDetails>>;

function scripted(more: Partial<Agent<AgentEvent, ScriptOptions, AgentDetails>> = {}, prepare?: Prepare) {
  const transcript = new ScriptTranscript();
  const agent: Agent<AgentEvent, ScriptOptions, AgentDetails> = {
    kind: "codex",
    options: { ...AGENT_OPTIONS, script: "a string" },
    cannot: { maxTurns: "it has no limit of turns; bound it with the call's timeout" },
    promptLimit: { most: 100, unit: "characters" },
    markerWithOutput: false,
    reportsCost: false,
    executable: () => process.execPath,
    arguments: () => [],
    answerParts: () => ({}),
    load: () =>
      Promise.resolve({
        makeMarker: lastLine,
        prepare: (asked: AskedRun<ScriptOptions>) => ({
          args: ["-e", asked.options.script],
          stdin: asked.marker?.ask(asked.prompt) ?? asked.prompt,
          transcript,
          verdict: () =>
            transcript.abandoned
              ? { code: "invalid_request", message: "did something else", effect: "unknown" }
              : undefined,
          answer: () => ({
            value: transcript.text ?? "",
            details: { text: transcript.text ?? "", permissionDenials: [] },
          }),
          dispose: () => void transcript.disposed++,
          ...prepare?.(asked),
        }),
      }),
    ...more,
  };
  const call = (options: ScriptOptions, timeout: object = { total: "30s" }, contract: object = {}) =>
    defineCall({
      name: "it",
      callee: agentCallee(agent, { killGrace: "300ms", ...options }),
      timeout: timeout as { total: "30s" },
      effects: "none",
      ...contract,
    });
  return { call, transcript };
}

const say = (...events: object[]) =>
  events.map((event) => `console.log(${JSON.stringify(JSON.stringify(event))});`).join("");
const DONE = { type: "done", text: "hello" };

const errorOf = async (settling: Promise<unknown>): Promise<CallError> => {
  const settled = await settling;
  if (settled instanceof CallError) return settled;
  throw new Error("the call succeeded");
};

test("the caller sees stderr without the log, and the report keeps no more", async () => {
  const { call, transcript } = scripted();
  const seen: string[] = [];
  const script = `process.stderr.write("LOG\\na warning\\n");${say(DONE)}`;
  const result = await call({ script, onStderr: (chunk) => seen.push(Buffer.from(chunk).toString()) })("Go");
  expect(seen.join("")).toBe("a warning\nthe end");
  expect(result.stderrTail).toBe("a warning\nthe end");
  expect(result.attempts[0]?.stderrBytes).toBe(14);
  expect(transcript.disposed).toBe(1);
});

test("an event that is no sign of life does not start the idle limit again; a line of the log does", async () => {
  const idle = { total: "30s", idle: "700ms" };
  const { call } = scripted();
  const waits = `setInterval(() => {${say({ type: "waiting" })}}, 50)`;
  expect((await errorOf(call({ script: waits }, idle).settle("Go"))).code).toBe("idle_timeout");
  const logs = `const log = setInterval(() => console.error("LOG"), 50);
    setTimeout(() => { clearInterval(log); ${say(DONE)} }, 1500);`;
  expect((await scripted().call({ script: logs }, idle)("Go")).value).toBe("hello");
});

test("a run that does something else is ended at once", async () => {
  const { call, transcript } = scripted();
  const script = `${say({ type: "other" })} setInterval(() => {}, 1000);`;
  const error = await errorOf(call({ script }).settle("Go"));
  expect(error).toMatchObject({ code: "invalid_request", effect: "unknown" });
  expect(transcript.disposed).toBe(1);
});

test("an agent that stays after its answer is ended; one that begins another turn goes on", async () => {
  const stays = `${say(DONE)} setInterval(() => {}, 1000);`;
  const result = await scripted().call({ script: stays })("Go");
  expect(result.value).toBe("hello");
  expect(result.attempts[0]?.notes).toContain(
    "codex was still running 5 s after its result; hardcall ended it",
  );
  const turns = `${say(DONE, { type: "turn" })} setTimeout(() => {${say({ ...DONE, text: "again" })}}, 5500);`;
  expect((await scripted().call({ script: turns })("Go")).value).toBe("again");
});

test("what could not be prepared has not started", async () => {
  const { call } = scripted({}, () => {
    throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
  });
  const error = await errorOf(call({ script: "" }).settle("Go"));
  expect(error).toMatchObject({ code: "spawn_failed", effect: "not_started" });
  expect(error.message).toContain("hardcall could not prepare what codex needs: Error (ENOSPC)");
  expect(error.message).not.toContain("is full");
  expect(error.message).toContain("Check the folder for temporary files (TMPDIR");
  expect(error.message).not.toContain("Check the command");
});

test("what was prepared is tidied up after a start that failed", async () => {
  const { call, transcript } = scripted({ executable: () => "/no/such/agent" });
  expect((await errorOf(call({ script: "" }).settle("Go"))).code).toBe("spawn_failed");
  expect(transcript.disposed).toBe(1);
});

test("a prompt is refused when it is longer than the agent takes, also with what hardcall adds", async () => {
  const { call, transcript } = scripted();
  // Each is one character and two units of UTF-16.
  expect((await call({ script: say(DONE) })("🎉".repeat(100))).value).toBe("hello");
  const long = errorOf(call({ script: "" }).settle("x".repeat(101)));
  expect((await long).message).toContain("the prompt has 101 characters; codex takes at most 100");
  const marked = await errorOf(call({ script: say(DONE), marker: true }).settle("x".repeat(99)));
  expect(marked).toMatchObject({ code: "invalid_request", effect: "not_started" });
  expect(marked.message).toMatch(/with what hardcall adds to it, the prompt has \d+ characters/);
  expect(transcript.disposed).toBe(2);
});

test("a marker is refused where an answer with a schema has no place for it", async () => {
  const output = z.object({ a: z.string() });
  const call = scripted().call({ script: say(DONE), marker: true }, undefined, { output });
  expect((await errorOf(call.settle("Go"))).message).toContain("leave out marker: with output");
});

test("an option of another agent is refused, and the message names the alternative", () => {
  const options = { script: "", maxTurns: 3, maxTokens: 5 };
  expect(() => scripted().call(options)).toThrow(ConfigError);
  expect(() => scripted().call(options)).toThrow(
    /maxTurns is not an option of codex: it has no limit of turns; bound it with the call's timeout/,
  );
  expect(() => scripted().call(options)).toThrow(/maxTokens is not an option; the options are/);
  expect(() => scripted().call({ script: "", maxTurns: undefined } as ScriptOptions)).not.toThrow();
});
