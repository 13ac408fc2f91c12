/** The program of a process that runs what only computes. It may read the program's own files, nothing else. */
import { serveChild } from "./serve.ts";

serveChild(new URL("./thread.ts", import.meta.url));
