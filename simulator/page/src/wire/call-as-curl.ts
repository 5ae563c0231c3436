import type { PageCall } from "../../../src/page/protocol.js"

/**
 * Returns a command for a shell that makes a call again. The token is the variable `BOT_TOKEN`, so that a
 * copied command can be shown to others. A file is read from the current folder by its name.
 */
export function callAsCurl({ method, params, files }: PageCall, apiRoot: string): string {
  const own = Object.entries(params)
  const flag = files.length > 0 ? "--form-string" : "--data-urlencode"
  const lines = own.map(([name, value]) =>
    files.includes(name)
      ? `--form ${quoted(`${name}=@"${fileName(value)}"`)}`
      : `${flag} ${quoted(`${name}=${value}`)}`,
  )
  // Any text can stand in the place of a method, and a shell would carry out parts of it.
  const end = /^\w+$/.test(method) ? `${method}"` : `"${quoted(encodeURI(method))}`
  return [`curl "${apiRoot}/bot$BOT_TOKEN/${end}`, ...lines].join(" \\\n  ")
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Returns the name of a file, as curl reads it, from its description in a call. */
function fileName(description: string): string {
  const name = description.replace(/ \(\d+ bytes\)$/, "")
  return name.replaceAll(/["\\]/g, "\\$&")
}
