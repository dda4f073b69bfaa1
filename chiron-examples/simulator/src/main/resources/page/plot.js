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
  const used = Math.max(...tops, ...ends, panel.least || 1e-9);
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
      : (open ? 'L' : 'M') + x((i + 0.5) * run.interval).toFixed(1) + ' ' + at + (open ? '' : 'h.01');
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
    if (panel.axis) svg(chart, 'text', { x: x(t), y: 12, 'text-anchor': x(t) > left + width - 22 ? 'end' : 'middle' }, clock(t));
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
      'stroke-linejoin': 'round', 'stroke-linecap': s.dash ? 'butt' : 'round', ...(s.dash ? { 'stroke-dasharray': '5 3' } : {}) });
  }
  for (const limit of panel.limits || []) {
    svg(inside, 'line', { x1: left, x2: left + width, y1: y(limit.at), y2: y(limit.at), class: 'limit' });
  }
  (panel.misses || []).forEach((part, i) => {
    if (part > 0 && i >= from && i < to) {
      const start = x(i * run.interval);
      svg(inside, 'rect', { x: start, y: 0, width: Math.max(1.5, x((i + 1) * run.interval) - start), height: 5, fill: MISS, opacity: Math.max(.4, Math.sqrt(part)) });
    }
  });
}

