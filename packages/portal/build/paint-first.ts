import path from 'node:path';
import type { Plugin } from 'vite';

/**
 * Lets browsers paint the document's own shell before the pages' script has come. All that they wait for are the styles and
 * a small file, which runs first and knows the colours that were chosen: a page that turns from light to dark hurts (HTML,
 * "render-blocking mechanism"). Browsers that don't know the attribute paint when they like.
 *
 * @param file what runs first, from the root of the sources
 */
export function paintFirst(file: string): Plugin {
  return {
    name: 'keywright-paint-first',
    apply: 'build',
    buildStart() {
      this.emitFile({ type: 'chunk', id: path.join(import.meta.dirname, '..', file) });
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const chunk = Object.values(bundle).find(
          (output) => output.type === 'chunk' && output.facadeModuleId?.endsWith(file) === true,
        );
        if (chunk === undefined) throw new Error(`The build has no file of its own for ${file}`);
        const first = `<script type="module" blocking="render" crossorigin src="/${chunk.fileName}"></script>\n    `;
        return html.replace('<script type="module"', `${first}<script type="module"`);
      },
    },
  };
}
