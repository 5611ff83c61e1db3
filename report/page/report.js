"use strict";
// Draws the course in time of a report, and what is asked of a cell or an NMDA spike. Times are in
// ms unless a name says step. encode.go says how the numbers are packed.
(function () {

// ---- lists that can be searched

for (const input of document.querySelectorAll("[data-filter]")) {
  input.closest(".filter").hidden = false;
  const list = document.getElementById(input.dataset.filter);
  const rows = list.tagName === "TABLE" ? list.tBodies[0].rows : list.children;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
  });
}
window.addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("#results details, #tables details")) d.open = true; });

const source = document.getElementById("data");
if (!source) return;

// ---- numbers

// inflate returns the bytes of a packed text.
async function inflate(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A Reader reads varints.
class Reader {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  uint() {
    let x = 0, factor = 1;
    for (;;) {
      const b = this.bytes[this.at++];
      x += (b & 127) * factor;
      if (b < 128) return x;
      factor *= 128;
    }
  }
  int() { const x = this.uint(); return x % 2 ? -(x + 1) / 2 : x / 2; }
}

async function reals(text) {
  const bytes = await inflate(text);
  return new Float32Array(bytes.buffer, 0, bytes.length / 4);
}

async function readPopulation(p) {
  const r = new Reader(await inflate(p.spikes));
  p.step = new Float64Array(p.count); p.cell = new Int32Array(p.count);
  for (let i = 0, k = 0; i < p.count; i++) { k += r.uint(); p.step[i] = k; p.cell[i] = r.uint(); }
  p.rows = Math.ceil(p.cells / p.every);
  for (const g of p.groups) await readGroup(g);
  if (p.tree) await readTree(p.tree);
}

// readTree reads how a cell is drawn. Of each section there is then its parent, the path from the soma
// to its beginning, its mean diameter, its length (all in um), and a line of { path, x, y }.
async function readTree(t) {
  const v = await reals(t.lines);
  let at = 0;
  for (const s of t.sections) {
    s.begin = v[at++]; s.width = v[at++]; s.line = [];
    for (let k = 0; k < s.vertices; k++, at += 3) s.line.push({ path: v[at], x: v[at + 1], y: v[at + 2] });
    s.length = s.line[s.line.length - 1].path;
  }
}

async function readGroup(g) {
  const n = g.count, r = new Reader(await inflate(g.spikes)), s = new Reader(await inflate(g.synapses));
  g.start = new Float64Array(n); g.end = new Float64Array(n); g.cell = new Int32Array(n); g.segment = new Int32Array(n);
  g.longest = 0;
  g.active = new Array(n); // synapses at the starts
  g.peak = await reals(g.peaks);
  const weights = await reals(g.weights), places = new Reader(await inflate(g.places));
  for (let i = 0, k = 0, row = 0; i < n; i++) {
    k += r.uint();
    const length = r.uint();
    g.start[i] = k; g.end[i] = length ? k + length - 1 : course.steps; g.cell[i] = r.uint(); g.segment[i] = r.uint();
    g.longest = Math.max(g.longest, g.end[i] - k);
    const list = [];
    for (let j = s.uint(); j > 0; j--, row++)
      list.push({ projection: g.projections[s.uint()], number: s.uint(), source: s.uint(), arrival: k - s.uint(), pattern: s.uint() - 1, weight: weights.length ? weights[row] : 1, along: g.sections ? places.uint() / 10000 : 0 });
    g.active[i] = list;
  }
  if (!g.hasWiring) return;
  const w = new Reader(await inflate(g.wiring));
  g.synapsesOf = [];
  while (w.at < w.bytes.length) {
    const list = [];
    for (let j = w.uint(); j > 0; j--) list.push({ segment: w.uint(), projection: g.projections[w.uint()], source: w.uint(), delay: w.uint() });
    g.synapsesOf.push(list);
  }
}

async function readChart(c) {
  const r = new Reader(await inflate(c.steps));
  c.time = new Float64Array(c.count);
  for (let i = 0, k = 0; i < c.count; i++) { k += r.uint(); c.time[i] = k * course.dt; }
  const all = await reals(c.values);
  c.lines = c.lines.map((name, i) => {
    const v = all.subarray(i * c.count, (i + 1) * c.count);
    return { name, values: v.some(Number.isNaN) ? Array.from(v, x => Number.isNaN(x) ? null : x) : v };
  });
}

// first returns the index of the first of ascending numbers that is at least x.
function first(list, x) {
  let lo = 0, hi = list.length;
  while (lo < hi) { const mid = (lo + hi) >> 1; if (list[mid] < x) lo = mid + 1; else hi = mid; }
  return lo;
}

const ms = step => step * course.dt;
const number = (x, digits = 6) => String(+x.toPrecision(digits));
const plural = (n, one, more = one + "s") => `${n} ${n === 1 ? one : more}`;

// ---- elements

const $ = id => document.getElementById(id);
// make returns an element with attributes and children, of which strings are text.
function make(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) if (k.startsWith("on")) e.addEventListener(k.slice(2), v); else if (v !== false) e.setAttribute(k, v === true ? "" : v);
  e.append(...children.flat().filter(c => c !== null && c !== undefined));
  return e;
}
function table(caption, head, rows) {
  return make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, head.map(h => make("th", { scope: "col" }, h)))),
      make("tbody", {}, rows.map(row => make("tr", {}, row.map(c => make("td", {}, c)))))));
}

// ---- colours

const dark = matchMedia("(prefers-color-scheme: dark)");
const print = matchMedia("print");
const themes = {
  light: { fg: "#1b1f24", dim: "#5d6670", panel: [250, 251, 252], line: "#d4dae0", grid: "#e6eaee", stored: [205, 229, 245], novel: [228, 228, 228],
    sdr: [0, 118, 85], pyramidal: [11, 87, 164], compartmental: [11, 87, 164], inhibitory: [178, 30, 90], nmda: [[240, 178, 60], [200, 130, 220], [120, 190, 120]],
    lines: ["#0b57a4", "#b3261e", "#00764f", "#8a5a00", "#7a3e9d", "#00717c", "#5d6670", "#c0428a"] },
  dark: { fg: "#e6e9ec", dim: "#9aa5b1", panel: [26, 30, 34], line: "#363d44", grid: "#2a3036", stored: [32, 56, 76], novel: [52, 52, 52],
    sdr: [80, 200, 160], pyramidal: [125, 185, 255], compartmental: [125, 185, 255], inhibitory: [255, 130, 170], nmda: [[176, 120, 20], [130, 80, 150], [60, 120, 70]],
    lines: ["#7ab8ff", "#ff8a80", "#6fd08c", "#e8b75a", "#c99bea", "#5fd0dc", "#9aa5b1", "#ff8fc7"] },
};
const theme = () => dark.matches && !print.matches ? themes.dark : themes.light;
// ofSynapse returns the colour of an active synapse: whether it inhibits, comes from a cell of a stored
// pattern, or from another.
const ofSynapse = a => a.projection.inhibits ? css(theme().inhibitory) : a.pattern !== null && a.pattern >= 0 ? css(theme().pyramidal) : theme().dim;
const pixel = c => (255 << 24 | c[2] << 16 | c[1] << 8 | c[0]) >>> 0; // little-endian, as all that run browsers are
const css = c => `rgb(${c})`;

// ---- the view

const left = 72, right = 16, axis = 26; // px beside and below the data
let course, stop, unit; // ms, and what the axis shows
const view = { a: 0, b: 1 };
let panels = [], plots = [], starts = []; // populations as they lie; charts; all NMDA spikes by start
let chosen = null, spike = null; // { population, cell }; { population, group, i }
let queued = false;

function setView(a, b) {
  const span = Math.min(stop, Math.max(b - a, 4 * course.dt));
  view.a = Math.max(0, Math.min(a, stop - span));
  view.b = view.a + span;
  queue();
}
function queue() {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => { queued = false; draw(); });
}
// centre is where keys zoom: at the NMDA spike that is open, if it is in sight, or in the middle.
function centre() {
  const t = spike ? ms(spike.group.start[spike.i]) : -1;
  return t >= view.a && t <= view.b ? t : (view.a + view.b) / 2;
}
function zoom(factor, at = centre()) { setView(at - (at - view.a) * factor, at + (view.b - at) * factor); }
const move = part => setView(view.a + part * (view.b - view.a), view.b + part * (view.b - view.a));

