// libvips set up for this process, once: only the loaders named here may run, and its cache is off.
import { availableParallelism } from 'node:os';
import sharp from 'sharp';

const loaders = ['Jpeg', 'Png', 'Webp', 'Heif', 'Nsgif'];

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: loaders.map((name) => `VipsForeignLoad${name}Buffer`) });
// No picture is read twice, so a cache would only hold memory.
sharp.cache(false);
// sharp starts with one thread on glibc, for fear of a fragmenting allocator; pictures here are few and large.
sharp.concurrency(availableParallelism());

export { sharp };
