import { expect, test } from "vitest";
import { fieldOf, wrongIn } from "../../web/api/validate.ts";

test("a form is told what the API would not understand, field by field, before anything is sent", async () => {
  expect(await wrongIn("create-snapshot", { label: "before the upgrade", lifetime: 7 })).toEqual([]);
  expect(await wrongIn("create-snapshot", { label: "x".repeat(65), lifetime: 31 })).toEqual([
    { field: "label", kind: "most", limit: 64, letters: true },
    { field: "lifetime", kind: "most", limit: 30, letters: false },
  ]);
  expect(await wrongIn("create-snapshot", { lifetime: Number.NaN })).toEqual([{ field: "lifetime", kind: "form", limit: null, letters: false }]);
});

test("what tells PATCH rows apart is put in, and what is needed and missing is called so", async () => {
  expect(await wrongIn("stop-instance", {})).toEqual([]);
  expect(await wrongIn("resize-compute-instance", { options: {} })).toEqual([{ field: "resourceId", kind: "missing", limit: null, letters: false }]);
});

test("an act without a body has nothing that could be wrong", async () => {
  expect(await wrongIn("delete-instance", undefined)).toEqual([]);
});

test("a field has one name, however deep in the body the API found the mistake", () => {
  expect(["name", "options.resourceId", "disks[1]", "options.disks.1", "tags.0.key"].map(fieldOf)).toEqual([
    "name",
    "resourceId",
    "disks",
    "disks",
    "tags",
  ]);
});
