export { work, type QueueWorker } from "./work.ts";
export type { WorkOptions, PgBossOptions } from "./options.ts";
export type { Boss, QueueJob } from "./boss.ts";
