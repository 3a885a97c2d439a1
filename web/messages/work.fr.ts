/** The words of the pages about resources, services, topology, log and actions, in French. */
import type { work as english } from "./work.en.ts";

type Widened<T> = T extends string ? string : T extends (...args: infer A) => string ? (...args: A) => string : { readonly [Key in keyof T]: Widened<T[Key]> };

export const work: Widened<typeof english> = {};
