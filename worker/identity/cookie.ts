/** The session cookie: `__Host-` binds it to this host and to https; no script and no other site can send it. */
const name = "__Host-itcare";
const attributes = "Secure; HttpOnly; SameSite=Strict; Path=/";

export function sessionCookie(token: string, seconds: number): string {
  return `${name}=${token}; ${attributes}; Max-Age=${seconds}`;
}

export const clearedCookie = `${name}=; ${attributes}; Max-Age=0`;

/** The cookie's value as the browser sent it; null: none. */
export function readSessionCookie(request: Request): string | null {
  for (const pair of request.headers.get("cookie")?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}
