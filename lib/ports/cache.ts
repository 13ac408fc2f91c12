/** Settings of a namespace: `ttlMs` of its entries, and whether they may outlive the process. */
export interface CacheStats {
  readonly layer: string;
  readonly entries: number;
  readonly bytes: number | null;
  readonly hits: number;
  readonly misses: number;
}

/**
 * A key-value cache of JSON values. Losing it loses nothing: `get` answers undefined on a miss and on a fault.
 * Keys are `namespace:rest`; the namespace decides the default time to live (lib/cache/namespaces.ts).
 */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Deletes every key that starts with `prefix` ("" for all); resolves to how many. */
  clear(prefix: string): Promise<number>;
  stats(): Promise<readonly CacheStats[]>;
  close(): Promise<void>;
}
