// The try-it page: a prompt, sliders, and two answers. A question that is overtaken by the next one is given up, here and on the server.
import { $, call, count, css, el, isNumber, percent, seconds, trouble, visible } from './common.js';

const state = { about: null, asking: null, timer: 0, snippet: null, trail: [] };
const ask = () => ({
  prompt: $('prompt').value, sample: $('sample').value === '' ? null : +$('sample').value, typos: +$('typos').value, noise: +$('noise').value, noiseKind: $('noise-kind').value,
  temperature: +$('temperature').value, maxTokens: +$('length').value, seed: Math.min(4294967295, Math.max(0, Math.floor(+$('seed').value || 0))),
});
const labels = () => {
  $('o-typos').textContent = percent(+$('typos').value) + ' of words';
  $('o-noise').textContent = percent(+$('noise').value);
  $('o-temperature').textContent = (+$('temperature').value).toFixed(2);
  $('o-length').textContent = $('length').value;
};

/** Words and signs that only this text has, by their longest common subsequence; long texts are not marked. */
const differing = (text, other) => {
  const parts = /[\p{L}\p{N}_]+|\s+|./gsu, a = text.match(parts) ?? [], b = other.match(parts) ?? [];
  if (a.length * b.length > 250000) return a.map(word => [word, false]);
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  const marked = [];
  for (let i = 0, j = 0; i < a.length;) {
    if (j < b.length && a[i] === b[j]) { marked.push([a[i], false]); i++; j++; }
    else if (j < b.length && table[i][j + 1] > table[i + 1][j]) j++;
    else { marked.push([a[i], a[i].trim() !== '']); i++; }
  }
  return marked;
};
const article = (role, answer, other, expected) => {
  const text = el('pre', { tabindex: 0, 'aria-label': `Answer of ${answer.name}` });
  if (answer.text) text.append(...(other ? differing(answer.text, other) : [[answer.text, false]]).map(([word, isOwn]) => isOwn ? el('mark', {}, word) : document.createTextNode(visible(word))));
  else text.append(answer.reason ?? 'no text');
  const facts = [seconds(answer.seconds), isNumber(answer.ttft) ? `first token ${seconds(answer.ttft)}` : null, isNumber(answer.tokens) ? `${count(answer.tokens)} tokens` : null].filter(Boolean);
  return el('article', {}, el('header', {}, el('h3', {}, `${role}: ${answer.name}`), el('p', { class: 'times' }, facts.join(' · '))), text,
    answer.outcome !== 'completed' ? el('p', { class: 'note' }, `${answer.outcome.replaceAll('-', ' ')}${answer.reason ? ': ' + answer.reason : ''}`) : '',
    answer.chars > answer.text.length ? el('p', { class: 'note' }, `the first ${count(answer.text.length)} of ${count(answer.chars)} characters`) : '',
    expected ? el('p', { class: 'note' }, answer.text.trim() === expected.trim() ? 'equals the known answer' : 'differs from the known answer') : '');
};
const meter = share => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [96, 9];
  const pen = canvas.getContext('2d');
  pen.fillStyle = css(share > 0.9 ? 'ok' : share > 0.5 ? 'unsure' : 'fail');
  pen.fillRect(0, 0, 96 * share, 9);
  return el('span', { class: 'meter', 'aria-hidden': 'true' }, canvas);
};
const fact = (name, title, share) => el('div', {}, el('dt', { title }, name), el('dd', {}, percent(share), isNumber(share) ? meter(share) : ''));

