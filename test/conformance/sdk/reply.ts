import type { Step } from "./model.ts";

/** The reply of a scenario with which the fake's model says the same. */
export function replyOf(steps: readonly Step[]) {
  const tools = steps.flatMap((step) => ("tools" in step ? step.tools : []));
  const [text, ...moreTexts] = steps.flatMap((step) => ("text" in step ? [step.text] : []));
  return { ...(tools.length > 0 && { tools }), text, ...(moreTexts.length > 0 && { moreTexts }) };
}
