import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Text that is HTML already, and goes into a page as it is. */
export interface Html {
  readonly html: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** What may stand in a template: HTML, several pieces of it, or text, which is escaped. */
type Part = Html | readonly Html[] | string | number;

function render(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}

/** Makes HTML of a template; every text put into it is escaped, for content and for quoted attributes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: template.reduce((all, text, index) => all + render(parts[index - 1] ?? '') + text) };
}

/** A page without script, in the colours that the reader's system prefers. */
const style = `
:root{color-scheme:light dark;--text:#1c2128;--muted:#57606a;--page:#fff;--panel:#f5f7f9;--line:#d0d7de;--accent:#0a58b0;--on-accent:#fff;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--muted:#a3adb8;--page:#0f1419;--panel:#1a2129;--line:#39424d;--accent:#7ab8ff;--on-accent:#0b1a2b;--bad:#ff9c94}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
main.narrow{max-width:30rem}
h1{font-size:1.7rem;line-height:1.25;margin:.5rem 0 1rem}h2{font-size:1.3rem;margin:2.5rem 0 .75rem}h3{font-size:1.05rem;margin:0}h4{font-size:.95rem;margin:1.2rem 0 .3rem}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible,pre:focus-visible,.wide:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
code,pre{font-family:ui-monospace,monospace;font-size:.9em;background:var(--panel);border-radius:.25rem}
code{padding:.1em .3em}pre{padding:.8rem;overflow-x:auto;border:1px solid var(--line)}pre code{padding:0}
.muted{color:var(--muted)}
.operation{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
.operation p{margin:.5rem 0}
.verb{display:inline-block;font-weight:700;font-size:.8rem;padding:.1rem .5rem;border-radius:.25rem;background:var(--accent);color:var(--on-accent);margin-right:.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
nav ul{list-style:none;padding:0;columns:16rem}
form p{margin:1.1rem 0}
label{display:block;font-weight:600;margin-bottom:.25rem}
input{width:100%;font:inherit;color:inherit;background:var(--page);border:1px solid var(--muted);border-radius:.35rem;padding:.55rem .65rem}
input[aria-invalid=true]{border-color:var(--bad);border-width:2px}
button{font:inherit;font-weight:600;color:var(--on-accent);background:var(--accent);border:0;border-radius:.35rem;padding:.65rem 1.2rem;cursor:pointer}
.bad{color:var(--bad);font-weight:600}
.hint{display:block;color:var(--muted);font-size:.9rem}
`;

// The hash is of what stands between the tags, to the byte; nothing else may style or run in a page of ours.
const styleHash = createHash('sha256').update(style).digest('base64');
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers with a page. */
export function sendPage(
  reply: FastifyReply,
  page: { readonly title: string; readonly body: Html; readonly isNarrow?: boolean },
): FastifyReply {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${{ html: style }}</style>
</head>
<body><main class="${page.isNarrow === true ? 'narrow' : 'full'}">
${page.body}
</main></body>
</html>
`;
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(document.html);
}
