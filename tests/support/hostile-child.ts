import { serveChild } from "../../workers/threads/serve.ts";

serveChild(new URL("./hostile-thread.ts", import.meta.url));
