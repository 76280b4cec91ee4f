"""What a page looks like to those who read it, asked of the browser."""

# An object that is empty where all is well.
PROBLEMS = r"""
(() => {
  const found = {};
  const note = (kind, what) => {
    (found[kind] = found[kind] || []).push(String(what).slice(0, 90));
  };
  const shown = (node) => node.getClientRects().length > 0;
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 1) note("wider than the screen", wide);
  const wider = (node) => node.scrollWidth > node.clientWidth + 1;
  for (const node of document.querySelectorAll("body *")) {
    if (!shown(node)) continue;
    const style = getComputedStyle(node);
    const scrolled = /auto|scroll/.test(style.overflowX) && wider(node);
    if (scrolled && node.tabIndex < 0 && !node.querySelector("a, button"))
      note("scrolled by the mouse only", node.outerHTML);
    const hidden = /hidden|clip/.test(style.overflowX);
    const cut = hidden && style.textOverflow !== "ellipsis";
    if (cut && node.clientWidth > 1 && wider(node)) note("cut text", node.outerHTML);
  }
  for (const image of document.images) {
    if (!image.complete || !image.naturalWidth) note("empty picture", image.src);
    if (!image.alt && !image.closest("[aria-hidden], [role=presentation]"))
      note("no alternative text", image.src);
  }
  for (const table of document.querySelectorAll("table"))
    if (!table.querySelector("th")) note("table without headers", table.textContent);
  if (!document.documentElement.lang) note("no language", "");
  if (!document.title) note("no title", "");
  const ids = new Set();
  for (const node of document.querySelectorAll("[id]")) {
    if (ids.has(node.id)) note("id twice", node.id);
    ids.add(node.id);
  }
  const parse = (text) => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return text.startsWith("color(srgb")
      ? [...parts.slice(0, 3).map((part) => 255 * part), parts[3]]
      : parts;
  };
  const light = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((side) => {
      side /= 255;
      return side <= 0.04045 ? side / 12.92 : ((side + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (node) => {
    for (; node; node = node.parentElement) {
      const color = parse(getComputedStyle(node).backgroundColor);
      if ((color[3] ?? 1) > 0.5) return color;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const seen = new Set();
  for (let text; (text = walker.nextNode()); ) {
    const node = text.parentElement;
    if (!text.data.trim() || seen.has(node) || !shown(node)) continue;
    seen.add(node);
    const style = getComputedStyle(node);
    if (style.visibility === "hidden" || +style.opacity < 0.1) continue;
    const pair = [light(parse(style.color)), light(paper(node))];
    const [a, b] = pair.sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (contrast < (large ? 3 : 4.5))
      note("faint text", contrast.toFixed(2) + " " + text.data.trim());
  }
  return found;
})()
"""
