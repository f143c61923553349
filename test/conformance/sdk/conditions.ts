import type { SdkCondition } from "./condition.ts";
import { hooks } from "./hook-conditions.ts";
import { servers } from "./mcp-conditions.ts";
import { oddAnswers } from "./odd-conditions.ts";
import { permissions } from "./permission-conditions.ts";

export const SDK_CONDITIONS: readonly SdkCondition[] = [...permissions, ...hooks, ...servers, ...oddAnswers];
