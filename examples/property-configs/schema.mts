import { z } from "zod";

/**
 * The settings of one property. `strictObject` refuses unknown keys, so a mistyped name is an error. `max_daily_posts` may be
 * 0, because a property may pause; only the comparison with the other files shows that a 0 is a mistake.
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
