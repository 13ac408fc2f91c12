/** The program of a thread that runs what only computes. */
import { PURE_FUNCTIONS } from "../../lib/functions/pure.ts";
import { serveThread } from "./serve.ts";

serveThread(PURE_FUNCTIONS);
