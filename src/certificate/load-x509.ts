/** Loads `@peculiar/x509` on demand, because it takes longer to load than all of Sounder. */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata")
  return import("@peculiar/x509")
}
