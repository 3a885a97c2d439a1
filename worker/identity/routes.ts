/** Sign-in and what belongs to it, under /auth. No route here lets anybody make an account: people come in by a link that was issued to them. */
import { Hono, type Context } from "hono";
import type { Env } from "../env.ts";
import { answerError, Problem } from "../gate/problem.ts";
import { activate, beginActivation } from "./activation.ts";
import { beginLostKeys, enrolAfterLoss } from "./enrolment.ts";
import type { Exchange } from "./exchange.ts";
import { beginKeySignIn } from "./key-sign-in.ts";
import { beginPasswordChange, setPassword } from "./password/change.ts";
import { askReset, beginNewPassword, resetPassword } from "./password/reset.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { beginEnrolment } from "./security-keys/begin-enrolment.ts";
import { signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";
import { beginStepUp, stepUp } from "./step-up.ts";

type Served = { Bindings: Env; Variables: { requestId: string } };

const endpoints: Record<string, Record<string, (exchange: Exchange) => Promise<Response>>> = {
  "/session": { POST: signIn, DELETE: signOut },
  "/session/options": { POST: beginKeySignIn },
  "/password/options": { POST: beginPasswordChange },
  "/password": { POST: setPassword },
  "/password-reset": { POST: askReset },
  "/password-reset/options": { POST: beginNewPassword },
  "/password-reset/password": { POST: resetPassword },
  "/activation/options": { POST: beginActivation },
  "/activation": { POST: activate },
  "/enrolment/options": { POST: beginLostKeys },
  "/enrolment": { POST: enrolAfterLoss },
  "/security-keys/options": { POST: beginEnrolment },
  "/step-up/options": { POST: beginStepUp },
  "/step-up": { POST: stepUp },
};

export const identityRoutes = new Hono<Served>();

for (const [path, byMethod] of Object.entries(endpoints)) {
  for (const [method, handle] of Object.entries(byMethod)) {
    identityRoutes.on(method, path, (c) => {
      requireSameOrigin(c.req.raw, c.env);
      return handle({ request: c.req.raw, env: c.env, now: Date.now(), waitUntil: (work) => later(c, work) });
    });
  }
  const allowed = Object.keys(byMethod).join(", ");
  identityRoutes.all(path, (c) => {
    throw new Problem("method_not_allowed", { detail: `${c.req.method} is not supported here; ${allowed} is.`, headers: { allow: allowed } });
  });
}

identityRoutes.onError((error, c) => {
  // Set by the application around; a request that comes here by itself gets its own.
  const requestId = c.get("requestId") ?? crypto.randomUUID();
  return noStore(answerError(error, c.req.raw, requestId));
});

function noStore(response: Response): Response {
  response.headers.set("cache-control", "no-store");
  return response;
}

/** Outside a Worker's event there is nothing to keep alive: the work goes on by itself. */
function later(c: Context<Served>, work: Promise<unknown>): void {
  try {
    c.executionCtx.waitUntil(work);
  } catch {
    void work;
  }
}
