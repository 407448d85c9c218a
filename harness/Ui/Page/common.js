// What all pages share. Text goes in by textContent alone: names and answers come from whoever was tested.

/** Characters that cannot be seen or that reorder a line are written out, as in the reports. */
export const visible = text => String(text ?? '').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\ud800-\udfff]/gu,
  letter => letter === '\n' || letter === '\t' ? letter : `⟨U+${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

export const $ = id => document.getElementById(id);

/** An element: properties, then children, which are elements or text. */
export const el = (tag, properties = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') made.className = value;
    else if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.map(child => child instanceof Node ? child : visible(child)));
  return made;
};

export const isNumber = value => typeof value === 'number' && Number.isFinite(value);

export const seconds = value => {
  if (value === 'Infinity') return 'never';
  if (!isNumber(value)) return '–';
  if (value < 0.9995) return +(value * 1000).toPrecision(3) + ' ms';
  return value < 60 ? +value.toPrecision(3) + ' s' : Math.floor(value / 60) + ' min ' + Math.floor(value % 60) + ' s';
};
export const count = value => isNumber(value) ? value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 }) : '–';
export const percent = value => isNumber(value) ? +(value * 100).toPrecision(3) + ' %' : '–';
export const quantity = (value, unit) => unit === 's' ? seconds(value) : unit === 'share' ? percent(value)
  : isNumber(value) ? +value.toPrecision(4) + (unit === '/s' ? '/s' : '') : '–';
export const clock = value => {
  const whole = Math.max(0, Math.ceil(value)), pad = n => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
};
export const when = text => {
  const date = new Date(text);
  return Number.isNaN(+date) ? '–' : date.toISOString().slice(0, 16).replace('T', ' ');
};

const tones = { pass: 'pass', fail: 'fail', inconclusive: 'unsure', error: 'stop', aborted: 'stop', cancelled: 'stop', running: 'unsure', unfinished: 'stop', broken: 'fail' };
export const tone = verdict => tones[verdict] ?? 'stop';
const paths = { pass: 'M3 8.5l3.4 3.4L13 4.6', fail: 'M4 4l8 8M12 4l-8 8', stop: 'M4 4h8v8H4z', unsure: 'M5 5.6C5 3.9 6.3 3 8 3s3 1 3 2.6C11 8 8 7.6 8 10M8 12.6v.6' };
export const icon = verdict => {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path')).setAttribute('d', paths[tone(verdict)]);
  return svg;
};
/** Colour, shape and word: any one of them is enough. */
export const chip = (verdict, word = verdict) => el('span', { class: `chip ${tone(verdict)}` }, icon(verdict), word);

export const trouble = text => {
  const box = $('trouble');
  box.hidden = !text;
  box.textContent = visible(text ?? '');
};

/** JSON of this server; what it refuses is an Error with its sentence. */
export const call = async (path, body, signal) => {
  const answer = await fetch(path, body === undefined ? { signal } : {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal,
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.error ?? `the server said ${answer.status}`);
  return said;
};

/** A colour of the style sheet under the present theme; the probe resolves light-dark(). */
const probe = document.body.appendChild(document.createElement('span'));
probe.hidden = true;
export const css = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };

const themes = ['system', 'light', 'dark'];
const listeners = [];
export const onTheme = act => listeners.push(act);
let theme = themes.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'system';
const applyTheme = () => {
  if (theme === 'system') delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  $('theme').textContent = { system: 'Auto', light: 'Light', dark: 'Dark' }[theme];
  $('theme').setAttribute('aria-label', 'Colours: ' + theme);
  for (const act of listeners) act();
};
$('theme').addEventListener('click', () => {
  theme = themes[(themes.indexOf(theme) + 1) % 3];
  localStorage.setItem('theme', theme);
  applyTheme();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
applyTheme();
