/** What a run of tests came to, read from the JUnit file that the runner wrote. */
export interface TestReport {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** `file: name`, then what went wrong, for each test that failed. */
  readonly failures: readonly string[];
}

/** Lines of a failure that are shown: the message and where it was thrown, not the runner's own stack. */
const LINES = 25;

/** Counts a JUnit file of `deno test --junit-path` and keeps what it says of each failure. */
export function readReport(xml: string): TestReport {
  const cases = [...xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)]
    .map(([, head = "", body = ""]) => ({ head, body }));
  const failures = cases
    .filter(({ body }) => /<(?:failure|error)\b/.test(body))
    .map(({ head, body }) => `${attribute(head, "classname")}: ${attribute(head, "name")}\n${wrong(body)}`);
  const skipped = cases.filter(({ body }) => /<skipped\b/.test(body)).length;
  return { passed: cases.length - failures.length - skipped, failed: failures.length, skipped, failures };
}

function attribute(head: string, name: string): string {
  return plain(new RegExp(`\\b${name}="([^"]*)"`).exec(head)?.[1] ?? "");
}

function wrong(body: string): string {
  const [, head = "", inner = ""] =
    /<(?:failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(body) ?? [];
  const message = attribute(head, "message");
  // The runner keeps out of its report what was thrown outside of a test.
  const told = message === "Cancelled"
    ? "Cancelled by an error of its file that nobody caught, told above"
    : message;
  const text = inner.trim() === "" ? told : plain(inner);
  const lines = text.trim().split("\n").filter((line) => !line.includes("ext:cli/"));
  return lines.slice(0, LINES).map((line) => `  ${line}`).join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

function plain(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
