/** IPv4 addresses of a network. The first ten stand for gateways and what else a network has of its own. */
const RESERVED = 10;

/** The lowest address of the network that is not taken, or null. @param cidr as 10.11.12.0/24 */
export function firstFreeAddress(cidr: string, taken: ReadonlySet<string>): string | null {
  const [base = "", length = ""] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  for (let host = RESERVED; host < size - 1; host++) {
    const address = [24, 16, 8, 0].map((shift) => Math.floor((start + host) / 2 ** shift) % 256).join(".");
    if (!taken.has(address)) return address;
  }
  return null;
}
