/** Asks the API for an act, and marks what it is asked of until there is an answer: nothing is shown as done before the server says so. */
import type { Label } from "../../worker/contract/actions.ts";
import { SvelteMap } from "svelte/reactivity";
import { call, type Answer, type CallOptions } from "../api/client.ts";
import { live } from "../state/live.svelte.ts";

/** An act as it would be asked now: what the API gets, and whom it concerns. */
export type Act<L extends Label = Label> = L extends Label
  ? CallOptions<L> & {
      label: L;
      /** The id of what is busy meanwhile: the resource, or the Service in which something is made. */
      on?: number;
      /** Of what it is done to: in production every act is signed. */
      environment?: string | null;
    }
  : never;

/** What has been asked and not been answered yet, by id: the key is being waited for, or the answer. */
export const asked = new SvelteMap<number, Label>();

/** @throws ApiProblem; Cancelled when the person put the key away */
export async function ask<L extends Label>(act: Act<L>): Promise<Answer<L>> {
  const { label, on, environment: _, ...options } = act as Act & { label: L };
  if (on !== undefined) asked.set(on, label);
  try {
    const answer = await call(label, options as CallOptions<L>);
    await live.refresh();
    return answer;
  } finally {
    if (on !== undefined) asked.delete(on);
  }
}
