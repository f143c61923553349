// The program on the other side of stdin and stdout, such as the SDK. The fake asks it for permission, runs its hooks
// and calls the tools of its MCP servers, each by a control request that it answers when it likes, or never.
"use strict";
const { uuid } = require("../../shared/ids.cjs");

const cancellation = (id) => ({ type: "control_cancel_request", request_id: id });

/**
 * @param send writes one message to the host
 * @returns what the fake knows of the host. `ask(request)` resolves with `{ response }`, `{ error }`, `{ timedOut }` or,
 *   after the end of stdin, `{ closed }`.
 */
function openHost(send) {
  /** From request id to what is done about its end. */
  const pending = new Map();
  let closed = false;

  const settle = (id, outcome) => {
    const waiting = pending.get(id);
    if (!waiting) return;
    pending.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(outcome);
  };
  return {
    send,
    /** From event to the matchers and callbacks that `initialize` named. */
    hooks: {},

    async ask(request, { timeoutMs, cancelBy } = {}) {
      if (closed) return { closed: true };
      const id = uuid();
      const outcome = new Promise((resolve) => {
        const giveUp = async () => {
          await send(cancellation(id));
          settle(id, { timedOut: true });
        };
        const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
        pending.set(id, { resolve, timer, cancelBy });
      });
      await send({ type: "control_request", request_id: id, request });
      return outcome;
    },

    /** Takes the host's answer to a request; one that came too late is dropped. */
    answered({ response }) {
      const { request_id: id, subtype, error } = response ?? {};
      settle(id, subtype === "error" ? { error: String(error) } : { response: response?.response });
    },

    /** Takes back all requests: the turn that made them was interrupted and does not go on. */
    async cancelPending() {
      const waiting = [...pending];
      pending.clear();
      for (const [id, { timer, cancelBy }] of waiting) {
        clearTimeout(timer);
        await send(cancelBy ?? cancellation(id));
      }
    },

    /** No answer can come any more. */
    close() {
      closed = true;
      for (const id of pending.keys()) settle(id, { closed: true });
    },
  };
}

module.exports = { openHost };
