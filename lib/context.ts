import type { Config } from "./config.ts";
import type { Actor } from "./kernel/actors.ts";
import { AppError } from "./kernel/errors.ts";
import { newId } from "./kernel/ids.ts";
import type { Db } from "./ports/db.ts";
import type { Ports } from "./ports/mod.ts";

/** What every verb is handed: who acts, where, when, and with what. A surface builds it, then calls the verb. */
export interface Ctx {
  readonly actor: Actor;
  readonly ports: Ports;
  readonly config: Config;
  readonly requestId: string;
  /** The caller's address, where a surface knows it. */
  readonly address: string | null;
  readonly signal: AbortSignal | null;
  /** Reads outside a transaction; inside of one, the transaction. */
  readonly db: Db;
  /** The workspace acted in. Throws 403 when the actor is in none. */
  readonly workspaceId: string;
  readonly workspaceIdOrNull: string | null;
  /** UTC milliseconds. A transaction looks once: what is one commit happened at one time. */
  now(): number;
  /**
   * One write transaction: rows, event, audit entry and jobs are one commit. Joins the transaction that it is
   * called in. Nothing but the database may be awaited inside.
   */
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** The same for another actor or workspace, or with something that belongs into every write transaction. */
  as(change: ContextChange): Ctx;
}

export interface ContextChange {
  readonly actor?: Actor;
  readonly workspaceId?: string | null;
  /** Runs at the end of each write transaction, as part of it, after what does so already. */
  readonly within?: ((tx: Tx) => Promise<void>) | undefined;
}

/** The context inside a transaction. Store functions that write take this, so they can't be called outside. */
export interface Tx extends Ctx {
  readonly inTransaction: true;
  /** Stays in the transaction. */
  as(change: Parameters<Ctx["as"]>[0]): Tx;
  /** Runs after the commit is durable, in order; must not throw. Never runs when it rolls back. */
  afterCommit(action: () => void): void;
}

export interface ContextOptions {
  readonly ports: Ports;
  readonly config: Config;
  readonly actor: Actor;
  readonly workspaceId: string | null;
  readonly requestId?: string;
  readonly address?: string | null;
  /** A function where making one costs more than most of its users need. */
  readonly signal?: AbortSignal | (() => AbortSignal) | null;
  readonly within?: ContextChange["within"] | null | undefined;
}

/** Exported to be extended by the context of a job's run; everybody else calls `createContext`. */
export class Context implements Ctx {
  readonly actor: Actor;
  readonly ports: Ports;
  readonly config: Config;
  readonly requestId: string;
  readonly address: string | null;
  readonly workspaceIdOrNull: string | null;
  readonly within: ((tx: Tx) => Promise<void>) | null;
  private readonly aborting: AbortSignal | (() => AbortSignal) | null;

  constructor(options: ContextOptions) {
    this.actor = options.actor;
    this.ports = options.ports;
    this.config = options.config;
    this.workspaceIdOrNull = options.workspaceId;
    this.requestId = options.requestId ?? newId("request");
    this.address = options.address ?? null;
    this.aborting = options.signal ?? null;
    this.within = options.within ?? null;
  }

  get signal(): AbortSignal | null {
    return typeof this.aborting === "function" ? this.aborting() : this.aborting;
  }

  get db(): Db {
    return this.ports.database.db;
  }

  get workspaceId(): string {
    if (this.workspaceIdOrNull !== null) return this.workspaceIdOrNull;
    throw new AppError("forbidden", "Choose a workspace first: you are a member of none, or named none");
  }

  now(): number {
    return this.ports.clock.now();
  }

  async transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    let actions: Deed["actions"] = [];
    const result = await this.ports.database.transact((db) => {
      const deed: Deed = { at: null, actions: [] };
      actions = deed.actions;
      const tx = new Transaction(this, db, deed);
      return this.within === null ? work(tx) : withMore(tx, { work, more: this.within });
    });
    for (const action of actions) action();
    return result;
  }

  as({ actor = this.actor, workspaceId = this.workspaceIdOrNull, within }: ContextChange): Ctx {
    return new Context({ ...this.options(), actor, workspaceId, within: both(this.within, within) });
  }

  options(): ContextOptions {
    return { ...this, workspaceId: this.workspaceIdOrNull, signal: this.aborting };
  }
}

type AtEnd = (tx: Tx) => Promise<void>;

function both(first: AtEnd | null, second: AtEnd | undefined): AtEnd | null {
  if (first === null || second === undefined) return second ?? first;
  return async (tx) => {
    await first(tx);
    await second(tx);
  };
}

async function withMore<T>(
  tx: Tx,
  { work, more }: { work: (tx: Tx) => Promise<T>; more: (tx: Tx) => Promise<void> },
): Promise<T> {
  const result = await work(tx);
  await more(tx);
  return result;
}

/** What the contexts of one transaction share. */
interface Deed {
  /** When it happened; null: nobody asked yet. */
  at: number | null;
  readonly actions: (() => void)[];
}

class Transaction extends Context implements Tx {
  readonly inTransaction = true;

  constructor(
    private readonly outer: Context,
    private readonly tx: Db,
    private readonly deed: Deed,
  ) {
    super(outer.options());
  }

  override now(): number {
    return this.deed.at ??= super.now();
  }

  override get db(): Db {
    return this.tx;
  }

  override transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return work(this);
  }

  override as(change: Parameters<Ctx["as"]>[0]): Tx {
    const outer = new Context({
      ...this.outer.options(),
      actor: change.actor ?? this.actor,
      workspaceId: change.workspaceId === undefined ? this.workspaceIdOrNull : change.workspaceId,
    });
    return new Transaction(outer, this.tx, this.deed);
  }

  afterCommit(action: () => void): void {
    this.deed.actions.push(action);
  }
}

/** An address of ours as people outside are given it: by PUBLIC_URL, else where the server listens. */
export function publicAddress({ config }: Pick<Ctx, "config">, path: string): string {
  const { publicUrl, host, port } = config.server;
  return `${publicUrl ?? `http://${host}:${port}`}${path}`;
}

/** A context, and whether something that it wrote may have been committed, whatever its transaction threw. */
export interface Watched {
  readonly ctx: Ctx;
  readonly mayBeWritten: () => boolean;
}

/**
 * For who put something elsewhere that the transaction names: a commit that was begun may stand although its answer got
 * lost, so from then on nothing of it may be undone.
 */
export function watchCommits(ctx: Ctx): Watched {
  let begun = false;
  const within = () => {
    begun = true;
    return Promise.resolve();
  };
  return { ctx: ctx.as({ within }), mayBeWritten: () => begun };
}

export function createContext(options: ContextOptions): Ctx {
  return new Context(options);
}

/**
 * A read that a transaction makes once for each argument, however many events of a batch ask for it: nobody else writes
 * meanwhile. Only for what the transaction itself leaves as it is.
 */
export function oncePerTransaction<T>(
  read: (tx: Tx, about: string) => Promise<T>,
): (tx: Tx, about?: string) => Promise<T> {
  const kept = new WeakMap<object, Map<string, Promise<T>>>();
  return (tx, about = "") => {
    let known = kept.get(tx.db);
    if (known === undefined) kept.set(tx.db, known = new Map());
    const key = `${tx.workspaceId} ${about}`;
    let value = known.get(key);
    if (value === undefined) known.set(key, value = read(tx, about));
    return value;
  };
}
