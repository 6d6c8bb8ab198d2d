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
footer{padding:0 clamp(.75rem,3vw,2.5rem) 1rem;font-size:.85rem;color:light-dark(#5b5852,#b5b0a8)}
code{font:.95em ui-monospace,monospace;overflow-wrap:anywhere}
`;

const mark = `<svg viewBox="0 0 32 32" aria-hidden="true"><rect x="1.5" y="1.5" width="29" height="29" rx="9" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="4.4 3.2"/><path transform="translate(4 4)" d="M4.6 4.2 9 6.6a9.5 9.5 0 0 1 6 0l4.4-2.4c.5-.3 1.1.1 1.1.7l-.3 8c0 4-3.7 6.9-8.2 6.9s-8.2-2.9-8.2-6.9l-.3-8c0-.6.6-1 1.1-.7Z" fill="currentColor"/></svg>`;

/**
 * @param script the address of the element's module
 * @param fullModels the command that gets them, where small previews serve
 */
export function pageHtml(script: string, fullModels: string | null): string {
  const footer =
    fullModels === null
      ? ''
      : `<footer>Made with small preview models. The full ones: <code>${fullModels}</code></footer>\n`;
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
${footer}<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;
}
