import type { Connection } from "../../ledger/shared.ts";

/** Keeps the connection to the ledger open while an agent has work. */
export class LedgerHold {
  readonly #connection: Pick<Connection, "hold">;
  #letGo: (() => Promise<void>) | undefined;

  constructor(connection: Pick<Connection, "hold">) {
    this.#connection = connection;
  }

  take(): void {
    this.#letGo ??= this.#connection.hold();
  }

  letGo(): void {
    const letGo = this.#letGo;
    this.#letGo = undefined;
    // A connection that cannot be closed any more is closed.
    letGo?.().catch(() => undefined);
  }
}
