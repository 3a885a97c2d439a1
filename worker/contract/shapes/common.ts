/** What several nouns share. Shapes are zod; `import * as z` keeps the bundle small. */
import * as z from "zod";

/** The request and answer of one row. `query` and `body` refuse unknown members; `answer` documents. `status` is the answer's on success. */
export interface Shape {
  query?: z.ZodType;
  body?: z.ZodType;
  answer?: z.ZodType;
  /** Of the answer; absent: application/json. Of application/x-ndjson each line is as `answer` says. */
  mediaType?: "application/x-ndjson";
  status?: 200 | 201 | 202 | 204;
}

export const id = z.int().positive().describe("region · organization · sequence in one integer below 2^53");

/** ISO 8601, UTC, milliseconds. */
export const instant = z.iso.datetime({ offset: true });

/** Text that is kept and signed: no control characters, and nothing that UTF-8 cannot carry, which would be kept otherwise than it was signed. */
export const text = z
  .string()
  .trim()
  .min(1)
  .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), "printing characters only");

/** Why a PRODUCTION resource goes without something that protects it. */
export const reason = text.max(256).optional();

export const changeReference = text.max(64).optional().describe("The number of your change, for example RFC_123");

/** `names=a,!b,c` and repeated parameters alike become one list. */
export const commaList = z.union([z.string(), z.array(z.string())]).transform((value) =>
  (Array.isArray(value) ? value : [value])
    .flatMap((item) => item.split(","))
    .map((item) => item.trim())
    .filter(Boolean),
);

export const pageQuery = {
  page: z.coerce.number().int().min(0).default(0),
  size: z.coerce.number().int().min(1).max(1000).default(20),
  sort: z.string().max(64).optional().describe("property(,asc|desc); ascending unless said otherwise; one property only"),
};

/** The envelope of every list that has pages: a Spring page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    content: z.array(item),
    totalElements: z.int(),
    totalPages: z.int(),
    number: z.int(),
    size: z.int(),
    numberOfElements: z.int(),
    first: z.boolean(),
    last: z.boolean(),
    empty: z.boolean(),
    sort: z.object({ empty: z.boolean(), sorted: z.boolean(), unsorted: z.boolean() }),
  });
}

const actionItem = z.object({
  id,
  label: z.string().describe("The row of the privilege matrix"),
  process: z.string(),
  resourceName: z.string().describe("What it is done to: of most items the plan's own resource"),
  status: z.enum(["WAITING", "IN_PROGRESS", "SUCCESS", "ERROR", "NOT_BEGUN"]).describe("NOT_BEGUN: nothing of it was done, and nothing will be"),
  message: z.string().nullable(),
  lastUpdatedAt: instant,
  completedAt: instant.nullable(),
});
export type ActionItem = z.infer<typeof actionItem>;

/** What was asked, as the API calls it: the status of one operation. */
export const action = z.object({
  id,
  process: z.string().describe("The code of what is done, for example vm_stop"),
  family: z.string(),
  status: z.enum(["SUCCESS", "IN_PROGRESS", "ERROR"]),
  message: z.string().nullable(),
  resourceName: z.string(),
  resourceType: z.string(),
  resourceId: id,
  submittedAt: instant,
  submittedBy: z.string(),
  lastUpdatedAt: instant,
  completedAt: instant.nullable(),
  changeReference: z.string().nullable(),
  cancellable: z.boolean(),
  planId: id.optional().describe("Present on an item of a plan: the plan's own action"),
  items: z.array(actionItem).optional().describe("Present on a plan: its items in order, each an action of its own"),
});
export type Action = z.infer<typeof action>;
