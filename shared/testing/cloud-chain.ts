// The whole chain as in the cloud, on this machine: Pub/Sub's emulator, fake-gcs-server, and each function a process of
// its own under functions-framework, woken by pushes alone.
import { randomBytes } from 'node:crypto';
import type { TestFn } from 'ava';
import type { ObjectInfo, ObjectStore } from '../object-store.ts';
import type { Publisher, Topic } from '../publisher.ts';
import type { JobRecords } from '../job-records.ts';
import { createJobRecords } from '../job-records.ts';
import { formatUri } from '../gs-uri.ts';
import type { Completed, Failed, StageMessage } from '../message.ts';
import type { PubSubOptions } from '../transport/pubsub-client.ts';
import type { ServiceName, Subscription } from '../subscriptions.ts';
import { DEFAULT_PREFIX, serviceNames, subscriptions } from '../subscriptions.ts';
import { createPubSubPublisher } from '../transport/cloud-pubsub.ts';
import { createCloudStorage } from '../transport/cloud-storage.ts';
import { ensureTopology } from '../transport/pubsub-setup.ts';
import type { FunctionProcess, LogLine } from './cloud-function.ts';
import { startFunction } from './cloud-function.ts';
import type { Inbox, Seen } from './cloud-inbox.ts';
import { openInbox } from './cloud-inbox.ts';
import { findFakeGcs, noFakeGcs, startFakeGcs } from './fake-gcs.ts';
import { freePort, noEmulator, startPubSubEmulator } from './pubsub-emulator.ts';
