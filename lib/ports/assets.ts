/** A static file, ready to be sent. */
export interface Asset {
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Compressed once; null when that saves nothing. */
  readonly gzip: Uint8Array<ArrayBuffer> | null;
  /** Strong validator of `body`, quoted as in the header. */
  readonly etag: string;
}

/** The pages' files and the documentation viewers, read when first asked for. */
export interface Assets {
  /** `name` is a path such as `chat/index.html`; null when there is none. */
  get(name: string): Promise<Asset | null>;
}
