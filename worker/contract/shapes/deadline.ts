/** Every act that leaves an action running may say how long it may take: beside what else its body says, so that it is signed with it. */
import * as z from "zod";

/** In seconds. */
export const DEADLINE = { shortest: 60, longest: 24 * 60 * 60, usual: 60 * 60 } as const;

const deadline = z
  .int()
  .min(DEADLINE.shortest)
  .max(DEADLINE.longest)
  .optional()
  .describe(`Seconds until the action is given up, unless it is done; ${DEADLINE.usual} unless said. What has not begun by then is not done`);

export function withDeadline(body: z.ZodType): z.ZodType {
  if (body instanceof z.ZodOptional) return withDeadline(body.unwrap() as z.ZodType).optional();
  if (body instanceof z.ZodObject) return body.safeExtend({ deadline });
  throw new TypeError("The body of an act that leaves an action running is an object.");
}