function draw() {
  drawRaster();
  for (const u of plots) u.setScale("x", { min: view.a, max: view.b });
  if (chosen) drawNeuron();
  $("range").textContent = `${shown(view.a)} to ${shown(view.b)} ${unit.name}`;
  document.documentElement.dataset.view = `${view.a} ${view.b}`;
}
const shown = t => number(t / unit.ms, Math.max(4, Math.ceil(Math.log10(stop / (view.b - view.a))) + 4));

// ---- spikes

const canvas = $("spikes");
let ratio = 1, width = 0;

function layout() {
  ratio = Math.min(2, window.devicePixelRatio || 1);
  width = $("raster").clientWidth;
  let y = 4;
  panels = course.populations.filter(p => p.recorded || p.groups.length).map(p => {
    const panel = { p, y, height: Math.min(240, Math.max(44, 4 * p.rows)) };
    y += panel.height + 14;
    return panel;
  });
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((y + axis - 10) * ratio);
  canvas.style.height = y + axis - 10 + "px";
}

const x = t => left + (t - view.a) / (view.b - view.a) * (width - left - right);
const timeAt = px => view.a + (px - left) / (width - left - right) * (view.b - view.a);

function drawRaster() {
  const c = canvas.getContext("2d"), th = theme();
  c.setTransform(1, 0, 0, 1, 0, 0);
  c.clearRect(0, 0, canvas.width, canvas.height);
  for (const panel of panels) drawPanel(c, panel, th);
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.font = "12px system-ui, sans-serif";
  c.fillStyle = th.fg; c.strokeStyle = th.line; c.textBaseline = "middle";
  for (const { p, y, height } of panels) {
    c.strokeRect(left - .5, y - .5, width - left - right + 1, height + 1);
    c.textAlign = "right";
    c.fillText(p.name.length > 10 ? p.name.slice(0, 9) + "…" : p.name, left - 8, y + height / 2);
    c.fillStyle = th.dim;
    c.fillText("0", left - 8, y + height - 6);
    if (p.cells > 1) c.fillText(p.cells - 1, left - 8, y + 7);
    c.fillStyle = th.fg;
  }
  const bottom = panels.length ? panels[panels.length - 1].y + panels[panels.length - 1].height : 0;
  c.textAlign = "center"; c.textBaseline = "top"; c.fillStyle = th.dim;
  for (const t of ticks(view.a / unit.ms, view.b / unit.ms, (width - left - right) / 90)) {
    const at = x(t * unit.ms);
    c.fillRect(at - .5, bottom + 1, 1, 4);
    c.fillText(number(t, 9), at, bottom + 7);
  }
  c.textAlign = "right";
  c.fillText(unit.name, left - 26, bottom + 7);
  mark(c, th);
}

// ticks returns about n round numbers from a to b.
function ticks(a, b, n) {
  const raw = (b - a) / Math.max(1, n), power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find(k => k * power >= raw) * power, out = [];
  for (let k = Math.ceil(a / step - 1e-9); k * step <= b + step * 1e-9; k++) out.push(k * step);
  return out;
}

// drawPanel paints a population pixel by pixel: presentations, NMDA spikes, then spikes, darker
// where more fall on a pixel.
function drawPanel(c, panel, th) {
  const p = panel.p, w = Math.round((width - left - right) * ratio), h = Math.round(panel.height * ratio);
  if (w < 1 || h < 1) return;
  if (!panel.image || panel.image.width !== w || panel.image.height !== h) {
    panel.image = new ImageData(w, h);
    panel.pixels = new Uint32Array(panel.image.data.buffer);
    panel.counts = new Uint16Array(w * h);
  }
  const pixels = panel.pixels, counts = panel.counts;
  pixels.fill(pixel(th.panel));
  const a = view.a / course.dt, perStep = w / ((view.b - view.a) / course.dt), b = view.b / course.dt;
  const rect = (x0, x1, y0, y1, colour) => {
    x0 = Math.max(0, x0); x1 = Math.min(w, x1); y0 = Math.max(0, y0); y1 = Math.min(h, y1);
    for (let y = y0; y < y1; y++) pixels.fill(colour, y * w + x0, y * w + x1);
  };
  for (let i = first(course.from, a - course.longest); i < course.shownCount && course.from[i] < b; i++) {
    const x0 = Math.floor((course.from[i] - a) * perStep), x1 = Math.ceil((course.to[i] - a) * perStep);
    if (x1 > 0) rect(x0, Math.max(x1, x0 + 2), 0, h, pixel(course.pattern[i] < 0 ? th.novel : th.stored));
  }
  const row = h / p.rows, thick = Math.max(1, Math.floor(row * .85));
  const top = cell => Math.min(h - 1, Math.floor(h - (cell / p.every + 1) * row)); // cell 0 is at the bottom
  p.groups.forEach((g, j) => {
    const colour = pixel(th.nmda[j % 3]), tall = Math.max(thick, Math.round(2 * ratio));
    for (let i = first(g.start, a - g.longest); i < g.count && g.start[i] < b; i++) {
      const x0 = Math.floor((g.start[i] - a) * perStep), x1 = Math.ceil((g.end[i] + 1 - a) * perStep);
      if (x1 > 0) { const y = top(g.cell[i]); rect(x0, Math.max(x1, x0 + 1), y, y + tall, colour); }
    }
  });
  const from = first(p.step, a), to = first(p.step, b + 1), n = to - from;
  const wide = n < 20000 ? Math.round(1.5 * ratio) : 1, tall = Math.max(n < 20000 ? Math.round(2 * ratio) : 1, thick);
  counts.fill(0); // by columns: spikes of one column fall near each other
  if (panel.topsFor !== h) {
    panel.topsFor = h;
    panel.tops = new Uint16Array(p.count); // of each spike
    for (let i = 0; i < p.count; i++) panel.tops[i] = Math.max(0, top(p.cell[i]));
  }
  const tops = panel.tops;
  for (let x = 0, lo = from; x < w && lo < to; x++) {
    const hi = x === w - 1 ? to : first(p.step, a + (x + 1) / perStep), right = Math.min(w, x + wide);
    if (wide === 1 && tall === 1) { // of a million spikes, all that is done for each
      for (let i = lo, at = x * h; i < hi; i++) counts[at + tops[i]]++;
    } else for (let i = lo; i < hi; i++) {
      const y = tops[i], end = Math.min(h, y + tall);
      for (let k = x; k < right; k++) for (let q = y; q < end; q++) counts[k * h + q]++;
    }
    lo = hi;
  }
  const dense = n * wide * tall / (w * h), one = dense < .25 ? 1 : Math.max(.2, .5 / (1 + dense));
  const mix = new Float64Array(256), [r1, g1, b1] = th[p.kind] || th.pyramidal;
  for (let k = 1; k < 256; k++) mix[k] = 1 - (1 - one) ** k;
  for (let x = 0, at = 0; x < w; x++) for (let i = x; i < w * h; i += w, at++) {
    if (counts[at] === 0) continue;
    const m = mix[Math.min(255, counts[at])], q = pixels[i], r0 = q & 255, g0 = q >> 8 & 255, b0 = q >> 16 & 255;
    pixels[i] = (255 << 24 | (b0 + (b1 - b0) * m) << 16 | (g0 + (g1 - g0) * m) << 8 | (r0 + (r1 - r0) * m)) >>> 0;
  }
  c.putImageData(panel.image, Math.round(left * ratio), Math.round(panel.y * ratio));
}

// mark shows the cell and the NMDA spike that are open.
function mark(c, th) {
  c.save();
  c.lineWidth = 1.5; c.strokeStyle = th.fg;
  const at = (p, cell) => {
    const panel = panels.find(q => q.p === p), row = panel.height / p.rows;
    return [panel, panel.y + panel.height - (cell / p.every + .5) * row, row];
  };
  if (chosen) {
    const [, y] = at(chosen.population, chosen.cell);
    c.beginPath(); c.moveTo(left - 5, y); c.lineTo(left, y); c.moveTo(width - right, y); c.lineTo(width - right + 5, y); c.stroke();
  }
  if (spike) {
    const g = spike.group, [, y, row] = at(spike.population, g.cell[spike.i]), half = Math.max(4, row / 2 + 2);
    c.beginPath(); c.rect(left, 0, width - left - right, 1e5); c.clip();
    const x0 = x(ms(g.start[spike.i])), x1 = x(ms(g.end[spike.i] + 1));
    c.strokeRect(x0 - 2, y - half, Math.max(3, x1 - x0) + 4, 2 * half);
  }
  c.restore();
}

