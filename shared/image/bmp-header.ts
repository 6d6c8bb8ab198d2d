// A BMP's size from its header (Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER), which sharp cannot read.

/** BITMAPCOREHEADER's length; all later headers begin with 32-bit sides. */
const CORE_HEADER_BYTES = 12;

/** @throws Error when the header does not make sense or the file is shorter than it promises */
export function bmpSize(file: Uint8Array): { width: number; height: number } {
  if (file.byteLength < 26) throw new Error('Expected a BMP header of 26 bytes or more');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = view.getUint32(14, true);
  const core = headerBytes === CORE_HEADER_BYTES;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  // A negative height means rows from top to bottom.
  const height = core ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  if (width <= 0 || height <= 0) throw new Error(`Expected sides above 0 but received ${width}×${height}`);
  checkLength(view, core, width, height);
  return { width, height };
}

function checkLength(view: DataView, core: boolean, width: number, height: number): void {
  if (view.byteLength < 34) throw new Error('Expected a complete BMP header');
  const compression = core ? 0 : view.getUint32(30, true);
  // Run-length coding (1, 2) has no length known beforehand.
  if (compression === 1 || compression === 2) return;
  const bits = view.getUint16(core ? 24 : 28, true);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const needed = view.getUint32(10, true) + rowBytes * height;
  if (view.byteLength < needed) throw new Error(`Expected ${needed} bytes but received ${view.byteLength}`);
}
