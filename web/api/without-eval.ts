/** Has to run before the first shape is made, wherever a page takes one from: each decides then how it will be read. So it is the first thing that runs. */
import { config } from "zod/v4/core";

config({ jitless: true });
