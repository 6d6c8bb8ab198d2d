// How a finished picture is delivered: what changes its form and not its work, so that none of it is in a job.
import { z } from 'zod';
import type { CliMeta } from './job.ts';

export const deliveryFormats = ['png', 'webp', 'jpeg', 'zip'] as const;
export type DeliveryFormat = (typeof deliveryFormats)[number];

const cli = (meta: CliMeta) => ({ cli: meta });

export const finishOptionsSchema = z.strictObject({
  format: z
    .enum(deliveryFormats)
    .default('png')
    .meta(
      cli({
        flag: 'format',
        value: 'png|webp|jpeg|zip',
        help: 'of the results; jpeg has no transparency, zip holds color.jpg, alpha.png and the looks',
        default: 'png',
      }),
    ),
  background: z
    .string()
    .min(1)
    .optional()
    .meta(
      cli({
        flag: 'background',
        value: "'#rrggbb'|NAME|FILE",
        help: 'a colour, a template or a picture behind the subject',
        default: 'transparent',
      }),
    ),
  match_colors: z
    .boolean()
    .default(false)
    .meta(cli({ flag: 'match-colors', help: 'bring the subject’s colours nearer to the background’s' })),
  crop: z
    .boolean()
    .default(false)
    .meta(cli({ flag: 'crop', help: 'crop to the subject' })),
  margin: z
    .string()
    .regex(/^\d+(\.\d+)?(%|px)$/)
    .default('5%')
    .meta(
      cli({
        flag: 'margin',
        value: '5%|40px',
        help: 'room around a cropped subject, of its longer side or in pixels',
        default: '5%',
      }),
    ),
  shadow: z
    .boolean()
    .default(false)
    .meta(cli({ flag: 'shadow', help: 'a soft shadow under the subject' })),
  channels: z
    .enum(['rgba', 'alpha'])
    .default('rgba')
    .meta(
      cli({
        flag: 'channels',
        value: 'rgba|alpha',
        help: 'the cut-out, or its matte alone as a grey picture',
        default: 'rgba',
      }),
    ),
  dpi: z
    .int()
    .min(36)
    .max(2400)
    .optional()
    .meta(
      cli({
        flag: 'dpi',
        value: 'N',
        help: 'resolution written into PNG and JPEG files, 36–2400',
        default: 'none',
      }),
    ),
  size: z
    .string()
    .regex(/^(?=.*[1-9].*x.*[1-9])\d+(\.\d+)?x\d+(\.\d+)?(cm|mm|in)$/)
    .optional()
    .meta(
      cli({
        flag: 'size',
        value: '20x30cm',
        help: 'say whether the pixels suffice for a print of this size',
        default: 'none',
      }),
    ),
});

export type FinishOptions = z.infer<typeof finishOptionsSchema>;
