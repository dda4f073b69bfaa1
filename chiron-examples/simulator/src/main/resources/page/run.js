const run = JSON.parse(document.getElementById('run').textContent);
const outcome = run.outcome;
const SVG = document.getElementById('svg').namespaceURI;
const INTERACTIVE = '#0072b2', BATCH = '#d98200', MIXED = '#009e73', DARK = '#1d2430', MISS = '#a0005e';
const byId = id => document.getElementById(id);

/* ---- small helpers ---- */

function html(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function svg(parent, tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

function clock(seconds) {
  const s = Math.round(seconds), pad = n => String(n).padStart(2, '0');
  return Math.floor(s / 3600) + ':' + pad(Math.floor(s / 60) % 60) + ':' + pad(s % 60);
}

function short(value) {
  if (value === null || value === undefined || !isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e5) return (value / 1000).toFixed(0) + 'k';
  if (size >= 100 || value === Math.round(value)) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(3)));
}

const seconds = value => value === null ? '–' : value < 1 ? short(value * 1000) + ' ms' : short(value) + ' s';
const share = value => value === null ? '–' : (100 * value).toFixed(value > 0.999 && value < 1 ? 3 : 2).replace(/\.00$/, '') + ' %';
const plus = lists => lists[0].map((_, i) => lists.reduce((sum, list) => sum + (list[i] || 0), 0));
const most = (values, from, to) => values.slice(from, to).reduce((top, v) => v === null ? top : Math.max(top, v), 0);

/* ---- the header ---- */

function header() {
  document.title = outcome.policy + ', seed ' + outcome.seed;
  const title = byId('title');
  title.textContent = outcome.policy;
  title.append(html('small', outcome.profile + ', seed ' + outcome.seed));
  const figure = (value, name, missed) => {
    const made = html('div', undefined, missed ? 'miss' : '');
    made.append(html('b', value), html('span', name));
    byId('figures').append(made);
  };
  for (const [name, of] of [['interactive', outcome.interactive], ['batch', outcome.batch]]) {
    if (of.requests > 0) {
      const parts = 'start ' + share(of.ttftAttainment) + ', ITL ' + share(of.itlAttainment);
      figure(share(of.sloAttainment), name + ' in SLO (' + parts + ') of ' + short(of.requests), of.sloAttainment < 0.99);
    }
  }
  figure(short(outcome.gpuHours), 'GPU-hours; fluid limit ' + short(outcome.fluidLimitGpuHours));
  figure(share(outcome.gpuEfficiency), 'GPU efficiency');
  figure(outcome.initialInstances + ' → ' + outcome.peakInstances, 'instances, first and peak');
  const acts = Object.entries(outcome.actions).filter(([, count]) => count > 0);
  figure(short(acts.reduce((sum, [, count]) => sum + count, 0)), acts.map(([name, count]) => short(count) + ' ' + name).join(', ') || 'actions');
  for (const [name, value] of Object.entries(run.settings)) {
    const pair = html('div');
    pair.append(html('dt', name), html('dd', value));
    byId('settings').append(pair);
  }
  byId('command').textContent = run.command;
  byId('resolution').textContent = 'One point is ' + short(run.interval) + ' s.';
}

/* ---- what is shown: panels of series on one time axis ---- */

const line = (name, color, values, more) => Object.assign({ name, color, values, width: 1.5 }, more);
const classes = [{ name: 'interactive', color: INTERACTIVE, pale: '#8cc3e6' }, { name: 'batch', color: BATCH, pale: '#f2c879' }];

function missed(of, among) {
  return of.map((count, i) => among[i] > 0 ? count / among[i] : null);
}

function duePanel() {
  const colors = [MISS, '#7a3f00', '#a85c00', '#d98200', '#eda83f', '#f5cb85', '#fbe9cb'];
  const words = within => within === null ? 'in more than 4 h' : within === 0 ? 'late' : 'in ' + (within < 3600 ? within / 60 + ' min' : within / 3600 + ' h');
  const series = run.due.map((band, i) => line(words(band.within), colors[i], band.count)).filter(s => most(s.values, 0) > 0);
  return { title: 'Batch queue', unit: 'requests, by when they are due', stack: true, series, height: 100 };
}

