import { newClientId } from "../shared/dom.js";
import { lasting } from "../shared/storage.js";

/**
 * What the visitor wrote and the server has not confirmed. Kept over reloads and sent again under the same client
 * id, which the server takes once. One at a time, in order, and only while `ready` says that there is a session.
 */
export function createOutbox(key, { ready, send, onChange, onSent }) {
  const place = `cauce.chat.${key}.outbox`;
  const items = lasting.get(place) ?? [];
  let running = false;
  let timer = 0;

  /** Writes one item, or its absence, into what all tabs keep: none undoes what another one keeps. */
  function keep(item, isHere = true) {
    const others = (lasting.get(place) ?? []).filter(({ client_id: id }) => id !== item.client_id);
    lasting.set(place, isHere ? [...others, item].sort((a, b) => (a.at < b.at ? -1 : 1)) : others);
    onChange();
  }

  function remove(item) {
    const at = items.indexOf(item);
    if (at >= 0) items.splice(at, 1);
    keep(item, false);
  }

  async function flush() {
    clearTimeout(timer);
    if (running || !ready()) return;
    running = true;
    try {
      for (let item = next(); item !== undefined; item = next()) {
        const accepted = await send(item);
        remove(item);
        onSent(item, accepted);
      }
    } catch (error) {
      const item = next();
      // A 401 here means that a new session could not be opened just now: the words are not to blame.
      if (item !== undefined && error.passing === false && error.status !== 401) {
        item.refused = error.message;
        keep(item);
        timer = setTimeout(flush, 0);
      } else timer = setTimeout(flush, error.retryAfterMs ?? 3000);
      onChange(error);
    } finally {
      running = false;
    }
  }

  const next = () => items.find((item) => item.refused === undefined);

  return {
    items,
    flush,
    add(text) {
      const item = { client_id: newClientId(), text, at: new Date().toISOString() };
      items.push(item);
      keep(item);
      return flush();
    },
    again(item) {
      delete item.refused;
      keep(item);
      return flush();
    },
    remove,
  };
}
