import { insideOf, type CallInside } from "../call/inside.ts";
import { asConfigError, ledgerFailure } from "../call/ledger-answers.ts";
import { CallError, ConfigError, NO_FACTS } from "../core/errors.ts";
import { errorName } from "../core/failure.ts";
import { notifyListener } from "../core/listener.ts";
import type { Logger } from "../core/logger.ts";
import { show } from "../core/options.ts";
import { advise } from "../core/wording.ts";
import { LedgerError } from "../database/errors.ts";
import { borrowLedger } from "../ledger/open.ts";
import { driverOf, type Boss, type Driver, type Queue } from "./boss.ts";
import { queueProblems } from "./check-queue.ts";
import { readWorkOptions, type WorkOptions } from "./options.ts";
import { Worker } from "./worker.ts";

/** Checks everything that can be wrong, then begins to work; see `work()`. */
export async function startWorker<Input>(
  boss: Boss,
  queue: string,
  call: unknown,
  options: WorkOptions<Input>,
): Promise<Worker<Input>> {
  const inside = insideOf<Input>(call);
  const name = inside?.name ?? "?";
  const problems: string[] = [];
  const asDriver = driverOf(boss);
  if ("problem" in asDriver) problems.push(asDriver.problem);
  if (typeof queue !== "string" || queue === "") {
    problems.push(`the queue is ${show(queue)}; give its name`);
  }
  if (inside === undefined) problems.push("the third argument must be a call that defineCall made");
  const read = readWorkOptions<Input>(options, problems);
  if (problems.length > 0 || "problem" in asDriver || inside === undefined)
    throw new ConfigError(name, problems);
  const { driver } = asDriver;
  const { totalMs } = inside.limits().time;
  const found = await findQueue(driver, name, queue);
  const unfit = [
    ...queueProblems(queue, found, { totalMs, stopMs: inside.stopMs }),
    // At its calls it would be too late: each job would go to the dead-letter queue.
    ...inside.ledgerProblems(),
  ];
  if (unfit.length > 0) throw new ConfigError(name, unfit);
  await openLedger(inside);
  const { logger = inside.logger } = read;
  hearErrors(driver, logger);
  const worker = new Worker(driver, queue, inside, read);
  try {
    await worker.start();
  } catch (error) {
    throw isRefusal(error)
      ? new ConfigError(name, [`pg-boss refuses an option: ${error.message}`], error)
      : error;
  }
  return worker;
}

async function findQueue(driver: Driver, name: string, queue: string): Promise<Queue | null> {
  try {
    return await driver.getQueue(queue);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const problem = error.message.startsWith("Database not opened")
      ? "this PgBoss is not started; call `await boss.start()` first"
      : `pg-boss refuses the queue: ${error.message}`;
    throw new ConfigError(name, [problem], error);
  }
}

/** pg-boss asserts what it is given. */
const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && (error as { readonly code?: unknown }).code === "ERR_ASSERTION";

/** A worker without its ledger would fetch job after job and start none of them. */
async function openLedger({ name, ledger }: CallInside<never>): Promise<void> {
  try {
    const { store, giveBack } = await borrowLedger(ledger);
    try {
      await store.list({ limit: 1 });
    } finally {
      await giveBack();
    }
  } catch (error) {
    if (error instanceof LedgerError && error.code === "invalid_config") throw asConfigError(name, error);
    const { code, message, effect, cause } = ledgerFailure(error, "not_started");
    throw new CallError(`The worker of the call "${name}" was not started: it ${message}. ${advise(code)}`, {
      ...NO_FACTS,
      name,
      code,
      effect,
      retryable: true,
      cause,
    });
  }
}

const heard = new WeakSet<object>();

/**
 * Without a listener, an `error` event of pg-boss ends the process, such as one query that fails because Postgres restarts. The listener
 * stays: pg-boss may report an error after it has stopped.
 */
function hearErrors(boss: Driver, logger: Logger | undefined): void {
  if (heard.has(boss)) return;
  heard.add(boss);
  boss.on("error", (error) => {
    if (boss.listenerCount("error") > 1) return;
    const { message } = (error ?? {}) as { readonly message?: unknown };
    const text = `pg-boss reported an error: ${typeof message === "string" ? message : errorName(error)}`;
    const warn = () => process.emitWarning(text, "HardcallWarning");
    if (logger === undefined) warn();
    else notifyListener(() => logger.error({ error: errorName(error) }, text), warn);
  });
}
