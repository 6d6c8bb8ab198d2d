// What becomes of a finished picture on this machine: framed and set on its background, encoded, written.
import { zipSync } from 'fflate';
import type { Background } from '../../shared/finish.ts';
import { finish } from '../../shared/finish.ts';
import type { FinishOptions } from '../../shared/finish-options.ts';
import type { EncodeOptions } from '../../shared/image/codec.ts';
import { encode, resize } from '../../shared/image/codec.ts';
import { applyFrame, frameOf, scaleBox } from '../../shared/image/frame.ts';
import type { ImageLimits } from '../../shared/image/limits.ts';
import { checkFrame } from '../../shared/image/limits.ts';
import type { Picture } from '../../shared/image/picture.ts';
import { alphaPlane, release, releasePicture, withAlpha } from '../../shared/image/picture.ts';
import { runTiled } from '../../shared/image/run-tiled.ts';
import type { Delivery } from '../../shared/run-pipeline.ts';
import type { Tools } from '../../shared/stage.ts';
import type { ResultFiles } from './result-files.ts';

export interface DeliverPorts {
  readonly options: FinishOptions;
  readonly background: Background | undefined;
  readonly tools: Pick<Tools, 'model' | 'tile' | 'signal'>;
  readonly files: ResultFiles;
  readonly limits: ImageLimits;
  /** Sees every picture as it is delivered, the decoded photo first. */
  show(name: string, picture: Picture): Promise<void>;
}

export interface Delivered {
  deliver(delivery: Delivery): Promise<void>;
  /** To be called when all are delivered: writes the archive, if that is the format. */
  complete(name: string): Promise<void>;
  /** Path of each picture; with `zip` the archive's for all that are in it. */
  readonly paths: ReadonlyMap<string, string>;
  /** Size of the cut-out as delivered. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

const extensions = { png: 'png', webp: 'webp', jpeg: 'jpg' } as const;

export function createDelivery(ports: DeliverPorts): Delivered {
  const { options, tools, files } = ports;
  const paths = new Map<string, string>();
  const archive = new Map<string, Uint8Array>();
  const single = options.format === 'zip' ? 'png' : options.format;
  const encoding: EncodeOptions = { format: single, dpi: options.dpi };
  let size: Delivered['size'];

  return {
    paths,
    get size() {
      return size;
    },
    async deliver({ name, picture, stage, subject }) {
      if (stage === 'photo') return await ports.show(name, picture);
      if (!subject) return await write(name, await encode(picture, encoding));
      const box = scaleBox(subject.box, subject.in, picture);
      const frame = frameOf(picture, box, options);
      checkFrame(frame, ports.limits);
      const isCutout = stage === 'segment';
      if (isCutout && (options.format === 'zip' || options.channels === 'alpha')) {
        const framed = applyFrame(picture, frame);
        size = framed;
        await ports.show(name, framed);
        return await (options.format === 'zip'
          ? pack(name, framed)
          : write(name, await encode(alphaPlane(framed)!, encoding)));
      }
      const finished = await finish(picture, box, options, ports.background, { ...tools, resize });
      if (isCutout) size = finished;
      await ports.show(name, finished);
      await write(name, await encode(finished, encoding));
      if (finished !== picture) releasePicture(finished, picture);
    },
    async complete(name) {
      if (options.format !== 'zip') return;
      // What is in it is compressed already.
      const path = await files.write(`${name}.zip`, zipSync(Object.fromEntries(archive), { level: 0 }));
      for (const picture of paths.keys()) if (picture !== 'upscaled') paths.set(picture, path);
    },
  };

  async function write(name: string, bytes: Uint8Array): Promise<void> {
    const file = `${name}.${extensions[single]}`;
    if (options.format === 'zip' && name !== 'upscaled') {
      archive.set(file, bytes);
      paths.set(name, file);
    } else {
      paths.set(name, await files.write(file, bytes));
      release(bytes);
    }
  }

  /** Colour and matte as two files; colour runs on under the edge, so that JPEG draws no rim around the subject. */
  async function pack(name: string, framed: Picture): Promise<void> {
    const alpha = alphaPlane(framed)!;
    const bled = await runTiled(
      tools.model('bleed'),
      { inputs: { image: withAlpha(framed, undefined), alpha } },
      tools,
    );
    archive.set(
      'color.jpg',
      await encode(withAlpha(bled.image_out!, undefined), { format: 'jpeg', dpi: options.dpi }),
    );
    archive.set('alpha.png', await encode(alpha, { format: 'png', dpi: options.dpi }));
    paths.set(name, 'color.jpg');
  }
}
