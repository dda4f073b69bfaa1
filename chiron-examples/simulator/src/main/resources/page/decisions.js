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
      html('td', Object.entries(mark.numbers).map(([name, value]) => name + ' = ' + short(value)).join(', '), 'numbers'), html('td', mark.rejected));
    row.addEventListener('pointerenter', () => { view.cursor = mark.from; point(); });
    return row;
  }));
  const decided = fitting.reduce((sum, mark) => sum + mark.count, 0);
  byId('shown').textContent = run.marks.length === 0 ? 'none: this policy decides nothing in a run'
    : short(decided) + ' in ' + short(fitting.length) + ' rows; those alike that follow each other share one';
  byId('more').hidden = fitting.length <= chosen.rows;
  byId('more').textContent = 'show the other ' + short(fitting.length - chosen.rows);
}

