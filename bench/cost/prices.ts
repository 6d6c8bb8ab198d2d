// The dated table of prices, in US dollars, without free tiers, discounts and taxes. What nobody could look up at the
// vendor's own page says so: prices change, and the page behind `source` counts.

export interface Price {
  readonly dollars: number;
  readonly per: string;
  readonly source: string;
  /** Year and month of the report; a stored copy of a page does not always say when it was made. Looked up in 2026-11. */
  readonly date: string;
  /** vendor: on a stored copy of the vendor's page. second hand: somebody else's report of it. unverified: neither. */
  readonly standing: 'vendor' | 'second hand' | 'unverified';
  readonly note?: string;
}

const RUN = 'https://cloud.google.com/run/pricing';
const STORAGE = 'https://cloud.google.com/storage/pricing';

/** While an instance lives, because one with a GPU is billed by the instance. Regions of tier 1, no zonal redundancy. */
export const prices = {
  gpuSecond: {
    dollars: 0.0001867,
    per: 'L4-second without zonal redundancy',
    source: RUN,
    date: '2026-08',
    standing: 'second hand',
    note: 'SKUs of us-central1 as two public repositories report them (2026-04 and 2026-08); $0.672 an hour',
  },
  cpuSecond: {
    dollars: 0.000018,
    per: 'vCPU-second, billed by the instance',
    source: RUN,
    date: '2026-08',
    standing: 'vendor',
  },
  memorySecond: {
    dollars: 0.000002,
    per: 'GiB-second, billed by the instance',
    source: RUN,
    date: '2026-08',
    standing: 'second hand',
  },
  requestCpuSecond: {
    dollars: 0.000024,
    per: 'vCPU-second, billed by the request',
    source: RUN,
    date: '2026-04',
    standing: 'vendor',
  },
  requestMemorySecond: {
    dollars: 0.0000025,
    per: 'GiB-second, billed by the request',
    source: RUN,
    date: '2026-04',
    standing: 'second hand',
  },
  request: { dollars: 0.4e-6, per: 'request', source: RUN, date: '2026-04', standing: 'second hand' },
  messageKib: {
    dollars: 40 / 2 ** 30,
    per: 'KiB through Pub/Sub ($40 a TiB; a message counts as 1 KiB at least, once in and once out)',
    source: 'https://cloud.google.com/pubsub/pricing',
    date: '2026-09',
    standing: 'second hand',
    note: 'transcribed from the page by api-evangelist on 2026-09-20; the first 10 GiB a month are free',
  },
  storageWrite: {
    dollars: 0.005 / 1000,
    per: 'class A operation',
    source: 'https://cloud.google.com/storage/pricing-examples',
    date: 'copy, undated',
    standing: 'vendor',
  },
  storageRead: {
    dollars: 0.0004 / 1000,
    per: 'class B operation',
    source: 'https://cloud.google.com/storage/pricing-examples',
    date: 'copy, undated',
    standing: 'vendor',
  },
  egressGb: {
    dollars: 0.12,
    per: 'GB sent to the Internet',
    source: 'https://cloud.google.com/storage/pricing-examples',
    date: 'copy, undated',
    standing: 'vendor',
    note: 'Americas and EMEA, the first terabyte',
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

export interface Region {
  /** Against tier 1, for Cloud Run. */
  readonly tier: number;
  readonly storageGbMonth: Price;
}

function storage(dollars: number, standing: Price['standing']): Price {
  return { dollars, per: 'GB-month, standard class', source: STORAGE, date: 'copy, undated', standing };
}

/** Where Cloud Run offers an L4; us-central1 and asia-south1 by invitation. */
export const regions = {
  'us-east4': { tier: 1, storageGbMonth: storage(0.023, 'vendor') },
  'us-central1': { tier: 1, storageGbMonth: storage(0.02, 'vendor') },
  'europe-west1': { tier: 1, storageGbMonth: storage(0.02, 'vendor') },
  'europe-west4': { tier: 1, storageGbMonth: storage(0.02, 'unverified') },
  // Tier 2 is said to cost a fifth more (a repository's reading of the page, 2026-04); for the GPU nobody says it.
  'asia-southeast1': { tier: 1.2, storageGbMonth: storage(0.02, 'unverified') },
  'asia-south1': { tier: 1.2, storageGbMonth: storage(0.023, 'unverified') },
} as const satisfies Record<string, Region>;

export type RegionName = keyof typeof regions;

/** What others ask for cutting one photo out: no enlarging, no looks. */
export const peers = {
  'remove.bg': {
    dollars: 0.2,
    per: 'photo',
    source: 'https://www.remove.bg/pricing',
    date: 'not read',
    standing: 'unverified',
    note: 'one credit a photo; what a credit costs depends on the plan: reports of 2026 say $0.05 to $0.23',
  },
  Photoroom: {
    dollars: 0.02,
    per: 'photo',
    source: 'https://www.photoroom.com/api/pricing',
    date: '2026-05',
    standing: 'second hand',
    note: 'Remove Background API, Basic; two independent transcriptions of the page agree',
  },
} as const satisfies Record<string, Price>;
