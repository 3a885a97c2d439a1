/** The network that an address belongs to: /24 of IPv4, /64 of IPv6, what one household or office commonly has. "" for no address. */
export function networkPrefix(address: string | null): string {
  if (!address) return "";
  const v4 = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/i.exec(address);
  if (v4) return `${v4[1]}.${v4[2]}.${v4[3]}.0/24`;
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::");
  const front = head.split(":").filter(Boolean);
  const back = (tail ?? "").split(":").filter(Boolean);
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => "0");
  const groups = [...front, ...zeros, ...back].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return groups.length === 4 && groups.every((group) => /^[0-9a-f]{1,4}$/.test(group)) ? `${groups.join(":")}::/64` : "";
}
