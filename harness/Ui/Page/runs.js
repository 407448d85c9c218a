import { $, call, chip, count, el, percent, seconds, trouble, visible, when } from './common.js';

const state = { runs: [], sort: 'started', down: true, chosen: new Set(), drawn: '' };
const number = value => value === 'Infinity' ? Infinity : value;
const status = run => run.problem ? 'broken' : run.verdict ?? (run.isRunning ? 'running' : 'unfinished');
const key = run => state.sort === 'verdict' ? status(run) : state.sort === 'started' ? run.started ?? '' : number(run[state.sort]);

const ordered = () => {
  const find = $('find').value.trim().toLowerCase(), wanted = $('verdict').value;
  const shown = state.runs.filter(run =>
    (!find || [run.folder, run.scenario, run.target, run.baseline].some(text => text?.toLowerCase().includes(find)))
    && (!wanted || (wanted === 'open' ? !run.verdict && !run.problem : run.verdict === wanted)));
  // What has no value comes last, whichever way it is sorted.
  const absent = value => value === undefined || value === null || value === '';
  return shown.sort((left, right) => {
    const a = key(left), b = key(right);
    if (absent(a) || absent(b)) return absent(a) - absent(b);
    return (a < b ? -1 : a > b ? 1 : 0) * (state.down ? -1 : 1);
  });
};

const reportOf = run => '/report?run=' + encodeURIComponent(run.run);
const cell = (label, text) => el('td', { class: 'num', 'data-label': label }, text);

const pair = (label, median, tail) => el('td', { class: 'num', 'data-label': label + ' p50, p99' }, seconds(median),
  el('span', { class: 'sub', title: tail === undefined ? 'too few requests for a 99th percentile' : null }, seconds(tail)));

const row = run => {
  const state_ = status(run);
  const chosen = state.chosen.has(run.run);
  const choose = el('input', { type: 'checkbox', 'aria-label': 'Choose ' + run.folder, checked: chosen, disabled: !run.verdict });
  choose.addEventListener('change', () => { if (choose.checked) state.chosen.add(run.run); else state.chosen.delete(run.run); draw(true); });
  if (run.problem) {
    return el('tr', { 'data-run': run.run }, el('td', {}), el('td', {}, chip('broken', 'does not read')),
      el('td', { colspan: 9, class: 'line' }, el('span', { class: 'name' }, run.folder), el('span', { class: 'sub problem' }, run.problem)));
  }
  const name = run.verdict
    ? el('a', { class: 'name', href: reportOf(run), target: '_blank', rel: 'noopener', title: 'Open the report' }, run.scenario ?? '–')
    : el('span', { class: 'name' }, run.scenario ?? '–');
  const more = el('button', { type: 'button', 'aria-label': 'Notes of ' + run.folder, onclick: () => openNotes(run) }, 'Notes');
  return el('tr', { 'data-run': run.run, class: chosen ? 'chosen' : null }, el('td', {}, choose), el('td', {}, chip(state_)),
    el('td', { class: 'line' }, name, el('span', { class: 'sub clamp', title: run.headline ? visible(run.headline) : null }, run.headline ?? run.folder)),
    el('td', { class: 'target' }, run.target ?? '–', run.baseline ? el('span', { class: 'sub' }, 'against ' + run.baseline) : ''),
    el('td', { class: 'num', 'data-label': 'When' }, when(run.started)), cell('Requests', count(run.requests)), cell('Failed', percent(run.failed)),
    pair('TTFT', run.ttftP50, run.ttftP99), pair('End to end', run.e2eP50, run.e2eP99), cell('Accuracy', percent(run.accuracy)), el('td', {}, more));
};

