// A text that may be longer than a line.
import test from 'ava';
import { form, formType } from '../testing/multipart-form.ts';
import { serveMultipart } from '../testing/multipart-server.ts';
import { head } from '../testing/raw-http.ts';

test('Only the text that may be long is, and only so long', async (t) => {
  const server = await serveMultipart(t, { longFields: { scale: 12_000 } });
  const said = async (name: string, bytes: number): Promise<string> => {
    const body = form({ name, data: 'x'.repeat(bytes) });
    return (await server.send([head('POST', '/', { 'Content-Type': formType }, body.length), body])).text;
  };
  t.is(await said('scale', 12_000), '0 files, 1 fields');
  t.regex(await said('scale', 12_001), /scale: expected at most 12000 bytes/);
  t.is(await said('reference', 8192), '0 files, 1 fields');
  t.regex(await said('reference', 8193), /reference: expected at most 8192 bytes/);
});
