// What the contents of a request hold.

const partsOf = ({ parts = [] }) => parts;

/** A field of the API may be written in either case. */
export const either = (object, camel, snake) => object?.[camel] ?? object?.[snake];

export const isCall = (part) => either(part, "functionCall", "function_call") !== undefined;
export const isResponse = (part) => either(part, "functionResponse", "function_response") !== undefined;

export const countOf = (turn, isOne) => partsOf(turn).filter(isOne).length;

/** Whether results of function calls have come since the model last spoke. */
export function hasFunctionResponse({ contents = [] }) {
  const spoke = contents.findLastIndex(({ role }) => role === "model");
  return contents.slice(spoke + 1).some((turn) => countOf(turn, isResponse) > 0);
}

/** How many function calls the conversation has so far. */
export const functionCalls = ({ contents = [] }) =>
  contents.reduce((sum, turn) => sum + countOf(turn, isCall), 0);

/** The functions that a request offers. */
export const functionsOf = ({ tools = [] }) =>
  tools.flatMap((tool) => either(tool, "functionDeclarations", "function_declarations") ?? []);
