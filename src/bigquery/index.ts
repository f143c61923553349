export { bigqueryQuery, type BigQueryQueryOptions, type Of, type RowOf } from "./query.ts";
export type { BigQueryClient } from "./client.ts";
export type { QueryDetails } from "./driver.ts";
export type { JobProgress } from "../callees/job/driver.ts";