function instancesPanel() {
  const kinds = [['INTERACTIVE', 'interactive', INTERACTIVE], ['MIXED', 'mixed', MIXED], ['BATCH', 'batch', BATCH],
    ['STARTING', 'starting', '#b9bfc9'], ['DRAINING', 'draining', '#767d8a'], ['FAILED', 'failed', MISS]];
  const series = kinds.map(([key, name, color]) => line(name, color, run.instances[key])).filter(s => most(s.values, 0) > 0);
  const wanted = run.signals.find(signal => signal.name === 'wanted');
  if (wanted) series.push(line('wanted', DARK, wanted.mean, { over: true }));
  return { title: 'Instances', unit: 'by pool and phase', stack: true, series, height: 130 };
}

function panels() {
  const [interactive, batch] = run.classes;
  const all = [];
  const arrivals = run.classes.map((of, i) => line(classes[i].name, classes[i].color, of.arrivals)).filter(s => most(s.values, 0) > 0);
  // A job that comes at once would flatten what comes all the time: each class has its own scale.
  arrivals.forEach(series => all.push({ title: 'Arrivals, ' + series.name, unit: 'requests/s', series: [{ ...series, area: true }], height: arrivals.length > 1 && series.name === 'batch' ? 44 : 80 }));
  if (most(run.waiting, 0) > 0) all.push({ title: 'Interactive queue', unit: 'requests at the router', series: [line('waiting', INTERACTIVE, run.waiting, { area: true })], height: 60 });
  if (run.due.some(band => most(band.count, 0) > 0)) all.push(duePanel());
  all.push(instancesPanel(), { title: 'Decisions', unit: 'point at one for its reason', lanes: true });
  for (const signal of run.signals) {
    if (signal.name === 'wanted') continue;
    const limits = signal.threshold === null ? [] : [{ at: signal.threshold, name: 'threshold ' + short(signal.threshold) }];
    const unit = signal.name === 'IBP' ? 'interactive want / capacity' : signal.name === 'BBP' ? 'groups that would start late' : 'what the policy goes by';
    all.push({ title: signal.name, unit, limits, height: 70,
      series: [line('mean', DARK, signal.mean, { low: signal.least, high: signal.most })] });
  }
  const limits = run.classes.map((of, i) => line(classes[i].name + ' limit', classes[i].color, of.limit, { dash: true, loose: true }))
    .filter((s, i) => most(s.values, 0) > 0 && outcome[classes[i].name].requests > 0);
  all.push({ title: 'Batch size', unit: 'sequences of a ready instance: mean, least to most; mean hard limits',
    series: [line('running', DARK, run.running.mean, { low: run.running.least, high: run.running.most }), ...limits], height: 110 });
  const latency = (title, unit, i, name, slo, of, among, format) => all.push({ title, unit, height: 90, log: true, format,
    limits: [{ at: slo, name: 'SLO ' + format(slo) }], misses: missed(of, among),
    series: [line('99 %', classes[i].color, run.classes[i][name + '99']), line('median', classes[i].pale, run.classes[i][name + '50'])] });
  if (outcome.interactive.requests > 0) {
    latency('TTFT, interactive', 'of requests that start', 0, 'start', interactive.ttftSlo, interactive.late, interactive.started, seconds);
    latency('ITL, interactive', 'mean per request that ends', 0, 'itl', interactive.itlSlo, interactive.slow, interactive.finished, seconds);
  }
  if (outcome.batch.requests > 0) {
    latency('Start, batch', 'share of the time to the deadline that was waited', 1, 'start', 1, batch.late, batch.started, share);
    latency('ITL, batch', 'mean per request that ends', 1, 'itl', batch.itlSlo, batch.slow, batch.finished, seconds);
  }
  return all;
}

/* ---- drawing ---- */

const points = run.waiting.length, end = Math.max(run.interval, points * run.interval);
const view = { from: 0, to: end, cursor: null, held: false };
let drawn = [];

const gutter = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--gutter'));

function ticks(top) {
  const step = [1, 2, 2.5, 5, 10].map(m => m * 10 ** Math.floor(Math.log10(top / 3 || 1))).find(s => top / s <= 3.5) || top;
  return Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step);
}

function timeStep(width) {
  const wanted = (view.to - view.from) / Math.max(2, width / 90);
  return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].find(s => s >= wanted) || 172800;
}

