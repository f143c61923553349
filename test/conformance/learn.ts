import { CONDITIONS } from "./conditions.ts";
import { isRecord } from "./normalise.ts";
import { observe, type Cli } from "./observe.ts";

/**
 * What the model says in a mode is the fake's own choice. The gateway is told to have it say the same to the genuine
 * CLI, so that the words need no exception and everything round them is compared.
 */
export class Answers {
  readonly #fake: Cli;
  readonly #learnt = new Map<string, Promise<readonly string[]>>();

  constructor(fake: Cli) {
    this.#fake = fake;
  }

  /** Arguments for the fake Messages API: what the fake's model says in the condition of that name. */
  in(name: string): Promise<readonly string[]> {
    const known = this.#learnt.get(name) ?? this.#learn(name);
    this.#learnt.set(name, known);
    return known;
  }

  async #learn(name: string): Promise<readonly string[]> {
    const condition = CONDITIONS.find((candidate) => candidate.name === name);
    if (!condition) throw new Error(`There is no condition ${name}.`);
    const { raw } = await observe(this.#fake, condition, []);
    return raw.stdout.split("\n").flatMap(spokenIn);
  }
}

/** The same flag given again by a later line counts: the last thing said is the answer. */
function spokenIn(line: string): string[] {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return []; // not an event, so nothing a model said
  }
  if (!isRecord(event)) return [];
  // Blank text makes no event of its own.
  const { result } = event;
  if (event["is_error"] === false && typeof result === "string" && result !== "") return ["--text", result];
  const message = event["type"] === "assistant" ? event["message"] : undefined;
  // What the CLI itself puts in the model's mouth, an error say, comes from the model <synthetic>.
  if (!isRecord(message) || message["model"] === "<synthetic>" || !Array.isArray(message["content"]))
    return [];
  return message["content"].filter(isRecord).flatMap(({ text, name, input }) => {
    if (typeof text === "string") return ["--text", text];
    if (name === "StructuredOutput") return ["--structured", JSON.stringify(input)];
    if (isRecord(input) && typeof input["command"] === "string") return ["--tool-command", input["command"]];
    return [];
  });
}
