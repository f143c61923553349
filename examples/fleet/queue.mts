/** The connection of producer and workers to pg-boss, and the queue. */
import { PgBoss } from "pg-boss";
import { QUEUE } from "./publish.mts";

export async function connect(): Promise<PgBoss> {
  const connectionString = process.env["DATABASE_URL"];
  if (
    connectionString === undefined ||
    !/^postgres(ql)?:/.test(URL.parse(connectionString)?.protocol ?? "")
  ) {
    console.error("Set DATABASE_URL, such as postgres://fleet@localhost:5432/fleet");
    process.exit(2);
  }
  // The instances look for dead workers that often; pg-boss's default is a minute.
  const boss = new PgBoss({ connectionString, superviseIntervalSeconds: 5, monitorIntervalSeconds: 5 });
  await boss.start().catch((error: Error) => {
    // The database may start after this process. systemd and Docker start it again.
    console.error(`The database of DATABASE_URL cannot be used: ${error.message}`);
    process.exit(75);
  });
  return boss;
}

/** Producer and workers may start in any order. */
export async function makeQueue(boss: PgBoss): Promise<void> {
  const deadLetter = `${QUEUE}-dead`;
  await boss.createQueue(deadLetter);
  await boss.createQueue(QUEUE, {
    deadLetter,
    // A worker that is silent for so long is dead, and its job goes to another.
    heartbeatSeconds: 10,
    retryLimit: 5,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 600,
  });
}
