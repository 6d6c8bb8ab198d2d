// Pictures worked on beside each other as long as they are small: large ones would fill the memory with copies and files.

export interface PixelRoom {
  /** Begins the work at once where there is room, else in the order of asking. What is larger than all the room goes alone. */
  run<Result>(pixels: number, work: () => Promise<Result>): Promise<Result>;
}

/**
 * While a picture is encoded it is there a second time, as its file, and while it is framed a third time: so many pixels
 * are delivered at once. Two of the largest results, four of 24 megapixels.
 */
export const PIXELS_AT_ONCE = 100_000_000;

/** @param most pixels that are worked on at once */
export function createPixelRoom(most: number): PixelRoom {
  const queue: { readonly pixels: number; begin(): void }[] = [];
  let taken = 0;
  const fits = (pixels: number): boolean => taken === 0 || taken + pixels <= most;

  return {
    async run(pixels, work) {
      if (queue.length > 0 || !fits(pixels))
        await new Promise<void>((begin) => queue.push({ pixels, begin }));
      else taken += pixels;
      try {
        return await work();
      } finally {
        taken -= pixels;
        admit();
      }
    },
  };

  function admit(): void {
    while (queue.length > 0 && fits(queue[0]!.pixels)) {
      const next = queue.shift()!;
      // Taken here and not when it goes on, so that nobody comes in between.
      taken += next.pixels;
      next.begin();
    }
  }
}
