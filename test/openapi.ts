/** Holds answers against the OpenAPI document as a client would: status, media type, and the body by its schema. */
import { methodOf, pathOf, type Label } from "../worker/contract/actions.ts";
import { openApiDocument } from "../worker/gate/openapi.ts";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  propertyNames?: Schema;
  additionalProperties?: boolean | Schema;
  required?: string[];
  items?: Schema | boolean;
  prefixItems?: Schema[];
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

interface Operation {
  parameters: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const document = openApiDocument() as unknown as Document;

function operationOf(label: Label): Operation {
  return document.paths[`/itcare${pathOf(label).replaceAll(/:(\w+)/g, "{$1}")}`]![methodOf(label).toLowerCase()]!;
}

/** The body that the row's route takes. */
export function acceptedBody(label: Label): Schema | undefined {
  return operationOf(label).requestBody?.content["application/json"]?.schema;
}

export function acceptedQuery(label: Label): { name: string; schema: Schema }[] {
  return operationOf(label).parameters.filter((parameter) => parameter.in === "query");
}

/** What of the answer the document does not declare, or null. @param text the body */
export function undeclared(label: Label, response: Response, text: string): string | null {
  const declared = operationOf(label).responses[response.status];
  if (!declared) return `status ${response.status} is not declared`;
  const mediaType = response.headers.get("content-type")?.split(";")[0]!.trim() ?? "";
  if (!declared.content) return text === "" ? null : `status ${response.status} is declared without a body, and has one: ${mediaType}`;
  const content = declared.content[mediaType];
  if (!content) return `media type '${mediaType}' is not declared for ${response.status}`;
  const bodies = mediaType === "application/x-ndjson" ? text.trim().split("\n") : [text];
  const complaint = bodies.map((body) => mismatch(content.schema, JSON.parse(body) as unknown, "body")).find((one) => one !== null) ?? null;
  return complaint && `${response.status}: ${complaint}`;
}

/** Where the value does not fit the schema, or null. */
export function mismatch(schema: Schema | boolean, value: unknown, at: string): string | null {
  if (typeof schema === "boolean") return schema ? null : `${at} may not be there`;
  if (schema.$ref) return mismatch(document.components.schemas[schema.$ref.split("/").pop()!]!, value, at);
  for (const part of schema.allOf ?? []) {
    const complaint = mismatch(part, value, at);
    if (complaint) return complaint;
  }
  for (const choice of [schema.oneOf, schema.anyOf]) {
    if (!choice) continue;
    const complaints = choice.map((part) => mismatch(part, value, at));
    if (!complaints.includes(null)) return `${at} is none of what it can be: ${complaints.join("; or ")}`;
  }
  if ("const" in schema && value !== schema.const) return `${at} is not ${JSON.stringify(schema.const)}`;
  if (schema.enum && !schema.enum.includes(value)) return `${at} is ${JSON.stringify(value)}, none of ${JSON.stringify(schema.enum)}`;
  if (schema.type && ![schema.type].flat().some((type) => isOfType(type, value)))
    return `${at} is no ${String(schema.type)}: ${JSON.stringify(value)}`;
  if (typeof value === "string") return textMismatch(schema, value, at);
  if (typeof value === "number") return numberMismatch(schema, value, at);
  if (Array.isArray(value)) return listMismatch(schema, value, at);
  return value !== null && typeof value === "object" ? objectMismatch(schema, value as Record<string, unknown>, at) : null;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return value !== null && typeof value === "object" && !Array.isArray(value);
  return typeof value === type;
}

function textMismatch({ minLength = 0, maxLength = Infinity, pattern }: Schema, value: string, at: string): string | null {
  if (value.length < minLength || value.length > maxLength) return `${at} has ${value.length} characters`;
  return pattern && !new RegExp(pattern, "u").test(value) ? `${at} does not match ${pattern}: ${value}` : null;
}

function numberMismatch(schema: Schema, value: number, at: string): string | null {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  return value < minimum || value > maximum || value <= exclusiveMinimum || value >= exclusiveMaximum ? `${at} is out of bounds: ${value}` : null;
}

function listMismatch({ items, prefixItems = [], minItems = 0, maxItems = Infinity }: Schema, value: unknown[], at: string): string | null {
  if (value.length < minItems || value.length > maxItems) return `${at} has ${value.length} items`;
  for (const [index, item] of value.entries()) {
    const complaint = mismatch(prefixItems[index] ?? items ?? true, item, `${at}[${index}]`);
    if (complaint) return complaint;
  }
  return null;
}

function objectMismatch(
  { properties = {}, additionalProperties = true, propertyNames, required = [] }: Schema,
  value: Record<string, unknown>,
  at: string,
): string | null {
  const missing = required.find((name) => !(name in value));
  if (missing) return `${at}.${missing} is missing`;
  for (const [name, member] of Object.entries(value)) {
    const complaint =
      (propertyNames && mismatch(propertyNames, name, `the name of ${at}.${name}`)) ??
      mismatch(properties[name] ?? additionalProperties, member, `${at}.${name}`);
    if (complaint) return complaint;
  }
  return null;
}
