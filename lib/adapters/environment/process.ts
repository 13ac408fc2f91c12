import { join } from "node:path";
import { type Config, ConfigError } from "../../config.ts";
import { AppError, causeCode, messageOf } from "../../kernel/errors.ts";
import { VERSION } from "../../version.ts";

const encoder = new TextEncoder();

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  for (let rest = encoder.encode(text); rest.length > 0;) rest = rest.subarray(to.writeSync(rest));
}

interface Banner {
  readonly server: { readonly hostname: string; readonly port: number; readonly guarded: boolean };
  readonly host: { readonly config: Config; readonly warnings: readonly string[] };
  readonly firstStart: {
    readonly created: boolean;
    readonly password: string | null;
    readonly weak: boolean;
    readonly sampleEntries: number;
  };
}

function credentialLines({ host: { config }, firstStart }: Omit<Banner, "server">): string[] {
  return [
    ...firstStart.created ? [`  sign in as admin, e-mail ${config.identity.adminEmail}`] : [],
    ...firstStart.password === null ? [] : [`  password, shown this once: ${firstStart.password}`],
  ];
}

/** For a start that failed after it made the admin: nobody could learn the generated password later. */
export function printCredentials(banner: Omit<Banner, "server">): void {
  const lines = credentialLines(banner);
  if (lines.length > 0) write(Deno.stdout, `Cauce made the first admin\n${lines.join("\n")}\n`);
}

export interface HeldPort {
  readonly port: number;
  /** For whoever listens on it now. */
  release(): void;
}

/** A free port, kept from others until it is listened on: links that name it are written before that. */
export function holdFreePort(hostname: string): HeldPort {
  const listener = Deno.listen({ hostname, port: 0 });
  return { port: listener.addr.port, release: () => listener.close() };
}

/** Runs `listen`. Throws ConfigError that names the setting where that can't be listened on. */
export function listening<T>(
  { host, port }: { readonly host: string; readonly port: number },
  listen: () => T,
): T {
  try {
    return listen();
  } catch (thrown) {
    const found = UNUSABLE.find(([is]) => is(thrown));
    throw found === undefined ? thrown : new ConfigError([found[1]({ host, port })]);
  }
}

const UNUSABLE: readonly (readonly [
  is: (thrown: unknown) => boolean,
  problem: (address: { readonly host: string; readonly port: number }) => string,
])[] = [
  [
    (thrown) => thrown instanceof Deno.errors.AddrInUse,
    ({ port }) => `PORT: ${port} is taken by another program; name another one, or 0 for a free one`,
  ],
  [
    (thrown) => thrown instanceof Deno.errors.PermissionDenied,
    ({ port }) => `PORT: ${port} is not for this user to listen on; name one above 1023`,
  ],
  [
    (thrown) => thrown instanceof Deno.errors.AddrNotAvailable || /lookup address/.test(messageOf(thrown)),
    ({ host }) => `HOST: ${host} is no address of this machine`,
  ],
];

/** What a newcomer needs to know, once, before the log lines begin. */
export function printBanner({ server, host: { config, warnings }, firstStart }: Banner): void {
  const shown = ["0.0.0.0", "::"].includes(server.hostname) ? "127.0.0.1" : server.hostname;
  const base = `http://${shown.includes(":") ? `[${shown}]` : shown}:${server.port}`;
  const lines = [
    `Cauce ${VERSION} serves on ${base} (pid ${Deno.pid}, ${config.env})`,
    `  web chat ${base}/chat   inbox ${base}/inbox   API ${base}/docs`,
    ...credentialLines({ host: { config, warnings }, firstStart }),
    ...firstStart.weak ? ["  ADMIN_PASSWORD is easy to guess: production would refuse it"] : [],
    ...firstStart.sampleEntries > 0
      ? [`  a sample business with ${firstStart.sampleEntries} answers is in; run: deno task setup`]
      : [],
    ...server.guarded ? [] : ["  slow headers can't be cut on this system: put a proxy in front"],
    ...warnings.map((warning) => `  ${warning}`),
  ];
  write(Deno.stdout, `${lines.join("\n")}\n`);
}

/** A line for whoever watches the process. */
export function printLine(text: string): void {
  write(Deno.stdout, `${text}\n`);
}

/** What to do about what went wrong, by the code of it. */
const REMEDIES = [
  {
    code: /^SQLITE_(NOTADB|CORRUPT)/,
    remedy: "The database file is damaged. Put a backup in its place, which keeps the file aside:" +
      "\n  deno task cauce restore latest",
  },
  {
    code: /^(ENOSPC|EDQUOT|SQLITE_FULL|storage_full)/,
    remedy: "The disk is full. Make room, then start again: what was acknowledged is on it.",
  },
] as const;

/** Says why the start failed, without a stack for what a person can mend, and ends with 1. */
export function printProblem(thrown: unknown): never {
  const known = REMEDIES.find(({ code }) => causeCode(thrown, (its) => code.test(its)) !== undefined);
  const plain = thrown instanceof AppError || !(thrown instanceof Error) ||
    /Config|Migration|RangeError/.test(thrown.name);
  const more = known !== undefined ? `\n  ${known.remedy}` : plain ? "" : `\n${thrown.stack ?? ""}`;
  write(Deno.stderr, `Cauce can't start: ${messageOf(thrown)}${more}\n`);
  Deno.exit(1);
}

/** `CAUCE_DATA/pid`: the process to signal. */
export async function writePid(folder: string): Promise<{ remove(): Promise<void> }> {
  const path = join(folder, "pid");
  await Deno.writeTextFile(path, `${Deno.pid}\n`, { mode: 0o600 });
  return { remove: () => Deno.remove(path).catch(() => {}) };
}

/** On SIGTERM or SIGINT runs `stop` once and exits with 0; a second signal exits at once. */
export function onStopSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = () => {
    if (stopping) Deno.exit(1);
    stopping = true;
    stop().then(() => Deno.exit(0), (thrown) => {
      write(Deno.stderr, `The stop was not clean: ${messageOf(thrown)}\n`);
      Deno.exit(1);
    });
  };
  Deno.addSignalListener("SIGTERM", begin);
  Deno.addSignalListener("SIGINT", begin);
}
