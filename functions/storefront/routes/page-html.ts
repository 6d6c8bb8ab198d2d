// The document around `<cutline-studio>` where it is a page of its own.

export const pageStyle = `
:root{color-scheme:light dark}
html,body{height:100%;margin:0}
body{display:flex;flex-direction:column;min-height:100dvh;background:light-dark(#f6f5f2,#121211);color:light-dark(#1c1b19,#f2f0ec);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{display:flex;align-items:center;gap:.6rem;padding:1rem clamp(1rem,3vw,2.5rem) 0}
h1{margin:0;font-size:1.05rem;font-weight:650;letter-spacing:-.01em}
header svg{inline-size:1.6rem;block-size:1.6rem}
main{flex:1;display:flex;flex-direction:column;padding:.75rem clamp(.75rem,3vw,2.5rem) 1.25rem}
cutline-studio{flex:1;display:block}
cutline-studio:not(:defined){visibility:hidden}
noscript{padding:2rem;text-align:center}
`;

const mark = `<svg viewBox="0 0 32 32" fill="none" aria-hidden="true"><rect x="1.5" y="1.5" width="29" height="29" rx="8" stroke="currentColor" stroke-width="2" stroke-dasharray="4.2 3.4"/><path d="M8 24c0-7 3-12 8-12s8 5 8 12z" fill="currentColor"/><circle cx="10.5" cy="9.5" r="2.6" fill="currentColor"/><circle cx="21.5" cy="9.5" r="2.6" fill="currentColor"/></svg>`;

/** @param script the address of the element's module */
export function pageHtml(script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>Cutline</title>
<meta name="description" content="Turn a photo into a print-ready picture: cleaned, enlarged and cut out.">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f5f2">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#121211">
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
<script type="module" src="${script}"></script>
</head>
<body>
<header>${mark}<h1>Cutline</h1></header>
<main><cutline-studio print></cutline-studio></main>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;
}
