import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { escapeHtml } from '../domain/escape-html.ts';
import type { Language } from '../domain/mail-port.ts';

/** Text that is HTML already, and goes into a page as it is. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template: HTML, several pieces of it, or text, which is escaped. */
type Part = Html | readonly Html[] | string | number;

function render(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}

/** Makes HTML of a template; every text put into it is escaped, for content and for quoted attributes. */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: template.reduce((all, text, index) => all + render(parts[index - 1] ?? '') + text) };
}

/** A page without script, as the portal's look, in the colours that the reader's system prefers. */
const style = `
:root{color-scheme:light dark;--text:#182026;--muted:#586571;--page:#f7f9fa;--panel:#fff;--sunken:#eff2f4;--line:#e4e9ed;--edge:#94a1ad;--link:#0b6774;--accent:#0b6774;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#e4e9ed;--muted:#9ba7b2;--page:#101418;--panel:#151a1f;--sunken:#1e252c;--line:#2b343c;--edge:#75828e;--link:#57b2bd;--accent:#12798a;--bad:#f0776b}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:.9375rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere}
header{display:flex;align-items:center;gap:.6rem;padding:1rem 1.25rem;font-weight:650}
header a{display:flex;align-items:center;gap:.6rem;color:inherit;text-decoration:none}
main{max-width:60rem;margin:0 auto;padding:.5rem 1.25rem 4rem}
main.narrow{width:calc(100% - 2rem);max-width:28rem;margin:1.5rem auto 4rem;padding:1.75rem;background:var(--panel);border:1px solid var(--line);border-radius:.875rem;box-shadow:0 1px 3px rgb(16 24 32/8%)}
main.narrow h1{font-size:1.25rem}
h1{font-size:1.5rem;line-height:1.3;font-weight:600;margin:0 0 1rem}h2{font-size:1.125rem;line-height:1.4;font-weight:600;margin:2.5rem 0 .75rem}h3{font-size:.9375rem;font-weight:600;margin:0}h4{font-size:.875rem;font-weight:600;margin:1.2rem 0 .3rem}
main.narrow h2{margin-top:1.5rem}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code,pre{font-family:ui-monospace,"SF Mono","Cascadia Code","Liberation Mono",Menlo,Consolas,monospace;font-size:.9em;background:var(--sunken);border-radius:.2rem}
code{padding:.1em .3em}pre{padding:.8rem;overflow-x:auto;border:1px solid var(--line);border-radius:.4rem}pre code{padding:0;background:none}
.muted{color:var(--muted)}
.operation{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0}
.operation p{margin:.5rem 0}
.verb{display:inline-block;font-weight:700;font-size:.8rem;padding:.1rem .5rem;border-radius:.25rem;background:var(--accent);color:#fff;margin-right:.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid var(--line)}
nav ul{list-style:none;padding:0;columns:16rem}
nav li{break-inside:avoid}nav a{display:inline-block;min-height:1.5rem}
form p{margin:1.1rem 0}
label{display:block;font-size:.875rem;font-weight:550;margin-bottom:.25rem}
input{width:100%;font:inherit;color:inherit;background:var(--panel);border:1px solid var(--edge);border-radius:.4375rem;padding:.4rem .7rem}
input:focus{outline:0;border-color:var(--link);box-shadow:0 0 0 3px color-mix(in srgb,var(--link) 22%,transparent)}
input[aria-invalid=true]{border-color:var(--bad);border-width:2px}
button{font:inherit;font-size:.875rem;font-weight:550;color:#fff;background:var(--accent);border:0;border-radius:.4375rem;padding:.5rem 1.1rem;cursor:pointer}
main.narrow form button{width:100%}
.bad{color:var(--bad);font-weight:600}
.hint{display:block;color:var(--muted);font-size:.8125rem;line-height:1.45;margin-top:.25rem}
`;

const mark = html`<svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b6b77"/><g fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"><circle cx="11.5" cy="16" r="4.5"/><path d="M16 16h9.5M21 16v3.6M25.5 16v4.6"/></g></svg>`;

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
  page: { readonly title: string; readonly body: Html; readonly isNarrow?: boolean; readonly language?: Language },
): FastifyReply {
  const document = html`<!doctype html>
<html lang="${page.language ?? 'en'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title}</title>
<style>${{ html: style }}</style>
</head>
<body>
<header><a href="/">${mark}Keywright</a></header>
<main class="${page.isNarrow === true ? 'narrow' : 'full'}">
${page.body}
</main>
</body>
</html>
`;
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(document.html);
}
