import { escapeHtml } from '../domain/escape-html.ts';
import type { MailBlock } from './mail-text.ts';

/** The parts of a mail as HTML needs them. */
export interface HtmlMail {
  readonly language: string;
  readonly subject: string;
  readonly greeting: string;
  readonly blocks: readonly MailBlock[];
  readonly unasked: string;
  readonly orOpen: string;
  readonly footer: string;
}

// Programs that read mail keep styles in attributes; those that know of dark colours read the style element too.
const darkStyle =
  '@media(prefers-color-scheme:dark){.page{background:#0f1419!important;color:#e6edf3!important}.button{background:#7ab8ff!important;color:#0b1a2b!important}.quiet{color:#a3adb8!important}.panel{background:#1a2129!important}a{color:#7ab8ff!important}a.button{color:#0b1a2b!important}}';
const styles = {
  page: 'margin:0;padding:24px 16px;background:#ffffff;color:#1c2128;font:16px/1.55 system-ui,-apple-system,Segoe UI,Roboto,sans-serif',
  column: 'max-width:560px;margin:0 auto;overflow-wrap:anywhere',
  text: 'margin:0 0 16px',
  button:
    'display:inline-block;padding:10px 20px;border-radius:6px;background:#0a58b0;color:#ffffff;font-weight:600;text-decoration:none',
  code: 'margin:0 0 16px;padding:12px 16px;border-radius:6px;background:#f5f7f9;font:600 26px/1.3 ui-monospace,Consolas,monospace;letter-spacing:4px',
  facts: 'margin:0 0 16px;border-collapse:collapse',
  label: 'padding:2px 16px 2px 0;text-align:left;vertical-align:top;font-weight:400;color:#57606a',
  value: 'padding:2px 0;vertical-align:top',
  quiet: 'margin:0 0 16px;font-size:14px;color:#57606a',
} as const;

/** A whole page that loads nothing from anywhere. */
export function renderHtml(mail: HtmlMail): string {
  const blocks = mail.blocks.map((block) => renderBlock(block, mail.orOpen)).join('\n');
  return `<!doctype html>
<html lang="${escapeHtml(mail.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(mail.subject)}</title>
<style>${darkStyle}</style>
</head>
<body class="page" style="${styles.page}">
<div style="${styles.column}">
<p style="${styles.text}">${escapeHtml(mail.greeting)}</p>
${blocks}
<p style="${styles.text}">${escapeHtml(mail.unasked)}</p>
<p class="quiet" style="${styles.quiet}">${escapeHtml(mail.footer)}</p>
</div>
</body>
</html>
`;
}

function renderBlock(block: MailBlock, orOpen: string): string {
  switch (block.kind) {
    case 'text':
      return `<p style="${styles.text}">${escapeHtml(block.text)}</p>`;
    case 'code':
      return `<p class="panel" style="${styles.code}">${escapeHtml(block.code)}</p>`;
    case 'link': {
      const url = escapeHtml(block.url);
      return `<p style="${styles.text}"><a class="button" href="${url}" style="${styles.button}">${escapeHtml(block.label)}</a></p>
<p class="quiet" style="${styles.quiet}">${escapeHtml(orOpen)} <a href="${url}">${url}</a></p>`;
    }
    case 'facts': {
      const rows = block.facts.map(
        ([label, value]) =>
          `<tr><th class="quiet" scope="row" style="${styles.label}">${escapeHtml(label)}</th><td style="${styles.value}">${escapeHtml(value)}</td></tr>`,
      );
      return `<table style="${styles.facts}">\n${rows.join('\n')}\n</table>`;
    }
  }
}
