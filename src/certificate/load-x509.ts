/** Loads `@peculiar/x509` when it is needed: that takes longer than loading all the rest. */
export async function loadX509(): Promise<typeof import("@peculiar/x509")> {
  await import("reflect-metadata")
  return import("@peculiar/x509")
}
