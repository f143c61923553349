// What the real API refuses of the fields that go with every request.
import { isObject } from "../shared/checks.mjs";

const THINKING = ["enabled", "disabled", "adaptive"];
const LEAST_BUDGET = 1024;

export function optionsProblem({ stream, system, temperature, stop_sequences: stops, thinking }) {
  if (!["undefined", "boolean"].includes(typeof stream)) return "stream: Input should be a valid boolean";
  if (system !== undefined && typeof system !== "string" && !Array.isArray(system)) {
    return "system: Input should be a valid list";
  }
  if (stops !== undefined && !Array.isArray(stops)) return "stop_sequences: Input should be a valid list";
  if (temperature !== undefined) {
    if (typeof temperature !== "number") return "temperature: Input should be a valid number";
    if (temperature < 0 || temperature > 1) return "temperature: range: 0..1";
  }
  return thinking === undefined ? undefined : thinkingProblem(thinking);
}

function thinkingProblem(thinking) {
  if (!isObject(thinking)) return "thinking: Input should be an object";
  const { type, budget_tokens: budget } = thinking;
  if (!THINKING.includes(type)) {
    return `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: ${THINKING.map((tag) => `'${tag}'`).join(", ")}`;
  }
  if (type !== "enabled") return undefined;
  if (budget === undefined) return "thinking.enabled.budget_tokens: Field required";
  if (!Number.isInteger(budget)) return "thinking.enabled.budget_tokens: Input should be a valid integer";
  if (budget < LEAST_BUDGET) {
    return `thinking.enabled.budget_tokens: Input should be greater than or equal to ${LEAST_BUDGET}`;
  }
  // That max_tokens must be larger holds only without interleaved thinking, which a beta turns on: not checked.
  return undefined;
}
