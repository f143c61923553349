import { expect, it } from "vitest";
import { defineSentinel } from "../../src/sentinel/index.ts";

it.each([
  ["an empty list of alerts", { alerts: [] }, "alerts is an empty list, so no alert would be delivered"],
  [
    "an alert without words",
    { alerts: [{ command: " " }] },
    "alerts: each needs a command, a webhook, or stdout: true",
  ],
  ["a window of nothing", { window: 0 }, "window is 0; a duration must be greater than 0"],
  ["no artifacts", { min: 0 }, "min is 0; give a whole number from 1 to 10000"],
  ["files of no name", { count: { files: "" } }, "count: give { files: glob }, { rows: {…} }"],
  ["nothing to count", { count: undefined }, "count: give { files: glob }, { rows: {…} }"],
  ["a word misspelt", { windw: "1h" }, "windw is not an option; the options are name, every, window"],
])("a sentinel with %s would be silent for ever, and is refused", (_what, options, problem) => {
  const right = { name: "posts", window: "48h", count: { files: "*.md" } };
  expect(() => defineSentinel({ ...right, ...options } as never)).toThrow(problem);
});
