import type { PgClientClass } from "./driver.ts";

/**
 * Closes its connection when connecting fails. `pg` 8 leaves it open where the reason is its own, such as a password that is missing, and
 * the server keeps its side for a minute (`authentication_timeout`). A worker that tries again would use up all of the server's connections.
 */
export function closingClient(Client: PgClientClass): PgClientClass {
  return class extends Client {
    override connect(callback?: (error: Error | null | undefined, ...more: unknown[]) => void) {
      const close = () => this.connection?.stream?.destroy();
      if (callback !== undefined) {
        return super.connect((error, ...more) => {
          if (error) close();
          callback(error, ...more);
        });
      }
      return super.connect()?.catch((error: unknown) => {
        close();
        throw error;
      });
    }
  };
}
