declare module '*.css' {
  const text: string;
  export default text;
}

/** Every file of `locales/` by its name, put together by the bundler. */
declare module 'cutline:locales' {
  const locales: Readonly<Record<string, Readonly<Record<string, string>>>>;
  export default locales;
}
