/** Who is signed in, what they may do, and which of their Clouds the console looks at. */
import { call } from "../api/client.ts";
import * as auth from "../api/auth.ts";
import { whenSessionEnds } from "../api/http.ts";
import { asProblem, type ApiProblem } from "../api/problem.ts";
import { i18n } from "../messages/index.svelte.ts";
import { safeReturn, to } from "../paths.ts";
import { router } from "../router.svelte.ts";
import type { PersonActor } from "../../worker/contract/actor.ts";
import { actorOf } from "../can.ts";

export type Me = auth.Person;
export type MyCloud = Me["clouds"][number];

class Session {
  /** null: nobody is signed in, or it is not known yet. */
  me = $state.raw<Me | null>(null);
  state = $state<"reading" | "in" | "out" | "failed">("reading");
  /** Why the person could not be read, while `failed`. */
  problem = $state.raw<ApiProblem | null>(null);

  /** The Cloud chosen in the rail: it stands in the address, so that a link shows what was looked at. null: all. */
  readonly cloud = $derived.by<MyCloud | null>(() => {
    const id = Number(router.query.get("cloud"));
    return this.me?.clouds.find((cloud) => cloud.id === id) ?? null;
  });

  /** The person as the contract's `decide` wants them: buttons ask the same question as the gate. The gate decides all the same. */
  readonly actor = $derived<PersonActor | null>(this.me && actorOf(this.me));

  constructor() {
    whenSessionEnds.call = () => this.#ended();
  }

  async read(): Promise<void> {
    this.problem = null;
    try {
      this.begin((await call("read-me")) as Me);
    } catch (error) {
      if (this.state === "out") return;
      this.problem = asProblem(error);
      this.state = "failed";
    }
  }

  /** A session has begun, or is found to be there. */
  begin(me: Me): void {
    this.me = me;
    i18n.organization = me.organization.name;
    this.state = "in";
  }

  /** @throws ApiProblem */
  async signIn(...how: Parameters<typeof auth.signIn>): Promise<void> {
    this.begin(await auth.signIn(...how));
    router.navigate(safeReturn(router.query.get("from")), { replace: true });
  }

  /** @throws ApiProblem: then the session may still be open, and the console says so. */
  async signOut(): Promise<void> {
    await auth.signOut();
    this.#forget();
    router.navigate(to("signIn"));
  }

  #ended(): void {
    const wasIn = this.state === "in";
    this.#forget();
    const page = router.match?.page;
    if (page === "signIn" || page === "activation" || page === "enrolment") return;
    router.navigate(to("signIn", { from: router.here === to("resources") ? null : router.here, ended: wasIn ? 1 : null }), { replace: true });
  }

  #forget(): void {
    this.me = null;
    this.state = "out";
  }
}

export const session = new Session();
