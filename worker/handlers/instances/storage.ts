import type { Handler } from "../../gate/context.ts";
import { keptOf } from "./kept.ts";

/** Disks and file systems, as the zone last observed them. GB. */
export const readStorage: Handler<"read-instance-storage"> = async ({ target }, _input, { env }) => {
  const { disks, fileSystems } = await keptOf(env, target.id);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  return Response.json({
    totalSizeDisks: sum(disks),
    totalSizeFileSystems: sum(fileSystems.map(({ size }) => size)),
    fileSystems: fileSystems.map(({ mountingPoint, type, size, free }) => ({ mountingPoint, fileSystemType: type, sizeOf: size, free })),
  });
};
