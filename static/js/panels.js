// For pages of the schools' own sites: gives each panel of the portal just the height it needs.
(() => {
  const portal = new URL(document.currentScript.src).origin;
  const LEAST = 80;
  const MOST = 5000;

  const frames = () => [...document.querySelectorAll("iframe")];

  // A panel in a folded part of the page may be laid out one pixel wide, and thousands high.
  const isShown = (frame) => frame.checkVisibility?.() ?? frame.getClientRects().length > 0;

  function ask(frame) {
    // Until a panel has come, an empty page of the host's own is in its place.
    if (!frame.contentDocument) frame.contentWindow.postMessage("panel-height?", portal);
  }

  function fit({ origin, source, data }) {
    const height = data?.panelHeight;
    if (origin !== portal || !Number.isInteger(height) || height < LEAST || height > MOST) return;
    const frame = frames().find(({ contentWindow }) => contentWindow === source);
    if (frame && isShown(frame)) frame.style.height = `${height}px`;
  }

  addEventListener("message", fit);
  // Frames that come later, or anew; their events don't bubble.
  document.addEventListener("load", ({ target }) => target.matches("iframe") && ask(target), true);
  // A folded part that is opened; this event doesn't bubble, either.
  document.addEventListener(
    "toggle",
    ({ target }) => target.querySelectorAll("iframe").forEach(ask),
    true,
  );
  frames().forEach(ask);
})();
