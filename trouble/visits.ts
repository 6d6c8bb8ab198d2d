// What visitors of a shop do, one function each; each says whether it went as it should.

import type { Chance } from './chance.ts';
import { spoiled } from './spoil.ts';

export interface Visit {
  ask(path: string, init?: RequestInit): Promise<Response>;
  readonly photo: Uint8Array<ArrayBuffer>;
  readonly chance: Chance;
  readonly reference: string;
  formOf(fields: Readonly<Record<string, string>>, ...files: readonly Uint8Array<ArrayBuffer>[]): FormData;
}

interface Made {
  readonly job: string;
  readonly token: string;
  readonly check_url: string;
  readonly events_url: string;
}

const WELL = 'as it should be';

export const visits: Readonly<Record<string, (visit: Visit) => Promise<string>>> = {
  'photo, events, files, deletion': async (visit) => {
    const made = await makeJob(visit);
    const token = { 'x-job-token': made.token };
    const events = await (await visit.ask(made.events_url, { headers: token })).text();
    if (!events.includes('event: completed')) return `events ended with ${events.slice(-200)}`;
    const file = await visit.ask(`${made.check_url}/files/cutout.webp?background=%23ff0000`, {
      headers: token,
    });
    await file.arrayBuffer();
    const zip = await visit.ask(`${made.check_url}/result.zip`, { headers: token });
    await zip.arrayBuffer();
    const gone = await visit.ask(made.check_url, { method: 'DELETE', headers: token });
    const statuses = `${file.status} ${zip.status} ${gone.status}`;
    return statuses === '200 200 204' ? WELL : statuses;
  },
  'photo, second thoughts': async (visit) => {
    const made = await makeJob(visit);
    const token = { 'x-job-token': made.token };
    const leaving = new AbortController();
    const events = visit.ask(made.events_url, { headers: token, signal: leaving.signal });
    await (await events).body?.getReader().read();
    leaving.abort();
    const gone = await visit.ask(made.check_url, { method: 'DELETE', headers: token });
    return gone.status === 204 ? WELL : String(gone.status);
  },
  'cut-out at once': async ({ ask, formOf, photo }) => {
    const image = new Blob([photo]);
    const body = formOf({});
    body.append('image_file', image, 'x.jpg');
    const answer = await ask('/v1.0/removebg', { method: 'POST', body });
    await answer.arrayBuffer();
    return answer.status === 200 ? WELL : String(answer.status);
  },
  'a damaged photo': async ({ ask, formOf, photo, chance }) => {
    const answer = await ask('/api/background-removal/remove', {
      method: 'POST',
      body: formOf({}, spoiled(photo, chance)),
    });
    await answer.arrayBuffer();
    return [200, 400, 413, 422].includes(answer.status) ? WELL : String(answer.status);
  },
  'looking around': async ({ ask }) => {
    const statuses: number[] = [];
    for (const path of ['/', '/catalogue', '/health', '/openapi.json', `/jobs/${'0'.repeat(32)}`]) {
      const answer = await ask(path);
      await answer.arrayBuffer();
      statuses.push(answer.status);
    }
    return statuses.every((status) => status < 500) ? WELL : statuses.join();
  },
  'a token and an upload URL': async ({ ask, chance, photo }) => {
    const asked = await ask('/jobs/uploads', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ content_type: 'image/jpeg', options: { scale: 1, effects: [] } }),
    });
    const made = (await asked.json()) as Made & {
      readonly upload_url: string;
      readonly method: string;
      readonly headers: Record<string, string>;
    };
    // Some never come back with their photo.
    if (asked.status !== 201 || chance.next() < 0.5)
      return asked.status === 201 ? WELL : String(asked.status);
    const { upload_url: url, method, headers } = made;
    const put = await fetch(url, { method, headers, body: photo });
    await put.arrayBuffer();
    const token = { 'x-job-token': made.token };
    await (await ask(made.events_url, { headers: token })).text();
    const gone = await ask(made.check_url, { method: 'DELETE', headers: token });
    return `${put.status} ${gone.status}` === '200 204' ? WELL : `${put.status} ${gone.status}`;
  },
};

async function makeJob({ ask, formOf, photo, chance, reference }: Visit): Promise<Made> {
  const body = formOf(
    { scale: chance.pick(['1', '1', '2']), effects: chance.pick(['none', 'color']), reference },
    photo,
  );
  const answer = await ask('/jobs', { method: 'POST', body });
  if (answer.status !== 202)
    throw new Error(`POST /jobs was answered ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Made;
}
