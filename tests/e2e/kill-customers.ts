/** A message that the server said it took. */
export interface Acknowledged {
  /** The sender's own id. */
  readonly sent: string;
  readonly messageId: string;
  readonly conversationId: string;
}

export interface Crowd {
  readonly acknowledged: readonly Acknowledged[];
  /** Titles of entries that were made under an Idempotency-Key. */
  readonly made: readonly string[];
  /** Sends whose first answer got lost: the message had been taken all the same. */
  readonly found: number;
  /** Attempts that met a dead server. */
  readonly refused: number;
  /** How many customers are just sending, and how many wait for their answer. */
  readonly now: { readonly sending: number; readonly waiting: number };
  /** Once everybody who waits for an answer now has it. */
  answered(): Promise<void>;
  /** Lets everybody end their turn, acknowledged and answered. Throws what any of them met that it should not. */
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
const PAUSE_MS = 60;
const LONGEST_BURST = 3;
const RETRY_MS = 15;
/** How often a visitor comes back as somebody else. */
const NEW_VISITOR = 0.1;

interface Call {
  readonly path: string;
  readonly token?: string;
  /** Absent: a GET. */
  readonly body?: unknown;
  /** Idempotency-Key. Then 409 `conflict` is an end too: it took effect and its answer is lost. */
  readonly key?: string;
}

interface Customer {
  /** Its n-th message. */
  readonly send: (turn: number) => Promise<{ readonly sent: string; readonly call: Call }>;
  /** Its conversation's latest message. */
  readonly latest: (said: Acknowledged) => Call;
}

/** Customers who keep asking over the API channel and over the web chat, and say again what nobody acknowledged. */
export function gather({ url, token, random }: CrowdOptions): Crowd {
  const acknowledged: Acknowledged[] = [];
  const made: string[] = [];
  const count = { found: 0, refused: 0 };
  const now = { sending: 0, waiting: 0 };
  const open = new Set<Promise<void>>();
  let going = true;

  /** Until it is answered, whatever becomes of the server. */
  async function insist({ path, token, body, key }: Call): Promise<Record<string, unknown>> {
    for (;;) {
      try {
        const response = await fetch(`${url()}${path}`, {
          method: body === undefined ? "GET" : "POST",
          headers: {
            "content-type": "application/json",
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(key === undefined ? {} : { "idempotency-key": key }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.ok) return JSON.parse(text);
        if (key !== undefined && response.status === 409) return JSON.parse(text);
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

  async function say({ sent, call }: { sent: string; call: Call }): Promise<Acknowledged> {
    now.sending++;
    const { message_id: messageId, conversation_id: conversationId, duplicate } = await insist(call);
    now.sending--;
    if (duplicate === true) count.found++;
    const said = { sent, messageId: String(messageId), conversationId: String(conversationId) };
    acknowledged.push(said);
    return said;
  }

  async function untilAnswered(call: Call): Promise<void> {
    now.waiting++;
    for (;;) {
      const { data } = await insist(call);
      const [latest]: { direction?: string }[] = Array.isArray(data) ? data : [];
      if (latest?.direction === "out") break;
      await pause(RETRY_MS);
    }
    now.waiting--;
  }

  /** Bursts of one to three messages, each burst waited for. */
  async function live({ send, latest }: Customer): Promise<void> {
    for (let turn = 0; going;) {
      let said = await say(await send(turn++));
      const burst = Math.floor(random() * LONGEST_BURST);
      for (let more = 0; more < burst; more++) {
        await pause(random() * PAUSE_MS);
        said = await say(await send(turn++));
      }
      const answer = untilAnswered(latest(said));
      open.add(answer);
      await answer;
      open.delete(answer);
      await pause(random() * PAUSE_MS);
    }
  }

  /** Teaches the bot one thing after the other, each under a key of its own. */
  async function teach(name: string): Promise<void> {
    for (let turn = 0; going; turn++) {
      const title = `${name}-${turn}`;
      const body = { kind: "pair", title, body: "Así es.", locale: "es" };
      const answer = await insist({ path: "/api/knowledge/entries", token, body, key: title });
      if (answer.code === "idempotency_in_progress") throw new Refused(`${title} is held by a dead process`);
      made.push(title);
      await pause(random() * PAUSE_MS);
    }
  }

  function apiCustomer(name: string): Customer {
    return {
      send(turn) {
        const sent = `${name}-${turn}`;
        const body = { contact: { external_id: name }, text: question(sent), external_message_id: sent };
        return Promise.resolve({ sent, call: { path: "/api/conversations", token, body } });
      },
      latest: ({ conversationId }) => ({
        path: `/api/conversations/${conversationId}/messages?limit=1`,
        token,
      }),
    };
  }

  function visitor(name: string): Customer {
    let session: Record<string, unknown> | null = null;
    return {
      async send(turn) {
        session ??= await insist({ path: "/api/chat/default/sessions", body: { locale: "es" } });
        const client_id = `${name}-${turn}`;
        const body = { text: question(client_id), client_id };
        return {
          sent: `${session.contact_id}:${client_id}`,
          call: { path: "/api/chat/messages", token: String(session.token), body },
        };
      },
      latest() {
        const call = { path: "/api/chat/messages?limit=1", token: String(session?.token) };
        if (random() < NEW_VISITOR) session = null;
        return call;
      },
    };
  }

  const everybody = Promise.all([
    ...Array.from({ length: API_CUSTOMERS }, (_, i) => live(apiCustomer(`customer-${i}`))),
    ...Array.from({ length: VISITORS }, (_, i) => live(visitor(`visitor-${i}`))),
    teach("teacher"),
  ]);
  everybody.catch(() => {});
  return {
    acknowledged,
    made,
    now,
    get found() {
      return count.found;
    },
    get refused() {
      return count.refused;
    },
    async answered() {
      await Promise.all(open);
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
