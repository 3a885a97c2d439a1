/** An exported log as text: one JSON document, or a line that says what it is and then an entry a line. */

/** @throws SyntaxError for what is neither */
export function readExport(text: string): unknown {
  const whole = parsed(text);
  if (whole && "entries" in whole) return whole;
  const [about = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  return { ...(JSON.parse(about) as object), entries: lines.map((line) => JSON.parse(line) as unknown) };
}

/** Null for more than one document, and for none. */
function parsed(text: string): object | null {
  try {
    return JSON.parse(text) as object | null;
  } catch {
    return null;
  }
}
