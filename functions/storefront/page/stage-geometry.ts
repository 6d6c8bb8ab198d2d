// Where a frame lies on the screen: fitted, or looked at pixel by pixel.
import type { Box } from '../../../shared/image/picture.ts';
import type { View } from './paint.ts';

export interface Room {
  /** Device pixels. */
  readonly width: number;
  readonly height: number;
}

/** What is in the middle of the screen, as shares of the frame. */
export interface Look {
  readonly x: number;
  readonly y: number;
}

export function fitted(frame: Pick<Box, 'width' | 'height'>, room: Room): View {
  const scale = Math.min(room.width / frame.width, room.height / frame.height);
  return centred(frame, room, scale, { x: 0.5, y: 0.5 });
}

/** One pixel of the file on one of the screen; at least twice what fits. */
export function close(frame: Pick<Box, 'width' | 'height'>, room: Room, look: Look): View {
  return centred(frame, room, Math.max(1, fitted(frame, room).scale * 2), look);
}

function centred(frame: Pick<Box, 'width' | 'height'>, room: Room, scale: number, look: Look): View {
  return {
    scale,
    left: held(room.width, frame.width * scale, look.x),
    top: held(room.height, frame.height * scale, look.y),
  };
}

/** No room is left empty that the picture could fill. */
function held(room: number, side: number, share: number): number {
  if (side <= room) return Math.round((room - side) / 2);
  return Math.round(Math.min(0, Math.max(room - side, room / 2 - side * share)));
}

/** A look moved by pixels of the screen. */
export function moved(
  look: Look,
  frame: Pick<Box, 'width' | 'height'>,
  view: View,
  dx: number,
  dy: number,
): Look {
  const within = (share: number): number => Math.min(1, Math.max(0, share));
  return {
    x: within(look.x - dx / (frame.width * view.scale)),
    y: within(look.y - dy / (frame.height * view.scale)),
  };
}

/** A point of the screen in the frame's own picture, in its pixels. */
export function pictureAt(
  frame: Box,
  view: View,
  x: number,
  y: number,
): { readonly x: number; readonly y: number } {
  return { x: (x - view.left) / view.scale + frame.left, y: (y - view.top) / view.scale + frame.top };
}
