/** The contract's shapes as the browser may run them: the page's policy lets no reader be compiled from text. */
import "./without-eval.ts";

export { shapeOf } from "../../worker/contract/shapes/index.ts";
