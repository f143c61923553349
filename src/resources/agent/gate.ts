import type { Logger } from "../../core/logger.ts";
import type { LedgerStore } from "../../ledger/store/store.ts";
import { agentOf } from "./registry.ts";
import type { Gate } from "./gate-types.ts";
import { limitsOf } from "../limits-of.ts";
import type { Resource } from "../options.ts";

/**
 * The gate of a resource. All gates of one process, ledger and declaration share one agent, which speaks with the ledger for all of them.
 *
 * @throws ConfigError `invalid_config`, naming an environment variable
 */
export function gateOf(resource: Resource, store: LedgerStore, log?: Logger): Gate {
  const { agent, connection } = agentOf(resource.name, limitsOf(resource, process.env), store, log);
  return {
    async enter(request) {
      await connection.requireOpen();
      return await agent.enter(request);
    },
  };
}
