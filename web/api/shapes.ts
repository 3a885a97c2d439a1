/** Apart, so that the shapes are fetched when a form is first filled in, and not before. */
export { shapeOf } from "../../worker/contract/shapes/index.ts";
