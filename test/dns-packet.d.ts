/** The part of dns-packet that the tests use: another reader and writer of DNS messages than ours. */
declare module "dns-packet" {
  export interface Packet {
    id?: number;
    type?: "query" | "response";
    opcode?: string;
    rcode?: string;
    flags?: number;
    flag_aa?: boolean;
    flag_ra?: boolean;
    flag_rd?: boolean;
    questions?: { name: string; type: string; class?: string }[];
    answers?: PacketRecord[];
    authorities?: PacketRecord[];
    additionals?: PacketRecord[];
  }
  interface PacketRecord {
    name: string;
    type: string;
    class?: string;
    ttl?: number;
    data?: unknown;
    udpPayloadSize?: number;
    extendedRcode?: number;
    ednsVersion?: number;
    flags?: number;
    flag_do?: boolean;
    options?: { code: number | string; data?: Uint8Array; length?: number; type?: string }[];
  }
  const dns: {
    RECURSION_DESIRED: number;
    CHECKING_DISABLED: number;
    DNSSEC_OK: number;
    encode(packet: Packet): Uint8Array<ArrayBuffer>;
    decode(message: Uint8Array): Packet;
  };
  export default dns;
}
