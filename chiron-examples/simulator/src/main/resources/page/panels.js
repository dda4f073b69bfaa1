/* ---- what is shown: panels of series on one time axis ---- */

const line = (name, color, values, more) => Object.assign({ name, color, values, width: 1.5 }, more);
const classes = [{ name: 'interactive', color: INTERACTIVE, pale: '#8cc3e6' }, { name: 'batch', color: BATCH, pale: '#f2c879' }];

function missed(of, among) {
  return of.map((count, i) => among[i] > 0 ? count / among[i] : null);
}

function duePanel() {
  const colors = [MISS, '#7a3f00', '#a85c00', '#d98200', '#eda83f', '#f5cb85', '#fbe9cb'];
  const words = within => within === null ? 'later than 4 h' : within === 0 ? 'late' : 'within ' + (within < 3600 ? within / 60 + ' min' : within / 3600 + ' h');
  const series = run.due.map((band, i) => line(words(band.within), colors[i], band.count)).filter(s => most(s.values, 0) > 0);
  return { title: 'Batch queue', unit: 'requests, by when they are due', stack: true, series, height: 100 };
}

function instancesPanel() {
  const kinds = [['INTERACTIVE', 'interactive', INTERACTIVE], ['MIXED', 'mixed', MIXED], ['BATCH', 'batch', BATCH],
    ['STARTING', 'starting', '#b9bfc9'], ['DRAINING', 'draining', '#767d8a'], ['FAILED', 'failed', MISS]];
  const series = kinds.map(([key, name, color]) => line(name, color, run.instances[key])).filter(s => most(s.values, 0) > 0);
  const wanted = run.signals.find(signal => signal.name === 'wanted');
  if (wanted) series.push(line('wanted', DARK, wanted.mean, { over: true, loose: true }));
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
    all.push({ title: signal.name, unit, limits, height: 70, least: signal.threshold === 0 ? 1 : 0,
      series: [line(signal.name, DARK, signal.mean, { low: signal.least, high: signal.most })] });
  }
  const limits = run.classes.map((of, i) => line(classes[i].name + ' limit', classes[i].color, of.limit, { dash: true, loose: true }))
    .filter((s, i) => most(s.values, 0) > 0 && outcome[classes[i].name].requests > 0);
  all.push({ title: 'Batch size', unit: 'sequences of a ready instance: mean, least to most; mean hard limits',
    series: [line('running', DARK, run.running.mean, { low: run.running.least, high: run.running.most }), ...limits], height: 110 });
  const latency = (title, unit, i, name, slo, of, among, format, log) => all.push({ title, unit, height: 90, log, format,
    limits: [{ at: slo, name: 'SLO ' + format(slo) }], misses: missed(of, among),
    series: [line('99 %', classes[i].color, run.classes[i][name + '99']), line('median', classes[i].pale, run.classes[i][name + '50'])] });
  if (outcome.interactive.requests > 0) {
    latency('TTFT, interactive', 'of requests that start', 0, 'start', interactive.ttftSlo, interactive.late, interactive.started, seconds, true);
    latency('ITL, interactive', 'mean per request that ends', 0, 'itl', interactive.itlSlo, interactive.slow, interactive.finished, seconds);
  }
  if (outcome.batch.requests > 0) {
    latency('Start, batch', 'share of the time to the deadline that was waited', 1, 'start', 1, batch.late, batch.started, share);
    latency('ITL, batch', 'mean per request that ends', 1, 'itl', batch.itlSlo, batch.slow, batch.finished, seconds);
  }
  return all;
}

