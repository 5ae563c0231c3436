/**
 * Loads `@peculiar/x509` on demand, because the package takes longer to load than all of Sounder. The package
 * expects that `reflect-metadata` is loaded first.
 */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata")
  return import("@peculiar/x509")
}
