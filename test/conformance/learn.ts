import type { Agent } from "./agents/agent.ts";
import { isRecord, parseJson } from "./normalise.ts";
import { observe, type Cli } from "./observe.ts";

/**
 * What the model says in a mode is the fake's own choice. The gateway is told to have it say the same to the genuine
 * CLI, so that the words need no exception and everything round them is compared.
 */
export class Answers {
  readonly #agent: Agent;
  readonly #fake: Cli;
  readonly #learnt = new Map<string, Promise<readonly string[]>>();

  constructor(agent: Agent, fake: Cli) {
    this.#agent = agent;
    this.#fake = fake;
  }

  /** Arguments for the fake model API: what the fake's model says in the condition of that name. */
  in(name: string): Promise<readonly string[]> {
    const known = this.#learnt.get(name) ?? this.#learn(name);
    this.#learnt.set(name, known);
    return known;
  }

  async #learn(name: string): Promise<readonly string[]> {
    const condition = this.#agent.conditions.find((candidate) => candidate.name === name);
    if (!condition) throw new Error(`There is no condition ${name}.`);
    const { raw } = await observe(this.#agent, this.#fake, condition, []);
    return raw.stdout.split("\n").flatMap((line) => {
      const event = parseJson(line);
      return isRecord(event) ? this.#agent.spokenIn(event) : [];
    });
  }
}
