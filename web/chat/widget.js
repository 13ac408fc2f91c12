// <script src="https://your.cauce/chat/widget.js" data-key="default" defer></script>
// Puts a button into the corner of the page that opens the web chat in a frame.
(() => {
  const script = document.currentScript;
  if (script === null || document.querySelector("cauce-chat") !== null) return;
  const { origin } = new URL(script.src);
  const { key = "default", side = "right", label = "Chat" } = script.dataset;
  const home = document.createElement("cauce-chat");
  const root = home.attachShadow({ mode: "open" });

  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { position: fixed; bottom: 20px; ${side === "left" ? "left" : "right"}: 20px; z-index: 2147483000; }
    button { position: relative; display: grid; place-items: center; width: 58px; height: 58px; border: 0;
      border-radius: 50%; background: #0f6674; color: #fff; cursor: pointer; box-shadow: 0 6px 20px rgb(0 0 0 / 28%); }
    button:focus-visible { outline: 3px solid #7fd6e2; outline-offset: 3px; }
    button[aria-expanded="true"] { display: none; }
    b { position: absolute; top: -4px; right: -4px; min-width: 22px; padding: 0 6px; border-radius: 11px;
      background: #c62f2a; font: 600 13px/22px system-ui, sans-serif; }
    b:empty { display: none; }
    iframe { display: block; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100vh - 40px)); border: 0;
      border-radius: 18px; background: #fff; box-shadow: 0 12px 40px rgb(0 0 0 / 28%); }
    iframe[hidden] { display: none; }
    @media (max-width: 480px) { iframe:not([hidden]) { position: fixed; inset: 0; width: 100vw; height: 100dvh; border-radius: 0; } }
  `);
  root.adoptedStyleSheets = [style];

  const button = document.createElement("button");
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-expanded", "false");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", "28");
  svg.setAttribute("height", "28");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4 5h16v11H9l-5 4z");
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  const badge = document.createElement("b");
  button.append(svg, badge);
  root.append(button);

  let frame = null;
  function show(open) {
    if (frame === null) {
      frame = document.createElement("iframe");
      frame.title = label;
      frame.src = `${origin}/chat/${encodeURIComponent(key)}`;
      root.append(frame);
    }
    frame.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    badge.textContent = "";
    if (open) frame.focus();
    else button.focus();
  }

  button.addEventListener("click", () => show(true));
  globalThis.addEventListener("message", (event) => {
    if (frame === null || event.origin !== origin || event.source !== frame.contentWindow) return;
    if (event.data?.cauce === "fold") show(false);
    if (event.data?.cauce === "message" && frame.hidden) {
      badge.textContent = String(Number(badge.textContent || "0") + 1);
    }
  });
  document.body.append(home);
})();
