import test from 'ava';
import { apiFacts } from '../../shared/testing/api-facts.ts';
import { openApiDocument } from './openapi.ts';
import { referencePage } from './openapi-page.ts';
import { html, inline } from './openapi-page-html.ts';
import { typeOf } from './openapi-page-schema.ts';

test('What is put into HTML stays text', (t) => {
  t.is(html`<p title="${'"'}">${"<b>&'"}</p>`.text, '<p title="&quot;">&lt;b&gt;&amp;&#39;</p>');
  t.is(html`${[html`<i>${1}</i>`, undefined, false, 'x']}`.text, '<i>1</i>x');
  t.is(inline('a `b<` c').text, 'a <code>b&lt;</code> c');
});

test('A name that would be a tag is none on the page', (t) => {
  const page = referencePage(openApiDocument({ ...apiFacts, templates: ['<script>alert(1)</script>'] }));
  t.false(page.includes('<script'));
  t.true(page.includes('&lt;script&gt;'));
});

const types: readonly (readonly [schema: Record<string, unknown>, words: string])[] = [
  [{ type: 'string' }, 'text'],
  [{ type: 'integer', minimum: 36, maximum: 2400 }, 'whole number 36–2400'],
  [{ type: 'integer', minimum: 64 }, 'whole number from 64'],
  [{ enum: [1, 2, 4] }, '1 | 2 | 4'],
  [{ const: 'PUT' }, 'PUT'],
  [{ type: ['string', 'null'] }, 'text or null'],
  [{ type: 'array', items: { type: 'number' } }, 'list of number'],
  [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'by name: true | false'],
  [{ type: 'string', format: 'binary' }, 'file'],
  [{ anyOf: [{ type: 'string' }, { $ref: '#/components/schemas/Job' }] }, 'text or <a href="#Job">Job</a>'],
];

for (const [schema, words] of types) {
  test(`${JSON.stringify(schema)} is ${words}`, (t) => {
    t.is(typeOf(schema).text, `<span class="type">${words}</span>`);
  });
}
