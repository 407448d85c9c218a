// The live page: what the server says once a second, drawn. Nothing here asks; a broken stream is opened again by the browser.
import { $, call, chip, clock, count, css, el, icon, isNumber, onTheme, percent, seconds, tone, trouble, visible } from './common.js';
import { chart, frame, line, tip, valueAxis, xAxis } from './charts.js';

const most = 3600;
const state = { start: null, frames: [], windows: [], end: null, sure: 0 };
const words = name => name.replaceAll('-', ' ');
const last = () => state.frames.at(-1);

// Fault windows as they were seen, to the second.
const watch = frame => {
  const before = last()?.at ?? 0;
  for (const fault of frame.faults) {
    const open = state.windows.find(window => window.id === fault.id && window.open);
    if (open) open.to = frame.at;
    else { state.windows.push({ id: fault.id, kind: fault.kind, from: before, to: frame.at, open: true }); say(`Fault in place: ${fault.id}`); }
  }
  for (const window of state.windows) {
    if (window.open && !frame.faults.some(fault => fault.id === window.id)) { window.open = false; say(`Fault lifted: ${window.id}`); }
  }
  if (state.windows.length > 200) state.windows.splice(0, 100);
};
const say = text => { if (!state.quiet) $('said').textContent = visible(text); };

// ---- charts ----
const range = () => {
  const now = last()?.at ?? 0, span = +$('span').value, total = Math.max(state.start?.total ?? 1, now);
  return span === 0 ? [0, total] : [Math.max(0, now - span), Math.max(now, span)];
};
// Names of faults stand above a plot, one below the other where they would lie over each other.
const lane = 14, mostLanes = 3;
const brief = text => text.length > 24 ? text.slice(0, 23) + '…' : text;
const seen = (from, to) => state.windows.filter(window => window.to > from && window.from < to);
const lanes = (from, to) => {
  const ends = [], perSecond = Math.max(200, $('p-rate').clientWidth - 70) / Math.max(to - from, 1);
  const rows = seen(from, to).map(window => {
    const left = Math.max(window.from, from), free = ends.findIndex(taken => taken <= left), row = free < 0 ? ends.length : free;
    ends[row] = left + (brief(visible(window.id)).length * 6.2 + 10) / perSecond;
    return row;
  });
  return { rows, count: Math.min(ends.length, mostLanes) };
};
const marks = () => {
  const [from, to] = range();
  const inside = seen(from, to), placed = lanes(from, to);
  const ahead = (state.start?.faults ?? []).filter(fault => fault.start > (last()?.at ?? 0) && fault.start < to);
  return {
    name: '', type: 'line', data: [], silent: true, symbol: 'none',
    markArea: {
      silent: true, z: 3,
      data: [
        ...inside.map((window, at) => [{ xAxis: Math.max(from, window.from), itemStyle: { color: css('fault') },
          label: { show: placed.rows[at] < mostLanes, position: 'insideTopLeft', offset: [-4, lane * (placed.rows[at] - placed.count) - 3], color: css('fault-line'), fontSize: 10.5, formatter: () => brief(visible(window.id)) } }, { xAxis: Math.min(window.to, to) }]),
        ...ahead.map(fault => [{ xAxis: fault.start, itemStyle: { color: 'transparent', borderColor: css('fault-line'), borderWidth: 1, borderType: 'dashed', opacity: 0.5 }, label: { show: false } }, { xAxis: Math.min(fault.end, to) }]),
      ],
    },
    markLine: {
      silent: true, symbol: 'none', lineStyle: { color: css('faint'), type: [3, 3], width: 1 }, label: { show: false },
      data: (state.start?.phases ?? []).filter(phase => phase.start > from && phase.start < to).map(phase => ({ xAxis: phase.start })),
    },
  };
};
const number = value => isNumber(value) ? value : null;
const points = read => state.frames.map(frame => [frame.at, number(read(frame))]);
const over = (names, format, series, more = {}) => {
  const [min, max] = range();
  const base = frame(items => tip(clock(items[0].axisValue), items.filter(item => item.seriesName && isNumber(item.value[1])).map(item => [item.color, item.seriesName, format(item.value[1])])), names);
  return {
    ...base, grid: { ...base.grid, top: base.grid.top + lanes(min, max).count * lane },
    xAxis: xAxis({ type: 'value', min, max, axisLabel: { formatter: clock, showMaxLabel: false } }),
    yAxis: valueAxis(format, more), series: [...series, marks()],
  };
};
const latency = kind => () => {
  const isLog = $('log').checked;
  const series = [['p50', css('p50')], ['p99', css('p99')]].map(([name, color]) => line(name, points(frame => frame[kind + name.toUpperCase()]), color, name === 'p99' ? 2 : 1.6));
  const limit = state.start?.[kind + 'Limit'];
  if (limit) series[1].markLine = { silent: true, symbol: 'none', lineStyle: { color: css('fail'), width: 1.2 }, label: { formatter: () => 'limit ' + seconds(limit), color: css('fail'), fontSize: 10.5, position: 'insideEndTop' }, data: [{ yAxis: limit }] };
  return over(['p50', 'p99'], seconds, series, isLog ? { type: 'log', min: null } : {});
};
const plots = {
  'p-rate': () => {
    const series = [line('sent', points(frame => frame.sent), css('s1')), line('completed', points(frame => frame.completed), css('ok'), 1.8)];
    if (state.frames.some(frame => isNumber(frame.planned))) series.unshift(line('planned', points(frame => frame.planned), css('soft'), 1.3, { dash: [4, 3] }));
    return over(series.map(one => one.name), count, series);
  },
  'p-bad': () => {
    const names = [...new Set(state.frames.flatMap(frame => Object.keys(frame.bad ?? {})))];
    const series = names.map(name => line(words(name), points(frame => frame.bad?.[name] ?? 0), css(name), 1.4, { areaStyle: { opacity: 0.25 }, stack: 'bad', sampling: undefined }));
    const none = { graphic: series.length ? [] : [{ type: 'text', left: 'center', top: 'middle', style: { text: 'no request has failed', fill: css('soft'), fontSize: 13 } }] };
    return { ...over(names.map(words), count, series, series.length ? {} : { max: 1, minInterval: 1 }), ...none };
  },
  'p-ttft': latency('ttft'),
  'p-e2e': latency('e2e'),
  'p-tokens': () => over(['tokens'], count, [line('tokens', points(frame => frame.tokens), css('s3'), 1.6, { areaStyle: { opacity: 0.12 } })]),
  'p-flight': () => over(['in flight'], count, [line('in flight', points(frame => frame.inFlight), css('s4'), 1.6)]),
};
const redraws = Object.entries(plots).map(([id, options]) => chart($(id), options));

