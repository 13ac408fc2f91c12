import { serveThread } from "../../workers/threads/serve.ts";
import { HOSTILE_FUNCTIONS } from "./hostile-functions.ts";

serveThread(HOSTILE_FUNCTIONS);
