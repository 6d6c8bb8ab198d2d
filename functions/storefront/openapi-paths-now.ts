// The storefront's document: a photo worked on while its caller waits, as the brief has it.
import { wishFields } from '../../shared/job-text.ts';
import type { ApiErrorCode } from './openapi-errors.ts';
import type { OperationSketch } from './openapi-operation.ts';
import { json, location, workHeaders } from './openapi-operation.ts';
import { jobParameter, photoForm } from './openapi-parameters.ts';
import { photoErrors } from './openapi-paths-create.ts';
import { refTo } from './openapi-schemas.ts';
import type { Answer, MediaType, Method, Schema } from './openapi-types.ts';

const tag = 'While you wait';
const cutoutOptions = ['smoothing', 'refine', 'model', 'reference'];
const upscaleOptions = ['scale', 'denoise', 'upscaler', 'max_dimension', 'reference'];
const readErrors: readonly ApiErrorCode[] = [
  ...photoErrors,
  'OPTIONS_INVALID',
  'REQUEST_INVALID',
  'REQUEST_TIMEOUT',
  'MEDIA_TYPE_UNSUPPORTED',
  'QUOTA_EXCEEDED',
  'BUSY',
];
const nowErrors: readonly ApiErrorCode[] = [
  ...readErrors,
  'MODEL_NOT_FOUND',
  'NO_SUBJECT',
  'MODEL_INVALID',
  'INFERENCE_ERROR',
  'MODEL_LOADING',
  'GPU_MEMORY_EXHAUSTED',
  'STAGE_UNAVAILABLE',
  'SHUTTING_DOWN',
  'PROCESSING_TIMEOUT',
  'JOB_NOT_FOUND',
  'INPUT_GONE',
];
const flag = (description: string): Schema => ({ type: 'boolean', default: false, description });
const binary: MediaType = { schema: { type: 'string', format: 'binary' } };
const image = ['image'];
const either = ['image', 'file'];

/** Pictures of some formats, or JSON: an address, or what else the endpoint says. */
function pictures(formats: readonly string[], inJson: Schema): Answer {
  const content = Object.fromEntries(formats.map((type) => [type, binary]));
  return {
    description: 'the picture, or its address where it is large',
    headers: workHeaders,
    content: { ...content, 'application/json': { schema: inJson } },
  };
}

const all = ['image/png', 'image/webp', 'image/jpeg'];
const outputFormat: Schema = { type: 'string', enum: ['png', 'webp', 'jpeg', 'jpg'] };
const processed: Schema = { anyOf: [refTo('Address'), refTo('Processed')] };
const removed: Schema = { anyOf: [refTo('Address'), refTo('Removed')] };

function waiting(sketch: Pick<OperationSketch, 'id' | 'summary' | 'curl'>, form: MediaType, answer: Answer) {
  const body = { 'multipart/form-data': form };
  const common = { tag, who: 'maker', errors: nowErrors, answers: { 200: answer } } as const;
  return { post: { ...common, ...sketch, body } };
}

export function nowPaths(): Record<string, Partial<Record<Method, OperationSketch>>> {
  const curl = '-F image=@dog.jpg -o cutout.png';
  const ofProcess = {
    return_all: flag('where all of the pictures are, as JSON'),
    output_format: outputFormat,
  };
  const processForm = photoForm(either, wishFields, ofProcess);
  return {
    '/api/background-removal/remove': waiting(
      { id: 'removeBackground', summary: 'Cut out, in the photo’s own size', curl },
      photoForm(image, cutoutOptions, { return_base64: flag('the picture within JSON') }),
      pictures(['image/png'], removed),
    ),
    '/remove-background': waiting(
      { id: 'removeBackgroundAs', summary: 'Cut out, in a format of your choice', curl },
      photoForm(either, cutoutOptions, {
        output_format: { type: 'string', enum: ['png', 'webp', 'zip'], default: 'png' },
      }),
      pictures(['image/png', 'image/webp', 'application/zip'], refTo('Address')),
    ),
    '/api/v1/upscale': waiting(
      { id: 'upscale', summary: 'Enlarge', curl: '-F image=@dog.jpg -F scale=2 -o large.jpg' },
      photoForm(either, upscaleOptions, {
        scale: { type: 'integer', enum: [2, 4], default: 2 },
        face_enhance: { type: 'boolean', const: false, description: 'faces are not redrawn' },
        output_format: { ...outputFormat, description: 'else PNG, or JPEG above 4 megapixels' },
      }),
      pictures(all, refTo('Address')),
    ),
    '/api/v2/process': waiting(
      { id: 'process', summary: 'Enlarge and cut out', curl },
      processForm,
      pictures(all, processed),
    ),
    '/api/v2/process-with-effects': waiting(
      {
        id: 'processWithEffects',
        summary: 'Enlarge, cut out and make looks',
        curl: '-F image=@dog.jpg -F return_all=true',
      },
      processForm,
      pictures(all, processed),
    ),
    '/api/background-removal/remove-async': {
      post: {
        id: 'beginRemoval',
        tag,
        who: 'maker',
        summary: 'Cut out, without waiting',
        body: { 'multipart/form-data': photoForm(image, cutoutOptions, {}) },
        answers: {
          202: {
            ...json('BegunTask', 'the task is a job: its id and token open it as one'),
            headers: location,
          },
        },
        errors: readErrors,
        curl: '-F image=@dog.jpg',
      },
    },
    '/api/background-removal/status/{task}': {
      get: {
        id: 'readTask',
        tag,
        who: 'owner',
        summary: 'How far a task is',
        parameters: [{ ...jobParameter, name: 'task', description: 'its id' }],
        answers: { 200: json('Task', 'the task') },
      },
    },
    '/api/background-removal/health': {
      get: {
        id: 'readRemovalHealth',
        tag,
        who: 'anyone',
        summary: 'How the background removal is',
        answers: {
          200: json('RemovalHealth', 'it works, or works worse than it should'),
          503: json('RemovalDown', 'it does not'),
        },
      },
    },
  };
}
