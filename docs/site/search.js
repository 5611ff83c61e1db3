// Search over the sections of all pages: every word of the query must occur; words in
// titles weigh more. It needs no server.
const box = document.getElementById("search"), found = document.getElementById("found");
const plain = s => s.toLowerCase().replaceAll("θ", "theta");
const texts = sections.map(s => ({ ...s, title: plain(s.t + " " + s.p), text: plain(s.x) }));

function look(query) {
  const words = plain(query).split(/\s+/).filter(w => w);
  if (!words.length) return [];
  const hits = [];
  for (const s of texts) {
    let score = 0;
    for (const w of words) {
      const title = s.title.includes(w), n = s.text.split(w).length - 1;
      if (!title && !n) { score = 0; break; }
      score += (title ? 20 : 0) + (plain(s.t) === w ? 40 : 0) + Math.min(n, 5) + (s.text.includes(" " + w + " ") ? 2 : 0);
    }
    if (score && s.text.includes(words.join(" "))) score += 5;
    if (score) hits.push([score, s, words]);
  }
  return hits.sort((a, b) => b[0] - a[0]).slice(0, 30);
}

function show() {
  const query = box.value.trim(), hits = look(query);
  found.hidden = !query;
  found.replaceChildren();
  if (query && !hits.length) found.textContent = "Nothing found for “" + query + "”.";
  for (const [, s, words] of hits) {
    const a = document.createElement("a"), b = document.createElement("b"), p = document.createElement("span");
    a.href = base + s.a;
    b.textContent = s.t === s.p ? s.t : s.p + ": " + s.t;
    const at = Math.max(0, s.text.indexOf(words[0]) - 60);
    p.textContent = (at ? "…" : "") + s.x.slice(at, at + 180) + "…";
    a.append(b, p);
    a.addEventListener("click", () => { found.hidden = true; });
    found.append(a);
  }
}
box.addEventListener("input", show);
box.addEventListener("keydown", e => {
  if (e.key === "Escape") { box.value = ""; show(); }
  if (e.key === "Enter" && found.querySelector("a")) found.querySelector("a").click();
});
document.addEventListener("keydown", e => {
  if (e.key === "/" && document.activeElement !== box) { e.preventDefault(); box.focus(); }
});
if (location.search.startsWith("?q=")) { box.value = decodeURIComponent(location.search.slice(3)); show(); }
