import test from 'ava';
import { barChart, decades, lineChart, steps } from './chart.ts';

const scales = [
  { most: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  { most: 33, ticks: [0, 10, 20, 30, 40] },
  { most: 0.15, ticks: [0, 0.05, 0.1, 0.15] },
  { most: 4958, ticks: [0, 1000, 2000, 3000, 4000, 5000] },
] as const;

for (const { most, ticks } of scales) {
  test(`An axis up to ${most} has round steps`, (t) => {
    t.deepEqual(steps(most), [...ticks]);
  });
}

test('A logarithmic axis goes from one power of ten to another', (t) => {
  t.deepEqual(decades(10, 5000), [10, 100, 1000, 10_000]);
  t.deepEqual(decades(0.02, 0.05), [0.01, 0.1]);
  t.deepEqual(decades(1, 1), [1, 10]);
});

test('A line’s ends lie in the corners of the axes', (t) => {
  const series = [
    {
      name: 'one',
      points: [
        { x: 0, y: 0 },
        { x: 10, y: 10 },
      ],
    },
  ];
  const svg = lineChart({ title: 'a', x: 'x', y: 'y', series });
  t.true(svg.includes('points="70,368 570,44"'), svg);
});

test('On logarithmic axes every ten times is as far', (t) => {
  const points = [1, 10, 100].map((x) => ({ x, y: x }));
  const svg = lineChart({
    title: 'a',
    x: 'x',
    y: 'y',
    logX: true,
    logY: true,
    series: [{ name: 'one', points }],
  });
  t.true(svg.includes('points="70,368 320,206 570,44"'), svg);
});

test('Dashes have no dots, and names are no markup', (t) => {
  const points = [
    { x: 1, y: 1 },
    { x: 2, y: 2 },
  ];
  const svg = lineChart({
    title: 'a < b & "c"',
    x: 'x',
    y: 'y',
    series: [{ name: 'limit', points, dashed: true }],
  });
  t.true(svg.includes('<title>a &#60; b &#38; &#34;c&#34;</title>'));
  t.true(svg.includes('stroke-dasharray'));
  t.false(svg.includes('<circle'));
});

test('The longest bar takes the width, and one over its limit has another colour', (t) => {
  const bars = [
    { name: 'slow', value: 200, limit: 100 },
    { name: 'fast', value: 50, limit: 100 },
  ];
  const svg = barChart({ title: 'looks', unit: 'ms', bars });
  t.true(svg.includes('<rect x="250" y="44" width="400" height="18" fill="#d55e00"/>'), svg);
  t.true(svg.includes('<rect x="250" y="72" width="100" height="18" fill="#0072b2"/>'), svg);
  t.true(svg.includes('200 ms'));
});