function scaleOf(panel, from, to, height) {
  const tops = panel.series.filter(s => !s.loose).map(s => most(s.high || s.values, from, to));
  if (panel.stack) tops.push(most(plus(panel.series.filter(s => !s.over).map(s => s.values)), from, to));
  const ends = (panel.limits || []).map(limit => limit.at);
  if (panel.log) {
    const low = panel.series.flatMap(s => s.values.slice(from, to)).filter(v => v > 0);
    const bottom = Math.min(...ends, ...low) / 1.5, top = Math.max(...ends, ...tops) * 1.5;
    const y = v => height * (1 - Math.log(Math.max(v, bottom) / bottom) / Math.log(top / bottom));
    const decades = Array.from({ length: 12 }, (_, i) => 10 ** (i - 5)).filter(v => v >= bottom && v <= top);
    const marks = decades.length > 1 ? decades : [bottom * 1.5, top / 1.5];
    return { y, marks: marks.filter((v, i) => marks.length < 5 || i % 2 === 0), top };
  }
  // A limit far above what is used would flatten it: it may leave the panel, and its value stays in the key.
  const used = Math.max(...tops, ...ends, 1e-9);
  const loose = panel.series.filter(s => s.loose).map(s => most(s.values, from, to)).filter(v => v < 2 * used);
  const top = Math.max(used, ...loose) * 1.08;
  return { y: v => height * (1 - v / top), marks: ticks(top), top };
}

function path(values, x, y, from, to, step) {
  let d = '', open = false;
  for (let i = from; i < to; i++) {
    if (values[i] === null) { open = false; continue; }
    const at = y(values[i]).toFixed(1);
    d += step ? (open ? 'L' : 'M') + x(i * run.interval).toFixed(1) + ' ' + at + 'H' + x((i + 1) * run.interval).toFixed(1)
      : (open ? 'L' : 'M') + x((i + 0.5) * run.interval).toFixed(1) + ' ' + at;
    open = true;
  }
  return d;
}

function between(low, high, x, y, from, to) {
  let d = '', i = from;
  while (i < to) {
    if (high[i] === null) { i++; continue; }
    let there = '', back = '';
    for (; i < to && high[i] !== null; i++) {
      const left = x(i * run.interval).toFixed(1), right = x((i + 1) * run.interval).toFixed(1);
      there += 'L' + left + ' ' + y(high[i]).toFixed(1) + 'H' + right;
      back = 'H' + right + 'V' + y(low[i] || 0).toFixed(1) + 'H' + left + back;
    }
    d += 'M' + there.slice(1) + back.replace(/^H[\d.-]+/, '') + 'Z';
  }
  return d;
}

function plot(panel) {
  const chart = panel.chart;
  chart.replaceChildren();
  const left = gutter(), width = Math.max(50, chart.clientWidth - left);
  const height = panel.lanes ? panel.rows.length * 18 + 4 : panel.height;
  const x = t => left + (t - view.from) / (view.to - view.from) * width;
  chart.setAttribute('height', height + (panel.axis ? 0 : 2));
  panel.geometry = { left, width, height, x };
  const step = timeStep(width);
  for (let t = Math.ceil(view.from / step) * step; t <= view.to; t += step) {
    if (panel.axis) svg(chart, 'text', { x: x(t), y: 12, 'text-anchor': 'middle' }, clock(t));
    else svg(chart, 'line', { x1: x(t), x2: x(t), y1: 0, y2: height, class: 'grid' });
  }
  if (panel.axis) return;
  const clip = svg(svg(chart, 'clipPath', { id: 'clip' + panel.index }), 'rect', { x: left, y: -3, width, height: height + 6 });
  const inside = svg(chart, 'g', { 'clip-path': 'url(#clip' + panel.index + ')' });
  if (panel.lanes) lanes(panel, inside); else curves(panel, inside);
  panel.cursor = svg(chart, 'line', { class: 'cursor', y1: 0, y2: height, visibility: 'hidden' });
}

