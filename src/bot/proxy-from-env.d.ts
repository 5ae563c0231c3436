declare module "proxy-from-env" {
  /** Returns the proxy that the environment variables set for a URL, as a URL; an empty string without a proxy. */
  export function getProxyForUrl(url: string): string
}
