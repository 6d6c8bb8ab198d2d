// One operation of the document as a section of the reference page.
import type { Html } from './openapi-page-html.ts';
import { html, inline, prose } from './openapi-page-html.ts';
import type { Entry } from './openapi-page-schema.ts';
import { entriesOf, entryList, entryOf, typeOf } from './openapi-page-schema.ts';
import type { Answer, MediaType, Operation, Parameter, RequestBody, Schema } from './openapi-types.ts';

export interface PlacedOperation {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export function operationSection({ path, method, operation }: PlacedOperation): Html {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const [sample] = operation['x-codeSamples'];
  return html`<section class="operation" id="${operationId}">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="route">${badge(method)} <code>${inPieces(path)}</code></p>
${description !== undefined && prose(description)}
<pre class="curl"><code>${sample?.source}</code></pre>
<p class="who">${whoMay(operation)}</p>
${parameterLists(parameters)}
${requestBody && bodySection(requestBody)}
<h4>Answers</h4>
${Object.entries(responses).map(([status, answer]) => answerPart(status, answer))}
</section>`;
}

export function badge(method: string): Html {
  return html`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

/** A long path may break after each slash. */
function inPieces(path: string): Html {
  return html`${path.split(/(?<=\/)/).map((piece) => html`${piece}<wbr>`)}`;
}

const schemeNames: Readonly<Record<string, string>> = {
  key: 'X-API-Key',
  bearer: 'Authorization: Bearer',
  jobToken: 'X-Job-Token',
  jobTokenInUrl: '?token=',
};

function whoMay({ security }: Operation): Html {
  const named = security.flatMap((each) => Object.keys(each));
  if (named.length === 0) return html`Needs no key.`;
  const free = security.some((each) => Object.keys(each).length === 0);
  const list = named.map(
    (name, index) => html`${index > 0 && ', '}<code>${schemeNames[name] ?? name}</code>`,
  );
  return html`<a href="#access">Opened by</a> ${list}${free && ', or nothing'}`;
}

function parameterLists(parameters: readonly Parameter[]): Html {
  const titles = { path: 'Path', query: 'Query', header: 'Headers' };
  const lists = Object.entries(titles).map(([place, title]) => {
    const entries = parameters.filter((parameter) => parameter.in === place).map(entryOf);
    return entries.length > 0 && html`<h4>${title}</h4>${entryList(entries)}`;
  });
  return html`${lists}`;
}

function bodySection({ content }: RequestBody): Html {
  return html`<h4>Body</h4>${Object.entries(content).map(
    ([
      type,
      media,
    ]) => html`<p class="media"><code>${type}</code> ${!hasEntries(media) && typeOf(media.schema ?? {})}</p>
${hasEntries(media) && entryList(entriesOf(media.schema as Schema))}${examplesOf(media)}`,
  )}`;
}

function hasEntries({ schema }: MediaType): boolean {
  return schema?.properties !== undefined;
}

/** What is well is open to see; errors are a line each, with their examples at the page's end. */
function answerPart(status: string, { description, headers = {}, content = {} }: Answer): Html {
  const line = html`<span class="status s${status[0]}">${status}</span> ${errorLinks(content) ?? inline(description)}`;
  if (Number(status) >= 400) return html`<p class="answer">${line}</p>`;
  const entries: Entry[] = Object.entries(headers).map(([name, header]) => ({
    name,
    required: false,
    ...header,
  }));
  return html`<details class="answer"><summary>${line}</summary>
${Object.entries(content).map(
  ([type, media]) =>
    html`<p class="media"><code>${type}</code> ${typeOf(media.schema ?? {})}</p>${examplesOf(media)}`,
)}
<h5>Headers</h5>${entryList(entries.map((entry) => ({ ...entry, required: false })))}</details>`;
}

function errorLinks(content: Readonly<Record<string, MediaType>>): Html | undefined {
  const examples = Object.entries(content['application/json']?.examples ?? {});
  const names = examples.flatMap(([name, example]) => ('$ref' in example ? name : []));
  if (names.length === 0) return undefined;
  return html`${names.map((name) => html`<a href="#${name}"><code>${name}</code></a> `)}`;
}

function examplesOf({ examples = {} }: MediaType): Html {
  const shown = Object.entries(examples).flatMap(([name, example]) =>
    'value' in example ? [{ name, example }] : [],
  );
  return html`${shown.map(({ name, example }) => {
    const isOnly = shown.length === 1;
    return html`${!isOnly && html`<p class="example">${name}</p>`}<pre><code>${textOf(example.value)}</code></pre>`;
  })}`;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
