import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs"
import { join } from "node:path"
import { built, finished, packageFolder } from "./built.js"
import { folderOfRun } from "./folder-of-run.js"

/** The paths of the tarballs of both packages. */
export interface Tarballs {
  readonly sounder: string
  readonly simulator: string
}

const sources: Tarballs = { sounder: packageFolder, simulator: join(packageFolder, "simulator") }

/** Copies the tarballs of both packages into a folder. They are packed once per run of the tests. */
export async function packedInto(folder: string): Promise<Tarballs> {
  const shared = join(folderOfRun() ?? folder, "tarballs")
  if (!existsSync(shared)) await share(shared)
  const copied = (name: keyof Tarballs) => {
    const [tarball = ""] = readdirSync(join(shared, name))
    copyFileSync(join(shared, name, tarball), join(folder, tarball))
    return join(folder, tarball)
  }
  return { sounder: copied("sounder"), simulator: copied("simulator") }
}

/** Packs each package into a folder, and moves both to the given path, unless another test file has been faster. */
async function share(path: string): Promise<void> {
  await built()
  const fresh = mkdtempSync(`${path}-`)
  for (const [name, source] of Object.entries(sources)) {
    const folder = join(fresh, name)
    mkdirSync(folder)
    const { status, output } = await finished("npm", ["pack", source, "--ignore-scripts"], folder)
    if (status !== 0) throw new Error(output)
  }
  try {
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true })
    if (!existsSync(path)) throw error
  }
}
