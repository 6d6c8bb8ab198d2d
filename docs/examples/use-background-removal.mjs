// A React hook around one photo at a time: a new photo ends the work on the one before.
import { useCallback, useEffect, useRef, useState } from 'react';
import { removeBackground } from './remove-background.mjs';

const nothing = { processedBlob: null, processing: false, error: null, processingTimeMs: null };

/**
 * const { processedBlob, processing, error, removeBackground } = useBackgroundRemoval();
 * <input type="file" accept="image/*" onChange={(event) => removeBackground(event.target.files[0])} />
 *
 * @param {{ endpoint?: string, token?: string, smoothing?: boolean }} [options]
 */
export function useBackgroundRemoval({ endpoint, token, smoothing } = {}) {
  const [state, setState] = useState(nothing);
  const running = useRef(null);

  // Who leaves the page is not worked for any longer.
  useEffect(() => () => running.current?.abort(), []);

  const remove = useCallback(
    async (photo) => {
      running.current?.abort();
      const mine = new AbortController();
      running.current = mine;
      setState({ ...nothing, processing: true });
      try {
        const { signal } = mine;
        const done = await removeBackground(photo, { endpoint, token, smoothing, signal });
        const { blob: processedBlob, processingTimeMs } = done;
        if (!signal.aborted) setState({ ...nothing, processedBlob, processingTimeMs });
      } catch (error) {
        if (!mine.signal.aborted) setState({ ...nothing, error: error.message });
      }
    },
    [endpoint, token, smoothing],
  );

  return { ...state, removeBackground: remove };
}
