/**
 * What the demo company has asked of Service Delivery: something that waits for David, something that was refused, something that was accepted.
 * All of it was asked, and the past of it decided, by people who have left since: those who are there have not enrolled their keys yet, and without
 * one nobody asks or decides.
 */
import { aboutOf, type RequestState, type Wanted } from "../../worker/contract/requests.ts";
import type { Write } from "../commit.ts";
import { insertRows } from "./insert.ts";
import type { SeededCloud } from "./clouds.ts";
import type { Sequence } from "./resources.ts";

const DAY = 24 * 60 * 60_000;

/** Gone: a name beside what they did, no address, nothing to come in with. */
export interface Former {
  id: number;
  name: string;
  organizationId: number;
}

export interface SeededRequest {
  id: number;
  organizationId: number;
  wanted: Wanted;
  reason: string;
  askedBy: number;
  asked: number;
  state: RequestState;
  decided: { by: number; at: number; why: string | null; made: number | null } | null;
}

export interface SeededRequests {
  former: readonly Former[];
  requests: readonly SeededRequest[];
}

/** @param sequences of the directory, by organization @param since when the company was made */
export function makeRequests(clouds: readonly SeededCloud[], sequences: ReadonlyMap<number, Sequence>, since: number, now: number): SeededRequests {
  const take = (organizationId: number): number => sequences.get(organizationId)!.take();
  const cloud = (name: string): SeededCloud => clouds.find((one) => one.name === name)!;
  const research = cloud("Asclepia Research");
  const [asclepia, meridian] = [research.organization.id, cloud("Meridian").organization.id];
  const ida: Former = { id: take(asclepia), name: "Ida Falk", organizationId: asclepia };
  const ben: Former = { id: take(meridian), name: "Ben Carver", organizationId: meridian };
  const ofAsclepia = { organizationId: asclepia, askedBy: ida.id };
  return {
    former: [ida, ben],
    requests: [
      {
        ...ofAsclepia,
        id: take(asclepia),
        wanted: { kind: "cloud", name: research.name },
        reason: "The trials must not be in the way of the portal, nor see it.",
        asked: since - 3 * DAY,
        state: "accepted",
        decided: { by: ben.id, at: since, why: null, made: research.id },
      },
      {
        ...ofAsclepia,
        id: take(asclepia),
        wanted: { kind: "cloud", name: "Asclepia Archive" },
        reason: "A place for what must be kept for ten years.",
        asked: now - 11 * DAY,
        state: "refused",
        decided: {
          by: ben.id,
          at: now - 9 * DAY,
          why: "Protected Services of Asclepia Care do this. Ask again if other people are to work there.",
          made: null,
        },
      },
      {
        id: take(meridian),
        organizationId: meridian,
        askedBy: ben.id,
        wanted: {
          kind: "organization",
          name: "Cassis Conseil",
          cloud: "Cassis",
          representative: { name: "Camille Roche", email: "camille.roche@cassis.example", locale: "fr" },
        },
        reason: "Contract 2026-114, from January on.",
        asked: now - 4 * DAY,
        state: "asked",
        decided: null,
      },
      {
        ...ofAsclepia,
        id: take(asclepia),
        wanted: {
          kind: "person",
          person: { name: "Ines Faro", email: "ines.faro@asclepia.example", locale: "en" },
          profiles: [{ cloudId: research.id, profile: "OPE", ends: now + 90 * DAY }],
        },
        reason: "Runs the machines of the trial that opens next month.",
        asked: now - 2 * DAY,
        state: "asked",
        decided: null,
      },
    ],
  };
}

/** @param since when the company was made: they were there before it */
export function requestWrites({ former, requests }: SeededRequests, since: number): Write[] {
  return [
    ...insertRows(
      "actor",
      {
        id: (row) => row.id,
        organization_id: (row) => row.organizationId,
        kind: () => "person",
        name: (row) => row.name,
        state: () => "ended",
        created: () => since - 30 * DAY,
      },
      former,
    ),
    ...insertRows("person", { id: (row) => row.id, email: (row) => `ended:${row.id}`, locale: () => "en" }, former),
    ...insertRows(
      "account_request",
      {
        id: (row) => row.id,
        organization_id: (row) => row.organizationId,
        kind: (row) => row.wanted.kind,
        about: (row) => aboutOf(row.wanted),
        wanted: (row) => JSON.stringify(row.wanted),
        reason: (row) => row.reason,
        asked_by: (row) => row.askedBy,
        asked: (row) => row.asked,
        state: (row) => row.state,
        decided_by: (row) => row.decided?.by ?? null,
        decided: (row) => row.decided?.at ?? null,
        decision: (row) => row.decided?.why ?? null,
        made: (row) => row.decided?.made ?? null,
        version: (row) => (row.decided ? 2 : 1),
      },
      requests,
    ),
  ];
}
