// How a case outside a test says what is wrong.

/** @throws naming what it is about */
export function expectSame(what: string, expected: unknown, received: unknown): void {
  const [one, other] = [JSON.stringify(expected), JSON.stringify(received)];
  if (one !== other) throw new Error(`Expected ${one} for ${what} but received ${other}`);
}
