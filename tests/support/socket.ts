/** A client of `/api/ws` that hands out the frames in order. */
export interface SocketClient {
  // deno-lint-ignore no-explicit-any -- tests read whatever shape the frame promises and assert on it
  next(): Promise<any>;
  /** The next frame of this type; those before it are dropped. */
  // deno-lint-ignore no-explicit-any -- as above
  nextOf(type: string): Promise<any>;
  send(frame: unknown): void;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

export async function openSocket(origin: string, path: string): Promise<SocketClient> {
  const socket = new WebSocket(`${origin.replace("http", "ws")}${path}`);
  const frames: string[] = [];
  let wake = () => {};
  let ended = false;
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => {
      ended = true;
      wake();
      resolve(code);
    };
  });
  socket.onmessage = ({ data }) => {
    frames.push(String(data));
    wake();
  };
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("The socket did not open"));
  });
  socket.onerror = null;

  async function next() {
    while (frames.length === 0) {
      if (ended) throw new Error("The socket closed");
      await new Promise<void>((resolve) => wake = resolve);
    }
    return JSON.parse(frames.shift() ?? "");
  }
  return {
    next,
    async nextOf(type) {
      let frame = await next();
      while (frame.type !== type) frame = await next();
      return frame;
    },
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    closed,
    async close() {
      socket.close();
      await closed;
    },
  };
}