// hit returns what lies at a place of the raster: a population, a cell, and an NMDA spike if one is
// near.
function hit(px, py) {
  const panel = panels.find(q => py >= q.y - 3 && py <= q.y + q.height + 3);
  if (!panel || px < left || px > width - right) return null;
  const p = panel.p, row = panel.height / p.rows, t = timeAt(px) / course.dt, near = 5 * (view.b - view.a) / course.dt / (width - left - right);
  const at = Math.max(0, Math.min(p.rows - 1, Math.floor((panel.y + panel.height - py) / row)));
  let best = null, distance = Math.max(5, row / 2 + 1); // px
  for (const g of p.groups)
    for (let i = first(g.start, t - near - g.longest); i < g.count && g.start[i] <= t + near; i++) {
      if (g.end[i] + 1 < t - near) continue;
      const y = panel.y + panel.height - (g.cell[i] / p.every + .5) * row;
      if (Math.abs(y - py) < distance) { distance = Math.abs(y - py); best = { population: p, group: g, i }; }
    }
  return { population: p, cell: best ? best.group.cell[best.i] : at * p.every, spike: best, t: timeAt(px) };
}

// ---- rates and traces

const drawnFirst = 12; // lines of a chart, until the reader chooses others

// colourOf returns the colour of the line that is the i-th drawn of a chart: of the rate of a
// population that of its spikes, where no other has it.
function colourOf(chart, line, i) {
  const p = chart.bin && course.populations.find(p => p.name === line.name);
  if (p && course.populations.filter(q => q.kind === p.kind).length === 1) return css(theme()[p.kind]);
  return theme().lines[i % theme().lines.length];
}

function addPlots() {
  course.charts.forEach((c, at) => {
    c.drawn = new Set(c.lines.slice(0, drawnFirst));
    c.last = at === course.charts.length - 1;
    c.box = make("div", { class: "chart" });
    $("charts").append(c.box);
    if (c.lines.length > drawnFirst) $("choices").append(chooser(c));
    plot(c);
  });
}

// plot draws the lines of a chart that are chosen, in place of those before.
function plot(c) {
  const th = theme, last = c.last, lines = c.lines.filter(l => c.drawn.has(l));
  const old = plots.indexOf(c.plot);
  if (old >= 0) { c.plot.destroy(); plots.splice(old, 1); }
  const some = lines.length < c.lines.length ? `, ${lines.length} of ${c.lines.length} columns of ${c.file}` : "";
  c.box.replaceChildren(make("h3", {}, c.name + (c.unit ? ` (${c.unit})` : "") + some));
  c.plot = new uPlot({
    width: width, height: last ? 150 : 126, padding: [16, right, last ? 0 : 6, 0],
    cursor: { drag: { x: false, y: false }, sync: { key: "course" }, points: { size: 5 } },
    legend: { show: true },
    scales: { x: { time: false, range: () => [view.a, view.b] } },
    axes: [
      { size: last ? 30 : 2, stroke: () => th().dim, grid: { stroke: () => th().grid, width: 1 }, ticks: { show: last, stroke: () => th().line, width: 1 }, values: (u, list) => list.map(t => last ? number(t / unit.ms, 9) : "") },
      { size: left, stroke: () => th().dim, grid: { stroke: () => th().grid, width: 1 }, ticks: { stroke: () => th().line, width: 1 } },
    ],
    series: [{ label: "time", value: (u, t) => t === null ? "-" : number(t / unit.ms, 9) + " " + unit.name }].concat(lines.map((l, i) => ({
      label: l.name, stroke: () => colourOf(c, l, i), width: 1.25, points: { show: false },
      paths: c.bin ? uPlot.paths.stepped({ align: 1 }) : undefined, value: (u, v) => v === null ? "-" : number(v, 5),
    }))),
  }, [c.time, ...lines.map(l => l.values)], c.box);
  plots.push(c.plot);
}

// chooser returns the list by which a reader chooses the lines of a chart that has many.
function chooser(c) {
  const count = make("span", {}), rows = c.lines.map(l => {
    const box = make("input", { type: "checkbox", checked: c.drawn.has(l), onchange: () => { if (box.checked) c.drawn.add(l); else c.drawn.delete(l); changed(); } });
    return { line: l, box, row: make("label", {}, box, " " + l.name) };
  });
  const most = 60; // lines that a button adds
  const changed = () => {
    for (const r of rows) r.box.checked = c.drawn.has(r.line);
    count.textContent = `${c.name}${c.unit ? ` (${c.unit})` : ""}: ${c.drawn.size} of ${c.lines.length} columns are drawn`;
    if (c.plot) plot(c);
  };
  const found = () => rows.filter(r => !r.row.hidden);
  const search = make("input", { type: "search", oninput: () => {
    const words = search.value.toLowerCase().split(/\s+/);
    for (const r of rows) r.row.hidden = !words.every(w => r.line.name.toLowerCase().includes(w));
  } });
  const set = lines => { c.drawn = new Set(lines); changed(); };
  changed();
  return make("details", { class: "choose" }, make("summary", {}, count),
    make("div", { class: "bar" }, make("label", {}, "Find ", search),
      make("button", { type: "button", onclick: () => set(found().slice(0, most).map(r => r.line)), title: `At most ${most}` }, "draw those found"),
      make("button", { type: "button", onclick: () => set([]) }, "none"),
      make("button", { type: "button", onclick: () => set(c.lines.slice(0, drawnFirst)) }, `the first ${drawnFirst}`)),
    make("div", { class: "list", role: "group", "aria-label": `Columns of ${c.file}` }, rows.map(r => r.row)));
}

// ---- pointer and keys

function listen() {
  for (const area of [$("view"), $("charts")]) point(area);
  $("view").addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const does = { "+": "in", "=": "in", "-": "out", _: "out", ArrowLeft: "left", ArrowRight: "right", Home: "all", n: "next", p: "previous", Escape: "close" }[e.key];
    if (!does) return;
    e.preventDefault();
    act(does);
  });
  for (const b of document.querySelectorAll("#course [data-do]")) b.addEventListener("click", () => act(b.dataset.do));
  $("cell").addEventListener("keydown", e => { if (e.key === "Enter") act("cell"); });
  $("population").addEventListener("change", () => { $("cell").max = course.populations[$("population").value].cells - 1; });
  const again = () => { layout(); for (const u of plots) { u.setSize({ width, height: u.height }); u.redraw(false, true); } draw(); if (spike) showSpike(spike); };
  new ResizeObserver(() => { if ($("raster").clientWidth !== width) again(); }).observe($("raster"));
  dark.addEventListener("change", again);
  print.addEventListener("change", again);
}

// point lets the pointer zoom, move and choose in an area whose left edge is that of the axis.
function point(area) {
  const px = e => e.clientX - area.getBoundingClientRect().left - area.clientLeft;
  const aimed = e => hit(px(e), e.clientY - canvas.getBoundingClientRect().top);
  area.addEventListener("wheel", e => {
    e.preventDefault();
    if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) return move((e.deltaX || e.deltaY) / 600);
    zoom(Math.exp(Math.max(-120, Math.min(120, e.deltaY)) * .003), timeAt(px(e)));
  }, { passive: false });
  const down = new Map(); // pointers on the area, by their number, with the time beneath each
  let tapped = false; // it may still be a click
  const grip = () => { for (const p of down.values()) p.t = timeAt(p.x); };
  area.addEventListener("pointerdown", e => {
    if (e.button !== 0 || e.target.closest(".u-legend") || down.size === 2) return;
    tapped = down.size === 0;
    down.set(e.pointerId, { x: px(e), from: px(e) });
    grip();
    area.setPointerCapture(e.pointerId);
  });
  area.addEventListener("pointermove", e => {
    const at = px(e), inside = at >= left && at <= width - right;
    $("line").hidden = !inside;
    $("line").style.left = at + "px";
    const held = down.get(e.pointerId);
    if (held) {
      held.x = at;
      tapped = tapped && Math.abs(at - held.from) <= (e.pointerType === "touch" ? 8 : 3);
      if (!tapped) follow([...down.values()]);
    } else if (inside) {
      const what = aimed(e);
      $("range").textContent = `${shown(timeAt(at))} ${unit.name}` + (what ? `, ${what.population.name} cell ${what.cell}${what.spike ? ", NMDA spike" : ""}` : "");
    }
  });
  const lift = e => { const was = down.delete(e.pointerId); grip(); return was; };
  area.addEventListener("pointerup", e => {
    if (!lift(e) || !tapped) return;
    const what = aimed(e);
    if (what && what.spike) showSpike(what.spike); else if (what) showCell(what.population, what.cell);
  });
  area.addEventListener("pointercancel", lift); // the browser scrolls the page
  area.addEventListener("dblclick", () => setView(0, stop));
  area.addEventListener("pointerleave", () => { $("line").hidden = true; queue(); });
}

