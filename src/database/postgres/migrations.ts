import { POSTGRES_CONTENTS } from "./contents-schema.ts";
import { POSTGRES_OPERATIONS } from "./operations-schema.ts";
import { POSTGRES_RESOURCES } from "./resources-schema.ts";
import { POSTGRES_SENTINELS } from "./sentinel-schema.ts";

/**
 * Each entry takes the schema one version further, in a transaction of its own, and is never edited once released. Workers of the version
 * before go on meanwhile and afterwards: an entry adds tables, and columns with a default. One that they cannot live with has to stop
 * their claims by a trigger that raises `HC001`, as `claimed_fence` does for files (src/database/sqlite/migrations.ts).
 */
export const POSTGRES_MIGRATIONS: readonly string[] = [
  `${POSTGRES_OPERATIONS}\n${POSTGRES_CONTENTS}\n${POSTGRES_SENTINELS}`,
  POSTGRES_RESOURCES,
];
