import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Service } from '../domain/service.ts';
import { createMetrics } from './metrics.ts';

test('requests are counted by method, route pattern and status, and timed', async () => {
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  const meter = metrics.meterRoute('GET', '/api/v1/application_token/:id');
  meter.observe(200, 0.002);
  meter.observe(200, 0.2);
  meter.observe(404, 0.002);
  const text = await metrics.render();
  const labels = 'method="GET",route="/api/v1/application_token/:id"';
  assert.match(text, new RegExp(`keywright_http_requests_total\\{${labels},status="200"\\} 2\n`));
  assert.match(text, new RegExp(`keywright_http_requests_total\\{${labels},status="404"\\} 1\n`));
  assert.match(text, new RegExp(`keywright_http_request_duration_seconds_count\\{${labels}\\} 3\n`));
  assert.match(text, new RegExp(`duration_seconds_bucket\\{le="0.0025",${labels}\\} 2\n`));
});

test('reading the metrics twice changes none of them', async () => {
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  metrics.countAuthentication('user', 'success');
  metrics.countAuthentication('user', 'success');
  assert.equal(await metrics.render(), await metrics.render());
  assert.match(await metrics.render(), /keywright_authentications_total\{form="user",result="success"\} 2\n/);
});

test('the hash queue, the connections and the open streams are shown as they are at the moment', async () => {
  const metrics = createMetrics({ version: '1.2.3', ofProcess: false });
  const hashQueue = { waiting: 3, active: 1 };
  const database = { poolState: () => ({ total: 10, idle: 4, waiting: 2 }) };
  metrics.watch({ hashQueue, database, streams: { size: 7 } } as unknown as Service);
  const text = await metrics.render();
  assert.match(text, /keywright_hash_queue\{state="waiting"\} 3\n/);
  assert.match(text, /keywright_revocation_streams 7\n/);
  assert.match(text, /keywright_database_connections\{state="idle"\} 4\n/);
});
