import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { createDiskAssets } from "../../lib/adapters/assets/disk.ts";
import { serve } from "../../lib/adapters/http/serve.ts";
import type { App, AppOptions } from "../../routes/app.ts";

const EXECUTABLE = "/usr/bin/chromium";
/** On a busy machine a page takes its time. */
const PATIENCE_MS = 60_000;

function isInstalled(): boolean {
  try {
    return Deno.statSync(EXECUTABLE).isFile;
  } catch {
    return false;
  }
}

/** Tests of pages need Chromium. Without it they are skipped by name, except in CI, where they must run. */
export const WITHOUT_BROWSER = !isInstalled() && Deno.env.get("CI") === undefined;

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: EXECUTABLE,
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"],
  });
}

/** What a whole app needs beside the harness's ports to serve its pages. */
export function pageOptions(): Pick<AppOptions, "assets"> {
  return {
    assets: createDiskAssets({ folder: new URL("../../web/", import.meta.url) }),
  };
}

export interface Served {
  readonly origin: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The app on a free port of loopback, behind the server that `start` uses. */
export function serveApp(app: App): Served {
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, connection) => app.fetch(request, connection),
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(2000).then(() => {}),
  };
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: console errors, blocked and failed requests, requests to elsewhere. */
  readonly complaints: string[];
}

/** A page of a new, empty profile that records every complaint. */
export async function visit(
  browser: Browser,
  origin: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Visit> {
  const context = await browser.newContext({ locale: "es-MX", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`error: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    if (why !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${why}`);
  });
  page.on("request", (request) => {
    const elsewhere = !request.url().startsWith(origin) && !/^(data|blob):/.test(request.url());
    if (elsewhere) complaints.push(`request to elsewhere: ${request.url()}`);
  });
  return { page, context, complaints };
}

let shared: Promise<Browser> | null = null;

/**
 * A test in Chromium; the tests of a file share one browser, closed after the last. The pipe to it is always being
 * read, which the sanitizers would take for a leak of whichever test runs.
 */
export function browserTest(name: string, run: (browser: Browser) => Promise<void>): void {
  Deno.test({
    name,
    ignore: WITHOUT_BROWSER,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => await run(await (shared ??= launchBrowser())),
  });
}

Deno.test.afterAll(async () => {
  await (await shared)?.close();
  shared = null;
});
