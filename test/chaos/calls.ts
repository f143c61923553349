import { fileURLToPath } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { command, defineCall, task, type KeyedCall } from "../../src/index.ts";
import { asRejection } from "../call/guard/publish.ts";
import { look, post } from "../call/guard/publish-client.ts";
import { LIMITS, thinkMs, type Subject } from "./subject.ts";

/** What a host is told to call. */
export interface Order extends Subject {
  readonly url: string;
  readonly onInProgress: "fail" | "wait";
}

/** The input of a call: the same from every host, and so is its fingerprint. */
type Input = Pick<Subject, "key"> & { readonly url: string };

const COMMAND = fileURLToPath(new URL("processes/publish-command.ts", import.meta.url));

/**
 * The real pipeline round a real request, by a function or by a process.
 *
 * @param onWork is called when a function has started that sends its request also after its call has ended
 */
export function callOf(order: Order, ledger: string, onWork: () => void): KeyedCall<Input, unknown, object> {
  const { effects, totalMs, onInProgress } = order;
  const options = {
    name: `chaos-${effects}-${order.callee}`,
    callee: order.callee === "task" ? publishTask(order, onWork) : publishCommand(order),
    timeout: { total: totalMs, attempt: LIMITS.attemptMs },
    effects,
    key: ({ key }: Input) => key,
    ...(effects === "verifiable" && {
      probe: ({ url, key }: Input) => look(url, key),
      effectWithin: LIMITS.effectWithinMs,
    }),
    ...(effects !== "once" && { retry: { attempts: 3, baseDelay: 100 } }),
    onInProgress,
    ledger,
  };
  return defineCall(options as unknown as Parameters<typeof defineCall<Input, unknown, object>>[0]);
}

function publishTask({ effects, heeds }: Order, onWork: () => void) {
  return task(
    async ({ url, key }: Input, { signal, attempt, callId }) => {
      const heeded = heeds ? signal : undefined;
      const ms = thinkMs(key, attempt);
      if (!heeds && ms > 0) onWork();
      await wait(ms, undefined, { signal: heeded });
      const body = JSON.stringify({ callId, attempt });
      const { id } = await post(`${url}/any`, key, effects, body, heeded).catch(asRejection);
      return id;
    },
    { cancelGrace: LIMITS.graceMs },
  );
}

function publishCommand({ effects, heeds }: Order) {
  const args = ({ url }: Input) => [COMMAND, `${url}/any`, effects, String(heeds)];
  return command(process.execPath, args, { killGrace: LIMITS.graceMs, rejectedExitCodes: [4] });
}
