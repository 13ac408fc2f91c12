const BEAT_MS = 40_000;
const POLL_MS = 4_000;
const LAST_TRY_MS = 15_000;

/**
 * Live events: WebSocket, else server-sent events, else looking every few seconds. `onSync` is called whenever
 * something may have been missed, right after the stream stands; `onEvent` for each event, in order, once.
 * `onState` hears "live", "connecting" or "polling".
 */
export function connectLive({ api, onEvent, onSync, onState }) {
  let cursor = null;
  let close = () => {};
  let timer = 0;
  let beat = 0;
  let failures = { socket: 0, stream: 0 };
  let attempt = 0;
  let poll = 0;
  let stopped = false;

  const alive = () => {
    clearTimeout(beat);
    beat = setTimeout(again, BEAT_MS);
  };

  function take(event) {
    if (cursor !== null && event.seq <= cursor) return;
    cursor = event.seq;
    onEvent(event);
  }

  function stands(seq) {
    attempt = 0;
    failures = { socket: 0, stream: 0 };
    cursor ??= seq;
    clearInterval(poll);
    poll = 0;
    onState("live");
    onSync();
  }

  function again(how) {
    close();
    clearTimeout(beat);
    clearTimeout(timer);
    if (stopped) return;
    if (how !== undefined) failures[how]++;
    attempt++;
    if (attempt >= 3 && poll === 0) poll = setInterval(onSync, POLL_MS);
    onState(poll === 0 ? "connecting" : "polling");
    const wait = Math.min(LAST_TRY_MS, 500 * 2 ** Math.min(attempt, 6));
    timer = setTimeout(open, wait / 2 + Math.random() * wait / 2);
  }

  async function open() {
    onState(poll === 0 ? "connecting" : "polling");
    let ticket;
    try {
      ({ ticket } = await api.post("/api/live/tickets"));
    } catch {
      return again();
    }
    if (stopped) return;
    const query = `?ticket=${encodeURIComponent(ticket)}${cursor === null ? "" : `&last_event_id=${cursor}`}`;
    if (failures.socket < 2) openSocket(query);
    else if (failures.stream < 2) openStream(query);
    else {
      failures = { socket: 0, stream: 0 };
      again();
    }
  }

  function openSocket(query) {
    const socket = new WebSocket(
      `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws${query}`,
    );
    let stood = false;
    let closed = false;
    close = () => {
      closed = true;
      socket.close();
    };
    alive();
    socket.onmessage = ({ data }) => {
      alive();
      const frame = JSON.parse(data);
      if (frame.type === "ready") {
        stood = true;
        stands(frame.seq);
      } else if (frame.type === "event") take({ ...frame, type: frame.event });
    };
    socket.onclose = () => {
      if (!closed) again(stood ? undefined : "socket");
    };
  }

  function openStream(query) {
    const source = new EventSource(`/api/events/stream${query}`);
    let stood = false;
    close = () => source.close();
    alive();
    source.addEventListener("ready", ({ data }) => {
      stood = true;
      alive();
      stands(JSON.parse(data).seq);
    });
    source.addEventListener("beat", alive);
    source.onmessage = ({ data }) => {
      alive();
      take(JSON.parse(data));
    };
    // Its own way of coming back would show the used ticket again.
    source.onerror = () => again(stood ? undefined : "stream");
  }

  function hurry() {
    if (stopped || document.visibilityState === "hidden" || attempt === 0) return;
    close();
    clearTimeout(timer);
    open();
  }

  addEventListener("online", hurry);
  document.addEventListener("visibilitychange", hurry);
  open();
  return {
    stop() {
      stopped = true;
      close();
      clearTimeout(timer);
      clearTimeout(beat);
      clearInterval(poll);
      removeEventListener("online", hurry);
      document.removeEventListener("visibilitychange", hurry);
    },
  };
}
