import type { Plugin } from "vite"

/** Finds Vue for the pages, which are outside the folder that has its package. */
export function vueOfSite(root: string): Plugin {
  return {
    name: "vue-of-site",
    enforce: "pre",
    resolveId(name, _importer, options) {
      if (!/^vue(\/|$)/.test(name)) return undefined
      // The program that renders the pages to HTML finds Vue itself.
      if (options.ssr) return { id: name, external: true }
      return this.resolve(name, `${root}/site/index.md`, { ...options, skipSelf: true })
    },
  }
}
