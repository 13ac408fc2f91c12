import type { Harness, Person } from "../support/harness.ts";

/** Requests as a person. */
export function caller(h: Harness, person: Person) {
  return (method: string, path: string, body?: unknown) =>
    h.request(method, path, { token: person.token, ...(body === undefined ? {} : { body }) });
}

/** The fields that an answer refuses. */
export const paths = (body: { errors: { path: string }[] }) => body.errors.map(({ path }) => path).sort();
