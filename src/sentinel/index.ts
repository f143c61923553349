export type { Alert } from "./alert.ts";
export type { Artifact } from "./count/artifact.ts";
export { CountError } from "./count/artifact.ts";
export type { AlertChannel } from "./channels.ts";
export type { Clock } from "./clock.ts";
export { readConfig } from "./config.ts";
export type { Count, CountContext } from "./count/count.ts";
export type { FilesCountOptions } from "./count/files.ts";
export type { HttpCountOptions } from "./count/http.ts";
export type { QueryClient, RowsCountOptions } from "./count/rows.ts";
export type { SuccessesCountOptions } from "./count/successes.ts";
export {
  type CountOptions,
  defineSentinel,
  type Sentinel,
  SentinelConfigError,
  type SentinelOptions,
} from "./definition.ts";
export type { AlertKind } from "./hysteresis.ts";
export type { Maintenance } from "./maintenance.ts";
export { checkSentinels, type CheckSentinelsOptions, type Pass, type SentinelCheck } from "./pass.ts";
export { type PassStatus, sentinelStatus, type SentinelStatus } from "./status.ts";
export {
  type SentinelCount,
  type Expectation,
  judge,
  type Judgement,
  type SentinelVerdict,
} from "./verdict.ts";
