import { $, call, css, el, quantity, isNumber, trouble, visible, when } from './common.js';
import { chart, frame, isNarrow, line, prune, tip, valueAxis, xAxis } from './charts.js';

let history = { series: [], skipped: [] };
const number = value => isNumber(value) ? value : null;

const options = series => () => {
  const at = change => series.points.findIndex(point => point.folder === change.folder);
  return {
    ...frame(items => {
      const point = series.points[items[0].dataIndex];
      return tip(visible(point.folder), [[css('s1'), when(point.startedUtc), quantity(point.value, series.unit)]]);
    }, []),
    xAxis: xAxis({ type: 'category', data: series.points.map((_, index) => index + 1), axisLabel: { interval: 'auto' } }),
    yAxis: valueAxis(value => quantity(value, series.unit), series.unit === 'share' ? { min: 0, max: 1, interval: 0.25 } : {}),
    series: [line(series.metric, series.points.map(point => number(point.value)), css('s1'), 1.6, {
      showSymbol: series.points.length <= 120, symbolSize: 5,
      markLine: {
        silent: true, symbol: 'none', lineStyle: { color: css('unsure'), type: 'dashed', width: 1.4 },
        data: series.changes.map(change => ({ xAxis: at(change), label: { show: !isNarrow(), formatter: () => `${quantity(change.before, series.unit)} → ${quantity(change.after, series.unit)}`, color: css('unsure'), fontSize: 10.5, position: 'end' } })),
      },
    })],
  };
};

const changes = list => {
  const byRun = new Map();
  for (const series of list) for (const change of series.changes) {
    if (!byRun.has(change.folder)) byRun.set(change.folder, { what: change.what ?? [], numbers: [] });
    byRun.get(change.folder).numbers.push(`${series.metric} ${quantity(change.before, series.unit)} → ${quantity(change.after, series.unit)}`);
  }
  if (byRun.size === 0) return [el('p', { class: 'empty' }, 'No number of this scenario has changed its level.')];
  return [...byRun].sort().map(([folder, { what, numbers }]) => el('details', { open: byRun.size < 3 },
    el('summary', {}, `From ${folder} on: ${numbers.join('; ')}`),
    what.length === 0 ? el('p', { class: 'note' }, 'Nothing that the manifests tell changed with it.')
      : el('ul', {}, ...what.slice(0, 12).map(one => el('li', {}, `${one.what} ${one.where}: `, el('code', {}, one.before ?? 'nothing'), ' → ', el('code', {}, one.after ?? 'nothing'))))));
};

const draw = () => {
  const wanted = history.series.filter(series => series.scenario === $('scenario').value);
  const shown = $('changed').checked ? wanted.filter(series => series.changes.length) : wanted;
  $('changes').replaceChildren(...(wanted.length ? changes(wanted) : []));
  $('plots').replaceChildren();
  prune();
  for (const series of shown.slice(0, 60)) {
    const place = el('div', { class: 'chart', role: 'img', 'aria-label': `${series.metric} over ${series.points.length} runs` });
    $('plots').append(el('figure', { class: series.changes.length ? 'moved' : null },
      el('figcaption', {}, el('strong', {}, series.metric), ' ', el('span', { class: 'note' }, series.note ?? `${series.points.length} runs, last ${quantity(series.points.at(-1).value, series.unit)}`)), place));
    chart(place, options(series));
  }
};

try {
  history = await call('/api/history');
  const names = [...new Set(history.series.map(series => series.scenario))];
  $('scenario').replaceChildren(...names.map(name => el('option', { value: name }, name)));
  $('none').hidden = names.length > 0;
  $('skipped').hidden = history.skipped.length === 0;
  $('skipped').querySelector('ul').replaceChildren(...history.skipped.map(text => el('li', {}, text)));
  $('scenario').addEventListener('change', draw);
  $('changed').addEventListener('change', draw);
  draw();
} catch (problem) {
  trouble(`The history could not be made: ${problem.message}`);
}
document.documentElement.dataset.ready = 'true';
