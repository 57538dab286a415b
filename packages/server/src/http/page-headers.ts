import type { FastifyReply } from 'fastify';

/** What our pages need of the browser; what they do without, nobody who gets into them has either. */
const needed = ['clipboard-write', 'publickey-credentials-create', 'publickey-credentials-get'];
const unneeded = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];
const permissionsPolicy = [...needed.map((name) => `${name}=(self)`), ...unneeded.map((name) => `${name}=()`)].join(
  ', ',
);

/** A year, in seconds: the browser asks for nothing here over plain HTTP so long (RFC 6797 §6.1.1). */
const strictTransportSecurity = 'max-age=31536000';

/** Whether an answer is a page. */
export function isPage(reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type');
  return typeof type === 'string' && type.startsWith('text/html');
}

/** Sets what every page carries, beside its own content security policy and what every answer carries. */
export function setPageHeaders(reply: FastifyReply, publicUrl: string): void {
  reply
    .header('permissions-policy', permissionsPolicy)
    .header('cross-origin-opener-policy', 'same-origin')
    .header('cross-origin-resource-policy', 'same-origin');
  if (publicUrl.startsWith('https:')) reply.header('strict-transport-security', strictTransportSecurity);
}
