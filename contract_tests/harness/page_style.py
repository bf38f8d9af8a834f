"""How the page looks: light and dark, on a desk and on a phone, without anything from elsewhere."""

from __future__ import annotations

from .page_elements import Html

# Heat is lightness first, so that it reads without colour; a hole is hatched, so that it does too.
STYLE = Html("""
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1b1f27; --quiet: #5d6675; --line: #dde1e8;
  --good: #12704f; --good-soft: #e2f3eb; --bad: #b3261e; --bad-soft: #fdeceb;
  --warn: #8a5a00; --warn-soft: #fff3d6; --hatch: #f5cf7a; --link: #1f5fbf;
  --l1: #dff2ea; --l2: #b5e0cd; --l3: #7fc9a9; --l4: #36936c; --l5: #0f6547;
  --on-l: #10241b; --on-l4: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151b; --card: #1a1e26; --ink: #e7eaf0; --quiet: #9aa4b4; --line: #2d333f;
    --good: #5fd3a6; --good-soft: #12362a; --bad: #ff8a80; --bad-soft: #40191a;
    --warn: #f2c14e; --warn-soft: #3a2c0a; --hatch: #6b5112; --link: #8ab4f8;
    --l1: #17352b; --l2: #1c4f3e; --l3: #247057; --l4: #3fa981; --l5: #7fe0bb;
    --on-l: #e4f7ef; --on-l4: #06150f;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 76rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .9em; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.35rem; }
h3 { margin: 1.25rem 0 .5rem; font-size: 1.1rem; }
h4 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p { margin: .4rem 0; }
.quiet { color: var(--quiet); font-size: .9rem; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.verdict {
  margin: 0; padding: 1rem 1.25rem; border-radius: 10px; border-left: 8px solid;
  font-size: 1.3rem; font-weight: 650; line-height: 1.35;
}
.verdict.green { background: var(--good-soft); color: var(--good); border-color: var(--good); }
.verdict.red { background: var(--bad-soft); color: var(--bad); border-color: var(--bad); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: .9rem 0; }
.facts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .6rem 1.5rem;
  margin: 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px;
}
.facts .wide { grid-column: 1 / -1; }
dt { color: var(--quiet); font-size: .8rem; }
dd { margin: 0; }
pre {
  margin: .25rem 0; padding: .6rem .75rem; overflow-x: auto; background: var(--page);
  border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; user-select: all;
  max-height: 16em;
}
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; margin-top: 1rem; }
.tile {
  padding: .9rem 1.1rem; background: var(--card); border: 1px solid var(--line);
  border-top: 5px solid var(--good); border-radius: 10px;
}
.tile.red { border-top-color: var(--bad); }
.tile h2 { margin: 0 0 .25rem; font-size: 1.1rem; }
.tile ul { margin: .5rem 0; padding: 0; list-style: none; }
.tile li { margin: .35rem 0; }
.bar {
  display: block; height: .5rem; margin-top: .15rem; overflow: hidden; border-radius: 3px;
  background: repeating-linear-gradient(45deg, var(--hatch) 0 4px, var(--warn-soft) 4px 8px);
}
.fill { display: block; height: 100%; background: var(--l4); }
.bars .bar { display: inline-block; width: 9rem; vertical-align: middle; margin: 0; }
.bars td, .bars th { padding: .2rem .75rem .2rem 0; text-align: left; }
.bars tr:last-child > * { border-top: 2px solid var(--line); font-weight: 650; }
details {
  margin: .6rem 0; padding: .1rem .9rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 8px;
}
summary { padding: .5rem 0; cursor: pointer; }
summary > * { margin-right: .5rem; }
details.rule.error { border-left: 5px solid var(--bad); }
details.warnings details { background: var(--page); }
.badge {
  display: inline-block; padding: 0 .5rem; border-radius: 99px; border: 1px solid var(--line);
  font-size: .82rem; white-space: nowrap;
}
.badge.error { background: var(--bad-soft); color: var(--bad); border-color: currentcolor; }
.badge.hole, .badge.warning { background: var(--warn-soft); color: var(--warn); border-color: currentcolor; }
.badge.full { background: var(--good-soft); color: var(--good); border-color: currentcolor; }
.found { padding-left: 1.4rem; }
.found > li { padding: .4rem 0; border-top: 1px solid var(--line); }
.found details { margin: .2rem 0; background: none; }
.found details pre { margin: .4rem 0; }
.words { white-space: pre-wrap; max-height: 24em; overflow-y: auto; }
.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .88rem; overflow-wrap: normal; }
caption { padding: .2rem 0 .4rem; text-align: left; white-space: nowrap; color: var(--quiet); }
caption b { color: var(--ink); }
th { font-weight: 500; text-align: left; white-space: nowrap; padding: .15rem .5rem; }
thead th { color: var(--quiet); font-size: .82rem; vertical-align: bottom; }
thead th { text-align: center; }
.bars thead th { text-align: left; }
.sideways { writing-mode: vertical-rl; transform: rotate(180deg); }
tbody th { position: sticky; left: 0; background: var(--card); font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .82rem; }
.run > .scroll tbody th, main > section > .scroll tbody th { background: var(--page); }
td { padding: .12rem .1rem; text-align: center; white-space: nowrap; }
tbody tr:hover > * { background: color-mix(in srgb, var(--link) 10%, var(--card)); }
.m {
  display: inline-block; min-width: 1.95rem; margin: 1px; padding: .1rem .2rem; border-radius: 4px;
  text-align: center; font-variant-numeric: tabular-nums; color: var(--on-l);
  border: 1px solid transparent;
}
.m i { font-style: normal; opacity: .8; margin-right: .2rem; }
.l1 { background: var(--l1); } .l2 { background: var(--l2); } .l3 { background: var(--l3); }
.l4 { background: var(--l4); color: var(--on-l4); } .l5 { background: var(--l5); color: var(--on-l4); }
.m.hole {
  color: var(--warn); font-weight: 700; border: 1px dashed var(--warn);
  background: repeating-linear-gradient(45deg, var(--warn-soft) 0 5px, var(--hatch) 5px 7px);
}
.m.excused { color: var(--quiet); border: 1px dotted var(--line); }
.m.unasked { color: var(--quiet); border: 1px solid var(--quiet); }
.m.alien { color: #fff; background: #b3261e; font-weight: 700; }
.notes { margin: .2rem 0 .8rem; padding-left: 1.6rem; color: var(--quiet); font-size: .85rem; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; margin: 0; padding: 0; list-style: none; font-size: .88rem; color: var(--quiet); }
.survivors, .plain { padding-left: 1.2rem; }
body:has(#only-holes:checked) tr.full { display: none; }
@media (max-width: 40rem) {
  body { padding: .9rem .75rem 3rem; }
  .verdict { font-size: 1.1rem; }
  .facts { grid-template-columns: 1fr 1fr; }
  tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 7rem; max-width: 8rem; }
}
@media print { details::details-content { content-visibility: visible; } }
""")
