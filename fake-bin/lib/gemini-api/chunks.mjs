// The chunks of which an answer consists. With streaming each is an event; without, they are put together.

// The same for every answer, so that costs can be compared.
const TOKENS = {
  promptTokenCount: 10,
  cachedContentTokenCount: 4,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 2,
  totalTokenCount: 17,
};
const PROMPT_ONLY = { promptTokenCount: 10, totalTokenCount: 10 };

export const text = (said) => ({ text: said });
export const thought = (said) => ({ text: said, thought: true });
export const call = (name, args) => ({ functionCall: { name, args } });

/** A chunk with these parts. A `reason` ends the answer. */
export const chunk = (parts, reason) => ({ parts, reason });

/** A chunk as the API writes it: with a candidate, with other `fields`, or as it stands in `raw`. */
export function chunkBody({ parts, reason, fields, raw }, modelVersion) {
  if (raw !== undefined) return raw;
  if (fields !== undefined) return withModel(modelVersion, fields);
  return withModel(modelVersion, {
    candidates: [{ ...(parts && { content: { parts, role: "model" } }), ...finish(reason), index: 0 }],
    usageMetadata: TOKENS,
  });
}

/** The answer to a request that did not ask for streaming. */
export function wholeBody(chunks, modelVersion) {
  const [first] = chunks;
  if (first?.fields ?? first?.raw) return chunkBody(first, modelVersion);
  const parts = chunks.flatMap((one) => one.parts ?? []);
  const reason = chunks.find((one) => one.reason !== undefined)?.reason;
  return chunkBody(chunk(merged(parts), reason), modelVersion);
}

const isText = (part) => part !== undefined && Object.keys(part).join() === "text";

/** Texts that follow each other are one part. */
function merged(parts) {
  return parts.reduce((done, part) => {
    const last = done.at(-1);
    return isText(part) && isText(last)
      ? [...done.slice(0, -1), text(last.text + part.text)]
      : [...done, part];
  }, []);
}

const finish = (reason) => (reason === undefined ? {} : { finishReason: reason });

const withModel = (modelVersion, body) => ({ ...body, modelVersion, responseId: "response_1" });

/** Chunks without a candidate. */
export const usageOnly = { fields: { usageMetadata: TOKENS } };
export const blocked = (blockReason) => ({
  fields: { promptFeedback: { blockReason, safetyRatings: [] }, usageMetadata: PROMPT_ONLY },
});
