import { z } from "zod";

/**
 * One property's settings. `strictObject`: a key that nobody reads is a typing error that nobody sees. A 0 in `max_daily_posts` is
 * allowed, as a property may rest; whether it is meant only the family can tell.
 */
export const PropertyConfig = z.strictObject({
  property: z.string().min(1),
  timezone: z.string().min(1),
  language: z.enum(["en", "de", "es", "pt"]),
  max_daily_posts: z.int().min(0).max(50),
  min_hours_between_posts: z.number().min(0).max(48),
  hashtags: z.array(z.string().startsWith("#")),
  publish: z.strictObject({
    enabled: z.boolean(),
    account: z.string().min(1),
    retry_minutes: z.int().min(1),
  }),
});

export type PropertyConfig = z.infer<typeof PropertyConfig>;
