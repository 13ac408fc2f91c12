import { once } from "node:events";
import { SMTPServer } from "smtp-server";

export interface FakeSmtp {
  readonly port: number;
  /** Mails taken, as they came over the wire. */
  readonly mails: { readonly from: string; readonly to: readonly string[]; readonly raw: string }[];
  close(): Promise<void>;
}

export interface FakeSmtpOptions {
  readonly user?: string;
  readonly pass?: string;
  /** Status by recipient, for example `{ "full@x.example": 452 }`. */
  readonly refuse?: Readonly<Record<string, number>>;
  /** Status with which every connection is turned away. */
  readonly greetWith?: number;
  /** Status with which every sender is refused. */
  readonly refuseFrom?: number;
}

/** An SMTP server on loopback, without TLS. */
export async function startFakeSmtp(
  { user, pass, refuse = {}, greetWith, refuseFrom }: FakeSmtpOptions = {},
): Promise<FakeSmtp> {
  const mails: FakeSmtp["mails"] = [];
  const fault = (text: string, status: number) => Object.assign(new Error(text), { responseCode: status });
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS"],
    authOptional: user === undefined,
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.username === user && auth.password === pass
        ? done(null, { user: auth.username })
        : done(fault("Invalid username or password", 535)),
    onConnect: (_session, done) => done(greetWith === undefined ? null : fault("Not from there", greetWith)),
    onMailFrom: (_address, _session, done) =>
      done(refuseFrom === undefined ? null : fault("Not this sender", refuseFrom)),
    onRcptTo: ({ address }, _session, done) => {
      const status = refuse[address];
      done(status === undefined ? null : fault("Refused", status));
    },
    onData: (stream, { envelope }, done) => {
      let raw = "";
      stream.on("data", (chunk: Uint8Array) => raw += new TextDecoder().decode(chunk));
      stream.on("end", () => {
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), raw });
        done();
      });
    },
  });
  server.on("error", () => {}); // a client that hangs up is part of the tests
  const listener = server.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
