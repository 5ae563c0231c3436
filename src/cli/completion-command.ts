import { Argument, Command } from "commander"

/** A shell that completes commands. */
type Shell = "bash" | "zsh" | "fish"

/** A command with the words that may follow it. */
interface Completion {
  /** The names of the command and of the commands above it, without `sounder`, as in `webhook set`. */
  readonly path: string
  /** Subcommands and options, each with its description. */
  readonly words: readonly (readonly [word: string, meaning: string])[]
}

/** `sounder completion SHELL`: prints a script that completes commands and options in a shell. */
export function completionCommand(print: (text: string) => void): Command {
  return new Command("completion")
    .summary("print a script for your shell")
    .description(
      "Prints a script that completes commands and options. Load the script in the shell's own " +
        "start file: `source <(sounder completion bash)`, the same for zsh after compinit, or " +
        "`sounder completion fish | source`.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .action((shell: Shell, _: object, command: Command) => {
      const completions = completionsOf(command.parent ?? command)
      print(scripts[shell](completions))
    })
}

const scripts: Readonly<Record<Shell, (completions: readonly Completion[]) => string>> = {
  bash: (completions) => `_sounder() {
  local path="" word words
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${completions.map(bashCase).join("\n")}
  *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  ((\${#COMPREPLY[@]})) || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _sounder sounder
`,
  zsh: (completions) => `#compdef sounder
_sounder() {
  local path="" word
  local -a described
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${completions.map(zshCase).join("\n")}
  esac
  _describe sounder described || _files
}
compdef _sounder sounder
`,
  fish: (completions) => `${completions.flatMap(fishLines).join("\n")}\n`,
}

function bashCase({ path, words }: Completion): string {
  return `  "${path}") words="${words.map(([word]) => word).join(" ")}" ;;`
}

function zshCase({ path, words }: Completion): string {
  const described = words.map(([word, meaning]) =>
    quoted(`${word.replaceAll(":", "\\:")}:${meaning}`),
  )
  return `  "${path}") described=(${described.join(" ")}) ;;`
}

function fishLines({ path, words }: Completion): string[] {
  const names = path.split(" ").filter((name) => name !== "")
  const condition =
    names.length === 0
      ? "__fish_use_subcommand"
      : names.map((name) => `__fish_seen_subcommand_from ${name}`).join("; and ")
  return words.map(([word, meaning]) => {
    const candidate = word.startsWith("--") ? `-l ${word.slice(2)}` : `-f -a ${word}`
    return `complete -c sounder -n ${quoted(condition)} ${candidate} -d ${quoted(meaning)}`
  })
}

/** Quotes a text for all three shells, which escape an apostrophe differently: it becomes `’`. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "’")}'`
}

/** Returns the completions of a command and of all its subcommands. */
function completionsOf(command: Command, path: readonly string[] = []): Completion[] {
  const subcommands = command.commands.map(
    (one) => [one.name(), one.summary() || one.description()] as const,
  )
  const options = command.options.flatMap(({ long, description }) =>
    long ? [[long, description] as const] : [],
  )
  const completion = {
    path: path.join(" "),
    words: [...subcommands, ...options, ["--help", "show the help"] as const],
  }
  return [
    completion,
    ...command.commands.flatMap((one) => completionsOf(one, [...path, one.name()])),
  ]
}
