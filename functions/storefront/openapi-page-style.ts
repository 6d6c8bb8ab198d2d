// How the reference page looks, by light and by dark, from 320 pixels on.
export const pageStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1c1e21, #e6e7e9); --soft: light-dark(#5b6169, #a2a8b0);
  --paper: light-dark(#fff, #16181b); --tint: light-dark(#f4f5f7, #1f2226); --line: light-dark(#dfe2e6, #33383e);
  --link: light-dark(#0b57d0, #8ab4f8); --get: light-dark(#0b6e4f, #5fd3a6); --post: light-dark(#0b57d0, #8ab4f8);
  --put: light-dark(#8a5a00, #f0c060); --delete: light-dark(#b3261e, #f2a29b); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 78rem; padding: 0 1rem 6rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
header { padding: 2.5rem 0 1rem; }
h1 { margin: 0; font-size: 2.2rem; line-height: 1.1; letter-spacing: -.02em; }
h1 small { font-size: 1rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.summary { margin: .4rem 0 0; color: var(--soft); font-size: 1.1rem; }
h2 { margin: 0; font-size: 1.5rem; letter-spacing: -.01em; }
h3 { margin: 0; font-size: 1.15rem; }
h3 a { color: inherit; }
h4, h5 { margin: 1.5rem 0 .4rem; font-size: .78rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); }
p { margin: .6rem 0; max-width: 44rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875em; }
p > code, dd > code { background: var(--tint); border-radius: .25rem; padding: .1em .3em; }
pre { margin: .6rem 0; padding: .8rem 1rem; background: var(--tint); border: 1px solid var(--line); border-radius: .5rem;
  overflow: auto; max-height: 26rem; line-height: 1.45; overflow-wrap: normal; }
pre code { font-size: .8125rem; }
pre.curl { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--link); }
.group { margin-top: 3.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
.operation { margin-top: 2.5rem; }
.operation + .operation { padding-top: 2.5rem; border-top: 1px dashed var(--line); }
.route { margin: .4rem 0 .8rem; }
.route > code { background: none; padding: 0; font-size: .95rem; }
.method { display: inline-block; min-width: 3.4rem; padding: .1rem .35rem; border: 1px solid currentColor; border-radius: .3rem;
  font: 600 .68rem/1.4 ui-monospace, monospace; text-align: center; vertical-align: .12em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .delete { color: var(--delete); }
.who { color: var(--soft); font-size: .92rem; }
.media { margin: .8rem 0 .3rem; }
.example { margin: .8rem 0 -.3rem; color: var(--soft); font-size: .9rem; }
.entries { margin: .3rem 0; border-top: 1px solid var(--line); }
.entries > div { padding: .5rem 0; border-bottom: 1px solid var(--line); }
dt code { font-weight: 600; }
dt b { margin-left: .3rem; font-size: .78rem; font-weight: 600; color: var(--delete); }
dd { margin: .1rem 0 0; color: var(--soft); max-width: 44rem; }
.type { color: var(--soft); font-size: .9rem; }
.default { margin-left: .5rem; color: var(--soft); font-size: .85rem; font-style: italic; }
dd details > .entries { margin-left: .8rem; }
summary { cursor: pointer; }
dd summary { font-size: .9rem; color: var(--link); }
.answer { margin: .35rem 0; }
p.answer { padding-left: 3.3rem; text-indent: -3.3rem; }
.answer a { font-size: .9rem; }
.status { text-indent: 0; display: inline-block; min-width: 2.6rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.s2, .s3 { color: var(--get); } .s4 { color: var(--put); } .s5 { color: var(--delete); }
.schema { padding: .55rem 0; border-bottom: 1px solid var(--line); }
.schema summary span { color: var(--soft); font-size: .9rem; }
nav { font-size: .92rem; }
nav summary { padding: .5rem 0; font-weight: 600; }
nav p { margin: .9rem 0 .2rem; font-weight: 600; }
nav p a { color: inherit; }
nav ul { margin: 0; padding: 0; list-style: none; }
nav li a { display: flex; gap: .6rem; align-items: baseline; padding: .22rem 0; color: var(--soft); }
nav li a:hover span { color: var(--link); }
nav .method { min-width: 2.9rem; font-size: .6rem; padding: .05rem .2rem; border-color: transparent; text-align: left; }
@media (min-width: 62rem) {
  body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); column-gap: 3.5rem; }
  header { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: .5rem 0 2rem; }
  @supports selector(::details-content) {
    nav summary { display: none; }
    nav details::details-content { content-visibility: visible; display: block; }
  }
  main > :first-child { margin-top: 0; }
  .entries > div { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); column-gap: 1.5rem; }
  dd .entries > div { display: block; }
  dd { margin: 0; }
}
@media print { nav { display: none; } }
`;