// follow changes the span of time so that pointers keep beneath them the times that they took hold of:
// one moves, two zoom.
function follow(held) {
  const wide = width - left - right, [p, q] = held.sort((one, other) => one.x - other.x);
  if (!q) return setView(p.t - (p.x - left) / wide * (view.b - view.a), p.t + (width - right - p.x) / wide * (view.b - view.a));
  const span = Math.max(0, q.t - p.t) / Math.max(10, q.x - p.x) * wide; // 10 px: fingers side by side
  if (span > 0) setView(p.t - (p.x - left) / wide * span, p.t + (width - right - p.x) / wide * span);
}

function act(what) {
  switch (what) {
    case "in": return zoom(1 / 1.5);
    case "out": return zoom(1.5);
    case "left": return move(-.2);
    case "right": return move(.2);
    case "all": return setView(0, stop);
    case "next": return step(1);
    case "previous": return step(-1);
    case "close": hide("event"); return hide("neuron");
    case "cell": {
      const p = course.populations[$("population").value], n = Math.round(+$("cell").value);
      if (!(n >= 0 && n < p.cells)) return say(`${p.name} has cells 0 to ${p.cells - 1}`);
      if (n % p.every) return say(`of ${p.name} only every ${p.every}th cell is shown`);
      return showCell(p, n);
    }
  }
}

// step goes to the next NMDA spike, or the previous one.
function step(by) {
  if (!starts.length) return say("there are no NMDA spikes");
  let at;
  if (spike) at = starts.findIndex(s => s.group === spike.group && s.i === spike.i) + by;
  else { at = first(starts.map(s => s.start), view.a / course.dt); if (by < 0) at--; }
  if (at < 0 || at >= starts.length) return say(by > 0 ? "this is the last NMDA spike" : "this is the first NMDA spike");
  const s = starts[at], t = ms(s.start);
  if (t < view.a || t > view.b) setView(t - (view.b - view.a) / 2, t + (view.b - view.a) / 2);
  showSpike(s);
}

function say(text) { $("status").textContent = text; $("range").textContent = text; }

function hide(id) {
  $(id).hidden = true;
  if (id === "event") spike = null; else chosen = null;
  queue();
}

// ---- one cell

const closer = id => make("button", { type: "button", "aria-label": "Close", onclick: () => { hide(id); $("view").focus(); } }, "close");

function showCell(p, cell) {
  const times = [];
  for (let i = 0; i < p.count; i++) if (p.cell[i] === cell) times.push(p.step[i]);
  chosen = { population: p, cell, times, strips: [] };
  const events = [], notes = [];
  for (const g of p.groups) {
    let overlaps = null;
    if (g.synapsesOf) overlaps = overlapsOf(g, cell / p.every);
    else if (g.noWiring) notes.push(`${g.name}: no overlaps, since ${g.noWiring}.`);
    let missing = 0;
    for (let j = 0; j < g.segments; j++) {
      const strip = { group: g, segment: j, overlap: overlaps && overlaps[j], spikes: [] };
      if (!overlaps) strip.line = lineOf(`${p.name}.${cell}.${g.name}.${j}.` + (g.theta ? "overlap" : "V_seg"));
      if (!strip.overlap && !strip.line) missing++;
      chosen.strips.push(strip);
    }
    if (missing && !g.theta) notes.push(`${g.name}: the potential of ${missing === g.segments ? "its segments" : plural(missing, "segment")} is not recorded; [record.traces.NAME] with population = "${p.name}", cells = [${cell}], variables = ["V_seg"], group = "${g.name}" and segments does.`);
    for (let i = 0; i < g.count; i++) if (g.cell[i] === cell) {
      const strip = chosen.strips.find(s => s.group === g && s.segment === g.segment[i]);
      strip.spikes.push(i);
      events.push({ population: p, group: g, i });
    }
  }
  const prefix = `${p.name}.${cell}.`, others = [];
  for (const c of course.charts) for (const l of c.lines)
    if (l.name.startsWith(prefix) && !/\.(overlap|V_seg)$/.test(l.name)) others.push({ label: l.name.slice(prefix.length), spikes: [], line: { time: c.time, values: l.values, unit: c.unit } });
  if (others.length > 8) notes.push(`Of ${others.length} recorded quantities of the cell, 8 are drawn here; the charts below draw any.`);
  const most = 24;
  if (chosen.strips.length > most) {
    // those that had NMDA spikes first
    chosen.strips.sort((a, b) => b.spikes.length - a.spikes.length);
    notes.push(`The ${most} of ${chosen.strips.length} segments with most NMDA spikes are shown.`);
    chosen.strips.length = most;
  }
  chosen.strips.push(...others.slice(0, 8));
  events.sort((a, b) => a.group.start[a.i] - b.group.start[b.i]);
  const box = $("neuron"), listed = events.slice(0, 500);
  if (listed.length < events.length) notes.push(`The table has the first ${listed.length} of ${events.length} NMDA spikes.`);
  box.replaceChildren(
    make("div", { class: "head" }, make("h3", {}, `${p.name} cell ${cell}`), closer("neuron")),
    make("p", { class: "help" }, (p.recorded ? `${plural(times.length, "spike")} (${number(times.length / stop * 1000, 3)} Hz)` : "spikes not recorded") + p.groups.map(g => `, ${plural(events.filter(e => e.group === g).length, "NMDA spike")} on ${g.name}`).join("")),
    make("canvas", { class: "small", id: "strips", role: "img", "aria-label": `Spikes, overlaps and NMDA spikes of ${p.name} cell ${cell}; the table has its NMDA spikes` }),
    ...notes.map(n => make("p", { class: "help" }, n)),
    ...(events.length ? [table("NMDA spikes of the cell", ["Start (ms)", "End (ms)", "Segment", "Synapses", ""], listed.map(e => {
      const g = e.group, list = activeAt(e).list;
      return [number(ms(g.start[e.i]), 9), g.end[e.i] < course.steps ? number(ms(g.end[e.i]), 9) : "-", `${g.name} ${g.segment[e.i]}`, list ? String(new Set(list.filter(s => !s.projection.inhibits).map(s => s.projection.name + " " + s.number)).size) : "-",
        make("button", { type: "button", class: "plain", onclick: () => { showSpike(e); $("event").scrollIntoView({ block: "nearest" }); } }, "show")];
    }))] : []));
  box.hidden = false;
  $("population").value = course.populations.indexOf(p);
  $("cell").value = cell;
  say(`${p.name} cell ${cell}`);
  queue();
}

// lineOf returns a recorded quantity by its name.
function lineOf(name) {
  for (const c of course.charts) for (const l of c.lines) if (l.name === name) return { time: c.time, values: l.values, unit: c.unit };
  return null;
}

// arrivals calls each for every spike that reaches a synapse of a list, in the order of the steps in
// which the spikes were fired.
function arrivals(list, each) {
  const bySource = new Map();
  list.forEach((s, at) => {
    if (!bySource.has(s.projection.source)) bySource.set(s.projection.source, new Map());
    const cells = bySource.get(s.projection.source);
    if (!cells.has(s.source)) cells.set(s.source, []);
    cells.get(s.source).push(at);
  });
  for (const [name, cells] of bySource) {
    const p = course.populations.find(q => q.name === name);
    for (let i = 0; i < p.count; i++) {
      const synapses = cells.get(p.cell[i]);
      if (synapses) for (const at of synapses) each(at, p.step[i] + list[at].delay);
    }
  }
}

