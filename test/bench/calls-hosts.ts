import { fileURLToPath } from "node:url";
import { LineProcess } from "../helpers/line-process.ts";
import type { CallsAsked, CallsCost } from "./calls-host.ts";
import type { SubjectName } from "./subjects.ts";

const HOST = fileURLToPath(new URL("calls-host.ts", import.meta.url));

/** Ways to start `/bin/true`, each in a process of its own. */
export const WAYS = {
  raw: { head: "raw spawn", subject: "raw spawn", helper: "auto" },
  off: { head: "hardcall, helper off", subject: "hardcall", helper: "off" },
  on: { head: "hardcall, helper on", subject: "hardcall", helper: "on" },
  auto: { head: "hardcall, as installed", subject: "hardcall", helper: "auto" },
} as const satisfies Record<
  string,
  { readonly head: string; readonly subject: SubjectName; readonly helper: string }
>;

export type Way = keyof typeof WAYS;

export interface CallsHost {
  readonly way: Way;
  readonly measure: (asked: CallsAsked) => Promise<CallsCost>;
  readonly end: () => void;
}

/** Starts a process of `mib` MiB (0: as it comes) that has made its first calls. */
export async function startHost(way: Way, mib: number): Promise<CallsHost> {
  const { subject, helper } = WAYS[way];
  const env = { ...process.env, HARDCALL_SPAWN_HELPER: helper };
  const host = new LineProcess(process.execPath, [HOST, subject, String(mib)], env);
  await host.next();
  return {
    way,
    measure: (asked) => {
      host.say(asked);
      return host.next<CallsCost>();
    },
    end: () => host.close(),
  };
}
