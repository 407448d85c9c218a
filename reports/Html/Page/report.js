// Draws the charts of report.html from the JSON beside it. Builds text with textContent only: names come from the system under test.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('plot-data').textContent);
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const choices = ['system', 'light', 'dark'];
  const asked = new URLSearchParams(location.search).get('theme');
  const streamed = data.targets.some(target => target.ttft.n);
  const state = {
    theme: choices.includes(asked) ? asked : 'system', log: false, dimension: +(document.getElementById('dimension')?.value ?? 0),
    metric: streamed ? 'ttft' : 'e2e', target: 0, filter: '', print: false,
  };
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

  const brief = (text, most) => text.length > most ? [...text].slice(0, most - 1).join('') + '…' : text;
  const narrow = () => innerWidth < 760 && !state.print;
  const end = data.bucket * data.buckets;

  // What is shown: all requests, or one kind of them, which has coarser series of the same shape.
  const everything = { bucket: data.bucket, buckets: data.buckets, planned: data.planned, targets: data.targets, curves: data.dimensions[0]?.slices ?? [] };
  let view = everything;
  const sum = lists => lists.reduce((total, list) => total.map((value, at) => value + (list[at] ?? 0)), new Array(view.buckets).fill(0));
  const choose = filter => {
    state.filter = filter;
    for (const note of document.querySelectorAll('.whole-run')) note.hidden = filter === '';
    const [dimension, value] = filter.split(':').map(Number);
    const kind = filter === '' ? null : data.dimensions[dimension];
    const slices = kind ? kind.slices.filter(slice => slice.value === [...new Set(kind.slices.map(one => one.value))][value]) : [];
    const note = document.getElementById('filter-note');
    if (!slices.some(slice => slice.series)) {
      view = everything;
      if (note) note.textContent = kind ? 'This kind of requests has no plots of its own: there are too many kinds. Its numbers are in the table of cohorts.' : '';
      return;
    }
    view = { ...data.slice, planned: [], targets: slices.filter(slice => slice.series).map(slice => ({ name: slice.target, ...slice.series })), curves: slices };
    // Everything planned has one outcome, placed where it was planned.
    if (data.open) view.planned = sum(view.targets.flatMap(target => Object.values(target.outcomes)));
    note.textContent = `Plots show only ${kind.name} = ${slices[0].value}: ` + slices.map(slice => `${count(slice.requests)} requests of ${slice.target}`).join(', ')
      + '. Warm-up is left out; tables keep all requests.';
  };
  // A value belongs to a whole bucket; it is drawn in the bucket's middle.
  const points = values => (values ?? []).map((value, at) => [(at + 0.5) * view.bucket, value]);
  const perSecond = values => values.map(value => value / view.bucket);

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
      data: legend, top: 0, left: narrow() ? 40 : 54, itemWidth: 22, itemHeight: 8, itemGap: 14, type: 'scroll',
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

  // Above each plot on the time axis: a lane for every name that would lie over another one, so that no name hides a curve.
  const lane = 15, mostLanes = 4;
  const lanesOf = element => {
    const wide = Math.max((state.print ? Math.min(element.clientWidth, 700) : element.clientWidth) - (narrow() ? 52 : 76), 100), ends = [];
    const placed = data.faults.map(fault => {
      const name = brief(fault.name, narrow() ? 18 : 36), from = fault.start / end * wide, long = name.length * 6.1 + 10;
      // A name that does not fit to the right of its beginning ends where the plot ends.
      const left = Math.max(Math.min(from, wide - long), 0), free = ends.findIndex(taken => taken <= left), row = free < 0 ? ends.length : free;
      ends[row] = Math.max(left + long, Math.min(fault.end, end) / end * wide) + 6;
      return { name, row, left: left / wide };
    });
    return { placed, rows: Math.min(mostLanes, ends.length), more: placed.filter(one => one.row >= mostLanes).length };
  };
  let lanes = { placed: [], rows: 0, more: 0 };

  // Fault windows as shaded areas, each with its bar and name above the plot, and phases as thin lines: the same marks in each chart on the time axis.
  const marks = () => [{
    name: '', type: 'line', data: [], silent: true, symbol: 'none',
    markArea: { silent: true, itemStyle: { color: css('fault') }, label: { show: false }, data: data.faults.map(fault => [{ xAxis: fault.start }, { xAxis: Math.min(fault.end, end) }]) },
    markLine: {
      silent: true, symbol: 'none', lineStyle: { color: css('faint'), type: [3, 3], width: 1 },
      data: data.phases.filter(phase => phase.end < end || phase.start > 0).map(phase => ({
        xAxis: phase.start, label: { show: !narrow(), formatter: () => phase.name, position: 'end', align: 'left', distance: 3, color: css('faint'), fontSize: 10.5 },
      })),
    },
  }, {
    name: '', type: 'custom', silent: true, clip: false, tooltip: { show: false }, encode: { x: 0, y: -1 }, data: data.faults.map((fault, at) => [fault.start, at]),
    renderItem: (params, api) => {
      const at = api.value(1), { name, row, left } = lanes.placed[at], { x, y, width } = params.coordSys, top = y - 17 - lane * (lanes.rows - Math.min(row, mostLanes - 1));
      if (row >= mostLanes) {
        return at === lanes.placed.findIndex(one => one.row >= mostLanes)
          ? { type: 'text', style: { text: `and ${lanes.more} more`, x: x + width, y: y - 30, align: 'right', fill: css('soft'), fontSize: 10.5 } } : null;
      }
      const from = x + data.faults[at].start / end * width, to = x + Math.min(data.faults[at].end, end) / end * width;
      return { type: 'group', children: [
        { type: 'rect', shape: { x: from, y: top, width: Math.max(to - from, 2), height: lane - 2, r: 2 }, style: { fill: css('fault'), stroke: css('fault-line'), lineWidth: 1 } },
        { type: 'text', style: { text: name, x: x + left * width + 4, y: top + 1.5, fill: css('fault-line'), fontSize: 10.5 } },
      ] };
    },
  }];
  const line = (name, values, color, width, dash, extra) => ({
    name, type: 'line', data: points(values), showSymbol: view.buckets < 4, symbol: view.buckets < 4 || extra?.showSymbol ? 'emptyCircle' : 'none', symbolSize: 5, connectNulls: false,
    lineStyle: { color, width, type: dash ?? 'solid' }, itemStyle: { color }, emphasis: { disabled: true }, ...extra,
  });
  const timeTip = format => items => {
    const at = Math.min(Math.max(Math.floor(items[0].axisValue / view.bucket), 0), view.buckets - 1);
    return tip(`${clock(at * view.bucket)} to ${clock((at + 1) * view.bucket)}`,
      items.filter(item => item.value[1] !== null && item.value[1] !== undefined).map(item => [item.color, item.seriesName, format(item, at)]));
  };

  const latency = kind => {
    const shown = view.targets.filter(target => target[kind].n);
    const several = shown.length > 1;
    const series = shown.flatMap((target, at) => (several ? ['p50', 'p99'] : ['p50', 'p90', 'p99']).map(percentile => line(
      several ? `${target.name} ${percentile}` : percentile, target[kind][percentile],
      css((at === 0 ? 'p' : 'b') + percentile.slice(1)), percentile === 'p99' ? 2 : 1.5, at > 0 ? [5, 3] : 'solid',
      // Two versions take turns: a block of one bucket between two of the other would be no line at all.
      several ? { connectNulls: true, showSymbol: view.buckets <= 120, symbolSize: 4 } : {})));
    return {
      ...frame(timeTip((item, bucket) => seconds(item.value[1]) + '  n ' + count((shown.find(target => item.seriesName.startsWith(target.name)) ?? shown[0])[kind].n[bucket])), series.map(one => one.name)),
      xAxis: timeAxis(),
      yAxis: { type: state.log ? 'log' : 'value', ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: seconds }, splitNumber: 4, ...(state.log ? {} : { min: 0 }) },
      series: [...series, ...marks()],
    };
  };

  const rate = () => {
    // After the last phase nothing is planned: no value, rather than a fall to zero.
    const last = data.phases.at(-1)?.end ?? end;
    const planned = values => values.map((value, at) => at * view.bucket < last ? value : null);
    const sent = planned(perSecond(sum(view.targets.map(target => target.sent))));
    const completed = perSecond(sum(view.targets.map(target => target.completed)));
    const series = [
      ...(view.planned.length ? [line('planned', planned(perSecond(view.planned)), css('soft'), 1.4, [4, 3], { step: 'middle' })] : []),
      line('sent', sent, css('s1'), 1.6), line('completed', completed, css('ok'), 1.8),
    ];
    return {
      ...frame(timeTip(item => count(item.value[1]) + '/s'), series.map(one => one.name)),
      xAxis: timeAxis(), yAxis: { type: 'value', min: 0, ...axisStyle(), splitNumber: 4 }, series: [...series, ...marks()],
    };
  };

  const outcomes = () => {
    const names = [...new Set(view.targets.flatMap(target => Object.keys(target.outcomes)))].filter(name => name !== 'completed');
    // ECharts does not stack on a value axis: each bar reaches to the sum so far, and is painted over by the ones below it.
    const raw = names.map(name => sum(view.targets.map(target => target.outcomes[name] ?? [])));
    const series = names.map((name, at) => ({
      name: name.replaceAll('-', ' '), type: 'bar', barGap: '-100%', itemStyle: { color: css(name) }, emphasis: { disabled: true }, z: 10 - at / 20,
      data: points(sum(raw.slice(0, at + 1)).map((total, bucket) => raw[at][bucket] ? total : null)),
      barWidth: Math.max(1, Math.min(12, 900 / view.buckets - 1)),
    }));
    const base = frame(timeTip((item, bucket) => count(raw[item.seriesIndex][bucket])), series.map(one => one.name));
    return {
      ...base, legend: { ...base.legend, selectedMode: false },
      xAxis: timeAxis(), yAxis: { type: 'value', min: 0, minInterval: 1, max: series.length ? null : 1, ...axisStyle(), splitNumber: 3 },
      series: [...series, ...marks()],
      graphic: series.length ? [] : [{ type: 'text', left: 'center', top: 'middle', style: { text: 'every request completed', fill: css('soft'), fontSize: 13 } }],
    };
  };

  const generator = () => {
    const chosen = view;
    view = everything;
    const series = [
      line('in flight', data.generator.inFlight, css('s1'), 1.6, 'solid', { connectNulls: true }),
      line('CPU', data.generator.cpu, css('s5'), 1.6, 'solid', { yAxisIndex: 1, connectNulls: true }),
    ];
    view = chosen;
    const base = frame(items => tip(clock(items[0].axisValue), items.filter(item => item.value[1] !== null && item.value[1] !== undefined)
      .map(item => [item.color, item.seriesName, item.seriesName === 'CPU' ? count(item.value[1]) + ' cores' : count(item.value[1])])), series.map(one => one.name));
    return {
      ...base, grid: { ...base.grid, right: 44 }, xAxis: timeAxis(),
      yAxis: [{ type: 'value', min: 0, ...axisStyle(), splitNumber: 4 }, { type: 'value', min: 0, ...axisStyle(), splitLine: { show: false }, splitNumber: 4 }],
      series: [...series, ...marks()],
    };
  };

  const memory = () => {
    const points = values => values.map((value, at) => [(at + 0.5) * data.bucket, value]);
    const names = Object.keys(data.memory);
    const most = Math.max(...names.flatMap(name => data.memory[name].filter(value => value !== null)));
    const [unit, word] = most < 2 ** 30 ? [2 ** 20, ' MiB'] : [2 ** 30, ' GiB'];
    const gib = value => +(value / unit).toPrecision(3) + word;
    const step = unit * [1, 2, 5, 10, 20, 50, 100, 200, 500].find(wide => most / unit / wide <= 4);
    const series = names.map((name, at) => ({
      name, type: 'line', data: points(data.memory[name]), showSymbol: false, symbol: 'none', connectNulls: true, emphasis: { disabled: true },
      lineStyle: { color: css('s' + (at % 8 + 1)), width: 1.6 }, itemStyle: { color: css('s' + (at % 8 + 1)) },
    }));
    return {
      ...frame(items => tip(clock(items[0].axisValue), items.filter(item => item.value[1] !== null && item.value[1] !== undefined).map(item => [item.color, item.seriesName, gib(item.value[1])])), names),
      xAxis: timeAxis(), yAxis: { type: 'value', min: 0, ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: gib }, interval: step },
      series: [...series, ...marks()],
    };
  };

  // Servers know no cohorts: whatever is chosen, they are drawn for the whole run.
  const whole = draw => {
    const chosen = view;
    view = everything;
    const options = draw();
    view = chosen;
    return options;
  };

  // What the servers said of themselves, on the axis of everything else.
  const servers = () => {
    const several = data.servers.length > 1;
    const named = (server, what) => several ? `${server.name} ${what}` : what;
    const known = values => values.some(value => value !== null);
    const series = data.servers.flatMap((server, at) => [
      ...(known(server.running) ? [line(named(server, 'running'), server.running, css('s' + (at * 2 % 8 + 1)), 1.6, 'solid', { connectNulls: true })] : []),
      ...(known(server.waiting) ? [line(named(server, 'waiting'), server.waiting, css('s' + (at * 2 % 8 + 2)), 1.6, 'solid', { connectNulls: true })] : []),
      ...(known(server.cache) ? [line(named(server, 'cache'), server.cache, css('s5'), 1.6, [4, 3], { yAxisIndex: 1, connectNulls: true })] : []),
    ]);
    const shares = new Set(series.filter(one => one.yAxisIndex === 1).map(one => one.name));
    const base = frame(timeTip(item => shares.has(item.seriesName) ? percent(item.value[1]) : count(item.value[1])), series.map(one => one.name));
    return {
      ...base, grid: { ...base.grid, right: 44 }, xAxis: timeAxis(),
      yAxis: [{ type: 'value', min: 0, minInterval: 1, ...axisStyle(), splitNumber: 4 },
        { type: 'value', min: 0, max: 1, ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: percent }, splitLine: { show: false }, splitNumber: 4, show: shares.size > 0 }],
      series: [...series, ...marks()],
    };
  };
  const serverTtft = () => {
    const shown = data.servers.filter(server => server.ttft.n), clients = data.targets.filter(target => target.ttft.n);
    const series = [
      ...shown.flatMap((server, at) => ['p50', 'p99'].map(percentile => line(
        `${server.name} ${percentile}`, server.ttft[percentile], css((at === 0 ? 'p' : 'b') + percentile.slice(1)), percentile === 'p99' ? 2 : 1.5, 'solid', { connectNulls: true }))),
      ...clients.flatMap(target => ['p50', 'p99'].map(percentile => line(
        `client, ${target.name} ${percentile}`, target.ttft[percentile], css('soft'), percentile === 'p99' ? 1.6 : 1.2, [5, 3], { connectNulls: true }))),
    ];
    return {
      ...frame(timeTip(item => seconds(item.value[1])), series.map(one => one.name)), xAxis: timeAxis(),
      yAxis: { type: state.log ? 'log' : 'value', ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: seconds }, splitNumber: 4, ...(state.log ? {} : { min: 0 }) },
      series: [...series, ...marks()],
    };
  };

  // x is the number of nines: 0 is the fastest, 1 is p90, 2 is p99.
  const nines = value => value === 0 ? 'p0' : 'p' + +(100 * (1 - Math.pow(10, -value))).toFixed(Math.max(0, Math.ceil(value) - 2));
  const curves = (slices, label, color, second) => {
    const series = slices.map((slice, number) => {
      const curve = slice[state.metric], hue = color(slice, number);
      const last = curve.points.length - 1;
      return {
        name: label(slice), type: 'line', smooth: false, itemStyle: { color: hue }, emphasis: { disabled: true }, symbolKeepAspect: true,
        lineStyle: { color: hue, width: 1.8, type: second(slice) ? [5, 3] : 'solid' },
        data: curve.points.map((point, at) => ({
          value: point, symbolSize: at === last ? 9 : 0,
          symbol: at === last ? (curve.failed ? 'path://M1 0L5 4L9 0L10 1L6 5L10 9L9 10L5 6L1 10L0 9L4 5L0 1Z' : 'circle') : 'none',
        })),
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
  const cohorts = () => {
    const slices = (data.dimensions[state.dimension]?.slices ?? []).filter(slice => slice[state.metric].points.length);
    const several = new Set(slices.map(slice => slice.target)).size > 1;
    const values = [...new Set(slices.map(slice => slice.value))];
    return curves(slices, slice => several ? `${slice.value} (${slice.target})` : slice.value, slice => css('s' + (values.indexOf(slice.value) % 8 + 1)),
      slice => (several && slice.target !== slices[0].target) || values.indexOf(slice.value) >= 8);
  };
  const hdr = () => {
    const slices = view.curves.filter(slice => slice[state.metric].points.length);
    return curves(slices, slice => slice.target, (_, number) => css(number === 0 ? 'p90' : 'b90'), slice => slice !== slices[0]);
  };

  // Rows of a heat map: four to an octave of microseconds, as the histograms of the report have them.
  const rowEdge = row => (row < 4 ? row : (row % 4 + 4) * Math.pow(2, Math.floor(row / 4) - 1)) / 1e6;
  const mix = (low, high, share) => `rgb(${low.map((value, at) => Math.round(value + (high[at] - value) * share)).join(',')})`;
  const rgb = name => css(name).match(/[\d.]+/g).slice(0, 3).map(Number);
  const heat = () => {
    const target = view.targets[Math.min(state.target, view.targets.length - 1)];
    const map = target?.[state.metric + 'Heat'], width = view.bucket * (map?.together ?? 1);
    const cells = [], failed = [];
    let most = 1, low = Infinity, high = 0;
    (map?.columns ?? []).forEach((column, at) => {
      const [first, ...counts] = column;
      counts.forEach((n, up) => {
        if (!n) return;
        most = Math.max(most, n); low = Math.min(low, Math.max(rowEdge(first + up), 1e-6)); high = Math.max(high, rowEdge(first + up + 1));
        cells.push([at * width, (at + 1) * width, Math.max(rowEdge(first + up), 1e-6), rowEdge(first + up + 1), n]);
      });
    });
    for (const [name, values] of Object.entries(target?.outcomes ?? {})) {
      if (name !== 'completed') values.forEach((n, at) => { const column = Math.floor(at / (map.together)); failed[column] = (failed[column] ?? 0) + n; });
    }
    if (!cells.length) [low, high] = [0.001, 1];
    // Decades on a plain axis; what never came stands in a row above the slowest answer.
    const top = Math.log10(high), bottom = Math.log10(low), band = Math.max((top - bottom) * 0.07, 0.05);
    const ticks = [];
    for (let power = Math.floor(bottom); power <= Math.ceil(top); power++) {
      for (const step of top - bottom > 2 ? [1] : [1, 2, 5]) {
        const tick = Math.log10(step) + power;
        if (tick >= bottom && tick <= top) ticks.push(tick);
      }
    }
    const anyFailed = failed.some(n => n);
    if (anyFailed) ticks.push(top + band * 1.1);
    const worst = Math.max(1, ...failed.filter(n => n));
    const [pale, deep, ill, worse] = [rgb('heat-low'), rgb('heat-high'), rgb('heat-failed'), rgb('failed')];
    const rows = [
      ...cells.map(([from, to, less, more, n]) => ({ value: [from, Math.log10(less), to, Math.log10(more), n, 0], itemStyle: { color: mix(pale, deep, Math.log1p(n) / Math.log1p(most)) } })),
      ...failed.flatMap((n, at) => n ? [{ value: [at * width, top + band * 0.6, (at + 1) * width, top + band * 1.6, n, 1], itemStyle: { color: mix(ill, worse, Math.log1p(n) / Math.log1p(worst)) } }] : []),
    ];
    const base = frame(null, []);
    return {
      ...base, legend: { show: false }, grid: { ...base.grid, top: 26 },
      tooltip: {
        ...base.tooltip, trigger: 'item',
        formatter: item => tip(`${clock(item.value[0])} to ${clock(item.value[2])}`, [[item.color, item.value[5] ? 'never answered' : `${seconds(Math.pow(10, item.value[1]))} to ${seconds(Math.pow(10, item.value[3]))}`, count(item.value[4]) + ' requests']]),
      },
      xAxis: timeAxis(),
      yAxis: {
        type: 'value', min: bottom, max: top + (anyFailed ? band * 1.8 : 0.02), ...axisStyle(), axisTick: { show: false, customValues: ticks },
        axisLabel: { ...axisStyle().axisLabel, customValues: ticks, formatter: value => value > top + band / 2 ? 'failed' : seconds(Math.pow(10, value)) },
      },
      series: [{
        type: 'custom', name: target?.name ?? '', encode: { x: [0, 2], y: [1, 3] }, clip: true, data: rows, progressive: 0,
        renderItem: (params, api) => {
          const [left, bottomEdge] = api.coord([api.value(0), api.value(1)]), [right, topEdge] = api.coord([api.value(2), api.value(3)]);
          return { type: 'rect', shape: { x: left, y: topEdge, width: Math.max(right - left, 0.6), height: Math.max(bottomEdge - topEdge, 0.6) }, style: { fill: api.visual('color') } };
        },
      }, ...marks()],
    };
  };

  const options = { ttft: () => latency('ttft'), e2e: () => latency('e2e'), gap: () => latency('gap'), rate, outcomes, generator, cohorts, hdr, heat, memory, servers: () => whole(servers), serverTtft: () => whole(serverTtft) };

  const draw = () => {
    applyTheme();
    for (const element of document.querySelectorAll('[data-chart]')) {
      const chart = charts.get(element) ?? echarts.init(element, null, { renderer: element.dataset.chart === 'heat' ? 'canvas' : 'svg' });
      charts.set(element, chart);
      // A chart on the time axis is higher by its lanes.
      const timed = !['hdr', 'cohorts'].includes(element.dataset.chart);
      lanes = lanesOf(element);
      element.dataset.height ??= element.clientHeight;
      const high = +element.dataset.height + (timed ? lanes.rows * lane : 0);
      if (element.clientHeight !== high) { element.style.height = high + 'px'; chart.resize({ height: high }); }
      const drawn = options[element.dataset.chart]();
      if (timed) drawn.grid = { ...drawn.grid, top: drawn.grid.top + lanes.rows * lane };
      chart.setOption(drawn, true);
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
  for (const id of ['cohort-metric', 'heat-metric', 'hdr-metric']) {
    on(id, 'change', event => {
      state.metric = event.target.value;
      for (const other of ['cohort-metric', 'heat-metric', 'hdr-metric']) { const select = document.getElementById(other); if (select) select.value = state.metric; }
      draw();
    });
  }
  on('heat-target', 'change', event => { state.target = +event.target.value; draw(); });
  on('filter', 'change', event => { choose(event.target.value); draw(); });
  for (const copy of document.querySelectorAll('button.copy')) {
    copy.addEventListener('click', async () => {
      const text = copy.parentElement.querySelector('code').textContent;
      try { await navigator.clipboard.writeText(text); } catch {
        // Some browsers give a page from a file no clipboard; the old way needs a selection.
        getSelection().selectAllChildren(copy.parentElement.querySelector('code'));
        document.execCommand('copy');
      }
      copy.textContent = 'Copied';
      setTimeout(() => { copy.textContent = 'Copy'; }, 2000);
    });
  }
  const filter = document.getElementById('filter');
  if (filter) filter.value = '';
  const button = document.getElementById('theme');
  const nameTheme = () => { button.textContent = { system: 'Auto', light: 'Light', dark: 'Dark' }[state.theme]; button.setAttribute('aria-label', 'Colours: ' + state.theme); };
  button.addEventListener('click', () => { state.theme = choices[(choices.indexOf(state.theme) + 1) % 3]; nameTheme(); draw(); });
  dark.addEventListener('change', draw);
  let waiting = 0;
  addEventListener('resize', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(resize); });
  addEventListener('beforeprint', () => {
    state.print = true; applyTheme();
    for (const draft of document.querySelectorAll('details.draft:not([open])')) { draft.open = true; draft.dataset.printed = 'true'; }
    for (const [element, chart] of charts) chart.resize({ width: Math.min(element.clientWidth, 700) });
    draw();
  });
  addEventListener('afterprint', () => {
    state.print = false;
    for (const draft of document.querySelectorAll('[data-printed]')) { draft.open = false; delete draft.dataset.printed; }
    for (const chart of charts.values()) chart.resize({ width: 'auto' });
    draw();
  });

  for (const id of ['cohort-metric', 'heat-metric', 'hdr-metric']) { const select = document.getElementById(id); if (select) select.value = state.metric; }
  nameTheme();
  showDimension();
  draw();
  // For the benchmark: milliseconds from the opening of the file until everything stands.
  root.dataset.readyAfter = Math.round(performance.now());
  root.dataset.ready = 'true';
})();
