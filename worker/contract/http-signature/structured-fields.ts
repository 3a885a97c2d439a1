/** Structured Field Values (RFC 8941), as far as signatures and digests need them: dictionaries of items and inner lists. Strict: what is doubtful is no field. */

type Bytes = Uint8Array<ArrayBuffer>;
export type Bare = string | number | boolean | Bytes | Token;
export type Parameters = ReadonlyMap<string, Bare>;

export class Token {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface Item {
  value: Bare;
  parameters: Parameters;
}

/** One member of a dictionary: an item, or an inner list of them. */
export interface Member {
  value: Bare | readonly Item[];
  parameters: Parameters;
}

/** @throws SyntaxError for anything that is no dictionary, and for one that names a member twice: readers would differ on which counts */
export function parseDictionary(text: string): Map<string, Member> {
  return new Reader(text).dictionary();
}

/** Section 4.1.1.1: an inner list of strings with its parameters, as it stands in a signature's base. @throws TypeError for other values */
export function serializeInnerList(items: readonly Item[], parameters: Parameters): string {
  return `(${items.map(({ value, parameters: own }) => serializeBare(value) + serializeParameters(own)).join(" ")})${serializeParameters(parameters)}`;
}

function serializeParameters(parameters: Parameters): string {
  return [...parameters].map(([name, value]) => (value === true ? `;${name}` : `;${name}=${serializeBare(value)}`)).join("");
}

function serializeBare(value: Bare): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "boolean") return value ? "?1" : "?0";
  if (typeof value === "string") return `"${value.replaceAll(/[\\"]/g, "\\$&")}"`;
  if (value instanceof Token) return value.text;
  return `:${btoa(String.fromCharCode(...value))}:`;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replaceAll(/^ +| +$/g, "");
  }

  dictionary(): Map<string, Member> {
    const members = new Map<string, Member>();
    for (;;) {
      const name = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      if (members.has(name)) throw new SyntaxError(`The member ${name} is there twice.`);
      members.set(name, this.#maybe(/=/y) === null ? { value: true, parameters: this.#parameters() } : this.#member());
      if (this.#at === this.#text.length) return members;
      this.#take(/[ \t]*,[ \t]*/y);
    }
  }

  #member(): Member {
    if (this.#maybe(/\(/y) === null) return this.#item();
    const items: Item[] = [];
    for (;;) {
      this.#maybe(/ +/y);
      if (this.#maybe(/\)/y) !== null) return { value: items, parameters: this.#parameters() };
      items.push(this.#item());
      if (!/[ )]/.test(this.#text[this.#at] ?? "")) throw this.#unreadable();
    }
  }

  #item(): Item {
    return { value: this.#bare(), parameters: this.#parameters() };
  }

  #parameters(): Parameters {
    const parameters = new Map<string, Bare>();
    while (this.#maybe(/; */y) !== null) {
      const name = this.#take(/[a-z*][a-z0-9_.*-]*/y);
      if (parameters.has(name)) throw new SyntaxError(`The parameter ${name} is there twice.`);
      parameters.set(name, this.#maybe(/=/y) === null ? true : this.#bare());
    }
    return parameters;
  }

  #bare(): Bare {
    const string = this.#maybe(/"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\\"])*"/y);
    if (string !== null) return string.slice(1, -1).replaceAll(/\\(.)/g, "$1");
    const bytes = this.#maybe(/:(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?:/y);
    if (bytes !== null) return Uint8Array.from(atob(bytes.slice(1, -1)), (character) => character.charCodeAt(0));
    const integer = this.#maybe(/-?\d{1,15}(?![\d.])/y);
    if (integer !== null) return Number(integer);
    const boolean = this.#maybe(/\?[01]/y);
    if (boolean !== null) return boolean === "?1";
    return new Token(this.#take(/[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*/y));
  }

  #take(pattern: RegExp): string {
    const found = this.#maybe(pattern);
    if (found === null) throw this.#unreadable();
    return found;
  }

  #maybe(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.#at += found.length;
    return found;
  }

  #unreadable(): SyntaxError {
    return new SyntaxError(`The field cannot be read at character ${this.#at + 1}.`);
  }
}
