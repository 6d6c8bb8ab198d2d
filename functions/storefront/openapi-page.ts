// The reference page: the document as one page of HTML that needs no script, no other file and no other host.
import { Html, html, inline, prose } from './openapi-page-html.ts';
import type { PlacedOperation } from './openapi-page-operation.ts';
import { badge, operationSection, textOf } from './openapi-page-operation.ts';
import { entriesOf, entryList } from './openapi-page-schema.ts';
import { pageStyle } from './openapi-page-style.ts';
import type { OpenApiDocument } from './openapi-types.ts';

/** @returns the same for the same document; its one style is `pageStyle` */
export function referencePage(document: OpenApiDocument): string {
  const { info, components } = document;
  const groups = groupsOf(document);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} ${info.version}: the API</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<header>
<h1>${info.title} <small>${info.version}</small></h1>
<p class="summary">${info.summary}</p>
</header>
<nav>${contents(groups)}</nav>
<main>
<section id="start">
${prose(info.description)}
<p>In the lines below <code>CUTLINE</code> is this service’s address, and <code>JOB</code> and <code>TOKEN</code> are <code>job</code> and <code>token</code> of the answer that began a job. The same in a form for machines: <a href="openapi.json">openapi.json</a>.</p>
</section>
${accessSection(document)}
${groups.map(
  ({ name, description, operations }) => html`<section class="group" id="${anchorOf(name)}">
<h2>${name}</h2><p>${description}</p>${operations.map(operationSection)}</section>`,
)}
<section class="group" id="schemas"><h2>Schemas</h2>${Object.entries(components.schemas).map(
    ([name, schema]) => html`<details class="schema" id="${name}"><summary><code>${name}</code></summary>
${typeof schema.description === 'string' && html`<p>${schema.description}</p>`}${entryList(entriesOf(schema))}</details>`,
  )}</section>
${errorsSection(document)}
</main>
</body>
</html>
`;
  return page.text;
}

interface Group {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly PlacedOperation[];
}

function groupsOf({ tags, paths }: OpenApiDocument): Group[] {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  return tags.map((tag) => ({
    ...tag,
    operations: all.filter(({ operation }) => operation.tags[0] === tag.name),
  }));
}

function contents(groups: readonly Group[]): Html {
  const more = [
    ['#access', 'Keys and tokens'],
    ['#schemas', 'Schemas'],
    ['#errors', 'Errors'],
  ] as const;
  return html`<details><summary>Contents</summary>
${groups.map(
  ({ name, operations }) => html`<p><a href="#${anchorOf(name)}">${name}</a></p>
<ul>${operations.map(
    ({ method, operation }) =>
      html`<li><a href="#${operation.operationId}">${badge(method)} <span>${operation.summary}</span></a></li>`,
  )}</ul>`,
)}
${more.map(([href, name]) => html`<p><a href="${href}">${name}</a></p>`)}</details>`;
}

function accessSection({ components }: OpenApiDocument): Html {
  const schemes = Object.values(components.securitySchemes).map(
    ({ name, scheme, in: place, description }) => {
      const where =
        scheme === 'bearer' ? 'Authorization: Bearer …' : place === 'query' ? `?${name}=…` : `${name}: …`;
      return html`<div><dt><code>${where}</code></dt><dd>${description}</dd></div>`;
    },
  );
  return html`<section class="group" id="access"><h2>Keys and tokens</h2><dl class="entries">${schemes}</dl></section>`;
}

function errorsSection({ components }: OpenApiDocument): Html {
  const errors = Object.entries(components.examples).map(
    ([name, { summary = '', value }]) => html`<details class="schema" id="${name}">
<summary><code>${name}</code> <span>${inline(summary)}</span></summary><pre><code>${textOf(value)}</code></pre></details>`,
  );
  return html`<section class="group" id="errors"><h2>Errors</h2>${errors}</section>`;
}

function anchorOf(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-');
}
