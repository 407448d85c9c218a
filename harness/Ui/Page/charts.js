// Charts on a time or run axis, on canvas: the policy of these pages allows no inline styles, which SVG charts would need.
import { css, el, onTheme } from './common.js';

const charts = [];
const narrow = () => innerWidth < 760;
const axis = () => ({
  axisLine: { lineStyle: { color: css('rule') } }, axisTick: { show: false },
  axisLabel: { color: css('soft'), fontSize: 11, hideOverlap: true }, splitLine: { lineStyle: { color: css('grid') } },
});

/** A tooltip as DOM nodes, never as markup. */
export const tip = (title, rows) => {
  const table = el('table');
  for (const [color, name, value] of rows) {
    const row = table.insertRow();
    const dot = row.insertCell().appendChild(el('span'));
    Object.assign(dot.style, { display: 'inline-block', width: '9px', height: '9px', borderRadius: '2px', background: color });
    row.append(el('td', {}, name), el('td', {}, value));
  }
  return el('div', { class: 'tip' }, el('strong', {}, title), table);
};

export const frame = (format, names) => ({
  animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
  grid: { left: narrow() ? 46 : 58, right: 12, top: names.length > 1 ? 30 : 12, bottom: 24 },
  legend: names.length > 1 ? {
    data: names, top: 0, left: narrow() ? 40 : 52, itemWidth: 16, itemHeight: 8, itemGap: 14, type: 'scroll', icon: 'roundRect',
    textStyle: { color: css('soft'), fontSize: 11.5 }, pageTextStyle: { color: css('soft') }, pageIconColor: css('soft'), inactiveColor: css('faint'),
  } : { show: false },
  tooltip: {
    trigger: 'axis', confine: true, transitionDuration: 0, backgroundColor: css('paper'), borderColor: css('rule'), textStyle: { color: css('ink'), fontSize: 12 },
    axisPointer: { lineStyle: { color: css('faint') } }, formatter: format,
  },
});
export const line = (name, data, color, width = 1.6, more = {}) => ({
  name, type: 'line', data, showSymbol: false, symbolSize: 6, connectNulls: false, sampling: 'lttb',
  lineStyle: { color, width, type: more.dash ?? 'solid' }, itemStyle: { color }, emphasis: { disabled: true }, ...more,
});
export const valueAxis = (format, more = {}) => ({ type: 'value', min: 0, ...axis(), splitNumber: 4, axisLabel: { ...axis().axisLabel, formatter: format }, ...more });
export const xAxis = more => ({ ...axis(), splitLine: { show: false }, ...more, axisLabel: { ...axis().axisLabel, ...more.axisLabel } });
export const isNarrow = narrow;

/** Keeps a chart drawn from <options> on resizes and new colours; redraw() draws it anew. */
export const chart = (element, options) => {
  const made = echarts.init(element, null, { renderer: 'canvas' });
  const redraw = () => { made.setOption(options(), { notMerge: true, lazyUpdate: true }); element.dataset.drawn = 'true'; };
  charts.push({ made, redraw, element });
  redraw();
  return redraw;
};
/** Forgets charts whose elements are gone. */
export const prune = () => {
  for (let at = charts.length - 1; at >= 0; at--) if (!charts[at].element.isConnected) charts.splice(at, 1)[0].made.dispose();
};
onTheme(() => { for (const one of charts) one.redraw(); });
let waiting = 0;
addEventListener('resize', () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => { for (const one of charts) { one.made.resize(); one.redraw(); } });
});