// ---- what stands above them ----
const track = () => {
  const canvas = $('track').querySelector('canvas') ?? $('track').appendChild(document.createElement('canvas'));
  const [width, height, ratio] = [$('track').clientWidth, $('track').clientHeight, devicePixelRatio || 1];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext('2d');
  pen.scale(ratio, ratio);
  if (!state.start) return;
  const total = Math.max(state.start.total, last()?.at ?? 0), x = at => at / total * width;
  pen.font = '11.5px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (const phase of state.start.phases) {
    pen.fillStyle = css('phase-' + phase.name);
    pen.fillRect(x(phase.start), 0, x(phase.end) - x(phase.start) - 1, height * 0.55);
    pen.fillStyle = css('on-phase');
    if (x(phase.end) - x(phase.start) > pen.measureText(words(phase.name)).width + 12) pen.fillText(words(phase.name), x(phase.start) + 6, height * 0.275);
  }
  for (const fault of state.start.faults) {
    pen.fillStyle = css('fault');
    pen.strokeStyle = css('fault-line');
    const [from, wide] = [x(fault.start), Math.max(2, x(Math.min(fault.end, total)) - x(fault.start))];
    pen.fillRect(from, height * 0.6, wide, height * 0.36);
    pen.strokeRect(from + 0.5, height * 0.6 + 0.5, wide - 1, height * 0.36 - 1);
  }
  const now = x(last()?.at ?? 0);
  pen.fillStyle = css('sheet');
  pen.globalAlpha = 0.55;
  pen.fillRect(0, 0, now, height);
  pen.globalAlpha = 1;
  pen.fillStyle = css('ink');
  pen.fillRect(now - 1, 0, 2, height);
};
const cards = () => {
  const frame = last();
  if (!frame) return;
  const bad = Object.entries(frame.bad ?? {}), failed = bad.reduce((sum, [, value]) => sum + value, 0);
  $('c-rate').textContent = count(frame.sent) + '/s';
  $('c-planned').textContent = isNumber(frame.planned) ? `${count(frame.planned)}/s planned` : 'clients decide';
  $('c-ttft').textContent = seconds(frame.ttftP99);
  $('c-ttft50').textContent = `median ${seconds(frame.ttftP50)}`;
  $('c-e2e').textContent = seconds(frame.e2eP99);
  $('c-e2e50').textContent = `median ${seconds(frame.e2eP50)}`;
  for (const [id, value, limit] of [['c-ttft', frame.ttftP99, state.start.ttftLimit], ['c-e2e', frame.e2eP99, state.start.e2eLimit]]) {
    $(id).closest('li').classList.toggle('hot', !!limit && (value === 'Infinity' || value > limit));
  }
  $('c-failed').textContent = failed > 0 ? `${count(failed)}/s` : '0';
  $('c-why').textContent = bad.length ? bad.map(([name, value]) => `${words(name)} ${count(value)}/s`).join(', ') : `${percent(frame.allSent ? frame.allFailed / frame.allSent : 0)} of all so far`;
  $('c-failed').closest('li').classList.toggle('hot', failed > 0);
  $('c-tokens').textContent = count(frame.tokens) + '/s';
  $('c-flight').textContent = count(frame.inFlight);
  $('c-sum').textContent = `${count(frame.allSent)} sent, ${count(frame.allCompleted)} completed`;
  if (state.end) {
    // What is over has sums; a rate of its last second would be read as one of the whole.
    $('c-rate').textContent = count(frame.allSent);
    $('c-planned').textContent = 'requests in all';
    $('c-ttft50').textContent += ', of its last 5 s';
    $('c-e2e50').textContent += ', of its last 5 s';
    $('c-failed').textContent = count(frame.allFailed);
    $('c-why').textContent = `${percent(frame.allSent ? frame.allFailed / frame.allSent : 0)} of all`;
    $('c-failed').closest('li').classList.toggle('hot', frame.allFailed > 0);
    $('c-flight').textContent = '0';
    $('c-sum').textContent = `${count(frame.allCompleted)} completed`;
  }
  const left = state.start.total - frame.at;
  $('phase').textContent = state.end ? 'over' : left <= 0 ? 'draining' : words(frame.phase);
  $('phase').className = `phase-word ${frame.phase}`;
  $('left').textContent = state.end ? clock(frame.at) : left > 0 ? `${clock(left)} left` : '';
  faults(frame.faults);
};
const faults = active => {
  const list = $('faults'), names = active.map(fault => fault.id).join('\n');
  // Rebuilt only when the list changes, so that a screen reader is not told the countdown.
  if (list.dataset.names !== names) {
    list.dataset.names = names;
    list.replaceChildren(...(active.length ? active.map(fault => el('li', {}, el('b', {}, fault.id), fault.kind && !fault.id.startsWith(fault.kind) ? ` ${fault.kind}` : '', el('time', { 'aria-hidden': 'true' }))) : [el('li', { class: 'calm' }, 'none')]));
  }
  active.forEach((fault, at) => { list.children[at].querySelector('time').textContent = isNumber(fault.left) ? `${clock(fault.left)} left` : ''; });
};
const answers = { pass: 'Yes', fail: 'No', inconclusive: 'Cannot tell', error: 'The run broke', aborted: 'Aborted', cancelled: 'Cancelled' };
const ended = () => {
  const box = $('verdict-box'), end = state.end;
  box.hidden = !end;
  $('abort').hidden = !!end;
  $('abort').disabled = !state.start || !!end;
  $('note').querySelector('button').disabled = !state.start || !!end;
  if (!end) return;
  box.className = `verdict ${tone(end.verdict)}`;
  $('verdict-word').replaceChildren(el('span', { class: 'mark' }, icon(end.verdict)), answers[end.verdict] ?? end.verdict, ' ', el('span', { class: 'word' }, end.verdict));
  $('verdict-line').textContent = visible(end.headline);
  const bad = end.findings.filter(finding => finding.verdict !== 'pass').slice(0, 8);
  // The headline has the first reason already, and a finding says its own.
  const told = [end.headline, ...bad.map(finding => finding.advice)].map(text => text.toLowerCase());
  const more = end.reasons.filter(reason => !told.some(text => text.includes(reason.toLowerCase().replace(/\.$/, ''))));
  $('verdict-findings').replaceChildren(...more.map(reason => el('li', {}, reason)), ...bad.map(finding => el('li', {}, chip(finding.verdict, finding.verdict === 'fail' ? 'broken' : 'cannot tell'), ' ', el('strong', {}, finding.objective), ` ${finding.advice}`)));
  $('verdict-report').href = '/report?run=' + encodeURIComponent(end.run);
  say(`Verdict: ${end.verdict}. ${end.headline}`);
};

