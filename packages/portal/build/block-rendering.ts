import type { Plugin } from 'vite';

/**
 * Lets browsers paint nothing before the entry has run (HTML, "render-blocking mechanism"): it knows the colours that were
 * chosen, and a page that turns from light to dark hurts. Browsers that don't know the attribute paint as they always did.
 */
export function blockRenderingUntilReady(): Plugin {
  return {
    name: 'keywright-block-rendering',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
    },
  };
}
