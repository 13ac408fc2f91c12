import type { Asset, Assets } from "../../ports/assets.ts";
import { makeAsset, servedExtension } from "./make.ts";
import { readVendorFile } from "./vendor.ts";

export interface DiskAssetsOptions {
  /** Folder of the pages, as a file URL that ends in a slash. */
  readonly folder: URL;
  /** Looks at the file's time on every request, so that an edited page shows at once. */
  readonly watch?: boolean;
}

interface Kept {
  readonly asset: Promise<Asset | null>;
  readonly version: number;
}

/** Files of a folder and of the viewers' packages; each is read and compressed once, when first asked for. */
export function createDiskAssets({ folder, watch = false }: DiskAssetsOptions): Assets {
  const kept = new Map<string, Kept>();

  async function read(name: string, extension: string): Promise<Asset | null> {
    const bytes = await readVendorFile(name) ?? await readFile(new URL(name, folder));
    return bytes === null ? null : await makeAsset(extension, bytes);
  }

  return {
    async get(name) {
      const extension = servedExtension(name);
      if (extension === null) return null;
      const version = watch ? await modified(new URL(name, folder)) : 0;
      const known = kept.get(name);
      if (known !== undefined && known.version === version) return await known.asset;
      const asset = read(name, extension);
      kept.set(name, { asset, version });
      const found = await asset.catch((cause) => {
        kept.delete(name);
        throw cause;
      });
      if (found === null) kept.delete(name); // unknown names must not fill the memory
      return found;
    },
  };
}

async function readFile(url: URL): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(url);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.IsADirectory) return null;
    throw thrown;
  }
}

async function modified(url: URL): Promise<number> {
  try {
    return (await Deno.stat(url)).mtime?.getTime() ?? 0;
  } catch {
    return 0;
  }
}
