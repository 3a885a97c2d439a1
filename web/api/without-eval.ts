/** Has to run before the first shape is made: each decides then how it will be read. */
import * as z from "zod";

z.config({ jitless: true });
