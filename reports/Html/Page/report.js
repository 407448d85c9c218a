// Draws the charts of report.html from the JSON beside it. Builds text with textContent only: names come from the system under test.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('plot-data').textContent);
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const choices = ['system', 'light', 'dark'];
  const asked = new URLSearchParams(location.search).get('theme');
  const state = { theme: choices.includes(asked) ? asked : 'system', log: false, dimension: +(document.getElementById('dimension')?.value ?? 0), metric: 'ttft', print: false };
  const charts = new Map();

  // A colour of the style sheet as it is under the present theme; the probe resolves light-dark().
  const probe = document.body.appendChild(document.createElement('span'));
  probe.hidden = true;
  const css = name => { probe.style.color = `var(--${name})`; return getComputedStyle(probe).color; };
  const applyTheme = () => {
    const theme = state.print ? 'light' : state.theme;
    if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
  };

  const seconds = value => {
    if (value === null || value === undefined) return '–';
    if (value < 0.9995) return +(value * 1000).toPrecision(3) + ' ms';
    return value < 60 ? +value.toPrecision(3) + ' s' : Math.floor(value / 60) + ' min ' + Math.floor(value % 60) + ' s';
  };
  const clock = value => {
    const whole = Math.floor(value), pad = n => String(n).padStart(2, '0');
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return hours ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
  };
  const count = value => (value ?? 0).toLocaleString('en-US', { maximumFractionDigits: 2 });
  const percent = value => +(value * 100).toPrecision(3) + ' %';

  // A tooltip as DOM nodes, never as markup.
  const tip = (title, rows) => {
    const box = document.createElement('div');
    box.className = 'tip';
    box.appendChild(document.createElement('strong')).textContent = title;
    const table = box.appendChild(document.createElement('table'));
    for (const [color, name, value] of rows) {
      const row = table.insertRow();
      const dot = row.insertCell().appendChild(document.createElement('span'));
      Object.assign(dot.style, { display: 'inline-block', width: '9px', height: '9px', borderRadius: '2px', background: color });
      row.insertCell().textContent = name;
      row.insertCell().textContent = value;
    }
    return box;
  };

  const brief = text => text.length > 36 ? [...text].slice(0, 35).join('') + '…' : text;
  const narrow = () => innerWidth < 760 && !state.print;
  const end = data.bucket * data.buckets;
  // A value belongs to a whole bucket; it is drawn in the bucket's middle.
  const points = values => (values ?? []).map((value, at) => [(at + 0.5) * data.bucket, value]);
  const perSecond = values => values.map(value => value / data.bucket);
  const sum = lists => lists.reduce((total, list) => total.map((value, at) => value + (list[at] ?? 0)), new Array(data.buckets).fill(0));

  const axisStyle = () => ({
    axisLine: { lineStyle: { color: css('rule') } }, axisTick: { show: false },
    axisLabel: { color: css('soft'), fontSize: 11, hideOverlap: true }, splitLine: { lineStyle: { color: css('grid') } },
    nameTextStyle: { color: css('soft'), fontSize: 11 },
  });
  const frame = (format, legend) => ({
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: narrow() ? 44 : 58, right: narrow() ? 8 : 18, top: 42, bottom: 24 },
    legend: {
      data: legend, top: 0, left: narrow() ? 40 : 54, itemWidth: 16, itemHeight: 8, itemGap: 14, type: 'scroll',
      textStyle: { color: css('soft'), fontSize: 11.5 }, pageTextStyle: { color: css('soft') }, pageIconColor: css('soft'), inactiveColor: css('faint'),
    },
    tooltip: {
      trigger: 'axis', confine: true, backgroundColor: css('paper'), borderColor: css('rule'), textStyle: { color: css('ink'), fontSize: 12 },
      axisPointer: { lineStyle: { color: css('faint') } }, formatter: format,
    },
  });
  const timeAxis = () => ({
    type: 'value', min: 0, max: end, ...axisStyle(), splitLine: { show: false },
    interval: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400].find(step => end / step <= (narrow() ? 5 : 12)),
    axisLabel: { ...axisStyle().axisLabel, formatter: clock, showMaxLabel: false },
  });

  // Fault windows as shaded areas, phases as thin lines: the same marks in each chart on the time axis.
  const marks = () => ({
    name: '', type: 'line', data: [], silent: true, symbol: 'none',
    markArea: {
      silent: true, itemStyle: { color: css('fault') },
      data: data.faults.map((fault, at) => [{
        xAxis: fault.start, name: fault.name,
        label: { show: at < 4, position: 'insideTopLeft', offset: [1, 17 * at], color: css('fault-line'), backgroundColor: css('paper'), padding: [1, 4], borderRadius: 3, fontSize: 11, formatter: () => brief(fault.name) },
      }, { xAxis: Math.min(fault.end, end) }]),
    },
    markLine: {
      silent: true, symbol: 'none', lineStyle: { color: css('faint'), type: [3, 3], width: 1 },
      data: data.phases.filter(phase => phase.end < end || phase.start > 0).map(phase => ({
        xAxis: phase.start, label: { show: !narrow(), formatter: () => phase.name, position: 'end', align: 'left', distance: 3, color: css('faint'), fontSize: 10.5 },
      })),
    },
  });
  const line = (name, values, color, width, dash, extra) => ({
    name, type: 'line', data: points(values), showSymbol: data.buckets < 4, symbolSize: 5, connectNulls: false,
    lineStyle: { color, width, type: dash ?? 'solid' }, itemStyle: { color }, emphasis: { disabled: true }, ...extra,
  });
  const timeTip = format => items => {
    const at = Math.min(Math.max(Math.floor(items[0].axisValue / data.bucket), 0), data.buckets - 1);
    return tip(`${clock(at * data.bucket)} to ${clock((at + 1) * data.bucket)}`,
      items.filter(item => item.value[1] !== null && item.value[1] !== undefined).map(item => [item.color, item.seriesName, format(item, at)]));
  };

  const latency = kind => {
    const shown = data.targets.filter(target => target[kind].n);
    const several = shown.length > 1;
    const series = shown.flatMap((target, at) => (several ? ['p50', 'p99'] : ['p50', 'p90', 'p99']).map(percentile => line(
      several ? `${target.name} ${percentile}` : percentile, target[kind][percentile],
      css((at === 0 ? 'p' : 'b') + percentile.slice(1)), percentile === 'p99' ? 2 : 1.5, at > 0 ? [5, 3] : 'solid',
      // Two versions take turns: a block of one bucket between two of the other would be no line at all.
      several ? { connectNulls: true, showSymbol: data.buckets <= 120, symbolSize: 4 } : {})));
    return {
      ...frame(timeTip((item, bucket) => seconds(item.value[1]) + '  n ' + count(shown[0][kind].n[bucket])), series.map(one => one.name)),
      xAxis: timeAxis(),
      yAxis: { type: state.log ? 'log' : 'value', ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: seconds }, splitNumber: 4, ...(state.log ? {} : { min: 0 }) },
      series: [...series, marks()],
    };
  };

  const rate = () => {
    // After the last phase nothing is planned: no value, rather than a fall to zero.
    const last = data.phases.at(-1)?.end ?? end;
    const planned = values => values.map((value, at) => at * data.bucket < last ? value : null);
    const sent = planned(perSecond(sum(data.targets.map(target => target.sent))));
    const completed = perSecond(sum(data.targets.map(target => target.completed)));
    const series = [
      ...(data.planned.length ? [line('planned', planned(perSecond(data.planned)), css('soft'), 1.4, [4, 3], { step: 'middle' })] : []),
      line('sent', sent, css('s1'), 1.6), line('completed', completed, css('ok'), 1.8),
    ];
    return {
      ...frame(timeTip(item => count(item.value[1]) + '/s'), series.map(one => one.name)),
      xAxis: timeAxis(), yAxis: { type: 'value', min: 0, ...axisStyle(), splitNumber: 4 }, series: [...series, marks()],
    };
  };

  const outcomes = () => {
    const names = [...new Set(data.targets.flatMap(target => Object.keys(target.outcomes)))].filter(name => name !== 'completed');
    // ECharts does not stack on a value axis: each bar reaches to the sum so far, and is painted over by the ones below it.
    const raw = names.map(name => sum(data.targets.map(target => target.outcomes[name] ?? [])));
    const series = names.map((name, at) => ({
      name: name.replaceAll('-', ' '), type: 'bar', barGap: '-100%', itemStyle: { color: css(name) }, emphasis: { disabled: true }, z: 10 - at / 20,
      data: points(sum(raw.slice(0, at + 1)).map((total, bucket) => raw[at][bucket] ? total : null)),
      barWidth: Math.max(1, Math.min(12, 900 / data.buckets - 1)),
    }));
    const base = frame(timeTip((item, bucket) => count(raw[item.seriesIndex][bucket])), series.map(one => one.name));
    return {
      ...base, legend: { ...base.legend, selectedMode: false },
      xAxis: timeAxis(), yAxis: { type: 'value', min: 0, minInterval: 1, max: series.length ? null : 1, ...axisStyle(), splitNumber: 3 },
      series: [...series, marks()],
      graphic: series.length ? [] : [{ type: 'text', left: 'center', top: 'middle', style: { text: 'every request completed', fill: css('soft'), fontSize: 13 } }],
    };
  };

  const generator = () => {
    const series = [
      line('in flight', data.generator.inFlight, css('s1'), 1.6, 'solid', { connectNulls: true }),
      line('CPU', data.generator.cpu, css('s5'), 1.6, 'solid', { yAxisIndex: 1, connectNulls: true }),
    ];
    const base = frame(timeTip(item => item.seriesName === 'CPU' ? count(item.value[1]) + ' cores' : count(item.value[1])), series.map(one => one.name));
    return {
      ...base, grid: { ...base.grid, right: 44 }, xAxis: timeAxis(),
      yAxis: [{ type: 'value', min: 0, ...axisStyle(), splitNumber: 4 }, { type: 'value', min: 0, ...axisStyle(), splitLine: { show: false }, splitNumber: 4 }],
      series: [...series, marks()],
    };
  };

  // x is the number of nines: 0 is the fastest, 1 is p90, 2 is p99.
  const nines = value => value === 0 ? 'p0' : 'p' + +(100 * (1 - Math.pow(10, -value))).toFixed(Math.max(0, Math.ceil(value) - 2));
  const cohorts = () => {
    const slices = (data.dimensions[state.dimension]?.slices ?? []).filter(slice => slice[state.metric].points.length);
    const several = new Set(slices.map(slice => slice.target)).size > 1;
    const values = [...new Set(slices.map(slice => slice.value))];
    const label = slice => several ? `${slice.value} (${slice.target})` : slice.value;
    const series = slices.map(slice => {
      const curve = slice[state.metric], color = css('s' + (values.indexOf(slice.value) % 8 + 1));
      const second = several && slice.target !== slices[0].target;
      const last = curve.points.length - 1;
      return {
        name: label(slice), type: 'line', smooth: false, itemStyle: { color }, emphasis: { disabled: true }, symbolKeepAspect: true,
        lineStyle: { color, width: 1.8, type: second || values.indexOf(slice.value) >= 8 ? [5, 3] : 'solid' },
        data: curve.points.map((point, at) => ({
          value: point, symbolSize: at === last ? 9 : 0,
          symbol: at === last ? (curve.failed ? 'path://M1 0L5 4L9 0L10 1L6 5L10 9L9 10L5 6L1 10L0 9L4 5L0 1Z' : 'circle') : 'none',
        })),
        tooltip: { formatter: null },
      };
    });
    const reach = Math.max(2, ...slices.map(slice => slice[state.metric].points.at(-1)[0]));
    const stops = [0, 0.30103, 0.60206, 1, 1.30103, 2, 3, 4, 5].filter(stop => stop <= reach + 0.05);
    const text = items => tip('at ' + nines(+items[0].axisValue.toPrecision(4)), items.map(item => {
      const curve = slices[item.seriesIndex][state.metric], all = curve.n + curve.failed;
      return [item.color, item.seriesName, `${seconds(item.value[1])}  of ${count(all)}` + (curve.failed ? `, ${percent(curve.failed / all)} failed` : '')];
    }));
    return {
      ...frame(text, series.map(one => one.name)),
      xAxis: { type: 'value', min: 0, max: Math.ceil(reach * 10) / 10, ...axisStyle(), axisTick: { show: false, customValues: stops }, splitLine: { lineStyle: { color: css('grid') } }, axisLabel: { ...axisStyle().axisLabel, formatter: nines, customValues: stops, hideOverlap: true } },
      yAxis: { type: state.log ? 'log' : 'value', ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: seconds }, ...(state.log ? {} : { min: 0 }) },
      series,
    };
  };

  const options = { ttft: () => latency('ttft'), e2e: () => latency('e2e'), gap: () => latency('gap'), rate, outcomes, generator, cohorts };

  const draw = () => {
    applyTheme();
    for (const element of document.querySelectorAll('[data-chart]')) {
      const chart = charts.get(element) ?? echarts.init(element, null, { renderer: 'svg' });
      charts.set(element, chart);
      chart.setOption(options[element.dataset.chart](), true);
      element.dataset.drawn = 'true';
    }
  };
  const resize = () => { for (const chart of charts.values()) chart.resize(); draw(); };
  const showDimension = () => {
    for (const element of document.querySelectorAll('[data-dimension]')) element.hidden = +element.dataset.dimension !== state.dimension;
  };

  const on = (id, event, act) => document.getElementById(id)?.addEventListener(event, act);
  on('log-scale', 'change', event => { state.log = event.target.checked; draw(); });
  on('dimension', 'change', event => { state.dimension = +event.target.value; showDimension(); draw(); });
  on('cohort-metric', 'change', event => { state.metric = event.target.value; draw(); });
  const button = document.getElementById('theme');
  const nameTheme = () => { button.textContent = { system: 'Auto', light: 'Light', dark: 'Dark' }[state.theme]; button.setAttribute('aria-label', 'Colours: ' + state.theme); };
  button.addEventListener('click', () => { state.theme = choices[(choices.indexOf(state.theme) + 1) % 3]; nameTheme(); draw(); });
  dark.addEventListener('change', draw);
  let waiting = 0;
  addEventListener('resize', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(resize); });
  addEventListener('beforeprint', () => {
    state.print = true; applyTheme();
    for (const [element, chart] of charts) chart.resize({ width: Math.min(element.clientWidth, 700) });
    draw();
  });
  addEventListener('afterprint', () => { state.print = false; for (const chart of charts.values()) chart.resize({ width: 'auto' }); draw(); });

  nameTheme();
  showDimension();
  draw();
  root.dataset.ready = 'true';
})();
