/** One layer's counts since the process started. */
export interface CacheStats {
  readonly layer: string;
  readonly entries: number;
  /** null where the layer can't tell. */
  readonly bytes: number | null;
  readonly hits: number;
  readonly misses: number;
}

/**
 * A key-value cache of JSON values. Losing it loses nothing: `get` answers undefined on a miss and on a fault, and
 * nothing here throws or takes long because a layer is down. Keys are any text, by habit
 * `namespace:workspace:rest` (lib/cache/namespaces.ts has the times to live). What is read is a copy.
 */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  /** Keeps what JSON can say of `value` for `ttlMs`; a value of which JSON says nothing, or a time of 0, is not kept. */
  set(key: string, value: unknown, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes every key that starts with `prefix` ("" for all); resolves to how many. */
  clear(prefix: string): Promise<number>;
  stats(): Promise<readonly CacheStats[]>;
  close(): Promise<void>;
}
