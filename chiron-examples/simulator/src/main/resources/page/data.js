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
  const done = run.classes.every((of, i) => of.finished.reduce((sum, n) => sum + n, 0) === outcome[classes[i].name].requests);
  figure(done ? share(outcome.gpuEfficiency) : '–', 'GPU efficiency' + (done ? '' : ': work was left undone'));
  figure(outcome.initialInstances + ' → ' + outcome.peakInstances, 'instances, first and peak');
  const acts = Object.entries(outcome.actions).filter(([, count]) => count > 0);
  figure(short(acts.reduce((sum, [, count]) => sum + count, 0)), 'actions' + (acts.length > 0 ? ': ' : '') + acts.map(([name, count]) => short(count) + ' ' + name).join(', '));
  for (const [name, value] of Object.entries(run.settings)) {
    const pair = html('div');
    pair.append(html('dt', name), html('dd', value));
    byId('settings').append(pair);
  }
  // Words of a command do not break inside.
  run.command.split(' ').forEach((word, i) => byId('command').append(i > 0 ? ' ' : '', html('span', word)));
  byId('resolution').textContent = 'One point is ' + short(run.interval) + ' s.';
}

