import type { Clock } from "../kernel/clock.ts";
import type { Backups } from "./backups.ts";
import type { BlobStore } from "./blobs.ts";
import type { Cache } from "./cache.ts";
import type { Database } from "./db.ts";
import type { GuardedFetch } from "./fetch.ts";
import type { FunctionCatalogue } from "./functions.ts";
import type { TaskIsolation } from "./isolation.ts";
import type { LiveBus } from "./live.ts";
import type { LlmGate } from "./llm.ts";
import type { Logger } from "./log.ts";
import type { Macs } from "./macs.ts";
import type { Mailer } from "./mail.ts";
import type { MailParser } from "./mail-parser.ts";
import type { Meter } from "./meter.ts";
import type { NotifyProviders } from "./notify.ts";
import type { PasswordHasher } from "./passwords.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { SecretBox } from "./secrets.ts";
import type { TableWriters } from "./tables.ts";
import type { Traces } from "./traces.ts";
import type { Waker } from "./waker.ts";
import type { WhatsAppGraph } from "./whatsapp.ts";

/** Everything outside of the domain, chosen once by an entry point. */
export interface Ports {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: Meter;
  readonly cache: Cache;
  readonly limiter: RateLimiter;
  readonly waker: Waker;
  readonly live: LiveBus;
  readonly blobs: BlobStore;
  readonly backups: Backups;
  readonly mail: Mailer;
  readonly mailParser: MailParser;
  /** Who carries notifications, by channel; an empty list: the channel is not configured. */
  readonly notify: NotifyProviders;
  readonly passwords: PasswordHasher;
  readonly secrets: SecretBox;
  readonly macs: Macs;
  readonly fetch: GuardedFetch;
  /** What tasks can call. */
  readonly functions: FunctionCatalogue;
  /** null: what computes runs in place, as at the edge, whose runtime bounds it. */
  readonly isolation: TaskIsolation | null;
  /** In order of preference; empty: no provider is configured. */
  readonly llm: readonly LlmGate[];
  readonly tables: TableWriters;
  /** null: nobody follows requests and jobs. */
  readonly traces: Traces | null;
  /** Always there: the token comes with each account. */
  readonly whatsapp: WhatsAppGraph;
}