let waiting = false;
const draw = () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    cards();
    track();
    for (const redraw of redraws) redraw();
    document.documentElement.dataset.frames = state.frames.length;
  });
};

// ---- the stream ----
const stream = new EventSource('/api/live');
stream.addEventListener('open', () => trouble(null));
stream.addEventListener('error', () => trouble(state.end
  ? 'The run is over and chaosbench has closed this page’s server: what stands here is the last that it said.'
  : 'The connection to the run is lost; trying again.'));
stream.addEventListener('start', event => {
  const start = JSON.parse(event.data);
  Object.assign(state, { start, frames: [], windows: [], end: null });
  $('lines').replaceChildren();
  $('live-title').textContent = visible(start.scenario);
  document.title = `${visible(start.scenario)} · Live · ChaosBench`;
  $('load').textContent = visible(`${start.candidate}${start.baseline ? ` against ${start.baseline}` : ''} · ${start.load} · ${start.folder}`);
  $('faults').dataset.names = '?';
  ended();
  draw();
});
stream.addEventListener('frames', event => {
  const frames = JSON.parse(event.data);
  state.quiet = frames.length > 3; // The past, when a page is opened late: not news.
  for (const frame of frames) { watch(frame); state.frames.push(frame); }
  state.quiet = false;
  if (state.frames.length > most) state.frames.splice(0, state.frames.length - most);
  if (!document.hidden) draw();
});
stream.addEventListener('line', event => {
  $('lines').prepend(el('li', {}, el('time', {}, clock(last()?.at ?? 0)), JSON.parse(event.data)));
  while ($('lines').children.length > 200) $('lines').lastChild.remove();
});
stream.addEventListener('end', event => { state.end = JSON.parse(event.data); ended(); draw(); });
document.addEventListener('visibilitychange', () => { if (!document.hidden) draw(); });
for (const id of ['span', 'log']) $(id).addEventListener('change', draw);
onTheme(() => draw());
addEventListener('resize', draw);

// ---- what has an effect ----
$('abort').addEventListener('click', async () => {
  const button = $('abort');
  if (!state.sure) {
    // Twice within five seconds: one slip of a finger must not end a run of hours.
    button.textContent = 'Press again to abort';
    button.classList.add('sure');
    state.sure = setTimeout(calm, 5000);
    return;
  }
  calm();
  try { await call('/api/abort', { run: state.start.run }); button.disabled = true; say('Aborting: every fault is lifted.'); } catch (problem) { trouble(problem.message); }
});
const calm = () => { clearTimeout(state.sure); state.sure = 0; $('abort').textContent = 'Abort'; $('abort').classList.remove('sure'); };
$('note').addEventListener('submit', async event => {
  event.preventDefault();
  const text = $('note-text').value.trim();
  if (!text || !state.start) return;
  try { await call('/api/note', { run: state.start.run, text }); $('note-text').value = ''; } catch (problem) { trouble(problem.message); }
});
document.documentElement.dataset.ready = 'true';
