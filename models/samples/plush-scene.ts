// Owns: what makes up a picture of a furry toy.

import type { Backdrop } from './backdrop.ts';
import type { CameraPlan } from './camera.ts';
import type { Grade } from './film.ts';
import type { Lights } from './light-volume.ts';
import type { Plush } from './plush.ts';
import type { Table } from './table.ts';

export type PlushScene = {
  name: string;
  width: number;
  height: number;
  plush: Plush;
  hairs: number;
  camera: CameraPlan;
  lights: Lights;
  table: Table;
  backdrop: (width: number, height: number) => Backdrop;
  /** Blurred things need few pixels. */
  backdropScale: number;
  grade: Grade;
};