// overlapsOf returns for each segment of a cell the steps in which its overlap changes, and the
// overlaps from there on. A synapse is active from an arrival in step j to step j + window - 1; an
// arrival while it is active prolongs that.
function overlapsOf(g, row) {
  const list = g.synapsesOf[row], until = new Float64Array(list.length).fill(-1);
  const changes = Array.from({ length: g.segments }, () => new Map());
  const change = (at, step, by) => { const m = changes[list[at].segment]; m.set(step, (m.get(step) || 0) + by); };
  arrivals(list, (at, step) => {
    if (step > until[at]) { if (until[at] >= 0) change(at, until[at], -1); change(at, step, 1); }
    until[at] = step + g.window;
  });
  until.forEach((step, at) => { if (step >= 0) change(at, step, -1); });
  return changes.map(m => {
    const steps = Float64Array.from(m.keys()).sort(), counts = new Int32Array(steps.length);
    let n = 0, most = 0;
    steps.forEach((k, i) => { n += m.get(k); counts[i] = n; most = Math.max(most, n); });
    return { steps, counts, most };
  });
}

function drawNeuron() {
  const c = $("strips"), p = chosen.population, th = theme(), w = c.parentElement.clientWidth - 30, high = 46, gap = 8, base = 20;
  const strips = chosen.strips, h = base + strips.length * (high + gap) + 24;
  c.width = w * ratio; c.height = h * ratio; c.style.height = h + "px"; c.style.width = w + "px";
  const d = c.getContext("2d"), wide = w - left - right, at = t => left + (t - view.a) / (view.b - view.a) * wide;
  d.scale(ratio, ratio);
  d.font = "12px system-ui, sans-serif"; d.textBaseline = "middle"; d.textAlign = "right"; d.lineWidth = 1;
  const a = view.a / course.dt, b = view.b / course.dt;
  d.fillStyle = th.fg;
  d.fillText("spikes", left - 8, 9);
  d.fillStyle = css(th[p.kind] || th.pyramidal);
  for (let i = first(chosen.times, a); i < chosen.times.length && chosen.times[i] <= b; i++) d.fillRect(at(ms(chosen.times[i])) - .75, 2, 1.5, 14);
  strips.forEach((s, k) => {
    const y = base + k * (high + gap), g = s.group, j = p.groups.indexOf(g);
    d.fillStyle = css(th.panel); d.fillRect(left, y, wide, high);
    d.fillStyle = css(th.nmda[Math.max(0, j) % 3]);
    for (const i of s.spikes) {
      const x0 = Math.max(left, at(ms(g.start[i]))), x1 = Math.min(left + wide, at(ms(g.end[i] + 1)));
      if (x1 > x0) d.fillRect(x0, y, Math.max(1, x1 - x0), high);
    }
    const name = s.label || `${g.name} ${s.segment}`, inside = s.line && d.measureText(name).width > left - 12 ? name + ": " : ""; // a long one
    d.fillStyle = th.fg;
    if (!inside) d.fillText(name, left - 8, y + high / 2, left - 12);
    d.save(); d.beginPath(); d.rect(left, y, wide, high); d.clip();
    if (s.overlap) {
      const o = s.overlap, top = Math.max(g.theta * 1.4, o.most), up = n => y + high - 1 - n / top * (high - 3);
      level(up(g.theta));
      d.strokeStyle = th.fg; d.beginPath();
      let i = Math.max(0, first(o.steps, a) - 1), n = first(o.steps, a) > 0 ? o.counts[i] : 0;
      d.moveTo(left, up(n));
      for (i = first(o.steps, a); i < o.steps.length && o.steps[i] <= b; i++) { d.lineTo(at(ms(o.steps[i])), up(n)); n = o.counts[i]; d.lineTo(at(ms(o.steps[i])), up(n)); }
      d.lineTo(left + wide, up(n)); d.stroke();
    } else if (s.line) {
      const t = s.line.time, v = s.line.values;
      let lo = Infinity, hi = -Infinity;
      for (const q of v) if (q !== null) { lo = Math.min(lo, q); hi = Math.max(hi, q); }
      const limit = g ? g.theta || g.level : NaN;
      if (g) { lo = Math.min(lo, limit); hi = Math.max(hi, limit); }
      const up = q => y + high - 2 - (q - lo) / (hi - lo || 1) * (high - 4);
      if (g) level(up(limit));
      d.strokeStyle = th.fg; d.beginPath();
      for (let i = Math.max(0, first(t, view.a) - 1), pen = false; i < t.length && t[i] <= view.b + course.dt; i++)
        if (v[i] === null) pen = false; else if (pen) d.lineTo(at(t[i]), up(v[i])); else { d.moveTo(at(t[i]), up(v[i])); pen = true; }
      d.stroke();
      d.fillStyle = th.dim; d.textAlign = "left";
      d.fillText(`${inside}${number(lo, 4)} to ${number(hi, 4)}${s.line.unit ? " " + s.line.unit : ""}`, left + 4, y + 9);
      d.textAlign = "right";
    }
    d.restore();
    d.strokeStyle = th.line; d.strokeRect(left - .5, y - .5, wide + 1, high + 1);
    if (s.overlap) { d.fillStyle = th.dim; d.textAlign = "left"; d.fillText("θ", left + wide + 3, y + high - 1 - g.theta / Math.max(g.theta * 1.4, s.overlap.most) * (high - 3)); d.textAlign = "right"; }
  });
  function level(y) { d.strokeStyle = th.dim; d.setLineDash([4, 3]); d.beginPath(); d.moveTo(left, y); d.lineTo(left + wide, y); d.stroke(); d.setLineDash([]); }
  d.fillStyle = th.dim; d.textAlign = "center"; d.textBaseline = "top";
  for (const t of ticks(view.a / unit.ms, view.b / unit.ms, wide / 90)) d.fillText(number(t, 9), at(t * unit.ms), h - 16);
  d.textAlign = "right"; d.fillText(unit.name, left - 26, h - 16);
}

// ---- one NMDA spike

// activeAt returns the synapses that were active at a start: as recorded, or from the wiring and the
// spikes; list is null where neither is known.
function activeAt({ population, group: g, i }) {
  if (g.start[i] <= g.explained) return { list: g.active[i], recorded: true };
  if (!g.synapsesOf) return { list: null };
  const start = g.start[i], all = g.synapsesOf[g.cell[i] / population.every], number = new Map();
  const mine = [];
  for (const s of all) {
    const n = number.get(s.projection) || 0; // as they are numbered
    number.set(s.projection, n + 1);
    if (s.segment === g.segment[i]) mine.push({ ...s, number: n, arrival: -1, weight: 1, pattern: null });
  }
  arrivals(mine, (at, step) => { if (step <= start && step > start - g.window) mine[at].arrival = Math.max(mine[at].arrival, step); });
  return { list: mine.filter(s => s.arrival >= 0), recorded: false };
}

