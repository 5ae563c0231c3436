/** Returns the path of a guide in the folder of a project, after its packages are installed. */
export function guidePath(name: string): string {
  return `node_modules/sounder/docs/guides/${name}.md`
}
