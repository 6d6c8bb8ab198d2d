import test from 'ava';
import type { Attributed } from './settings.ts';
import { readSettings } from './settings.ts';

const element = (attributes: Record<string, string>): Attributed => ({
  getAttribute: (name) => attributes[name] ?? null,
  hasAttribute: (name) => name in attributes,
});

test('What is not said has its default', (t) => {
  const settings = readSettings(element({ endpoint: 'https://a.example/' }));
  t.like(settings, { endpoint: 'https://a.example', scale: 2, print: false, most: 20, theme: undefined });
  t.is(settings.looks, undefined);
  t.is(settings.printSizes[0], '10x15cm');
});

test('What is said is read', (t) => {
  const settings = readSettings(
    element({
      endpoint: 'https://a.example',
      looks: 'color, sketch',
      backgrounds: 'none',
      scale: '4',
      print: '',
      'max-photos': '1',
      lang: 'de',
      theme: 'dark',
      'print-sizes': '8x10in',
      'token-url': '/apps/cutline/tokens',
    }),
  );
  t.deepEqual(settings.looks, ['color', 'sketch']);
  t.deepEqual(settings.backgrounds, []);
  t.deepEqual(settings.languages, ['de']);
  t.deepEqual(settings.printSizes, ['8x10in']);
  t.like(settings, { scale: 4, print: true, most: 1, theme: 'dark', tokenUrl: '/apps/cutline/tokens' });
});

test('What makes no sense is as if it were not said', (t) => {
  const settings = readSettings(
    element({
      endpoint: 'x',
      scale: 'huge',
      'max-photos': '-1',
      theme: 'pink',
      looks: 'all',
      print: 'false',
    }),
  );
  t.like(settings, { scale: 2, most: 20, theme: undefined, print: false });
  t.is(settings.looks, undefined);
});
