/** The four meanings that colour may have, and the neutral one. Each stands with a shape and a word. */
export type Tone = "good" | "busy" | "bad" | "unknown" | "neutral";
