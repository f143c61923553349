import { CallError, claude, defineCall } from "hardcall";
import { z } from "zod"; // npm install zod

const writeDraft = defineCall({
  name: "write-draft", // names the call in logs and in the variables that tune it: HARDCALL_WRITE_DRAFT_TIMEOUT
  callee: claude({ model: "sonnet", tools: [] }),
  timeout: { total: "20m", attempt: "5m", idle: "90s" }, // required and finite
  effects: "none", // required: what would a repeat do? It decides what may be retried
  output: z.object({ title: z.string().min(1), body: z.string().min(200) }), // any Standard Schema
  retry: { attempts: 2, baseDelay: "100ms" }, // does not compile where a repeat could do harm
});

try {
  const { value, attempts, costUsd } = await writeDraft("Write the post about the harbour market");
  console.log(`${value.title}: ${attempts.length} attempt, $${costUsd?.toFixed(4)}`);
} catch (error) {
  if (!(error instanceof CallError)) throw error;
  console.error(`${error.code}, effect ${error.effect}: ${error.message}`);
  process.exitCode = 1;
}
