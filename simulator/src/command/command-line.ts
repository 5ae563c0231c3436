/**
 * Returns a command line that starts the running command with one more option, in the way in which it was
 * started: by a script of package.json, by `npx`, or by its name.
 *
 * @param name the command line without options, as in `sounder dev bot.ts`
 */
export function commandLineWith(option: string, name: string): string {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = "" } = process.env
  const [program = name] = name.split(" ")
  // A program that a script starts in turn inherits the variables of that script.
  if (event === undefined || !script.includes(program)) return `${name} ${option}`
  if (event === "npx") return `npx ${name} ${option}`
  const [manager = "npm"] = (process.env["npm_config_user_agent"] ?? "npm").split("/")
  return `${manager} run ${event} ${manager === "npm" ? "-- " : ""}${option}`
}
