/** IPv4 addresses of a network. The first ten stand for gateways and what else a network has of its own. */
const RESERVED = 10;

/** The lowest address of the network that is not taken, or null. @param cidr as 10.11.12.0/24 */
export function firstFreeAddress(cidr: string, taken: ReadonlySet<string>): string | null {
  const { start, size } = rangeOf(cidr);
  for (let host = RESERVED; host < size - 1; host++) {
    const address = addressOf(start + host);
    if (!taken.has(address)) return address;
  }
  return null;
}

/** The highest address of the network that is not taken, or null: what is not a machine takes from the other end. */
export function lastFreeAddress(cidr: string, taken: ReadonlySet<string>): string | null {
  const { start, size } = rangeOf(cidr);
  for (let host = size - 2; host >= RESERVED; host--) {
    const address = addressOf(start + host);
    if (!taken.has(address)) return address;
  }
  return null;
}

function rangeOf(cidr: string): { start: number; size: number } {
  const [base = "", length = ""] = cidr.split("/");
  return { start: base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0), size: 2 ** (32 - Number(length)) };
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
