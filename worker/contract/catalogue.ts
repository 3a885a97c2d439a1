/** What an instance can be made of. The same lists in every zone; what an organization may use of zones and networks is another matter. */
import type { Family } from "./resource-types.ts";
import { supportPhaseOf, type SupportDates } from "./support.ts";

/** The dates of support are the publishers', those of sale the provider's. */
export interface Product extends SupportDates {
  name: string;
  family: Family;
}

// oxfmt-ignore
export const products = {
  debian12:   { name: "Debian 12",                  family: "DEBIAN",  endOfSale: "2027-06-30", endOfSupport: "2028-06-30", endOfExtendedSupport: null },
  debian13:   { name: "Debian 13",                  family: "DEBIAN",  endOfSale: null,         endOfSupport: "2030-06-30", endOfExtendedSupport: null },
  ubuntu2404: { name: "Ubuntu 24.04 LTS",           family: "UBUNTU",  endOfSale: null,         endOfSupport: "2029-05-31", endOfExtendedSupport: "2034-04-25" },
  rhel9:      { name: "Red Hat Enterprise Linux 9", family: "RHEL",    endOfSale: null,         endOfSupport: "2032-05-31", endOfExtendedSupport: "2035-05-31" },
  oracle9:    { name: "Oracle Linux 9",             family: "ORACLE",  endOfSale: null,         endOfSupport: "2032-06-30", endOfExtendedSupport: "2035-06-30" },
  win2022:    { name: "Windows Server 2022",        family: "WINDOWS", endOfSale: null,         endOfSupport: "2031-10-14", endOfExtendedSupport: null },
} as const satisfies Record<string, Product>;
export type ProductCode = keyof typeof products;

/** What still runs, and is created no more. */
// oxfmt-ignore
export const retired = {
  centos7: { name: "CentOS 7", family: "CENTOS", endOfSale: "2023-06-30", endOfSupport: "2024-06-30", endOfExtendedSupport: null },
  aix72:   { name: "AIX 7.2",  family: "AIX",    endOfSale: "2023-12-31", endOfSupport: "2027-04-30", endOfExtendedSupport: "2030-04-30" },
} as const satisfies Record<string, Product>;

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

/** Whether something may still be created from it. */
export function isOnSale(code: ProductCode, now: number): boolean {
  return supportPhaseOf(products[code], now) === "STANDARD";
}

/** A product of the catalogue, sold or not; null: none has the code. */
export function productOf(code: string | null): Product | null {
  const all: Readonly<Record<string, Product>> = { ...products, ...retired };
  return code !== null && Object.hasOwn(all, code) ? all[code]! : null;
}

/** The sizing with just these cores and GB of memory, or null: an instance may have been sized outside the catalogue. */
export function sizingOf({ cpu, ram }: { cpu: number; ram: number }): SizingCode | null {
  const codes = Object.keys(sizings) as SizingCode[];
  return codes.find((code) => sizings[code].cpu === cpu && sizings[code].ram === ram) ?? null;
}
