import type { LiveBus, LivePulse } from "../../ports/live.ts";

type Listener = (event: LivePulse | null) => void;

/** The bus of one process. Streams of other processes follow the log by cursor. */
export function createMemoryLiveBus(): LiveBus {
  const byWorkspace = new Map<string, Set<Listener>>();
  const everywhere = new Set<() => void>();
  let subscribers = 0;
  return {
    get subscribers() {
      return subscribers;
    },
    pulse(event) {
      const rooms = event === null ? [...byWorkspace.values()] : [byWorkspace.get(event.workspaceId)];
      // A copy, because a listener may unsubscribe (itself or another) while it is told.
      for (const room of rooms) for (const listener of room === undefined ? [] : [...room]) listener(event);
      for (const listener of everywhere) listener();
    },
    onPulse(listener) {
      const own = () => listener();
      everywhere.add(own);
      return () => void everywhere.delete(own);
    },
    subscribe(workspaceId, listener) {
      const own: Listener = (event) => listener(event);
      const room = byWorkspace.get(workspaceId) ?? new Set();
      byWorkspace.set(workspaceId, room.add(own));
      subscribers++;
      return () => {
        if (!room.delete(own)) return;
        subscribers--;
        if (room.size === 0 && byWorkspace.get(workspaceId) === room) byWorkspace.delete(workspaceId);
      };
    },
  };
}
