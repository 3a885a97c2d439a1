/** The body of a request: JSON or nothing, counted while it is read. */
import { Problem } from "./problem.ts";

/** No request of the API needs more. Bytes. */
const LIMIT = 64 * 1024;

export interface Body {
  text: string;
  /** `undefined`: no body came. */
  value: unknown;
}

/** @throws Problem("media_type_unsupported" | "body_too_large" | "invalid_request") */
export async function readBody(request: Request): Promise<Body> {
  if (request.method === "GET" || !request.body) return { text: "", value: undefined };
  const text = await readText(request.body);
  if (text.trim() === "") return { text: "", value: undefined };
  if (!isJson(request.headers.get("content-type"))) {
    throw new Problem("media_type_unsupported", { detail: "Send the body as application/json." });
  }
  try {
    return { text, value: JSON.parse(text) };
  } catch {
    throw new Problem("invalid_request", { detail: "The body is not valid JSON." });
  }
}

function isJson(contentType: string | null): boolean {
  const mediaType = contentType?.split(";")[0]!.trim().toLowerCase() ?? "";
  return mediaType === "application/json" || mediaType.endsWith("+json");
}

async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  let text = "";
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > LIMIT) throw new Problem("body_too_large", { detail: `The body may have ${LIMIT} bytes at most.` });
    text += decode(() => decoder.decode(chunk, { stream: true }));
  }
  return text + decode(() => decoder.decode());
}

function decode(work: () => string): string {
  try {
    return work();
  } catch {
    throw new Problem("invalid_request", { detail: "The body is not valid UTF-8." });
  }
}
