import type { Network } from '@keywright/verifier';
import type { Interceptor } from './interception.ts';
import type { Metrics } from './metrics.ts';

/** What an operator decides about the HTTP side of the service. */
export interface HttpOptions {
  /** Shown in the API reference and in metrics. */
  readonly version: string;
  readonly metrics: Metrics;
  /** The reverse proxies whose X-Forwarded-For is believed; none where absent. */
  readonly trustedProxies?: readonly Network[] | undefined;
  /** The exact origins whose pages may call the API from a browser; none where absent. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** The bearer token with which `/metrics` answers callers that are not on loopback. */
  readonly metricsToken?: string | undefined;
  /** Certificate and key in PEM; plain HTTP where absent. New ones go to `app.server.setSecureContext`. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** The folder that the portal was built into; where it is absent or holds no portal, pages without script serve. */
  readonly portalDir?: string | undefined;
  /** The largest request body; 65 536 where absent. */
  readonly bodyLimitBytes?: number | undefined;
  /** Whether the process wants requests: false before it has started whole and once it is about to stop. */
  readonly isReady?: (() => boolean) | undefined;
  /** How long `close()` waits for requests in flight before it cuts them off; 8 where absent. */
  readonly closeGraceSeconds?: number | undefined;
  /** How long `close()` lets connections go on before it closes those that are idle, in milliseconds; 0 where absent. */
  readonly closeLingerMs?: number | undefined;
  /** Lets requests fail on purpose; only a program that runs the service in its own process can set it. */
  readonly intercept?: Interceptor | undefined;
}
