/** Below those that a system gives out by itself: what is free stays free until somebody takes it by its number. */
const PORTS = { from: 20_000, to: 32_000 } as const;

/**
 * An address of this machine for one test alone: Linux takes all of 127.0.0.0/8, so that a port with a meaning can be
 * listened on, and one that is free stays free, whatever other runs of the tests do. Elsewhere there is but one.
 */
export function ownHost(): string {
  if (Deno.build.os !== "linux") return "127.0.0.1";
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  return `127.${1 + (a ?? 0) % 254}.${b}.${1 + (c ?? 0) % 254}`;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where nobody listens, and nobody but its owner will. */
export function freeAddress(): Address {
  const host = ownHost();
  return { host, port: freePort(host) };
}

/** One that is free at this moment. */
export function freePort(host: string): number {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (mayListen({ host, port })) return port;
  }
}

/** Whether the port is free there, and for this user to take. */
export function mayListen({ host, port }: Address): boolean {
  try {
    Deno.listen({ hostname: host, port }).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AddrInUse || thrown instanceof Deno.errors.PermissionDenied) {
      return false;
    }
    throw thrown;
  }
}
