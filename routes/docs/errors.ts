import { html } from "hono/html";
import { ERRORS } from "../../lib/kernel/errors.ts";

/** The error catalogue as a page; each code is an anchor, which the `type` of a problem points at. */
export function errorCatalogue() {
  const rows = Object.entries(ERRORS).map(([code, { status, title, retryable }]) =>
    html`
      <tr id="${code}">
        <td><code>${code}</code></td>
        <td>${status}</td>
        <td>${title}</td>
        <td>${retryable ? "yes" : "no"}</td>
      </tr>
    `
  );
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Errors · Cauce</title>
        <link rel="icon" href="/assets/shared/icon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/shared/base.css">
        <link rel="stylesheet" href="/assets/docs/errors.css">
      </head>
      <body>
        <main>
          <h1>Errors</h1>
          <p>Every error is <code>application/problem+json</code> (RFC 9457). Its <code>code</code> is one of these; when it
    may be tried again, <code>Retry-After</code> says after how many seconds, if that is known.</p>
          <table>
            <thead>
              <tr>
                <th scope="col">Code</th>
                <th scope="col">Status</th>
                <th scope="col">Meaning</th>
                <th scope="col">Try again</th>
              </tr>
            </thead>
            <tbody>${rows}</tbody>
          </table>
          <p><a href="/docs">API page</a> · <a href="/redoc">Reference</a></p>
        </main>
      </body>
    </html>
  `;
}
