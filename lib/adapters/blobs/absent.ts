import { notAtTheEdge } from "../../kernel/errors.ts";
import type { BlobStore } from "../../ports/blobs.ts";

/** Attachments where there is no disk and no S3 settings. What was never stored can be deleted. */
export function createAbsentBlobs(): BlobStore {
  const refuse = () =>
    notAtTheEdge(
      "A folder for attachments",
      "set S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY",
    );
  return {
    put: () => Promise.reject(refuse()),
    get: () => Promise.reject(refuse()),
    delete: () => Promise.resolve(),
    async *list() {},
  };
}
