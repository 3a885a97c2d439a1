/** What an instance can be made of. The same lists in every zone; what an organization may use of zones and networks is another matter. */
import type { Family } from "./resource-types.ts";

export const products = {
  debian12: { name: "Debian 12", family: "DEBIAN" },
  debian13: { name: "Debian 13", family: "DEBIAN" },
  ubuntu2404: { name: "Ubuntu 24.04 LTS", family: "UBUNTU" },
  rhel9: { name: "Red Hat Enterprise Linux 9", family: "RHEL" },
  oracle9: { name: "Oracle Linux 9", family: "ORACLE" },
  win2022: { name: "Windows Server 2022", family: "WINDOWS" },
} as const satisfies Record<string, { name: string; family: Family }>;
export type ProductCode = keyof typeof products;

/** cpu in cores, ram in GB; both stay below 256, which is all that existing clients can read. */
export const sizings = {
  "1cpu2gb": { cpu: 1, ram: 2 },
  "2cpu4gb": { cpu: 2, ram: 4 },
  "2cpu8gb": { cpu: 2, ram: 8 },
  "4cpu8gb": { cpu: 4, ram: 8 },
  "4cpu16gb": { cpu: 4, ram: 16 },
  "8cpu16gb": { cpu: 8, ram: 16 },
  "8cpu32gb": { cpu: 8, ram: 32 },
  "16cpu64gb": { cpu: 16, ram: 64 },
  "32cpu128gb": { cpu: 32, ram: 128 },
} as const satisfies Record<string, { cpu: number; ram: number }>;
export type SizingCode = keyof typeof sizings;

export function isProduct(code: string): code is ProductCode {
  return Object.hasOwn(products, code);
}

/** The sizing with just these cores and GB of memory, or null: an instance may have been sized outside the catalogue. */
export function sizingOf({ cpu, ram }: { cpu: number; ram: number }): SizingCode | null {
  const codes = Object.keys(sizings) as SizingCode[];
  return codes.find((code) => sizings[code].cpu === cpu && sizings[code].ram === ram) ?? null;
}