function curves(panel, inside) {
  const { left, width, height, x } = panel.geometry, chart = panel.chart;
  const from = Math.max(0, Math.floor(view.from / run.interval) - 1), to = Math.min(points, Math.ceil(view.to / run.interval) + 1);
  const { y, marks, top } = scaleOf(panel, from, to, height);
  const format = panel.format || short;
  for (const v of marks) {
    svg(chart, 'text', { x: left - 6, y: y(v) + 4, 'text-anchor': 'end' }, format(v));
    svg(inside, 'line', { x1: left, x2: left + width, y1: y(v), y2: y(v), class: 'grid' });
  }
  let below = run.waiting.map(() => 0);
  for (const s of panel.series) {
    if (panel.stack && !s.over) {
      const above = plus([below, s.values]);
      svg(inside, 'path', { d: between(below, above, x, y, from, to), fill: s.color });
      below = above;
      continue;
    }
    if (s.area) svg(inside, 'path', { d: between(run.waiting.map(() => 0), s.values, x, y, from, to), fill: s.color, opacity: .3 });
    if (s.high) svg(inside, 'path', { d: between(s.low, s.high, x, y, from, to), fill: s.color, opacity: .15 });
    svg(inside, 'path', { d: path(s.values, x, y, from, to, s.over), fill: 'none', stroke: s.color, 'stroke-width': s.width,
      'stroke-linejoin': 'round', ...(s.dash ? { 'stroke-dasharray': '5 3' } : {}) });
  }
  for (const limit of panel.limits || []) {
    svg(inside, 'line', { x1: left, x2: left + width, y1: y(limit.at), y2: y(limit.at), class: 'limit' });
    const above = y(limit.at) > 14;
    svg(chart, 'text', { x: left + width - 3, y: y(limit.at) + (above ? -4 : 12), 'text-anchor': 'end', class: 'limit-name' }, limit.name);
  }
  (panel.misses || []).forEach((part, i) => {
    if (part > 0 && i >= from && i < to) {
      const start = x(i * run.interval);
      svg(inside, 'rect', { x: start, y: 0, width: Math.max(1.5, x((i + 1) * run.interval) - start), height: 5, fill: MISS, opacity: Math.max(.25, Math.sqrt(part)) });
    }
  });
}

/* ---- decisions as marks ---- */

const SHAPES = {
  launch: { d: 'M-5 5L0 -5L5 5Z', color: MIXED }, retire: { d: 'M-5 -5L0 5L5 -5Z', color: MISS },
  drain: { d: 'M-4 -4H4L0 5Z', color: '#767d8a' }, cancelDrain: { d: 'M-4 5H4L0 -4Z', color: '#767d8a' },
  reassign: { d: 'M0 -5L4 0L0 5L-4 0Z', color: INTERACTIVE }, evict: { d: 'M-1.5 -5H1.5V5H-1.5Z', color: BATCH },
};
const ORDER = ['launch', 'cancelDrain', 'reassign', 'drain', 'retire', 'evict', 'setBatchLimits'];

function laneRows() {
  const names = [...new Set(run.marks.map(mark => mark.what))];
  names.sort((a, b) => ((ORDER.indexOf(a) + 99) % 99) - ((ORDER.indexOf(b) + 99) % 99));
  return names.map(name => ({ name, marks: run.marks.filter(mark => mark.what === name) }));
}