function showSpike(s) {
  spike = s;
  const { population: p, group: g, i } = s, cell = g.cell[i], start = g.start[i], ended = g.end[i] < course.steps;
  const { list, recorded } = activeAt(s), box = $("event"), parts = [];
  const name = `NMDA spike of ${p.name} cell ${cell}, ${g.name} segment ${g.segment[i]}, at ${number(ms(start), 9)} ms`;
  const facts = [ended ? `It ends at ${number(ms(g.end[i]), 9)} ms, after ${number(ms(g.end[i] - start), 4)} ms.` : "The run ends before it."];
  if (g.peak.length && !Number.isNaN(g.peak[i])) facts.push(`The highest potential is ${number(g.peak[i], 4)} mV.`);
  let said = "";
  if (list) {
    const excites = list.filter(a => !a.projection.inhibits), own = excites.filter(a => a.pattern !== null && a.pattern >= 0);
    const synapses = new Set(excites.map(a => a.projection.name + " " + a.number)).size;
    said = g.theta ? `${plural(synapses, "synapse")} active, threshold ${g.theta}` : `${plural(excites.length, "spike")} at ${plural(synapses, "synapse")} open`;
    facts.push(said + "." + (recorded ? "" : " Worked out here from the wiring and the recorded spikes; record.synapses = true records them with their patterns."));
    const patterns = [...new Set(own.map(a => a.pattern))];
    if (recorded) facts.push(own.length ? `${own.length} of them ${own.length === 1 ? "comes" : "come"} from cells of ${patterns.length === 1 ? "stored pattern " : "the stored patterns "}${patterns.join(", ")}.` : "None comes from a cell of a pattern that the segment stores.");
    const inhibits = list.length - excites.length;
    if (inhibits) facts.push(`${plural(inhibits, "inhibitory synapse is", "inhibitory synapses are")} active too.`);
  }
  let at = first(course.from, start + 1) - 1;
  if (at >= 0) facts.push(`The input ${course.inputs[course.input[at]]} had shown ${course.pattern[at] < 0 ? "a novel pattern" : "pattern " + course.pattern[at]} since ${number(ms(course.from[at]), 9)} ms.`);
  parts.push(make("div", { class: "head" }, make("h3", {}, name), make("button", { type: "button", onclick: () => { showCell(p, cell); $("neuron").scrollIntoView({ block: "nearest" }); } }, "show the cell"), closer("event")));
  parts.push(make("p", {}, facts.join(" ")));
  const pair = make("div", { class: "pair" }), on = p.tree && g.sections ? p.tree.sections[g.sections[g.segment[i]]] : null; // its section
  let synapsesTable = null; // as wide as the page: eight columns
  if (list && list.length) {
    const left = make("div", {}, make("canvas", { class: "small", id: "arrivals", role: "img", "aria-label": "When the spikes arrived; the table has the same" }), make("p", { class: "help", id: "key" }));
    const rows = list.slice().sort((a, b) => a.arrival - b.arrival);
    synapsesTable = table("Active synapses; age: time from the arrival to the start" + (recorded ? "; pattern: a stored one that holds the cell" : ""), [...["Source", "Cell", "Projection", "Synapse", "Arrival (ms)", "Age (ms)", "Weight", "Pattern"].slice(0, recorded ? 8 : 6), ...(on ? ["From soma (µm)"] : [])], rows.map(a => {
      const from = course.populations.find(q => q.name === a.projection.source);
      const cell = from && from.recorded && a.source % from.every === 0 ? make("button", { type: "button", class: "plain", onclick: () => showCell(from, a.source) }, String(a.source)) : String(a.source);
      return [a.projection.source, cell, a.projection.name + (a.projection.inhibits ? " (inhibits)" : ""), String(a.number), number(ms(a.arrival), 9), number(ms(start - a.arrival), 4), number(a.weight, 4), a.pattern === null || a.pattern < 0 ? "-" : String(a.pattern)].slice(0, recorded ? 8 : 6).concat(on ? [number(fromSoma(on, a.along * on.length), 4)] : []);
    }));
    pair.append(left);
  } else if (!list && g.explained >= 0) {
    pair.append(make("p", {}, "The synapses that were active are in nmda_synapses.csv; this report has no room for them."));
  } else if (!list) {
    pair.append(make("div", {}, make("p", {}, `Which synapses were active is not known, since ${g.noWiring || "they are not recorded"}. With these lines the next run records it:`), make("pre", {}, "[record]\nsynapses = true")));
  }
  const potential = make("div", {});
  pair.append(potential);
  parts.push(pair);
  const tree = on && make("div", {});
  if (tree) parts.push(tree);
  if (synapsesTable) parts.push(synapsesTable);
  box.replaceChildren(...parts);
  box.hidden = false;
  if (list && list.length) drawArrivals(list, g, start);
  if (tree) showTree(tree, s, list);
  showPotential(potential, p, g, cell, i);
  say(name + (said ? ": " + said : ""));
  queue();
}

// drawArrivals draws when the spikes arrived, a row for each, and how many synapses are active.
function drawArrivals(list, g, start) {
  const c = $("arrivals"), th = theme(), w = c.parentElement.clientWidth, rows = list.slice().sort((a, b) => a.arrival - b.arrival);
  const high = Math.max(80, Math.min(260, rows.length * 6)), h = high + 30, from = Math.min(...rows.map(a => a.arrival), g.theta ? start - g.window + 1 : start), span = Math.max(1, start - from);
  c.width = w * ratio; c.height = h * ratio; c.style.height = h + "px";
  const d = c.getContext("2d"), at = step => 34 + (step - from) / span * (w - 34 - 26);
  d.scale(ratio, ratio);
  d.fillStyle = css(th.panel); d.fillRect(30, 4, w - 30 - 20, high);
  d.strokeStyle = th.line; d.strokeRect(29.5, 3.5, w - 30 - 19, high + 1);
  const excites = rows.filter(a => !a.projection.inhibits), top = Math.max(rows.length, (g.theta || 0) * 1.1), up = n => 4 + high - n / top * (high - 8);
  if (g.theta) {
    d.strokeStyle = th.dim; d.setLineDash([4, 3]); d.beginPath(); d.moveTo(30, up(g.theta)); d.lineTo(w - 20, up(g.theta)); d.stroke(); d.setLineDash([]);
    d.fillStyle = th.dim; d.textBaseline = "middle"; d.font = "12px system-ui, sans-serif"; d.fillText("θ", w - 15, up(g.theta));
  }
  d.strokeStyle = th.dim; d.beginPath(); d.moveTo(at(from), up(0));
  excites.forEach((a, n) => { d.lineTo(at(a.arrival), up(n)); d.lineTo(at(a.arrival), up(n + 1)); });
  d.lineTo(at(start), up(excites.length)); d.stroke();
  let n = 0;
  for (const a of rows) {
    const y = up(a.projection.inhibits ? 0 : ++n);
    d.fillStyle = ofSynapse(a); d.beginPath(); d.arc(at(a.arrival), y, 3.2, 0, 7); d.fill();
  }
  d.fillStyle = th.dim; d.font = "12px system-ui, sans-serif"; d.textAlign = "center"; d.textBaseline = "top";
  for (const t of ticks(-ms(span), 0, (w - 60) / 70)) d.fillText(number(t, 4), at(start + t / course.dt), high + 8);
  d.textAlign = "right"; d.fillText("ms", 28, high + 8);
  d.textBaseline = "middle"; d.fillText(String(excites.length), 26, up(excites.length)); d.fillText("0", 26, up(0));
  $("key").replaceChildren("Arrivals before the start, and how many there are.", ...keyOf(rows));
}

// swatch returns a colour with what it stands for.
function swatch(text, colour) { const s = make("span", { class: "swatch" }); s.style.background = colour; return [s, text]; }

// keyOf says what the colours of active synapses are, of those that there are.
function keyOf(list) {
  const th = theme(), known = list.some(a => a.pattern !== null);
  const excites = list.filter(a => !a.projection.inhibits), stored = excites.filter(a => a.pattern !== null && a.pattern >= 0).length;
  return [...(stored ? swatch("from a cell of a stored pattern", css(th.pyramidal)) : []), ...(excites.length > stored ? swatch(known ? "from another cell" : "excitatory", th.dim) : []), ...(list.length > excites.length ? swatch("inhibitory", css(th.inhibitory)) : [])];
}

// ---- where on the cell

// draws returns an element of a drawing.
function draws(tag, attributes, ...children) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...children);
  return e;
}

// placeOn returns where a point of a section is drawn, and the direction of the section there.
function placeOn(section, path) {
  const l = section.line;
  let i = 1;
  while (i < l.length - 1 && l[i].path < path) i++;
  const a = l[i - 1], b = l[i], part = b.path > a.path ? Math.max(0, Math.min(1, (path - a.path) / (b.path - a.path))) : 1;
  return { x: a.x + part * (b.x - a.x), y: a.y + part * (b.y - a.y), dx: b.x - a.x, dy: b.y - a.y };
}

// stretchOf returns the line of a part of a section.
const stretchOf = (section, from, to) => [placeOn(section, from), ...section.line.filter(v => v.path > from && v.path < to), placeOn(section, to)];
const fromSoma = (section, path) => Math.abs(section.begin + path);

