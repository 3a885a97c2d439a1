import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import type { ControllerName } from "./wake.ts";
export class ZoneController extends DurableObject<Env> {
  async wake(name: ControllerName): Promise<void> {
    await this.ctx.storage.put("name", name);
    await this.ctx.storage.setAlarm(Date.now());
  }
}
