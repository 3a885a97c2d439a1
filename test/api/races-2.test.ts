import { races } from "./races.ts";

races(1);
