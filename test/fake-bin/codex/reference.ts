import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** What the real codex 0.169.0 did, with ids, times, folders and the server replaced by placeholders. */
const Observed = z.object({
  name: z.string(),
  api: z.string(),
  args: z.array(z.string()),
  config: z.string().optional(),
  env: z.record(z.string(), z.string().nullable()).optional(),
  files: z.record(z.string(), z.string()).optional(),
  filesAfter: z.record(z.string(), z.string().nullable()).optional(),
  stdin: z.string().optional(),
  stdinLeftOpen: z.boolean().optional(),
  toolCommand: z.string().optional(),
  note: z.string().optional(),
  signalSent: z.enum(["SIGHUP", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGTERM"]).optional(),
  killedByUsAfterSeconds: z.number().optional(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
});
export type Observed = z.infer<typeof Observed>;

const file = join(import.meta.dirname, "../../fixtures/codex-reference.json");
export const reference = z.array(Observed).parse(JSON.parse(readFileSync(file, "utf8")));

/** The text with what differs from run to run replaced as the reference has it. */
export const normalised = (text: string, folders: Readonly<Record<string, string>> = {}): string =>
  Object.entries(folders)
    .reduce((clean, [name, folder]) => clean.replaceAll(folder, name), text)
    .replaceAll("gateway.test:8080", "<gateway>")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) =>
      id.startsWith("00000000-") ? id : "<uuid>",
    )
    .replaceAll(/req_[0-9a-f]{24}/g, "req_1")
    .replaceAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z/gm, "<time>")
    .replaceAll(/try again at [^"\n]*?\.(?=["\n])/g, "try again at <time>.")
    .replaceAll(/\((\d+)\) panicked at \/rustc\/[0-9a-f]+/g, "(<pid>) panicked at /rustc/<hash>");
