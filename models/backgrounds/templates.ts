// Owns: the list of templates: name, the words for a menu, where the floor begins, and who
// paints it.

import { paintGarden } from './garden.ts';
import { paintCool, paintSunset, paintWarm } from './gradients.ts';
import { paintLivingRoom } from './living-room.ts';
import type { Painter } from './picture.ts';
import { paintShelfWood } from './shelf-wood.ts';
import { paintDarkStudio, paintGreyStudio, paintPastelStudio, paintWhiteSweep } from './studios.ts';

export type Template = { name: string; title: string; horizon: number | null; paint: Painter };

export const SIZE = 1600;

export const templates: readonly Template[] = [
  { name: 'white-sweep', title: 'White sweep', horizon: 0.72, paint: paintWhiteSweep },
  { name: 'warm-gradient', title: 'Warm gradient', horizon: null, paint: paintWarm },
  { name: 'cool-gradient', title: 'Cool gradient', horizon: null, paint: paintCool },
  { name: 'sunset-gradient', title: 'Sunset', horizon: null, paint: paintSunset },
  { name: 'grey-studio', title: 'Grey studio', horizon: 0.72, paint: paintGreyStudio },
  { name: 'dark-studio', title: 'Dark studio', horizon: 0.72, paint: paintDarkStudio },
  { name: 'pastel-studio', title: 'Blush studio', horizon: 0.68, paint: paintPastelStudio },
  { name: 'garden', title: 'Garden', horizon: 0.69, paint: paintGarden },
  { name: 'living-room', title: 'Living room', horizon: 0.7, paint: paintLivingRoom },
  { name: 'shelf-wood', title: 'Wooden table', horizon: 0.7, paint: paintShelfWood },
];
