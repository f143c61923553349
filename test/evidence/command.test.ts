import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { CallError, defineCall, evidenceCommand, task } from "../../src/index.ts";
import { tempFolder as folder } from "../helpers/files.ts";

const draftThenLook = (script: string, file: string, within: string | number) =>
  defineCall({
    name: "write-draft",
    callee: task(async (slot: string) => slot),
    timeout: "30s",
    effects: "none",
    key: (slot) => ["drafts", slot],
    ledger: path.join(path.dirname(file), "ledger.db"),
    evidence: [evidenceCommand("sh", ["-c", script, file], { within, killGrace: 100 })],
  });

describe("evidenceCommand", () => {
  it("is found when it exits with 0, and knows which attempt it looks after", async () => {
    const file = path.join(folder(), "seen");
    const script = `printf '%s|' "$HARDCALL_CALL_ID" "$HARDCALL_KEY" "$HARDCALL_ATTEMPT" "$HARDCALL_STARTED_AT" > "$0"; echo ok`;
    const { evidence, callId, attempts } = await draftThenLook(script, file, "15s")("monday");
    expect(readFileSync(file, "utf8")).toBe(`${callId}|drafts/monday|1|${attempts[0]?.startedAt}|`);
    expect(evidence).toMatchObject([{ kind: "command", exitCode: 0, stdoutBytes: 3 }]);
  });

  it("is missing when it exits with another code", async () => {
    const file = path.join(folder(), "seen");
    const error = (await draftThenLook("exit 1", file, 2500).settle("monday")) as CallError;
    expect(error).toMatchObject({ code: "evidence_missing" });
    expect(error.message).toContain(
      "the command that looks for it exited with code 1 after 0 bytes on stdout and 0 on stderr",
    );
  });

  it("is ended with its time", async () => {
    const file = path.join(folder(), "pid");
    const error = (await draftThenLook(`echo $$ > "$0"; exec sleep 60`, file, 400).settle(
      "monday",
    )) as CallError;
    expect(error).toMatchObject({ code: "evidence_missing" });
    expect(error.durationMs).toBeLessThan(20_000);
    expect(error.message).toContain("looking for it took longer than 400 ms");
  });

  it("is started again until it finds the artifact", async () => {
    const file = path.join(folder(), "times");
    const script = `echo x >> "$0"; test "$(wc -l < "$0")" -ge 3`;
    await draftThenLook(script, file, "20s")("monday");
    expect(existsSync(file) && readFileSync(file, "utf8")).toBe("x\nx\nx\n");
  });
});