const show = (asked, said) => {
  const { candidate, baseline, likeness } = said;
  const sample = state.about.samples[asked.sample];
  const expected = sample && sample.prompt === asked.prompt ? sample.expected : null;
  $('answers').replaceChildren(...[baseline && article('Baseline', baseline, candidate.text, expected), article('Candidate', candidate, baseline?.text, expected)].filter(Boolean));
  $('likeness').replaceChildren(...(likeness ? [
    el('div', {}, el('dt', {}, 'Answers'), el('dd', {}, likeness.same ? 'the same' : 'differ')),
    fact('Characters alike', '1 - edits over the longer length (Levenshtein)', likeness.characters), fact('Spelling alike', state.about.likeness, likeness.spelling),
  ] : [el('div', {}, el('dt', {}, 'Answers'), el('dd', {}, 'one model: this scenario has no baseline'))]));
  $('sent').textContent = visible(said.prompt);
  $('sent-note').textContent = said.changed ? 'damaged' : 'as it is written above';
  state.snippet = `${said.snippet.line}\n\n${said.snippet.yaml}`;
  $('snippet').textContent = visible(state.snippet);
  $('copy').disabled = false;
  state.trail.unshift([percent(asked.typos), asked.noise > 0 ? `${percent(asked.noise)} ${asked.noiseKind.split('.')[1].replaceAll('_', ' ')}` : '0 %', asked.temperature.toFixed(2), asked.maxTokens,
    percent(likeness?.characters), percent(likeness?.spelling), seconds(baseline?.seconds), seconds(candidate.seconds)]);
  state.trail.length = Math.min(state.trail.length, 25);
  document.querySelector('#trail tbody').replaceChildren(...state.trail.map(row => el('tr', {}, ...row.map(value => el('td', { class: 'num' }, value)))));
  document.documentElement.dataset.answers = +(document.documentElement.dataset.answers ?? 0) + 1;
};

const go = async () => {
  state.asking?.abort();
  const mine = state.asking = new AbortController(), asked = ask();
  if (!asked.prompt) return;
  $('answers').setAttribute('aria-busy', 'true');
  try {
    const said = await call('/api/try', asked, mine.signal);
    if (mine === state.asking) { show(asked, said); trouble(null); }
  } catch (problem) {
    if (problem.name !== 'AbortError' && mine === state.asking) trouble(problem.message);
  } finally {
    if (mine === state.asking) $('answers').setAttribute('aria-busy', 'false');
  }
};
/** Sliders speak many times a second; the models are asked when they rest. */
const soon = (wait = 250) => { labels(); clearTimeout(state.timer); state.timer = setTimeout(go, wait); };

for (const id of ['typos', 'noise', 'temperature', 'length', 'seed']) $(id).addEventListener('input', () => soon());
$('noise-kind').addEventListener('change', () => soon());
$('prompt').addEventListener('input', () => soon(500));
$('sample').addEventListener('change', () => { if ($('sample').value !== '') $('prompt').value = state.about.samples[+$('sample').value].prompt; soon(0); });
$('reseed').addEventListener('click', () => { $('seed').value = crypto.getRandomValues(new Uint32Array(1))[0]; soon(0); });
$('copy').addEventListener('click', async () => {
  try { await navigator.clipboard.writeText(state.snippet); $('copied').textContent = 'copied: the prompt as it was sent, and lines for a scenario file'; }
  catch { document.querySelector('#snippet').closest('details').open = true; getSelection().selectAllChildren($('snippet')); $('copied').textContent = 'selected below; press Ctrl+C'; }
});

try {
  const about = state.about = await call('/api/try');
  $('about').textContent = visible(`${about.baseline ? `${about.baseline.name} (${about.baseline.what}) beside ` : ''}${about.candidate.name} (${about.candidate.what}), of the scenario ${about.scenario}`);
  $('how').textContent = `Characters alike: 1 - edits over the longer length (Levenshtein). Spelling alike: ${about.likeness}. Times run from the send, on this machine with nothing else asked of the models.`;
  $('sample').replaceChildren(...about.samples.map((sample, at) => el('option', { value: at }, `${sample.name}: ${sample.prompt.replace(/\s+/g, ' ').slice(0, 60)}`)), el('option', { value: '' }, 'nothing'));
  $('noise-kind').replaceChildren(...about.noises.map(noise => el('option', { value: noise.name, title: noise.what }, noise.name.split('.')[1].replaceAll('_', ' '))));
  $('prompt').maxLength = about.mostChars;
  $('prompt').value = about.samples[0]?.prompt ?? 'Hello.';
  $('temperature').value = about.temperature;
  $('length').max = about.mostTokens;
  $('length').value = about.maxTokens;
  $('seed').value = about.seed;
  labels();
  await go();
} catch (problem) {
  trouble(`The models cannot be asked: ${problem.message}`);
}
document.documentElement.dataset.ready = 'true';
