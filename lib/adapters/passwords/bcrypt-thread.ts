/// <reference lib="deno.worker" />
import { compareSync } from "bcryptjs";

self.onmessage = ({ data }: MessageEvent<{ password: string; hash: string }>) => {
  self.postMessage(compareSync(data.password, data.hash));
};