function lanes(panel, inside) {
  const { left, width, x } = panel.geometry;
  panel.rows.forEach((row, i) => {
    const y = i * 18 + 11;
    svg(panel.chart, 'text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, row.name);
    svg(inside, 'line', { x1: left, x2: left + width, y1: y, y2: y, class: 'grid' });
    for (const mark of row.marks) {
      if (mark.until < view.from || mark.from > view.to) continue;
      const a = x(mark.from), b = x(mark.until), shape = SHAPES[row.name] || { d: 'M-1 -4H1V4H-1Z', color: '#4f5867' };
      if (mark.held) {
        svg(inside, 'rect', { x: a, y: y + 5, width: Math.max(2, b - a - 1), height: 2.5, fill: '#9aa2b1' });
      } else {
        if (b - a > 2) svg(inside, 'rect', { x: a, y: y - 1, width: b - a, height: 2, fill: shape.color });
        svg(inside, 'path', { d: shape.d, fill: shape.color, transform: 'translate(' + a.toFixed(1) + ' ' + y + ')', opacity: .85 });
      }
    }
  });
}

function markAt(panel, px, py) {
  const row = panel.rows[Math.floor((py - 2) / 18)];
  if (!row) return null;
  const { x } = panel.geometry;
  let best = null, least = 7;
  for (const mark of row.marks) {
    const far = Math.max(x(mark.from) - px, px - x(mark.until), 0) + (mark.held ? 3 : 0);
    if (far < least) { best = mark; least = far; }
  }
  return best;
}

const times = mark => clock(mark.from) + (mark.until > mark.from ? ' – ' + clock(mark.until) : '');
const named = mark => mark.instances.join(', ') + (mark.count > mark.instances.length && mark.instances.length > 0 ? ', …' : '');

function tell(mark, event) {
  const tip = byId('tip');
  tip.hidden = mark === null;
  if (mark === null) return;
  tip.replaceChildren(html('strong', mark.code + (mark.held ? ', held' : '')),
    html('div', times(mark) + '  ' + mark.what + (mark.count > 1 ? ' × ' + mark.count : '') + (mark.pool ? ' → ' + mark.pool : '')));
  if (mark.instances.length > 0) tip.append(html('div', named(mark)));
  const numbers = html('table');
  for (const [name, value] of Object.entries(mark.numbers)) {
    const pair = numbers.insertRow();
    pair.append(html('td', name), html('td', short(value)));
  }
  tip.append(numbers);
  if (mark.rejected) tip.append(html('p', 'instead of ' + mark.rejected));
  const room = document.documentElement.clientWidth - tip.offsetWidth - 12;
  tip.style.left = Math.max(4, Math.min(room, event.clientX + 14)) + 'px';
  const under = event.clientY + 16 + tip.offsetHeight < innerHeight;
  tip.style.top = Math.max(4, under ? event.clientY + 16 : event.clientY - tip.offsetHeight - 12) + 'px';
}

/* ---- one cursor for all panels, zoom ---- */

function point() {
  const i = view.cursor === null ? -1 : Math.min(points - 1, Math.floor(view.cursor / run.interval));
  for (const panel of drawn) {
    if (panel.axis) {
      panel.now.textContent = i < 0 ? '' : clock(view.cursor);
      continue;
    }
    const at = i < 0 ? -1 : panel.geometry.x(view.cursor);
    const shown = i >= 0 && view.cursor >= view.from && view.cursor <= view.to;
    panel.cursor.setAttribute('visibility', shown ? 'visible' : 'hidden');
    panel.cursor.setAttribute('x1', at);
    panel.cursor.setAttribute('x2', at);
    for (const [series, value] of panel.values) value.textContent = i < 0 ? '' : (panel.format || short)(series.values[i]);
    if (panel.inSlo) panel.inSlo.textContent = i < 0 ? '' : share(panel.misses[i] === null ? null : 1 - panel.misses[i]);
  }
}

function draw() {
  drawn.forEach(plot);
  byId('all').hidden = view.from === 0 && view.to === end;
  point();
  list();
}

function zoom(from, to) {
  view.from = Math.max(0, Math.min(from, to));
  view.to = Math.min(end, Math.max(from, to));
  draw();
}

function listen(panel) {
  const chart = panel.chart;
  let start = null, box = null;
  const timeAt = event => {
    const { left, width } = panel.geometry;
    const part = (event.clientX - chart.getBoundingClientRect().left - left) / width;
    return view.from + Math.max(0, Math.min(1, part)) * (view.to - view.from);
  };
  chart.addEventListener('pointerdown', event => { start = timeAt(event); chart.setPointerCapture(event.pointerId); });
  chart.addEventListener('pointermove', event => {
    const t = timeAt(event), { x, height } = panel.geometry;
    if (start !== null) {
      box = box || svg(chart, 'rect', { class: 'select', y: 0, height });
      box.setAttribute('x', Math.min(x(start), x(t)));
      box.setAttribute('width', Math.abs(x(t) - x(start)));
    }
    if (!view.held) { view.cursor = t; point(); }
    if (panel.lanes) {
      const bounds = chart.getBoundingClientRect();
      tell(markAt(panel, event.clientX - bounds.left, event.clientY - bounds.top), event);
    }
  });
  chart.addEventListener('pointerup', event => {
    const t = timeAt(event), { x } = panel.geometry, from = start, wide = from !== null && Math.abs(x(t) - x(from)) > 5;
    start = null;
    if (box) box.remove();
    box = null;
    if (wide) zoom(from, t);
    else { view.held = !view.held; view.cursor = t; point(); }
  });
  chart.addEventListener('pointerleave', () => {
    if (!view.held) { view.cursor = null; point(); }
    tell(null);
  });
  chart.addEventListener('dblclick', () => { view.held = false; zoom(0, end); });
}

function build() {
  drawn = [{ axis: true, series: [], height: 18 }, ...panels()];
  drawn.forEach((panel, index) => {
    panel.index = index;
    const row = html('section', undefined, panel.axis ? 'row axis' : 'row'), key = html('div', undefined, 'key');
    if (panel.lanes) panel.rows = laneRows();
    if (!panel.axis) {
      const title = html('h3', panel.title);
      title.append(html('small', panel.unit));
      row.append(title);
    }
    panel.chart = document.createElementNS(SVG, 'svg');
    row.append(panel.chart, key);
    panel.values = [];
    const entry = (color, name) => {
      const made = html('div'), swatch = html('i'), value = html('b');
      swatch.style.background = color;
      made.append(swatch, html('span', name), value);
      key.append(made);
      return value;
    };
    if (panel.axis) { panel.now = html('b'); key.append(panel.now); }
    // A stack is read from the top.
    const series = panel.lanes ? [] : panel.stack ? [...panel.series].reverse() : panel.series;
    series.forEach(s => panel.values.push([s, entry(s.color, s.name)]));
    if (panel.misses) panel.inSlo = entry(MISS, 'outside SLO at the top edge; inside');
    byId('charts').append(row);
    if (!panel.axis) listen(panel);
  });
}

/* ---- the table ---- */

const PAGE = 200;
const chosen = { codes: new Set(), held: true, rows: PAGE };
const sorted = [...run.marks].sort((a, b) => a.from - b.from);

function filters() {
  const counts = new Map();
  run.marks.forEach(mark => counts.set(mark.code, (counts.get(mark.code) || 0) + mark.count));
  const chip = (text, pressed, toggle) => {
    const made = html('button', text);
    made.setAttribute('aria-pressed', pressed);
    made.addEventListener('click', () => { made.setAttribute('aria-pressed', toggle()); chosen.rows = PAGE; list(); });
    byId('filters').append(made);
  };
  for (const [code, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    chip(code + ' ' + short(count), false, () => {
      if (!chosen.codes.delete(code)) chosen.codes.add(code);
      return chosen.codes.has(code);
    });
  }
  if (run.marks.some(mark => mark.held)) chip('held ones too', true, () => (chosen.held = !chosen.held));
}

function list() {
  const fitting = sorted.filter(mark => mark.until >= view.from && mark.from <= view.to
    && (chosen.held || !mark.held) && (chosen.codes.size === 0 || chosen.codes.has(mark.code)));
  const body = byId('table').tBodies[0];
  body.replaceChildren(...fitting.slice(0, chosen.rows).map(mark => {
    const row = html('tr', undefined, mark.held ? 'held' : '');
    row.append(html('td', times(mark), 'code'), html('td', mark.what + (mark.held ? ', held' : '')), html('td', short(mark.count), 'num'),
      html('td', mark.pool || ''), html('td', named(mark)), html('td', mark.code, 'code'),
      html('td', Object.entries(mark.numbers).map(([name, value]) => name + ' = ' + short(value)).join(', ')), html('td', mark.rejected));
    row.addEventListener('pointerenter', () => { view.cursor = mark.from; point(); });
    return row;
  }));
  const decided = fitting.reduce((sum, mark) => sum + mark.count, 0);
  byId('shown').textContent = run.marks.length === 0 ? 'none: this policy decides nothing in a run'
    : short(decided) + ' in ' + short(fitting.length) + ' rows; those alike that follow each other share one';
  byId('more').hidden = fitting.length <= chosen.rows;
  byId('more').textContent = 'show the other ' + short(fitting.length - chosen.rows);
}

byId('more').addEventListener('click', () => { chosen.rows = Infinity; list(); });
byId('all').addEventListener('click', () => zoom(0, end));
header();
build();
filters();
new ResizeObserver(draw).observe(byId('charts'));
