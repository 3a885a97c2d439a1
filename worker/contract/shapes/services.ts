/** Services, and what people change of a resource without its zone: its Service, its tags, its environment. */
import * as z from "zod";
import { environmentList, type Environment } from "../resource-types.ts";
import { MOST_TAGS } from "../tags.ts";
import { action, changeReference, id, reason, text, type Shape } from "./common.ts";
import { isEveryKeyOnce, tagKey, tagList, tagPair } from "./tags.ts";

const environment = z.enum(environmentList as [Environment, ...Environment[]]);
const description = text.max(256);

/** Lists are asked for names with commas between and `!` before those to leave out. */
const name = text
  .max(128)
  .regex(/^[^!,][^,]*$/, "no comma, and no exclamation mark at its beginning")
  .transform((given) => given.normalize("NFC"));

export const createService = z
  .object({
    cloudId: id.describe("The Cloud in which it is made"),
    name: name.describe("Unique in its Cloud, upper and lower case alike"),
    environment: environment.describe("What a resource created in it gets unless said otherwise"),
    description: description.optional(),
    changeReference,
  })
  .strict();
export type CreateService = z.infer<typeof createService>;

const some = (options: object) => Object.values(options).some((value) => value !== undefined);

export const serviceOptions = z
  .object({
    name: name.optional(),
    environment: environment
      .optional()
      .describe("What a resource created in it from now on gets unless said otherwise; those that are there keep theirs"),
    description: description.nullable().optional().describe("null: none any more"),
  })
  .strict()
  .refine(some, "name what is to be changed: name, environment or description");

export const tagOptions = z
  .object({
    replace: tagList.optional().describe("Exactly these from now on; stands alone"),
    add: z.array(tagPair).max(MOST_TAGS).refine(isEveryKeyOnce, "every key once").optional().describe("A key that is there gets the new value"),
    remove: z.array(tagKey).max(MOST_TAGS).optional().describe("Keys; one that is not there is no mistake"),
  })
  .strict()
  .refine((options) => some(options), "name what is to be changed: replace, or add and remove")
  .refine(({ replace, add, remove }) => !replace || (!add && !remove), { path: ["replace"], message: "replace stands alone, without add and remove" })
  .refine(({ add = [], remove = [] }) => add.every(({ key }) => !remove.includes(key)), {
    path: ["remove"],
    message: "a key is added or removed, not both",
  });

export const resourceOptions = z
  .object({
    environment: environment.optional(),
    comment: text.max(256).nullable().optional().describe("null: none any more"),
    noBackupReason: reason.describe("Why an instance is not backed up: PRODUCTION needs one, stated before or now"),
    noMonitoringReason: reason.describe("Why an instance is not monitored: PRODUCTION needs one, stated before or now"),
    noReplicationReason: reason.describe("Why an instance has no replica: PRODUCTION needs one, stated before or now"),
  })
  .strict()
  .refine(some, "name what is to be changed: environment, comment, or a reason for going without protection");

const patch = <Operation extends string, Options extends z.ZodType>(operation: Operation, options: Options) =>
  z.object({ operation: z.literal(operation), options, changeReference }).strict();

export const serviceWrites = {
  "create-service": { body: createService, answer: action, status: 202 },
  "update-service": { body: patch("update", serviceOptions), answer: action, status: 202 },
  "delete-service": { body: z.object({ changeReference }).strict().optional(), answer: action, status: 202 },
  "move-resource": {
    body: patch("move", z.object({ serviceId: id.describe("Another Service of the same Cloud") }).strict()),
    answer: action,
    status: 202,
  },
  "update-tags": { body: patch("update_tags", tagOptions), answer: action, status: 202 },
  "update-resource": { body: patch("update", resourceOptions), answer: action, status: 202 },
  "list-resource-tags": { answer: z.array(z.object({ key: z.string(), value: z.string() })), status: 200 },
} as const satisfies Record<string, Shape>;
