const meta = document.querySelector<HTMLMetaElement>('meta[name="keywright-style-nonce"]');

/** What the page's policy lets styles in by: the server writes another one into each answer (CSP Level 3 §6.7.3). */
const nonce = meta?.content ?? '';

// Gone from the document, as browsers hide it on elements.
meta?.remove();

/** For Mantine's own styles. */
export function getStyleNonce(): string {
  return nonce;
}

/** For the styles with which dialogues keep the page behind from scrolling: their library looks for this name. */
export function publishStyleNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: nonce });
}
