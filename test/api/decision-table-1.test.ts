import { decisionTable } from "../decision/table.ts";

decisionTable(0);