const draw = force => {
  const rows = ordered();
  const now = JSON.stringify(rows);
  if (now === state.drawn && !force) return;
  state.drawn = now;
  // Redrawn from the server every few seconds: whoever is at a control stays there.
  const held = document.activeElement?.closest('#runs tbody tr')?.dataset.run, what = document.activeElement?.tagName;
  document.querySelector('#runs tbody').replaceChildren(...rows.map(row));
  if (held) [...document.querySelectorAll('#runs tbody tr')].find(one => one.dataset.run === held)?.querySelector(what)?.focus();
  for (const head of document.querySelectorAll('#runs th[data-sort]')) {
    if (head.dataset.sort === state.sort) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending'); else head.removeAttribute('aria-sort');
  }
  $('none').hidden = state.runs.length > 0;
  $('compare').disabled = state.chosen.size !== 2;
  $('chosen').textContent = state.chosen.size === 0 ? 'Choose two: the older one is the standard that the newer is held to.'
    : state.chosen.size === 2 ? 'The older one is the standard that the newer is held to.' : `${state.chosen.size} chosen; two are compared.`;
};

const load = async () => {
  try {
    const list = await call('/api/runs');
    state.runs = list.runs;
    for (const run of state.chosen) if (!list.runs.some(one => one.run === run)) state.chosen.delete(run);
    $('summary').textContent = visible(`${count(list.runs.length)} ${list.runs.length === 1 ? 'run' : 'runs'} in ${list.folder}${list.leftOut ? `, and ${count(list.leftOut)} older ones that are not shown` : ''}`);
    trouble(null);
    draw();
  } catch (problem) {
    trouble(`The list could not be read: ${problem.message}. Is chaosbench still running?`);
  }
  document.documentElement.dataset.ready = 'true';
};

let noted = null;
const showNotes = async () => {
  const list = $('notes-list');
  try {
    const { notes, open } = await call('/api/notes?run=' + encodeURIComponent(noted.run));
    list.replaceChildren(...(notes.length ? notes.map(note => el('li', {}, el('time', {}, note.at.toFixed(1) + ' s'), note.text)) : [el('li', {}, 'none')]));
    $('notes-form').hidden = !open;
    $('notes-abort').hidden = !open;
  } catch (problem) {
    list.replaceChildren(el('li', {}, problem.message));
  }
};
const openNotes = run => {
  noted = run;
  $('notes-run').textContent = visible(run.folder);
  $('notes-list').replaceChildren(el('li', {}, 'reading …'));
  $('notes-form').hidden = true;
  $('notes-abort').hidden = true;
  $('notes').showModal();
  showNotes();
};
$('notes-close').addEventListener('click', () => $('notes').close());
$('notes-form').addEventListener('submit', async event => {
  event.preventDefault();
  const text = $('notes-text').value.trim();
  if (!text) return;
  try {
    await call('/api/note', { run: noted.run, text });
    $('notes-text').value = '';
    // The run looks for notes twice a second and writes its journal once a second.
    setTimeout(showNotes, 1600);
  } catch (problem) { trouble(problem.message); }
});
$('notes-abort').addEventListener('click', async () => {
  try { await call('/api/abort', { run: noted.run }); $('notes').close(); } catch (problem) { trouble(problem.message); }
});

for (const head of document.querySelectorAll('#runs th[data-sort]')) {
  const button = el('button', { type: 'button', onclick: () => {
    state.down = state.sort === head.dataset.sort ? !state.down : head.classList.contains('num') || head.dataset.sort === 'started';
    state.sort = head.dataset.sort;
    draw(true);
  } }, head.textContent);
  head.replaceChildren(button);
}
$('find').addEventListener('input', () => draw(true));
$('verdict').addEventListener('change', () => draw(true));
$('compare').addEventListener('click', () => {
  const [before, after] = state.runs.filter(run => state.chosen.has(run.run)).sort((a, b) => (a.started < b.started ? -1 : 1));
  open(`/compare?before=${encodeURIComponent(before.run)}&after=${encodeURIComponent(after.run)}`, '_blank', 'noopener');
});
load();
setInterval(() => { if (!document.hidden) load(); }, 5000);
