import { rules } from "../agents/claude/rules.ts";
import { isRecord, readPrinted, type Surroundings } from "../normalise.ts";

export type Message = Readonly<Record<string, unknown>>;

/** One line between the SDK and the CLI, or the end of one of the two. */
export type Entry =
  | { readonly from: "args"; readonly what: readonly string[] }
  | { readonly from: "sdk" | "cli"; readonly what: Message }
  | { readonly from: "stdin" | "exit"; readonly what: string };

/** What a CLI and an SDK said to each other, as the fixture keeps it. */
export interface Exchange {
  readonly name: string;
  /** The scenario's reply with which the fake does the same. */
  readonly reply: Message;
  readonly entries: readonly Entry[];
}

/** Says only to the SDK itself whether the session works or waits; the fake has none. */
const isShown = (message: Message) => message["subtype"] !== "session_state_changed";

// `npm run conformance` compares these whole.
const KEPT_OF_INIT = ["type", "subtype", "mcp_servers", "tools", "permissionMode"];
const DROPPED_OF_RESULT = ["usage", "modelUsage", "model_usage_since_last_result", "subagent_stats"];

/** What the CLI said, without what differs from run to run and without what is compared elsewhere. */
export function normalise(message: Message, surroundings: Surroundings): Message {
  const [whole] = eventsOf(message, surroundings);
  if (!isRecord(whole)) throw new TypeError("a line of the CLI is no object");
  if (whole["subtype"] === "init")
    return trimInit(
      message,
      pick(whole, (key) => KEPT_OF_INIT.includes(key)),
    );
  if (whole["type"] === "result") return pick(whole, (key) => !DROPPED_OF_RESULT.includes(key));
  const { response } = whole;
  if (isRecord(response) && isRecord(response["response"]) && "commands" in response["response"]) {
    return { type: whole["type"], response: { subtype: response["subtype"] } };
  }
  return whole;
}

// An array is read as events even when it has one.
function eventsOf(message: Message, surroundings: Surroundings): readonly unknown[] {
  const printed = readPrinted(JSON.stringify([message]), surroundings, rules);
  return printed.kind === "events" ? printed.events : [];
}

const pick = (message: Message, wanted: (key: string) => boolean): Message =>
  Object.fromEntries(Object.entries(message).filter(([key]) => wanted(key)));

/** The tools of MCP servers are compared, the built-in ones only for whether Bash is there. */
function trimInit(raw: Message, init: Message): Message {
  const tools = Array.isArray(raw["tools"]) ? raw["tools"] : [];
  return {
    ...init,
    tools: tools
      .map(String)
      .filter((tool) => tool === "Bash" || tool.startsWith("mcp__"))
      .toSorted((a, b) => a.localeCompare(b)),
  };
}

/** The entries in the form in which the fixture keeps them and the test compares them. */
export function trimmed(entries: readonly Entry[], surroundings: Surroundings): readonly Entry[] {
  const names = new Map<unknown, string>();
  return entries.flatMap((entry): readonly Entry[] => {
    if (entry.from === "sdk") return [{ from: "sdk", what: nameAnswered(entry.what, names) }];
    if (entry.from !== "cli") return [entry];
    if (!isShown(entry.what)) return [];
    return [{ from: "cli", what: nameRequest(entry.what, normalise(entry.what, surroundings), names) }];
  });
}

/** Numbers the requests of the CLI, whose ids are random. */
function nameRequest(raw: Message, message: Message, names: Map<unknown, string>): Message {
  if (raw["type"] === "control_request") names.set(raw["request_id"], `request ${names.size + 1}`);
  if (raw["type"] !== "control_request" && raw["type"] !== "control_cancel_request") return message;
  return { ...message, request_id: names.get(raw["request_id"]) };
}

function nameAnswered(message: Message, names: Map<unknown, string>): Message {
  const { response } = message;
  if (message["type"] !== "control_response" || !isRecord(response)) return message;
  return { ...message, response: { ...response, request_id: names.get(response["request_id"]) } };
}