// A Frame is a piece of the plane of a tree on a drawing of so many px. Where the cell lies, both axes
// have one scale.
class Frame {
  constructor(tree, points, least, w, h) {
    const range = k => points.reduce(([lo, hi], v) => [Math.min(lo, v[k]), Math.max(hi, v[k])], [Infinity, -Infinity]);
    const [x0, x1] = range("x"), [y0, y1] = range("y"), edge = 18, side = tree.lies ? edge : 62; // beside it is the bar of a dendrogram
    this.w = w; this.h = h; this.cx = (x0 + x1) / 2; this.cy = (y0 + y1) / 2;
    this.sx = (w - 2 * side) / Math.max(x1 - x0, tree.lies ? least : 1);
    this.sy = (h - 2 * edge) / Math.max(y1 - y0, least);
    if (tree.lies) this.sx = this.sy = Math.min(this.sx, this.sy);
  }
  x(v) { return this.w / 2 + (v.x - this.cx) * this.sx; }
  y(v) { return this.h / 2 - (v.y - this.cy) * this.sy; }
  line(points) { return "M" + points.map(v => this.x(v).toFixed(1) + " " + this.y(v).toFixed(1)).join("L"); }
}

// drawTree draws a cell in a frame: its sections, a stretch of one, and a bar of a round length.
function drawTree(tree, f, section, from, to, colour, label) {
  const th = theme(), e = draws("svg", { width: f.w, height: f.h, viewBox: `0 0 ${f.w} ${f.h}`, role: "img", "aria-label": label });
  e.append(draws("path", { d: f.line(stretchOf(section, from, to)), fill: "none", stroke: colour, "stroke-width": tree.lies ? Math.max(9, section.width * f.sx + 6) : 9, "stroke-linecap": "round", class: "segment" }));
  const byWidth = new Map(); // lines of one width are one element
  for (const s of tree.sections.slice(1)) {
    const w = (tree.lies ? Math.max(.8, Math.min(14, s.width * f.sx)) : 1.3).toFixed(1), parent = tree.sections[s.parent];
    const line = tree.lies ? s.line : [{ x: parent.line[0].x, y: s.line[0].y }, ...s.line];
    byWidth.set(w, (byWidth.get(w) || "") + f.line(line));
  }
  for (const [w, d] of byWidth) e.append(draws("path", { d, fill: "none", stroke: th.dim, "stroke-width": w, "stroke-linejoin": "round" }));
  const soma = tree.sections[0], centre = placeOn(soma, -soma.begin);
  e.append(draws("circle", { cx: f.x(centre), cy: f.y(centre), r: tree.lies ? Math.max(5, soma.width / 2 * f.sx) : 6, fill: th.fg, class: "soma" }));
  const room = tree.lies ? f.w / f.sx / 3 : f.h / f.sy / 3, power = 10 ** Math.floor(Math.log10(room)), bar = [5, 2, 1].find(k => k * power <= room) * power;
  const x = f.w - 14, y = f.h - 12, text = { fill: th.fg, "font-size": 12, "text-anchor": "end" };
  if (tree.lies) e.append(draws("path", { d: `M${x} ${y}H${x - bar * f.sx}`, stroke: th.fg, "stroke-width": 2, class: "scale" }), draws("text", { x, y: y - 6, ...text }, `${number(bar, 3)} µm`));
  else e.append(draws("path", { d: `M${x} ${y}V${y - bar * f.sy}`, stroke: th.fg, "stroke-width": 2, class: "scale" }), draws("text", { x, y: y - bar * f.sy - 6, ...text }, `${number(bar, 3)} µm`));
  return e;
}

// showTree draws the cell of an NMDA spike with the segment on which it started, and the segment at
// large with the synapses that were active. list is null where they are not known.
function showTree(box, { population: p, group: g, i }, list) {
  const t = p.tree, th = theme(), section = t.sections[g.sections[g.segment[i]]], from = g.from * section.length, to = g.to * section.length;
  const colour = css(th.nmda[p.groups.indexOf(g) % 3]), high = 320, gap = 16, all = Math.max(240, box.clientWidth);
  const beside = all > 560, w = beside ? Math.floor((all - gap) * .42) : all, range = stretchOf(section, from, to);
  const whole = new Frame(t, t.sections.flatMap(s => s.line), 1, w, high);
  const near = new Frame(t, range, Math.max(10, (to - from) * (t.lies ? .5 : 1.2)), beside ? all - gap - w : all, high);
  if (t.lies) near.sx = near.sy *= .8; // room for what is beside the ends
  const cell = drawTree(t, whole, section, from, to, colour, `The cell; the NMDA spike started on ${section.name}`);
  const close = drawTree(t, near, section, from, to, colour, `The segment with its active synapses; the table has the same`);
  const corner = { x: near.cx - near.w / 2 / near.sx, y: near.cy + near.h / 2 / near.sy }, other = { x: near.cx + near.w / 2 / near.sx, y: near.cy - near.h / 2 / near.sy };
  const rect = { x: Math.max(1, whole.x(corner)), y: Math.max(1, whole.y(corner)) };
  cell.append(draws("rect", { ...rect, width: Math.max(4, Math.min(whole.w - 1, whole.x(other)) - rect.x), height: Math.max(4, Math.min(whole.h - 1, whole.y(other)) - rect.y), fill: "none", stroke: th.fg, "stroke-dasharray": "3 2" }));

  // A synapse has one mark, whatever its spikes are; marks that would meet stand one behind the other.
  const synapses = new Map();
  for (const a of list || []) {
    const key = a.projection.name + " " + a.number;
    if (!synapses.has(key)) synapses.set(key, { ...a, path: a.along * section.length, arrivals: [] });
    synapses.get(key).arrivals.push(a.arrival);
  }
  const marks = [...synapses.values()].sort((a, b) => fromSoma(section, a.path) - fromSoma(section, b.path)), r = marks.length > 80 ? 2.5 : 4, rows = new Map();
  for (const m of marks) {
    const at = placeOn(section, m.path), dx = at.dx * near.sx, dy = -at.dy * near.sy, far = Math.hypot(dx, dy) || 1;
    let nx = -dy / far, ny = dx / far; // excitatory synapses to the right, or above
    if ((nx < -.01 || Math.abs(nx) <= .01 && ny > 0) !== m.projection.inhibits) { nx = -nx; ny = -ny; }
    const x0 = near.x(at), y0 = near.y(at), edge = t.lies ? Math.min(7, section.width * near.sx / 2) : 1, taken = rows.get(m.projection.inhibits) || [];
    let row = 0;
    while (taken.some(q => q.row === row && Math.hypot(q.x0 - x0, q.y0 - y0) < 2 * r + 1)) row++;
    taken.push({ row, x0, y0 });
    rows.set(m.projection.inhibits, taken);
    const off = edge + 10 + row * (2 * r + 1);
    m.x = x0 + nx * off; m.y = y0 + ny * off;
    if (row === 0) close.append(draws("path", { d: `M${x0 + nx * edge} ${y0 + ny * edge}L${m.x} ${m.y}`, stroke: ofSynapse(m), "stroke-width": 1 }));
    close.append(draws("circle", { cx: m.x, cy: m.y, r, fill: ofSynapse(m), class: "synapse" }));
  }
  const ring = draws("circle", { r: r + 3, fill: "none", stroke: th.fg, "stroke-width": 1.5, visibility: "hidden" });
  close.append(ring);

  const where = make("p", { class: "help", id: "where", role: "status", "aria-live": "polite" }), um = x => number(x, 4);
  const rest = `The NMDA spike started on ${section.name}, ${um(Math.min(fromSoma(section, from), fromSoma(section, to)))} to ${um(Math.max(fromSoma(section, from), fromSoma(section, to)))} µm from the soma.`;
  let at = -1;
  const choose = k => {
    at = k;
    const m = marks[k];
    ring.setAttribute("visibility", m ? "visible" : "hidden");
    if (!m) { where.textContent = rest; return; }
    ring.setAttribute("cx", m.x); ring.setAttribute("cy", m.y);
    const before = m.arrivals.map(a => number(ms(g.start[i] - a), 4)).join(", ");
    where.textContent = `${section.name}, ${um(fromSoma(section, m.path))} µm from the soma: synapse ${m.number} of ${m.projection.name} from ${m.projection.source} cell ${m.source}${m.pattern >= 0 ? `, of stored pattern ${m.pattern}` : m.projection.inhibits ? ", inhibitory" : ""}; ${m.arrivals.length === 1 ? "its spike" : "its spikes"} arrived ${before} ms before.`;
  };
  choose(-1);
  const point = (f, e, marked) => {
    const corner = e.currentTarget.getBoundingClientRect(), x = e.clientX - corner.left, y = e.clientY - corner.top;
    let best = -1, distance = r + 6;
    if (marked) marks.forEach((m, k) => { const d = Math.hypot(m.x - x, m.y - y); if (d < distance) { distance = d; best = k; } });
    choose(best);
    if (best >= 0) return;
    distance = 7;
    let found = null;
    for (const s of t.sections) for (let k = 1; k < s.line.length; k++) {
      const a = s.line[k - 1], b = s.line[k], ax = f.x(a), ay = f.y(a), bx = f.x(b) - ax, by = f.y(b) - ay, far = bx * bx + by * by;
      const part = far ? Math.max(0, Math.min(1, ((x - ax) * bx + (y - ay) * by) / far)) : 0, d = Math.hypot(ax + part * bx - x, ay + part * by - y);
      if (d < distance) { distance = d; found = { s, path: a.path + part * (b.path - a.path) }; }
    }
    if (found) where.textContent = `${found.s.name}, ${um(fromSoma(found.s, found.path))} µm from the soma.`;
  };
  for (const [e, f] of [[cell, whole], [close, near]]) {
    for (const kind of ["pointermove", "pointerdown"]) e.addEventListener(kind, event => point(f, event, f === near));
    e.addEventListener("pointerleave", () => choose(-1));
  }
  const frame = make("div", { class: "tree", tabindex: 0, role: "group", "aria-label": `${rest} Arrow keys go through the active synapses, by their path from the soma.`, onkeydown: e => {
    const k = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: marks.length - 1 }[e.key];
    if (k === undefined || !marks.length) return;
    e.preventDefault();
    choose(Math.max(0, Math.min(marks.length - 1, k)));
  } }, cell, close);
  box.append(frame, where, make("p", { class: "help" }, t.says, " Dashed: what is enlarged beside it.", ...swatch("segment of the NMDA spike", colour), ...swatch("soma", th.fg), ...(marks.length ? keyOf(marks) : [])));
}

