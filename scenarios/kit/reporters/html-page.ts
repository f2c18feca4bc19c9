/** Of the HTML report: it follows the reader's light or dark setting. */
export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9de, #3b424c); --dim: light-dark(#5c6670, #9aa5b1); --good: light-dark(#1a7f37, #4ac26b);
  --bad: light-dark(#c4232d, #ff7b72); --skip: light-dark(#8a6100, #e3b341); --request: light-dark(#b9c6d8, #3d4f69); --call: light-dark(#2f6fd0, #79aaff) }
body { font: 14px/1.45 system-ui, sans-serif; margin: 24px; max-width: 1280px }
h1 { font-size: 20px; margin: 0 }
form { display: flex; flex-wrap: wrap; gap: 16px; align-items: baseline; margin: 16px 0 }
input, select { font: inherit; padding: 2px 6px }
table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; border-bottom: 1px solid var(--line); position: sticky; top: 0; background: Canvas }
td, th { padding: 3px 8px; vertical-align: top }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.head td { border-top: 1px solid var(--line) }
button { font: inherit; border: 0; background: none; color: inherit; padding: 0; cursor: pointer; text-align: left }
button::before { content: "\\25B8  "; color: var(--dim) }
button[aria-expanded=true]::before { content: "\\25BE  " }
button:focus-visible { outline: 2px solid var(--call) }
.dim { color: var(--dim) }
.passed { color: var(--good) } .failed { color: var(--bad) } .skipped { color: var(--skip) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid var(--bad); margin: 0; padding: 4px 12px }
ul { margin: 4px 0; padding-left: 20px }
li.passed, li.skipped { color: inherit }
li::marker { content: "\\2713  "; color: var(--good) } li.skipped::marker { content: "?  "; color: var(--skip) }
.timeline { margin: 8px 0 16px; table-layout: fixed; font-size: 13px }
.timeline th { position: static }
.timeline th:nth-child(1) { width: 34% } .timeline th:nth-child(2) { width: 9% } .timeline th:nth-child(3) { width: 12% } .timeline th:nth-child(4) { width: 9% } .timeline th:nth-child(5) { width: 7% }
.timeline td { overflow-wrap: anywhere }
.call td:first-child { padding-left: 28px; color: var(--dim) }
.track { position: relative; height: 1.3em }
.bar { position: absolute; top: .25em; bottom: .25em; border-radius: 2px; min-width: 2px }
.bar.request { background: var(--request) } .bar.ok { background: var(--call) } .bar.error { background: var(--bad) }
`

/** Of the HTML report: the filters, and the lines that open. It begins with the filters of the address, such as `#outcome=failed`. */
export const SCRIPT = `
const fields = ['text', 'outcome', 'folder'].map((id) => document.getElementById(id));
const scenarios = [...document.querySelectorAll('.scenario')];
function filter () {
  const [text, outcome, folder] = fields.map(({ value }) => value.toLowerCase());
  let shown = 0;
  for (const one of scenarios) {
    one.hidden = !(one.textContent.toLowerCase().includes(text) && (!outcome || one.dataset.outcome === outcome) && (!folder || one.dataset.folder.toLowerCase() === folder));
    if (!one.hidden) shown++;
  }
  document.getElementById('shown').textContent = shown + ' of ' + scenarios.length;
}
for (const [name, value] of new URLSearchParams(location.hash.slice(1))) { const field = fields.find(({ id }) => id === name); if (field) field.value = value; }
document.querySelector('form').addEventListener('input', filter);
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
for (const button of document.querySelectorAll('.scenario button')) {
  button.addEventListener('click', () => {
    const more = button.closest('tbody').querySelector('.more');
    more.hidden = !more.hidden;
    button.setAttribute('aria-expanded', String(!more.hidden));
  });
}
filter();
`
