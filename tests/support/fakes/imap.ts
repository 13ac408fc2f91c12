import { once } from "node:events";
import type { Server as NetServer, Socket } from "node:net";
import hoodiecrow from "hoodiecrow-imap";

interface Message {
  uid: number;
  flags: string[];
  raw: string;
}

interface Connection {
  readonly socket: Socket | null;
  inputHandler: ((line: string) => void) | false;
}

interface Parsed {
  readonly attributes?: readonly { readonly value?: unknown }[];
}

type Handler = (connection: Connection, parsed: Parsed, data: string, done: () => void) => void;

/** What is used of hoodiecrow-imap, which brings no types. */
interface Hoodiecrow {
  readonly server: NetServer;
  readonly connectionHandlers: ((connection: Connection) => void)[];
  listen(port: number, host: string): void;
  close(done: () => void): void;
  getMailbox(path: string): { messages: Message[]; uidvalidity: number; uidnext: number };
  appendMessage(path: string, flags: string[], at: Date, raw: string): { message: Message };
  getCommandHandler(name: string): Handler;
  setCommandHandler(name: string, handler: Handler): void;
}

export interface FakeImap {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly pass: string;
  /** The access token that is good, in the place of a password. */
  letIn(accessToken: string): void;
  /** What clients sent to AUTHENTICATE XOAUTH2, decoded. */
  readonly sasl: readonly string[];
  /** How often somebody tried to sign in. */
  readonly logins: number;
  /** Connections that are open. */
  readonly open: number;
  /** Names of the commands that came. */
  readonly commands: readonly string[];
  /** Puts a mail into the INBOX; resolves to its number. */
  put(mail: string | Uint8Array, flags?: string[]): number;
  flagsOf(uid: number): readonly string[];
  /** Takes a mail's flags away. */
  clear(uid: number): void;
  /** The INBOX is another one from now on: its mails get new numbers after this one. */
  renumber(after: number): void;
  /** A connection that asks for this mail's bytes is cut, or none is any more (null). */
  cutAt(uid: number | null): void;
  /** Says that all went well and sends nothing when this mail is asked for, or answers again (null). */
  keepBack(uid: number | null): void;
  /** Resolves when a client waits by IDLE. */
  idling(): Promise<void>;
  /** Cuts every connection. */
  cut(): void;
  /** Is away, until `start`: whoever comes is cut at once. Its port stays its own, or somebody else could get it. */
  stop(): void;
  start(): void;
  /** Lets the next one in and says nothing; resolves when it is there. */
  silence(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface FakeImapOptions {
  /** Without it a client has to look. Default true. */
  readonly idle?: boolean;
  readonly pass?: string;
  /** TLS from the start. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Of loopback. Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
}

/** An IMAP server on loopback (hoodiecrow-imap), which forgets everything. */
export async function startFakeImap(
  { idle = true, pass = "secreto", tls, host = "127.0.0.1", port = 0 }: FakeImapOptions = {},
): Promise<FakeImap> {
  const user = "soporte@empresa.example";
  const access = { accessToken: "none", sessionTimeout: 3_600_000 };
  const server = openServer({ user, pass, access, idle, tls });
  const sasl: string[] = [];
  const connections = new Set<Connection>();
  const commands: string[] = [];
  const inbox = server.getMailbox("INBOX");
  let logins = 0;
  let cutUid: number | null = null;
  let keptUid: number | null = null;

  server.connectionHandlers.push((connection) => {
    connections.add(connection);
    connection.socket?.prependListener("close", () => {
      connections.delete(connection);
      // It would wait half an hour for the end of an IDLE.
      if (connection.inputHandler !== false) connection.inputHandler("DONE");
    });
  });
  const before = (name: string, act: (connection: Connection, parsed: Parsed) => Parsed | null) => {
    const handler = server.getCommandHandler(name);
    server.setCommandHandler(name, (connection, parsed, data, done) => {
      commands.push(name);
      const heard = act(connection, parsed);
      if (heard !== null) handler(connection, heard, data, done);
    });
  };
  before("LOGIN", (_connection, parsed) => {
    logins++;
    return parsed;
  });
  before("AUTHENTICATE XOAUTH2", (_connection, parsed) => {
    logins++;
    sasl.push(atob(String(parsed.attributes?.[0]?.value ?? "")));
    return parsed;
  });
  let idling = Promise.withResolvers<void>();
  if (idle) {
    before("IDLE", (_connection, parsed) => {
      idling.resolve();
      idling = Promise.withResolvers();
      return parsed;
    });
  }
  for (const name of ["SELECT", "UID SEARCH", "UID STORE"]) before(name, (_connection, parsed) => parsed);
  before("UID FETCH", (connection, parsed) => {
    const [range, ...what] = parsed.attributes ?? [];
    const asks = (uid: number | null) => uid !== null && String(range?.value) === String(uid);
    if (asks(cutUid)) {
      connection.socket?.destroy();
      return null;
    }
    return asks(keptUid) ? { ...parsed, attributes: [{ ...range, value: "4000000000" }, ...what] } : parsed;
  });

  let away = false;
  let silenced: PromiseWithResolvers<void> | null = null;
  const hushed: Socket[] = [];
  const served = server.server.listeners("connection");
  server.server.removeAllListeners("connection");
  server.server.on("connection", (socket: Socket) => {
    if (silenced !== null) {
      hushed.push(socket.on("error", () => {}));
      silenced.resolve();
      silenced = null;
    } else if (away) socket.destroy();
    else for (const serve of served) Reflect.apply(serve, server.server, [socket]);
  });
  server.listen(port, host);
  await once(server.server, "listening");
  const address = server.server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  const cut = () => {
    for (const { socket } of [...connections]) socket?.destroy();
  };
  return {
    host,
    get port() {
      return port;
    },
    user,
    pass,
    get logins() {
      return logins;
    },
    get open() {
      return connections.size;
    },
    commands,
    sasl,
    letIn: (accessToken) => void (access.accessToken = accessToken),
    put: (mail, flags = []) => server.appendMessage("INBOX", flags, new Date(), binary(mail)).message.uid,
    flagsOf: (uid) => inbox.messages.find((message) => message.uid === uid)?.flags ?? [],
    clear(uid) {
      const message = inbox.messages.find((one) => one.uid === uid);
      if (message !== undefined) message.flags = [];
    },
    renumber(after) {
      inbox.uidvalidity++;
      inbox.uidnext = after + 1;
      for (const message of inbox.messages) message.uid = inbox.uidnext++;
      cut();
    },
    cutAt: (uid) => void (cutUid = uid),
    keepBack: (uid) => void (keptUid = uid),
    async idling() {
      if (![...connections].some(({ inputHandler }) => inputHandler !== false)) await idling.promise;
    },
    cut,
    stop() {
      away = true;
      cut();
    },
    start: () => void (away = false),
    silence: () => (silenced = Promise.withResolvers<void>()).promise,
    [Symbol.asyncDispose]: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      for (const socket of hushed) socket.destroy();
      return closed;
    },
  };
}

function openServer(
  { user, pass, access, idle, tls }: {
    user: string;
    pass: string;
    access: { accessToken: string };
    idle: boolean;
    tls: FakeImapOptions["tls"];
  },
): Hoodiecrow {
  return hoodiecrow({
    plugins: ["ID", "LITERALPLUS", "NAMESPACE", "SASL-IR", "UNSELECT", "XOAUTH2", ...idle ? ["IDLE"] : []],
    users: { [user]: { password: pass, xoauth2: access } },
    storage: { INBOX: {}, "": { separator: "/", folders: {} } },
    ...(tls === undefined ? {} : { secureConnection: true, credentials: tls }),
  });
}

/** A character a byte, as the server keeps mails. */
function binary(mail: string | Uint8Array): string {
  const bytes = typeof mail === "string" ? new TextEncoder().encode(mail) : mail;
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