// showPotential draws recorded potentials of the cell around an NMDA spike, or says how to record
// them.
function showPotential(box, p, g, cell, i) {
  const lines = [], prefix = `${p.name}.${cell}.`;
  for (const c of course.charts) if (c.unit === "mV") for (const l of c.lines) if (l.name.startsWith(prefix)) lines.push({ time: c.time, values: l.values, name: l.name });
  const from = ms(g.start[i]) - 30, to = Math.min(ms(g.end[i]), ms(g.start[i]) + 200) + 50;
  // First that of the segment, then those of the soma and of the section, from the segment on.
  const own = `${prefix}${g.name}.${g.segment[i]}.`, on = p.tree && g.sections ? `${prefix}${p.tree.sections[g.sections[g.segment[i]]].name}.` : own, middle = (g.from + g.to) / 2;
  const rank = ({ name }) => name.startsWith(own) ? 0 : name === prefix + "V_m" || p.tree && name.startsWith(prefix + p.tree.sections[0].name + ".") ? 1 : name.startsWith(on) ? 2 + Math.abs(parseFloat(name.slice(on.length)) - middle) || 3 : 4;
  const near = lines.filter(l => first(l.time, to) - first(l.time, from) > 1).sort((k, l) => rank(k) - rank(l));
  if (!near.length) {
    const v = g.theta ? `variables  = ["V_m"]` : `variables  = ["V_seg"]\ngroup      = "${g.name}"\nsegments   = [${g.segment[i]}]`;
    box.append(make("p", {}, "The potential around it is not recorded. With these lines the next run records it:"), make("pre", {}, `[record.traces.cell${cell}]\npopulation = "${p.name}"\ncells      = [${cell}]\n${v}`));
    return;
  }
  const time = near[0].time, all = near.filter(l => l.time === time || l.time.length === time.length && l.time[0] === time[0]), same = all.slice(0, 8);
  const a = first(time, from), b = first(time, to), th = theme;
  box.append(make("p", { class: "help" }, "The potential around it (mV). Shaded: the NMDA spike." + (same.length < near.length ? ` Of ${near.length} recorded potentials of the cell, ${same.length} are drawn here.` : "")));
  new uPlot({
    width: Math.max(260, box.clientWidth), height: 240, cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false } },
    axes: [{ stroke: () => th().dim, grid: { stroke: () => th().grid }, ticks: { stroke: () => th().line }, values: (u, l) => l.map(t => number(t, 9)) }, { size: 56, stroke: () => th().dim, grid: { stroke: () => th().grid }, ticks: { stroke: () => th().line } }],
    series: [{ label: "time", value: (u, t) => t === null ? "-" : number(t, 9) + " ms" }].concat(same.map((l, k) => ({ label: l.name, stroke: () => th().lines[k % 8], width: 1.5, points: { show: false }, value: (u, v) => v === null ? "-" : number(v, 5) }))),
    hooks: { drawClear: [u => {
      const x0 = u.valToPos(ms(g.start[i]), "x", true), x1 = u.valToPos(ms(g.end[i] + 1), "x", true);
      u.ctx.fillStyle = css(theme().nmda[p.groups.indexOf(g) % 3]); u.ctx.globalAlpha = .35;
      u.ctx.fillRect(Math.max(u.bbox.left, x0), u.bbox.top, Math.min(u.bbox.left + u.bbox.width, x1) - Math.max(u.bbox.left, x0), u.bbox.height); u.ctx.globalAlpha = 1;
    }] },
  }, [time.slice(a, b), ...same.map(l => l.values.slice(a, b))], box);
}

// ---- beginning

async function begin() {
  course = JSON.parse(source.textContent);
  stop = course.steps * course.dt;
  unit = stop > 20000 ? { ms: 1000, name: "s" } : { ms: 1, name: "ms" };
  const r = new Reader(await inflate(course.shown)), n = course.shownCount;
  course.from = new Float64Array(n); course.to = new Float64Array(n); course.input = new Int32Array(n); course.pattern = new Int32Array(n); course.longest = 0;
  for (let i = 0, k = 0; i < n; i++) {
    k += r.int();
    course.from[i] = k; course.to[i] = k + r.uint(); course.input[i] = r.uint(); course.pattern[i] = r.uint() - 1;
    course.longest = Math.max(course.longest, course.to[i] - k);
  }
  for (const p of course.populations) await readPopulation(p);
  course.charts = course.charts || [];
  for (const c of course.charts) await readChart(c);
  for (const p of course.populations) for (const g of p.groups) for (let i = 0; i < g.count; i++) starts.push({ population: p, group: g, i, start: g.start[i] });
  starts.sort((a, b) => a.start - b.start);
  course.populations.forEach((p, i) => { if (p.recorded || p.groups.length) $("population").append(make("option", { value: i }, p.name)); });
  const neurons = course.populations.findIndex(p => p.groups.length);
  if (neurons >= 0) $("population").value = neurons;
  const several = course.populations.some(p => p.groups.length > 1);
  $("legend").append("Height: number of the cell.", ...(starts.length ? (several ? course.populations.flatMap(p => p.groups.flatMap((g, j) => swatch(`NMDA spike, ${p.name} ${g.name}`, css(theme().nmda[j % 3])))) : swatch("NMDA spike", css(theme().nmda[0]))) : []),
    ...(n ? [...swatch("stored pattern shown", css(theme().stored)), ...(course.pattern.some(q => q < 0) ? swatch("novel pattern shown", css(theme().novel)) : [])] : []));
  $("course").hidden = false;
  layout();
  view.a = 0; view.b = stop;
  addPlots();
  listen();
  draw();
  document.documentElement.dataset.ready = "yes";
}
begin().catch(e => {
  $("course").hidden = false;
  $("course").replaceChildren(make("p", { class: "box bad" }, typeof DecompressionStream === "undefined" ? "This browser cannot unpack the course in time (DecompressionStream is missing); the table below and the figures stand for it." : `The course in time cannot be drawn: ${e.message}`));
  throw e;
});
})();
