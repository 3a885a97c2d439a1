/**
 * A sentence beside an element, on hover and on keyboard focus, never clipped: one popover for the whole page. Escape puts it away.
 * `{@attach tooltip("why")}`; without a text nothing happens.
 */
import type { Attachment } from "svelte/attachments";

let bubble: HTMLElement | null = null;
let shownFor: HTMLElement | null = null;
let count = 0;

export function tooltip(text: string | null | undefined): Attachment<HTMLElement> {
  return (element) => {
    if (!text) return;
    const description = describe(element, text);
    const show = () => place(element, text);
    // A dialog that opens gives the focus to its first button; after a click nobody asked what that one does.
    const showFocused = () => element.matches(":focus-visible, :has(:focus-visible)") && show();
    const hide = () => putAway(element);
    const escape = (event: KeyboardEvent) => event.key === "Escape" && hide();
    const listeners = { pointerenter: show, pointerleave: hide, focusin: showFocused, focusout: hide, keydown: escape as EventListener };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener as EventListener);
      description.remove();
      element.removeAttribute("aria-describedby");
      hide();
    };
  };
}

/** Screen readers get the sentence as the element's description, whether it is shown or not. */
function describe(element: HTMLElement, text: string): HTMLElement {
  const description = document.createElement("span");
  description.id = `tip-${++count}`;
  description.hidden = true;
  description.textContent = text;
  element.append(description);
  element.setAttribute("aria-describedby", description.id);
  return description;
}

function place(element: HTMLElement, text: string): void {
  if (!bubble) {
    bubble = document.createElement("div");
    bubble.className = "tooltip";
    bubble.popover = "manual";
    bubble.setAttribute("aria-hidden", "true");
  }
  // Inside an open dialog, or it would lie beneath it.
  (element.closest("dialog") ?? document.body).append(bubble);
  bubble.textContent = text;
  bubble.showPopover();
  shownFor = element;
  const at = element.getBoundingClientRect();
  const own = bubble.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), document.documentElement.clientWidth - own.width - 8);
  const below = at.bottom + 6 + own.height < innerHeight;
  bubble.style.setProperty("left", `${left}px`);
  bubble.style.setProperty("top", `${below ? at.bottom + 6 : at.top - own.height - 6}px`);
}

function putAway(element: HTMLElement): void {
  if (shownFor !== element || !bubble) return;
  if (bubble.matches(":popover-open")) bubble.hidePopover();
  shownFor = null;
}
