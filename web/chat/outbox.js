import { newClientId } from "../shared/dom.js";
import { lasting } from "../shared/storage.js";

/**
 * What the visitor wrote and the server has not confirmed. Kept over reloads and sent again under the same client
 * id, which the server takes once. One at a time, in order.
 */
export function createOutbox(key, { send, onChange, onSent }) {
  const place = `cauce.chat.${key}.outbox`;
  const items = lasting.get(place) ?? [];
  let running = false;
  let timer = 0;

  const keep = () => {
    lasting.set(place, items);
    onChange();
  };

  function remove(item) {
    const at = items.indexOf(item);
    if (at >= 0) items.splice(at, 1);
    keep();
  }

  async function flush() {
    clearTimeout(timer);
    if (running) return;
    running = true;
    try {
      for (let item = next(); item !== undefined; item = next()) {
        const accepted = await send(item);
        remove(item);
        onSent(item, accepted);
      }
    } catch (error) {
      const item = next();
      if (item !== undefined && error.passing === false) {
        item.refused = error.message;
        keep();
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
      items.push({ client_id: newClientId(), text, at: new Date().toISOString() });
      keep();
      return flush();
    },
    again(item) {
      delete item.refused;
      keep();
      return flush();
    },
    remove,
  };
}
