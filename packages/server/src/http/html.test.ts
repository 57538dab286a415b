import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { html, sendPage } from './html.ts';

test('text put into a template can not become markup, in content or in a quoted attribute', () => {
  const evil = `"><script>alert('&')</script>`;
  const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;';
  assert.equal(html`<p title="${evil}">${evil}</p>`.html, `<p title="${escaped}">${escaped}</p>`);
  assert.equal(
    html`<ul>${[evil, 'b'].map((item) => html`<li>${item}</li>`)}</ul>`.html,
    `<ul><li>${escaped}</li><li>b</li></ul>`,
  );
});

test('a page allows its own style by its hash, and nothing else: no script, no frame around it', async (t) => {
  const app = fastify();
  t.after(() => app.close());
  app.get('/', (_request, reply) => sendPage(reply, { title: 'T', body: html`<p>x</p>` }));
  const { headers, body } = await app.inject('/');
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(body) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  assert.equal(
    headers['content-security-policy'],
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  assert.doesNotMatch(body, /<script|style="|unsafe-inline/);
});
