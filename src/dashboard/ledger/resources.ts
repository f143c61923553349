import type { ResourceView } from "../../resources/view.ts";

/** Not yet. */
export const resources = async (): Promise<readonly ResourceView[]> => [];
