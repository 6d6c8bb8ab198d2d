import test from 'ava';
import type { FakeGcs } from '../testing/fake-gcs.ts';
import { findFakeGcs, startFakeGcs } from '../testing/fake-gcs.ts';
import { contractBuckets, objectStoreContract } from '../testing/object-store-contract.ts';
import { createCloudStorage } from './cloud-storage.ts';

const withServer = findFakeGcs() ? test : test.skip;
const face = findFakeGcs()
  ? 'Cloud Storage'
  : 'Cloud Storage (skipped: no fake-gcs-server, see FAKE_GCS_SERVER)';

let server: FakeGcs | undefined;
test.before(async () => {
  server = await startFakeGcs({ buckets: contractBuckets });
});
test.after.always(() => server?.stop());

objectStoreContract(withServer, face, () => open());

function open() {
  return createCloudStorage({ buckets: contractBuckets, apiEndpoint: server!.endpoint, retries: 0 });
}
