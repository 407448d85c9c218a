// Draws the charts of capacity.html from the JSON beside it. Builds text with textContent only: names come from scenario files.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('plot-data').textContent);
  const root = document.documentElement;
  const choices = ['system', 'light', 'dark'];
  const asked = new URLSearchParams(location.search).get('theme');
  const state = { theme: choices.includes(asked) ? asked : 'system', log: false, print: false };
  const charts = new Map();

  // A colour of the style sheet as it is under the present theme; the probe resolves light-dark().
  const probe = document.body.appendChild(document.createElement('span'));
  probe.hidden = true;
  const css = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const applyTheme = () => {
    const theme = state.print ? 'light' : state.theme;
    if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
  };

  const number = value => +value.toPrecision(3);
  const seconds = value => value < 0.9995 ? number(value * 1000) + ' ms' : number(value) + ' s';
  const perSecond = value => number(value) + '/s';
  const percent = value => number(value * 100) + ' %';
  const narrow = () => innerWidth < 760 && !state.print;
  const color = at => css('s' + (at % 8 + 1));
  const known = (series, field) => series.probes.filter(one => one[field] !== null);

  // A tooltip as DOM nodes, never as markup.
  const tip = (title, rows) => {
    const box = document.createElement('div');
    box.className = 'tip';
    box.appendChild(document.createElement('strong')).textContent = title;
    const table = box.appendChild(document.createElement('table'));
    for (const [name, value] of rows) {
      const row = table.insertRow();
      row.insertCell().textContent = name;
      row.insertCell().textContent = value;
    }
    return box;
  };
  const words = item => {
    const [series, one] = item.data.of;
    const rows = [['asked', perSecond(one.rate)], ['verdict', one.held ? 'holds' : 'does not hold']];
    if (one.good !== null) rows.push(['good', `${percent(one.good)} (${percent(one.low)} to ${percent(one.high)})`]);
    if (one.goodput !== null) rows.push(['goodput', perSecond(one.goodput)]);
    if (one.p50 !== null) rows.push(['p50', seconds(one.p50)]);
    if (one.p99 !== null) rows.push(['p99', seconds(one.p99)]);
    return tip(series.name, rows);
  };

  const axis = () => ({
    axisLine: { lineStyle: { color: css('rule') } }, axisTick: { show: false },
    axisLabel: { color: css('soft'), fontSize: 11, hideOverlap: true }, splitLine: { lineStyle: { color: css('grid') } },
  });
  const top = Math.max(1, ...data.series.flatMap(series => series.probes.map(one => one.rate))) * 1.04;
  const frame = (legend, y) => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: narrow() ? 48 : 62, right: narrow() ? 10 : 24, top: 46, bottom: 28 },
    legend: {
      data: legend, top: 0, left: narrow() ? 40 : 54, itemWidth: 18, itemHeight: 8, itemGap: 14, type: 'scroll',
      textStyle: { color: css('soft'), fontSize: 11.5 }, pageTextStyle: { color: css('soft') }, pageIconColor: css('soft'), inactiveColor: css('faint'),
    },
    tooltip: { trigger: 'item', confine: true, backgroundColor: css('paper'), borderColor: css('rule'), textStyle: { color: css('ink'), fontSize: 12 } },
    xAxis: { type: 'value', min: 0, max: top, ...axis(), splitLine: { show: false }, axisLabel: { ...axis().axisLabel, formatter: perSecond, showMaxLabel: false } },
    yAxis: { ...axis(), splitNumber: 4, ...y, axisLabel: { ...axis().axisLabel, formatter: y.format } },
  });

  // Where the capacity lies: the same mark in each chart, its label above the frame. Those of close lines stand on different sides.
  const mark = (series, at) => series.capacity === null ? undefined : {
    silent: true, symbol: 'none', lineStyle: { color: color(at), type: [4, 3], width: 1.3 },
    data: [{ xAxis: series.capacity }],
    label: { formatter: () => perSecond(series.capacity), color: color(at), fontSize: 11, position: 'end', rotate: 0, align: at % 2 ? 'right' : 'left', offset: [at % 2 ? -3 : 3, 4] },
  };
  const line = (series, at, field, name, style) => ({
    name, type: 'line', symbolSize: 7, itemStyle: { color: color(at) }, emphasis: { disabled: true }, tooltip: { formatter: words },
    lineStyle: { color: color(at), width: 1.8, ...style },
    data: known(series, field).map(one => ({
      value: [one.rate, one[field]], of: [series, one],
      symbol: one.held ? 'circle' : 'emptyCircle',
    })),
  });

  const latency = () => {
    const series = data.series.flatMap((one, at) => [
      { ...line(one, at, 'p99', `${one.name}: p99`), markLine: mark(one, at) },
      line(one, at, 'p50', `${one.name}: p50`, { type: [2, 3], width: 1.4 }),
    ]);
    return { ...frame(series.map(one => one.name), { type: state.log ? 'log' : 'value', format: seconds, ...(state.log ? {} : { min: 0 }) }), series };
  };

  const attainment = () => {
    const lines = data.series.map((one, at) => ({ ...line(one, at, 'good', one.name), markLine: mark(one, at) }));
    const bars = data.series.map((one, at) => ({
      name: one.name, type: 'custom', silent: true, itemStyle: { color: color(at) },
      data: known(one, 'good').map(point => [point.rate, point.low, point.high]),
      renderItem: (_, api) => {
        const [x, low] = api.coord([api.value(0), api.value(1)]), high = api.coord([api.value(0), api.value(2)])[1];
        const style = { stroke: color(at), lineWidth: 1.2, opacity: 0.6 };
        const stroke = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
        return { type: 'group', children: [stroke(x, low, x, high), stroke(x - 3, low, x + 3, low), stroke(x - 3, high, x + 3, high)] };
      },
    }));
    const limit = {
      name: 'asked', type: 'line', data: [], silent: true,
      markLine: { silent: true, symbol: 'none', data: [{ yAxis: data.asked }], lineStyle: { color: css('soft'), type: 'solid', width: 1 }, label: { formatter: () => `${percent(data.asked)} asked`, position: 'insideStartBottom', color: css('soft'), fontSize: 11 } },
    };
    return { ...frame(data.series.map(one => one.name), { type: 'value', min: 0, max: 1, format: percent }), series: [...lines, ...bars, limit] };
  };

  const goodput = () => {
    const lines = data.series.map((one, at) => ({ ...line(one, at, 'goodput', one.name), markLine: mark(one, at) }));
    const ideal = { name: 'as asked', type: 'line', silent: true, symbol: 'none', lineStyle: { color: css('faint'), width: 1.2, type: [1, 3] }, itemStyle: { color: css('faint') }, data: [[0, 0], [top, top]] };
    return { ...frame([...data.series.map(one => one.name), 'as asked'], { type: 'value', min: 0, format: perSecond }), series: [...lines, ideal] };
  };

  const options = { latency, attainment, goodput };
  const draw = () => {
    applyTheme();
    for (const element of document.querySelectorAll('[data-chart]')) {
      const chart = charts.get(element) ?? echarts.init(element, null, { renderer: 'svg' });
      charts.set(element, chart);
      chart.setOption(options[element.dataset.chart](), true);
      element.dataset.drawn = 'true';
    }
  };
  document.getElementById('log-scale').addEventListener('change', event => { state.log = event.target.checked; draw(); });
  const button = document.getElementById('theme');
  const nameTheme = () => { button.textContent = { system: 'Auto', light: 'Light', dark: 'Dark' }[state.theme]; button.setAttribute('aria-label', 'Colours: ' + state.theme); };
  button.addEventListener('click', () => { state.theme = choices[(choices.indexOf(state.theme) + 1) % 3]; nameTheme(); draw(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  let waiting = 0;
  addEventListener('resize', () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => { for (const chart of charts.values()) chart.resize(); draw(); });
  });
  addEventListener('beforeprint', () => {
    state.print = true; applyTheme();
    for (const [element, chart] of charts) chart.resize({ width: Math.min(element.clientWidth, 700) });
    draw();
  });
  addEventListener('afterprint', () => { state.print = false; for (const chart of charts.values()) chart.resize({ width: 'auto' }); draw(); });

  nameTheme();
  draw();
  root.dataset.ready = 'true';
})();
