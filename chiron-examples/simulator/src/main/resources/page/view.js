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
      if (color === null) swatch.className = 'limit'; else swatch.style.background = color;
      made.append(swatch, html('span', name), value);
      key.append(made);
      return value;
    };
    if (panel.axis) { panel.now = html('b'); key.append(panel.now); }
    // A stack is read from the top.
    const series = panel.lanes ? [] : panel.stack ? [...panel.series].reverse() : panel.series;
    series.forEach(s => panel.values.push([s, entry(s.color, s.name)]));
    (panel.limits || []).forEach(limit => entry(null, limit.name));
    if (panel.misses) panel.inSlo = entry(MISS, 'in SLO (misses at the top)');
    byId('charts').append(row);
    if (!panel.axis) listen(panel);
  });
}

byId('more').addEventListener('click', () => { chosen.rows = Infinity; list(); });
byId('all').addEventListener('click', () => zoom(0, end));
header();
build();
filters();
addEventListener('resize', draw);
draw();
