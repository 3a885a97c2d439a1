import { expect, test } from "vitest";
import { processes } from "../../worker/contract/shapes/operations.ts";
import { actWords, labelOf } from "../../web/actions/action-words.ts";

test("every process that the API reports is named by its label, and said as a sentence", () => {
  for (const [label, process] of Object.entries(processes)) {
    expect(labelOf({ process })).toBe(label);
    expect(actWords({ process, resourceName: "srv-web-01" }), "add a sentence under signing.acts in web/messages").not.toContain("·");
  }
});

test("a process that came later is its own name", () => {
  expect(labelOf({ process: "vm_levitate" })).toBe("vm_levitate");
});
