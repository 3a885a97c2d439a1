/** Text that can be guessed by nobody, put wherever a request lets text be put: what is found of it elsewhere has leaked. */
import { type Label } from "../worker/contract/actions.ts";
import { acceptedBody, mismatch, type Schema } from "./openapi.ts";

type Path = readonly (string | number)[];

/** Every place of a body where free text may stand, there already or optional: `["options", "description"]`. */
export function freePlaces(label: Label, body: unknown): Path[] {
  const schema = acceptedBody(label);
  return schema ? placesIn(schema, body, []) : [];
}

function placesIn(schema: Schema | boolean, value: unknown, at: Path): Path[] {
  if (typeof schema === "boolean") return [];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) {
    const fits = choices.find((choice) => mismatch(choice, value, "") === null) ?? choices.find(({ type }) => type === "string" || type === "array");
    return fits ? placesIn(fits, value, at) : [];
  }
  const [type] = [schema.type].flat();
  if (type === "string" && !schema.enum && !("const" in schema)) return [at];
  if (type === "array") return placesIn(schema.items ?? true, Array.isArray(value) ? value[0] : undefined, [...at, 0]);
  if (type !== "object") return [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    placesIn(member, value !== null && typeof value === "object" ? (value as Record<string, unknown>)[name] : undefined, [...at, name]),
  );
}

/** The marker in the forms that fields want: names, paths, hosts, addresses. */
export const formsOf = (marker: string): string[] => [marker, `/${marker}`, `${marker}.example`, `https://${marker}.example/`, aliasOf(marker)];

/** As the name of an alias. */
export const aliasOf = (marker: string): string => `${marker}.cloud.itcare.example`;

/** The text with what is written in it as base64 read as well: keys, evidence, cursors. */
export function opened(text: string): string {
  const encoded = text.match(/[A-Za-z0-9+/_-]{16,}={0,2}/g) ?? [];
  return [text, ...encoded.map((word) => Buffer.from(word, "base64").toString("latin1"))].join("\n");
}

/** The body with a text at the place; what is missing on the way there is made. */
export function withText(body: unknown, path: Path, text: string): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return text;
  if (typeof name === "number") {
    const list = Array.isArray(body) ? [...(body as unknown[])] : [];
    list[name] = withText(list[name], rest, text);
    return list;
  }
  const object = body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  return { ...object, [name]: withText(object[name], rest, text) };
}
