import { Option } from "commander"

/** `--local`. */
export function localOption(): Option {
  return new Option("--local", "by the rules of a Bot API server that runs with --local")
}
