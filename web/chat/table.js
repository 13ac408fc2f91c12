/** The messages of a conversation, once each, in the order of their ids, which is that of time. */
export function createTable() {
  const byId = new Map();
  let greeting = null;
  return {
    /** Leads to older messages; null when there are none. */
    cursor: null,
    /** True when the message was not there. */
    put(message) {
      const isNew = !byId.has(message.id) || byId.get(message.id).provisional === true;
      byId.set(message.id, message);
      return isNew;
    },
    /** Shows what was accepted until its event comes. */
    confirm(item, accepted) {
      if (byId.has(accepted.message_id)) return;
      byId.set(accepted.message_id, {
        id: accepted.message_id,
        direction: "in",
        author: "customer",
        text: item.text,
        state: "received",
        external_id: item.client_id,
        sources: [],
        attachments: [],
        rating: null,
        created_at: item.at,
        provisional: true,
      });
    },
    /** Whether the server has what an item of the outbox says. */
    has(item) {
      return [...byId.values()].some((message) => message.external_id === item.client_id);
    },
    /** Whether nothing was ever said; the greeting does not count. */
    get isEmpty() {
      return byId.size === 0;
    },
    /** Forgets all: the visitor's messages were erased. */
    clear() {
      byId.clear();
      this.cursor = null;
    },
    /** Shows the business's greeting while nothing was said. */
    greet(text) {
      greeting = text;
    },
    messages() {
      const all = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      if (all.length > 0 || !greeting) return all;
      return [{
        id: "greeting",
        direction: "out",
        author: "greeting",
        text: greeting,
        state: "sent",
        sources: [],
        attachments: [],
        rating: null,
        created_at: new Date().toISOString(),
      }];
    },
    /** The id of the newest message that surely came from the server; those before it are here. */
    last() {
      let last = null;
      for (const message of byId.values()) {
        if (message.provisional !== true && (last === null || message.id > last)) last = message.id;
      }
      return last;
    },
  };
}
