/**
 * What a mailed link brought in the fragment: `{ reset }`, `{ invitation }` or nothing. It is taken off the address
 * at once, so that it stays in no history, bookmark or screenshot; whoever loads the page anew opens the link anew.
 */
export function takeMailed() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash !== "") history.replaceState(history.state, "", location.pathname + location.search);
  return { reset: given.get("reset") || null, invitation: given.get("invitation") || null };
}
