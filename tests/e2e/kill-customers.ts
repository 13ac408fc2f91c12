/** A message that the server said it took. */
export interface Acknowledged {
  /** The sender's own id. */
  readonly sent: string;
  readonly messageId: string;
  readonly conversationId: string;
}

export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Sends whose first answer got lost: the message had been taken all the same. */
  readonly found: number;
  /** Attempts that met a dead server. */
  readonly refused: number;
  /** Lets everybody end what they are saying, acknowledged. Throws what any of them met that it should not. */
  end(): Promise<void>;
}

export interface CrowdOptions {
  /** Where the server is now; another one after each start. */
  readonly url: () => string;
  /** Of the owner, for the API channel. */
  readonly token: string;
  readonly random: () => number;
}

const API_CUSTOMERS = 4;
const VISITORS = 3;
const PAUSE_MS = 90;
const RETRY_MS = 15;

interface Post {
  readonly path: string;
  readonly token?: string;
  readonly body: unknown;
}

/** Customers who keep asking over the API channel and over the web chat, and say again what nobody acknowledged. */
export function gather({ url, token, random }: CrowdOptions): Crowd {
  const acknowledged: Acknowledged[] = [];
  const count = { found: 0, refused: 0 };
  let going = true;

  async function insist({ path, token, body }: Post): Promise<Record<string, unknown>> {
    for (;;) {
      try {
        const response = await fetch(`${url()}${path}`, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          body: JSON.stringify(body),
        });
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        if (response.status !== 503 && response.status !== 429) {
          throw new Refused(`${path} answered ${response.status}: ${text}`);
        }
      } catch (thrown) {
        if (thrown instanceof Refused) throw thrown;
        count.refused++;
      }
      await pause(RETRY_MS);
    }
  }

  async function say(sent: string, post: Post): Promise<void> {
    const { message_id: messageId, conversation_id: conversationId, duplicate } = await insist(post);
    if (duplicate === true) count.found++;
    acknowledged.push({ sent, messageId: String(messageId), conversationId: String(conversationId) });
    await pause(random() * PAUSE_MS);
  }

  async function apiCustomer(name: string): Promise<void> {
    for (let turn = 0; going; turn++) {
      const sent = `${name}-${turn}`;
      const body = { contact: { external_id: name }, text: question(sent), external_message_id: sent };
      await say(sent, { path: "/api/conversations", token, body });
    }
  }

  async function visitor(name: string): Promise<void> {
    let session: Record<string, unknown> | null = null;
    for (let turn = 0; going; turn++) {
      if (random() < 0.05) session = null;
      session ??= await insist({ path: "/api/chat/default/sessions", body: { locale: "es" } });
      const client_id = `${name}-${turn}`;
      await say(`${session.contact_id}:${client_id}`, {
        path: "/api/chat/messages",
        token: String(session.token),
        body: { text: question(client_id), client_id },
      });
    }
  }

  const everybody = Promise.all([
    ...Array.from({ length: API_CUSTOMERS }, (_, i) => apiCustomer(`customer-${i}`)),
    ...Array.from({ length: VISITORS }, (_, i) => visitor(`visitor-${i}`)),
  ]);
  everybody.catch(() => {});
  return {
    acknowledged,
    get found() {
      return count.found;
    },
    get refused() {
      return count.refused;
    },
    async end() {
      going = false;
      await everybody;
    },
  };
}

class Refused extends Error {}

const question = (id: string) => `¿A qué hora abren el sábado? (${id})`;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
