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
  return centred(frame, room, closeScale(frame, room), look);
}

function closeScale(frame: Pick<Box, 'width' | 'height'>, room: Room): number {
  return Math.max(1, fitted(frame, room).scale * 2);
}

/** Where hair meets what is behind it: the middle of the subject's upper end. */
export function hairOf(frame: Box, subject: Box): Look {
  return {
    x: (subject.left + subject.width / 2 - frame.left) / frame.width,
    y: (subject.top + subject.height * 0.12 - frame.top) / frame.height,
  };
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

/** A close look moved by pixels of the screen; never to where the next move back would show nothing else. */
export function moved(
  look: Look,
  frame: Pick<Box, 'width' | 'height'>,
  room: Room,
  dx: number,
  dy: number,
): Look {
  const scale = closeScale(frame, room);
  const within = (share: number, side: number, of: number): number => {
    const edge = Math.min(0.5, of / 2 / (side * scale));
    return Math.min(1 - edge, Math.max(edge, share));
  };
  return {
    x: within(look.x - dx / (frame.width * scale), frame.width, room.width),
    y: within(look.y - dy / (frame.height * scale), frame.height, room.height),
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
