import type { QstashMessage } from "./qstash-messages.ts";
import { signDelivery } from "./qstash-signing.ts";

export interface Delivery {
  readonly messageId: string;
  readonly url: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
}

/** Delivers one message once and says what became of it (upstash.com/docs/qstash/features/retry). */
export async function deliverOnce(
  message: QstashMessage,
  { key, now }: { key: string; now: () => number },
): Promise<{ delivery: Delivery; failed: boolean }> {
  const { id, url, body } = message;
  const headers = new Headers(message.headers);
  headers.set("user-agent", "Upstash-QStash");
  headers.set("upstash-message-id", id);
  headers.set("upstash-retried", String(message.retried));
  headers.set("upstash-signature", await signDelivery({ key, url, body }));
  if (message.scheduleId !== null) headers.set("upstash-schedule-id", message.scheduleId);
  const { status, answer, told } = await post(url, { headers, body });
  const delivery = { messageId: id, url, body, status, answer };
  if (status >= 200 && status < 300) {
    message.state = "delivered";
    return { delivery, failed: false };
  }
  const over = told.get("upstash-nonretryable-error") === "true" && status === 489;
  if (over || message.retried >= message.retries) {
    message.state = "failed";
    return { delivery, failed: true };
  }
  message.retried++;
  const wait = Number(told.get("retry-after")) || Math.min(86_400, Math.exp(2.5 * message.retried));
  message.dueAt = now() + wait * 1000;
  return { delivery, failed: false };
}

async function post(url: string, { headers, body }: { headers: Headers; body: string }) {
  try {
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
    return { status: response.status, answer: await response.text(), told: response.headers };
  } catch (thrown) {
    return { status: 0, answer: String(thrown), told: new Headers() };
  }
}

/** What the failure callback of a message carries (upstash.com/docs/qstash/features/callbacks). */
export function failureBody(message: QstashMessage, { status, answer }: Delivery): string {
  return JSON.stringify({
    status,
    body: btoa(unescape(encodeURIComponent(answer))),
    retried: message.retried,
    maxRetries: message.retries,
    dlqId: `dlq-${message.id}`,
    sourceMessageId: message.id,
    sourceBody: btoa(message.body),
    url: message.url,
    method: "POST",
    createdAt: message.createdAt,
  });
}
